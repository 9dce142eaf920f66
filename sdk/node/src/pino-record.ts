import { levelOfName, levelOfPinoNumber } from './foreign-levels.ts';
import type { Level } from './levels.ts';
import type { RecordFields } from './logger.ts';

/** How the pino logger at the other end names things. */
export interface PinoNames {
  messageKey: string;
  errorKey: string;
  /** Labels of custom levels, by number. */
  levelLabels: Record<string, string>;
  configured?: boolean;
}

export interface PinoRecord {
  readonly level: Level;
  readonly message: string;
  readonly metadata: Record<string, unknown>;
  readonly fields: RecordFields;
}

/** Maps one line of pino's output; undefined when it is no JSON object. */
export function parsePinoLine(line: string, names: PinoNames): PinoRecord | undefined {
  const value = parseExact(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const record = value as Record<string, unknown>;
  const { level, time, name, trace_id, traceId, span_id, spanId, ...rest } = record;
  const metadata: Record<string, unknown> = rest;
  const message = metadata[names.messageKey];
  delete metadata[names.messageKey];
  const error = metadata[names.errorKey];
  if (error !== undefined) {
    delete metadata[names.errorKey];
    metadata['error'] = errorFields(error);
  }
  const mapped = mapLevel(level, names.levelLabels);
  if (mapped === undefined && level !== undefined) metadata['original_level'] = level;
  return {
    level: mapped ?? 'info',
    message: typeof message === 'string' ? message : titleOf(error),
    metadata,
    fields: {
      time: timeOf(time),
      traceId: stringOf(trace_id) ?? stringOf(traceId),
      spanId: stringOf(span_id) ?? stringOf(spanId),
      service: stringOf(name),
    },
  };
}

/** JSON.parse that keeps integers beyond 2^53 as BigInt where the runtime shows the source text (Node 21 and later). */
function parseExact(line: string): unknown {
  try {
    if (!/\d{16}/.test(line)) return JSON.parse(line) as unknown;
    return JSON.parse(line, exactIntegers) as unknown;
  } catch {
    return undefined;
  }
}

function exactIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

function mapLevel(level: unknown, labels: Record<string, string>): Level | undefined {
  if (typeof level === 'number') return levelOfName(labels[String(level)]) ?? levelOfPinoNumber(level);
  return levelOfName(level);
}

/** pino's time is ms by default; its isoTime, epochTime variants and strings of digits are understood too. */
function timeOf(time: unknown): number | undefined {
  if (typeof time === 'number') {
    // Seconds (unixTime) until the year 5138; nanoseconds above the year 5138 in ms.
    if (time < 1e11) return time * 1000;
    return time < 1e14 ? time : time / 1e6;
  }
  if (typeof time !== 'string') return undefined;
  const ms = /^\d+$/.test(time) ? timeOf(Number(time)) : Date.parse(time);
  return ms === undefined || Number.isNaN(ms) ? undefined : ms;
}

/** pino's error serialiser says `type` where this package says `name`. */
function errorFields(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('type' in error) || 'name' in error) return error;
  const { type, ...rest } = error as Record<string, unknown>;
  return { name: type, ...rest };
}

function titleOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : '';
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
