import type { Level } from './levels.ts';

/** Level names of pino, winston (npm and syslog sets) and friends. */
const NAMES: Readonly<Record<string, Level>> = {
  trace: 'debug',
  silly: 'debug',
  verbose: 'debug',
  debug: 'debug',
  http: 'info',
  info: 'info',
  notice: 'info',
  log: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  fatal: 'fatal',
  crit: 'fatal',
  critical: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
};

/** @returns undefined for a name of the host's own making */
export function levelOfName(name: unknown): Level | undefined {
  return typeof name === 'string' && Object.hasOwn(NAMES, name.toLowerCase())
    ? NAMES[name.toLowerCase()]
    : undefined;
}

/** pino's numbers: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal; between two, the lower one. */
export function levelOfPinoNumber(level: number): Level {
  if (level >= 60) return 'fatal';
  if (level >= 50) return 'error';
  if (level >= 40) return 'warn';
  return level >= 30 ? 'info' : 'debug';
}
