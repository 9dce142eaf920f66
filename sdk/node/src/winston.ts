import { Writable } from 'node:stream';
import { levelOfName } from './foreign-levels.ts';
import { Logger } from './logger.ts';
import type { LoggerOptions } from './options.ts';

/** winston keeps the plain level name under this symbol (`level` itself may carry colours). */
const LEVEL = Symbol.for('level');
const SPLAT = Symbol.for('splat');

/** A log as winston hands it to transports. */
export interface WinstonInfo {
  level: string;
  message: unknown;
  [key: string | symbol]: unknown;
}

interface WinstonFormat {
  transform(info: WinstonInfo, options?: unknown): WinstonInfo | boolean;
  options?: unknown;
}

interface WinstonParent {
  readonly levels?: Record<string, number>;
  readonly level?: string;
}

/** Options of the logger, with winston's own for a transport. */
export interface LogsteadTransportOptions extends Omit<LoggerOptions, 'level'> {
  /** Name of a winston level; default: the parent logger's. */
  level?: string | undefined;
  format?: WinstonFormat | undefined;
  silent?: boolean | undefined;
  handleExceptions?: boolean | undefined;
  handleRejections?: boolean | undefined;
}

/**
 * Transport for winston 3: `winston.createLogger({ transports: [new LogsteadTransport({ … })] })`. It follows the
 * contract of winston-transport (an object-mode Writable with `log`, levels taken from the logger it is piped from)
 * without depending on it.
 */
export class LogsteadTransport extends Writable {
  /** winston reads and sets these. */
  level: string | undefined;
  format: WinstonFormat | undefined;
  silent: boolean;
  handleExceptions: boolean;
  handleRejections: boolean;
  levels: Record<string, number> | undefined;
  parent: WinstonParent | null = null;
  readonly logger: Logger;

  constructor(options: LogsteadTransportOptions = {}) {
    super({ objectMode: true });
    const { level, format, silent, handleExceptions, handleRejections, ...rest } = options;
    this.level = level;
    this.format = format;
    this.silent = silent === true;
    this.handleExceptions = handleExceptions === true;
    this.handleRejections = handleRejections === true;
    this.logger = new Logger(rest);
    this.on('pipe', (source: unknown) => {
      this.parent = source as WinstonParent;
      this.levels = this.parent.levels;
    });
    this.on('unpipe', (source: unknown) => {
      if (source === this.parent) this.parent = null;
    });
  }

  override _write(info: WinstonInfo, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    try {
      if (this.accepts(info)) {
        const formatted =
          this.format === undefined ? info : this.format.transform({ ...info }, this.format.options);
        if (typeof formatted === 'object') this.send(formatted);
      }
    } catch {
      // A format or an info object that throws must not end the pipe of the host's logger.
    }
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.logger.close().then(() => done(), done);
  }

  /** winston's contract: takes one log and calls back. */
  log(info: WinstonInfo, next: () => void): void {
    this.send(info);
    next();
  }

  /** Called by winston when the transport is removed or its logger closed. */
  close(): void {
    void this.logger.close();
  }

  private accepts(info: WinstonInfo): boolean {
    if (this.silent || (info['exception'] === true && !this.handleExceptions)) return false;
    if (info['rejection'] === true && !this.handleRejections) return false;
    const level = this.level ?? this.parent?.level;
    if (level === undefined || this.levels === undefined) return true;
    return (this.levels[level] ?? Infinity) >= (this.levels[nameOfLevel(info)] ?? 0);
  }

  private send(info: WinstonInfo): void {
    const { level: _level, message, timestamp, stack, cause, trace_id, span_id, ...rest } = info;
    const metadata: Record<string, unknown> = {};
    // Symbol keys are winston's own: level, message, splat.
    for (const key of Object.keys(rest)) metadata[key] = rest[key];
    const name = nameOfLevel(info);
    const mapped = levelOfName(name);
    if (mapped === undefined) metadata['original_level'] = name;
    const error =
      errorOf(info) ?? (typeof stack === 'string' ? flatError(metadata, message, stack, cause) : undefined);
    this.logger.log(mapped ?? 'info', message, metadata, {
      error,
      time: timeOf(timestamp),
      traceId: typeof trace_id === 'string' ? trace_id : undefined,
      spanId: typeof span_id === 'string' ? span_id : undefined,
    });
  }
}

function nameOfLevel(info: WinstonInfo): string {
  const plain = info[LEVEL];
  return typeof plain === 'string' ? plain : String(info.level);
}

/** The error of `logger.error('text', error)`: winston keeps it among the splat arguments. */
function errorOf(info: WinstonInfo): Error | undefined {
  if (info.message instanceof Error) return info.message;
  const splat = info[SPLAT];
  return Array.isArray(splat) ? splat.find((value): value is Error => value instanceof Error) : undefined;
}

/** The error of `logger.error(error)`: winston has flattened it into the info object. */
function flatError(
  metadata: Record<string, unknown>,
  message: unknown,
  stack: string,
  cause: unknown,
): unknown {
  const { name, code } = metadata;
  delete metadata['name'];
  delete metadata['code'];
  const first = /^(?:Uncaught )?([\w$.]+)(?::|\n|$)/.exec(stack)?.[1];
  return {
    name: name ?? first ?? 'Error',
    message,
    ...(code === undefined ? {} : { code }),
    stack,
    ...(cause === undefined ? {} : { cause }),
  };
}

function timeOf(timestamp: unknown): number | undefined {
  if (typeof timestamp === 'number') return timestamp;
  const ms =
    timestamp instanceof Date
      ? timestamp.getTime()
      : typeof timestamp === 'string'
        ? Date.parse(timestamp)
        : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
