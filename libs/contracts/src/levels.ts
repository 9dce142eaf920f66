/** Levels in rising severity. The number is what the store keeps; gaps leave room for finer levels. */
export const LEVEL_NUMBERS = { debug: 10, info: 20, warn: 30, error: 40, fatal: 50 } as const;

export type Level = keyof typeof LEVEL_NUMBERS;

export const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const satisfies readonly Level[];

const NAME_BY_NUMBER = new Map<number, Level>(LEVELS.map((level) => [LEVEL_NUMBERS[level], level]));

/** Name of a stored level number; numbers between two levels belong to the lower one. */
export function levelName(number: number): Level {
  return NAME_BY_NUMBER.get(number) ?? NAME_BY_NUMBER.get(Math.floor(number / 10) * 10) ?? 'info';
}

/** `fatal` is an error everywhere: rates, streams, colours. */
export function isErrorLevel(level: Level): boolean {
  return level === 'error' || level === 'fatal';
}

/**
 * Spellings of levels found in the wild, in lower case, with the level each is kept as.
 * Sources: RFC 5424 section 6.2.1 names, OpenTelemetry log data model severity short names, Log4j, pino, zap,
 * java.util.logging and Python logging.
 */
export const LEVEL_ALIASES: Readonly<Record<string, Level>> = {
  trace: 'debug',
  verbose: 'debug',
  finest: 'debug',
  finer: 'debug',
  fine: 'debug',
  silly: 'debug',
  debug: 'debug',
  dbg: 'debug',
  d: 'debug',
  config: 'info',
  information: 'info',
  informational: 'info',
  info: 'info',
  inf: 'info',
  i: 'info',
  log: 'info',
  http: 'info',
  notice: 'info',
  success: 'info',
  warn: 'warn',
  warning: 'warn',
  wrn: 'warn',
  w: 'warn',
  error: 'error',
  err: 'error',
  e: 'error',
  severe: 'error',
  fatal: 'fatal',
  f: 'fatal',
  ftl: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
  alert: 'fatal',
  emergency: 'fatal',
  emerg: 'fatal',
  panic: 'fatal',
  dpanic: 'fatal',
};
