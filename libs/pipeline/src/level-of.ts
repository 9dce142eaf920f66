import { LEVEL_ALIASES, LEVEL_NUMBERS } from '@logstead/contracts';
import { ABSENT, NUMBER, type RecordScanner, sameBytes, STRING } from './record-scanner';

/** Stored level number; negative: unknown, to be kept as `info` with `metadata.original_level`. */
export const UNKNOWN_LEVEL = -1;

/** RFC 5424 section 6.2.1 severities 0–7. */
const SYSLOG = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'] as const;
/** pino and bunyan levels 10–60. */
const PINO = ['debug', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
/** OpenTelemetry severity numbers, four to a name: trace, debug, info, warn, error, fatal. */
const OTLP = ['debug', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** The names in order of how often they occur. */
const CANONICAL = (['info', 'debug', 'warn', 'error', 'fatal'] as const).map(
  (name) => [new TextEncoder().encode(name), LEVEL_NUMBERS[name]] as const,
);

/** Tens up to 60 are pino's, 0–7 syslog's, the rest up to 24 OpenTelemetry's. */
function levelOfNumber(value: number): number {
  if (!Number.isInteger(value) || value < 0) return UNKNOWN_LEVEL;
  if (value >= 10 && value <= 60 && value % 10 === 0) return LEVEL_NUMBERS[PINO[value / 10 - 1]!];
  if (value <= 7) return LEVEL_NUMBERS[SYSLOG[value]!];
  if (value <= 24) return LEVEL_NUMBERS[OTLP[Math.floor((value - 1) / 4)]!];
  return UNKNOWN_LEVEL;
}

/** The level of the record just scanned, as the number the store keeps. */
export function levelOf(scanner: RecordScanner): number {
  const field = scanner.level;
  if (field.kind === ABSENT) return LEVEL_NUMBERS.info;
  if (field.kind === STRING) {
    const bytes = scanner.bytes;
    const length = field.end - field.start;
    // The canonical names are recognised before anything is decoded.
    for (const [name, level] of CANONICAL) {
      if (name.length === length && sameBytes(bytes, field.start, name)) return level;
    }
    if (length > 16) return UNKNOWN_LEVEL;
    const name = scanner.text(field.start, field.end).trim().toLowerCase();
    const level = Object.hasOwn(LEVEL_ALIASES, name) ? LEVEL_ALIASES[name] : undefined;
    if (level !== undefined) return LEVEL_NUMBERS[level];
    return /^\d{1,2}$/.test(name) ? levelOfNumber(Number(name)) : UNKNOWN_LEVEL;
  }
  if (field.kind === NUMBER) return levelOfNumber(Number(scanner.text(field.start, field.end)));
  return UNKNOWN_LEVEL;
}
