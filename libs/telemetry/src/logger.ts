import { pino } from 'pino';
import { scrubSecrets } from './scrub-secrets';

/** A line of the process's own log: fields first, then a message that is the same for every occurrence. */
export interface LogMethod {
  (fields: object, message?: string): void;
  (message: string): void;
}

/** The process's own structured log, injected by type. `fields.err` is written with its stack and cause. */
export abstract class Logger {
  abstract readonly fatal: LogMethod;
  abstract readonly error: LogMethod;
  abstract readonly warn: LogMethod;
  abstract readonly info: LogMethod;
  abstract readonly debug: LogMethod;
  abstract readonly trace: LogMethod;
  abstract child(bindings: Record<string, unknown>): Logger;
}

export interface LoggerOptions {
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** Receives whole lines; standard output by default. */
  readonly destination?: { write(line: string): unknown };
}

/** Field names whose values are never written, on the first three levels of a line. */
const SECRET_FIELDS = [
  'password',
  'passwordHash',
  'currentPassword',
  'newPassword',
  'secret',
  'token',
  'csrfToken',
  'ticket',
  'apiKey',
  'key',
  'authorization',
  'cookie',
  '["set-cookie"]',
  '["x-api-key"]',
  '["x-csrf-token"]',
];

const REDACTED_PATHS = SECRET_FIELDS.flatMap((field) => {
  const dotted = field.startsWith('[') ? field : `.${field}`;
  return [field, `*${dotted}`, `*.*${dotted}`];
});

/** JSON lines with ISO times. Secrets are left out by field name, and API keys and tokens wherever they stand. */
export function createLogger({ level, destination = process.stdout }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    },
    { write: (line: string) => void destination.write(scrubSecrets(line)) },
  );
}
