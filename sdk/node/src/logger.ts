import { TimestampWriter } from './clock.ts';
import { Delivery } from './delivery.ts';
import type { Drop, LoggerStats } from './delivery-stats.ts';
import { exitHooks } from './exit-hooks.ts';
import type { ExitClient } from './exit-hooks.ts';
import { createHttpTransport } from './http-transport.ts';
import { LEVELS, isLevel, levelIndex } from './levels.ts';
import type { Level } from './levels.ts';
import { recordBytes } from './log-buffer.ts';
import { LoggerError } from './logger-error.ts';
import { resolveOptions } from './options.ts';
import type { LoggerOptions, ResolvedOptions } from './options.ts';
import { NO_METADATA, RecordWriter } from './record-writer.ts';
import type { BoundMetadata } from './record-writer.ts';
import { compileRedaction } from './redaction.ts';
import { activeTraceContext } from './trace-context.ts';
import type { TraceContext } from './trace-context.ts';

/** What `log` takes besides level, message and metadata; transports for other loggers use it. */
export interface RecordFields extends TraceContext {
  /** Time of the event in ms since the epoch, or a Date. Default: now. */
  readonly time?: number | Date | undefined;
  readonly error?: unknown;
  /** Overrides the logger's service for this record. */
  readonly service?: string | undefined;
}

export interface ChildOptions {
  /** Added to every record of the child, over the parent's. Serialised once, now. */
  readonly metadata?: Record<string, unknown> | undefined;
  readonly service?: string | undefined;
  readonly level?: Level | undefined;
}

/** What a logger and its children share. */
interface Core {
  readonly options: ResolvedOptions;
  readonly writer: RecordWriter;
  readonly delivery: Delivery;
  readonly exitClient: ExitClient;
  readonly destroyTransport: () => void;
  closing: Promise<void> | undefined;
}

/**
 * Sends logs to Logstead. Calls serialise the record at once, put it into a bounded buffer and return; batches
 * leave in the background. No method throws, whatever is passed and whatever the network does.
 */
export class Logger {
  /** Lowest level that is sent; may be changed at any time. */
  level: Level;
  private readonly core: Core;
  private readonly service: string;
  private readonly bound: BoundMetadata;

  constructor(options?: LoggerOptions);
  /** @internal children */
  constructor(options: LoggerOptions | undefined, parent: Logger, child: ChildOptions);
  constructor(options: LoggerOptions = {}, parent?: Logger, child: ChildOptions = {}) {
    if (parent !== undefined) {
      this.core = parent.core;
      this.level = isLevel(child.level) ? child.level : parent.level;
      this.service = typeof child.service === 'string' ? child.service : parent.service;
      this.bound =
        child.metadata === undefined ? parent.bound : this.core.writer.bind(parent.bound, child.metadata);
      return;
    }
    const given = copyOf(options);
    this.core = createCore(given, () => this.reportDrops());
    this.level = this.core.options.level;
    this.service = this.core.options.service;
    this.bound =
      given.metadata === undefined ? NO_METADATA : this.core.writer.bind(NO_METADATA, given.metadata);
  }

  debug(message: unknown, metadata?: unknown): void;
  debug(message: unknown, error: unknown, metadata: unknown): void;
  debug(message: unknown, second?: unknown, third?: unknown): void {
    this.write('debug', message, second, third);
  }

  info(message: unknown, metadata?: unknown): void;
  info(message: unknown, error: unknown, metadata: unknown): void;
  info(message: unknown, second?: unknown, third?: unknown): void {
    this.write('info', message, second, third);
  }

  warn(message: unknown, metadata?: unknown): void;
  warn(message: unknown, error: unknown, metadata: unknown): void;
  warn(message: unknown, second?: unknown, third?: unknown): void {
    this.write('warn', message, second, third);
  }

  error(message: unknown, metadata?: unknown): void;
  error(message: unknown, error: unknown, metadata: unknown): void;
  error(message: unknown, second?: unknown, third?: unknown): void {
    this.write('error', message, second, third);
  }

  fatal(message: unknown, metadata?: unknown): void;
  fatal(message: unknown, error: unknown, metadata: unknown): void;
  fatal(message: unknown, second?: unknown, third?: unknown): void {
    this.write('fatal', message, second, third);
  }

  /** The general form: time, trace ids and service may be given. */
  log(level: Level, message: unknown, metadata?: unknown, fields: RecordFields = {}): void {
    try {
      if (levelIndex(level) < levelIndex(this.level)) return;
      const { time } = fields;
      const timeMs = time === undefined ? Date.now() : Number(time);
      const trace =
        fields.traceId === undefined && fields.spanId === undefined ? activeTraceContext() : fields;
      this.push(level, message, metadata, fields.error, timeMs, trace, fields.service);
    } catch {
      // A hostile `fields` object: its record goes out without it.
      this.push(level, message, metadata, undefined, Date.now(), undefined, undefined);
    }
  }

  isLevelEnabled(level: Level): boolean {
    return levelIndex(level) >= levelIndex(this.level);
  }

  /** A logger that shares buffer and connection and adds metadata, or speaks for another service. */
  child(options: ChildOptions = {}): Logger {
    return new Logger(undefined, this, copyOf(options));
  }

  stats(): LoggerStats {
    const { delivery } = this.core;
    return delivery.stats.snapshot(delivery.pending, delivery.pendingBytes);
  }

  /** @returns true when everything logged so far was delivered or finally refused, false when time ran out first */
  flush(options: { timeoutMs?: number } = {}): Promise<boolean> {
    return this.core.delivery.flush(options.timeoutMs ?? this.core.options.flushTimeoutMs);
  }

  /** Flushes, then stops; what is still unsent is dropped and counted. Closes the children too. */
  close(options: { timeoutMs?: number } = {}): Promise<void> {
    const { core } = this;
    return (core.closing ??= (async () => {
      await core.delivery.drain(options.timeoutMs ?? core.options.flushTimeoutMs);
      core.delivery.stop();
      core.destroyTransport();
      exitHooks().remove(core.exitClient);
    })());
  }

  private write(level: Level, message: unknown, second: unknown, third: unknown): void {
    try {
      if (levelIndex(level) < levelIndex(this.level)) return;
      let metadata = second;
      let error: unknown;
      if (second instanceof Error) {
        error = second;
        metadata = third;
      } else if (third !== undefined) {
        // (message, whatever was thrown, metadata) or (message, metadata, error).
        if (third instanceof Error) error = third;
        else {
          error = second;
          metadata = third;
        }
      }
      if (message instanceof Error && error === undefined) error = message;
      this.push(level, message, metadata, error, Date.now(), activeTraceContext(), undefined);
    } catch {
      // Only a proxy whose traps throw gets here (instanceof); serialisation itself never throws.
      this.push(
        level,
        '[The logger could not read this record]',
        undefined,
        undefined,
        Date.now(),
        undefined,
        undefined,
      );
    }
  }

  private push(
    level: Level,
    message: unknown,
    metadata: unknown,
    error: unknown,
    timeMs: number,
    trace: TraceContext | undefined,
    service: string | undefined,
  ): void {
    const { writer, delivery, options } = this.core;
    const index = levelIndex(level);
    const text = writer.write({
      level: LEVELS[index],
      message,
      metadata,
      error,
      bound: this.bound,
      timeMs,
      trace,
    });
    delivery.push({
      text,
      bytes: recordBytes(text),
      level: index,
      service: typeof service === 'string' ? service : this.service,
      environment: options.environment,
    });
  }

  /** Once records get through again, one record tells how many did not. */
  private reportDrops(): void {
    const report = this.core.delivery.stats.takeUnreported();
    if (report === undefined) return;
    const metadata = { dropped: report.count, reasons: report.reasons, logger: '@logstead/logger' };
    this.push(
      'warn',
      `${report.count} logs were dropped by the logger`,
      metadata,
      undefined,
      Date.now(),
      undefined,
      undefined,
    );
  }
}

/** Options as plain data: getters and proxies of the host are read once, here, and may throw here only. */
function copyOf<T extends object>(options: T | null | undefined): Partial<T> {
  try {
    return { ...options };
  } catch {
    return {};
  }
}

function createCore(given: LoggerOptions, onDelivered: () => void): Core {
  const options = resolveOptions(given);
  const redact = Array.isArray(given.redact) ? compileRedaction(given.redact) : undefined;
  const writer = new RecordWriter(redact === undefined ? [] : [redact], new TimestampWriter());
  const http = createHttpTransport(options.url, options.maxInFlight, given.agent);
  const onError = given.onError ?? warnOnce();
  const delivery: Delivery = new Delivery(options, given.transport ?? http.transport, {
    onError: (error: LoggerError) => callHost(onError, error),
    onDrop: (drop: Drop) => callHost(given.onDrop, drop),
    onDelivered,
  });
  const exitClient: ExitClient = {
    get pending() {
      return delivery.pending;
    },
    flushTimeoutMs: options.flushTimeoutMs,
    flush: (timeoutMs) => delivery.drain(timeoutMs),
    flushSync: (timeoutMs) => {
      if (given.transport === undefined) delivery.flushSync(timeoutMs);
    },
  };
  if (options.problem !== undefined)
    callHost(onError, new LoggerError('config', `nothing will be sent: ${options.problem}`));
  else if (options.flushOnExit) exitHooks().add(exitClient);
  return { options, writer, delivery, exitClient, destroyTransport: http.destroy, closing: undefined };
}

/** Calls a function of the host without letting its failure out. */
function callHost<T>(callback: ((value: T) => unknown) | undefined, value: T): void {
  try {
    const result = callback?.(value);
    if (result instanceof Promise) result.catch(() => undefined);
  } catch {
    // The host's own handler failed; telling it again would not help.
  }
}

/** Without a handler of the host, each kind of failure is shown once on stderr through process.emitWarning. */
function warnOnce(): (error: LoggerError) => void {
  const shown = new Set<string>();
  return (error) => {
    if (shown.has(error.code)) return;
    shown.add(error.code);
    process.emitWarning(`logs may be missing: ${error.message}`, {
      type: 'LogsteadWarning',
      code: error.code,
    });
  };
}
