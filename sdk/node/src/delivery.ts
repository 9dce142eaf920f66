import { Batch } from './batch.ts';
import { DeliveryStats } from './delivery-stats.ts';
import type { Drop, DropReason } from './delivery-stats.ts';
import { sendAtExit } from './exit-sender.ts';
import { reasonOf } from './json-writer.ts';
import { LogBuffer } from './log-buffer.ts';
import type { BufferedRecord } from './log-buffer.ts';
import { LEVELS } from './levels.ts';
import { LoggerError } from './logger-error.ts';
import type { Rejection } from './logger-error.ts';
import type { ResolvedOptions } from './options.ts';
import { isRetryable, parseRetryAfter, retryDelayMs } from './retry-policy.ts';
import type { Transport, TransportResponse } from './transport.ts';
import { VERSION } from './version.ts';

const MAX_TIMER_MS = 2 ** 31 - 1;

export interface DeliveryEvents {
  onError(error: LoggerError): void;
  onDrop(drop: Drop): void;
  /** A batch has gone through. */
  onDelivered(): void;
}

interface Waiter {
  /** Everything up to this record must be settled. */
  readonly seq: number;
  readonly done: () => void;
}

/**
 * Buffers records and sends them in batches: by count, by age, on flush. One batch is retried with back-off until
 * its deadline; while one waits for its retry no other starts, so an outage costs one request per back-off and
 * batch under way. Every record ends as sent or as counted drop.
 */
export class Delivery {
  readonly stats = new DeliveryStats();
  private readonly options: ResolvedOptions;
  private readonly transport: Transport;
  private readonly events: DeliveryEvents;
  private readonly buffer: LogBuffer;
  private readonly inFlight = new Set<Batch>();
  private readonly abort = new AbortController();
  private waiters: Waiter[] = [];
  private lastSeq = 0;
  /** Records up to this one go out without waiting for a full batch. */
  private dueSeq = 0;
  private backingOff = 0;
  private inOutage = false;
  private ageTimer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(options: ResolvedOptions, transport: Transport, events: DeliveryEvents) {
    this.options = options;
    this.transport = transport;
    this.events = events;
    this.buffer = new LogBuffer(options.maxBufferBytes);
  }

  /** Records waiting or under way. */
  get pending(): number {
    let count = this.buffer.length;
    for (const batch of this.inFlight) count += batch.records.length;
    return count;
  }
  get pendingBytes(): number {
    return this.buffer.bytes;
  }

  push(record: Omit<BufferedRecord, 'seq'>): void {
    if (this.closed || this.options.problem !== undefined) {
      this.drop(record, this.closed ? 'closed' : 'config');
      return;
    }
    const kept = this.buffer.push({ ...record, seq: ++this.lastSeq }, (evicted) =>
      this.drop(evicted, 'buffer_full'),
    );
    if (!kept) {
      this.drop(record, record.bytes > this.options.maxBufferBytes ? 'too_large' : 'buffer_full');
      return;
    }
    if (this.buffer.length >= this.options.batchSize) this.pump();
    else this.ageTimer ??= this.startAgeTimer();
  }

  /** @returns true when every record logged so far was settled in time; never rejects */
  async flush(timeoutMs: number): Promise<boolean> {
    const seq = this.lastSeq;
    this.dueSeq = Math.max(this.dueSeq, seq);
    this.pump();
    if (this.oldestSeq() > seq) return true;
    return new Promise((resolve) => {
      // Not unref'ed: it keeps the process alive while the last records are on their way.
      const timer = setTimeout(() => finish(false), Math.min(Math.max(timeoutMs, 0), MAX_TIMER_MS));
      const waiter = { seq, done: () => finish(true) };
      const finish = (inTime: boolean): void => {
        clearTimeout(timer);
        this.waiters = this.waiters.filter((other) => other !== waiter);
        resolve(inTime);
      };
      this.waiters.push(waiter);
    });
  }

  /** Flushes until nothing is left, the report on drops included. @returns false when time ran out first */
  async drain(timeoutMs: number): Promise<boolean> {
    const end = Date.now() + timeoutMs;
    while (await this.flush(end - Date.now())) if (this.pending === 0) return true;
    return false;
  }

  /** Gives up what is still unsent, as `closed`. Nothing is accepted afterwards. */
  stop(): void {
    this.closed = true;
    clearTimeout(this.ageTimer);
    this.ageTimer = undefined;
    this.abort.abort();
    const rest = this.buffer.take(Infinity, Infinity);
    this.buffer.release(rest);
    for (const record of rest) this.drop(record, 'closed');
    for (const batch of [...this.inFlight]) this.settle(batch, 'closed');
  }

  /** Sends what is left from a child process while this one is held in its exit handler. */
  flushSync(timeoutMs: number): void {
    const batches = [...this.inFlight];
    for (;;) {
      const records = this.buffer.take(this.options.batchSize, this.options.maxBatchBytes);
      if (records.length === 0) break;
      batches.push(new Batch(records));
    }
    if (batches.length > 0)
      sendAtExit(
        this.options.url,
        batches.map((batch) => this.plainRequest(batch)),
        timeoutMs,
      );
  }

  private startAgeTimer(): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.ageTimer = undefined;
      this.dueSeq = this.lastSeq;
      this.pump();
    }, this.options.flushIntervalMs);
    timer.unref();
    return timer;
  }

  private pump(): void {
    const { batchSize, maxBatchBytes, maxInFlight } = this.options;
    while (this.inFlight.size < maxInFlight && this.backingOff === 0 && this.buffer.length > 0) {
      if (this.buffer.length < batchSize && this.buffer.oldestSeq() > this.dueSeq) break;
      const batch = new Batch(this.buffer.take(batchSize, maxBatchBytes));
      this.inFlight.add(batch);
      void this.deliver(batch);
    }
    // What is left over waits for its full batch or its age.
    if (this.buffer.length > 0 && this.inFlight.size < maxInFlight) this.ageTimer ??= this.startAgeTimer();
  }

  private async deliver(batch: Batch): Promise<void> {
    batch.startedAtMs = Date.now();
    while (this.inFlight.has(batch)) {
      let failure: unknown;
      let response: TransportResponse | undefined;
      try {
        response = await this.send(batch);
      } catch (error) {
        failure = error;
      }
      if (!this.inFlight.has(batch)) return;
      if (response !== undefined && !isRetryable(response.status)) {
        this.conclude(batch, response);
        return;
      }
      if (!(await this.waitForRetry(batch, response, failure))) return;
    }
  }

  private async send(batch: Batch): Promise<TransportResponse> {
    const body = await batch.body(this.options.gzipAboveBytes);
    const headers: Record<string, string> = { ...this.headers(batch), 'content-type': body.contentType };
    if (body.contentEncoding !== undefined) headers['content-encoding'] = body.contentEncoding;
    return this.transport({
      url: this.options.url.href,
      headers,
      body: body.bytes,
      timeoutMs: this.options.requestTimeoutMs,
      signal: this.abort.signal,
    });
  }

  private headers(batch: Batch): Record<string, string> {
    return {
      'x-api-key': this.options.apiKey,
      'idempotency-key': batch.idempotencyKey,
      'user-agent': `logstead-logger-node/${VERSION}`,
    };
  }

  private plainRequest(batch: Batch): { headers: Record<string, string>; body: string } {
    const { contentType, text } = batch.plainBody();
    return { headers: { ...this.headers(batch), 'content-type': contentType }, body: text };
  }

  /** @returns false when the batch is over: given up or the logger stopped */
  private async waitForRetry(
    batch: Batch,
    response: TransportResponse | undefined,
    failure: unknown,
  ): Promise<boolean> {
    batch.failures++;
    const now = Date.now();
    const delayMs = retryDelayMs(batch.failures, parseRetryAfter(response?.retryAfter, now), Math.random);
    const late = now + delayMs - batch.startedAtMs > this.options.retryDeadlineMs;
    const what =
      response === undefined
        ? `no answer from the server (${reasonOf(failure)})`
        : `the server answered ${response.status}`;
    const details = { status: response?.status, count: batch.records.length, cause: failure };
    if (late || batch.failures > this.options.maxRetries) {
      this.report(new LoggerError('deadline', `${what}; gave up after ${batch.failures} tries`, details));
      this.settle(batch, 'deadline');
      return false;
    }
    if (!this.inOutage) {
      this.inOutage = true;
      this.report(new LoggerError('retrying', `${what}; trying again`, details));
    }
    this.backingOff++;
    try {
      await this.pause(delayMs);
    } finally {
      this.backingOff--;
    }
    if (!this.inFlight.has(batch)) return false;
    this.stats.retried++;
    return true;
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.abort;
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(delayMs, MAX_TIMER_MS));
      timer.unref();
      signal.addEventListener('abort', finish);
    });
  }

  private conclude(batch: Batch, { status, body }: TransportResponse): void {
    if (status === 413 && batch.records.length > 1) {
      this.split(batch);
      return;
    }
    if (status < 200 || status > 299) {
      const message = `the server refused a batch with ${status}: ${detailOf(body)}`;
      this.report(new LoggerError('refused', message, { status, count: batch.records.length }));
      this.settle(batch, 'refused');
      return;
    }
    this.inOutage = false;
    const { rejections, rejectedCount } = parseAnswer(body, batch.records.length);
    this.stats.sent += batch.records.length - rejectedCount;
    if (rejectedCount > 0) {
      const first = rejections[0];
      const message = `the server rejected ${rejectedCount} of ${batch.records.length} records${first === undefined ? '' : `, the first with ${first.code}: ${first.message}`}`;
      for (const { index } of rejections) this.drop(batch.records[index] ?? {}, 'rejected');
      const unlisted = rejectedCount - rejections.length;
      if (unlisted > 0) this.dropCount({ count: unlisted, level: 'unknown', reason: 'rejected' });
      this.report(new LoggerError('rejected', message, { status, count: rejectedCount, rejections }));
    }
    this.settle(batch, undefined);
    this.events.onDelivered();
  }

  /** Too large for this server: two batches of half the records, each under a key of its own. */
  private split(batch: Batch): void {
    const middle = Math.ceil(batch.records.length / 2);
    this.inFlight.delete(batch);
    for (const records of [batch.records.slice(0, middle), batch.records.slice(middle)]) {
      const half = new Batch(records);
      this.inFlight.add(half);
      void this.deliver(half);
    }
  }

  private settle(batch: Batch, reason: DropReason | undefined): void {
    if (!this.inFlight.delete(batch)) return;
    this.buffer.release(batch.records);
    if (reason !== undefined) for (const record of batch.records) this.drop(record, reason);
    if (!this.closed) this.pump();
    const oldest = this.oldestSeq();
    for (const waiter of this.waiters) if (oldest > waiter.seq) waiter.done();
  }

  private oldestSeq(): number {
    let seq = this.buffer.oldestSeq();
    for (const batch of this.inFlight) seq = Math.min(seq, batch.records[0]?.seq ?? Infinity);
    return seq;
  }

  private drop(record: Partial<BufferedRecord>, reason: DropReason): void {
    this.dropCount({
      count: 1,
      level: record.level === undefined ? 'unknown' : LEVELS[record.level],
      reason,
    });
  }

  private dropCount(drop: Drop): void {
    this.stats.countDrop(drop);
    this.events.onDrop(drop);
  }

  private report(error: LoggerError): void {
    this.events.onError(error);
  }
}

/** Reads a 202's rejections; a body of another form means that all was taken. */
function parseAnswer(body: string, count: number): { rejections: Rejection[]; rejectedCount: number } {
  let answer: { rejected?: unknown; rejectedCount?: unknown } | null;
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch {
    return { rejections: [], rejectedCount: 0 };
  }
  const listed = Array.isArray(answer?.rejected) ? (answer.rejected as Partial<Rejection>[]) : [];
  const rejections = listed
    .filter((rejection) => typeof rejection?.index === 'number' && rejection.index < count)
    .map(({ index, code, message }) => ({
      index: Number(index),
      code: String(code),
      message: String(message),
    }));
  const total = typeof answer?.rejectedCount === 'number' ? answer.rejectedCount : rejections.length;
  return { rejections, rejectedCount: Math.min(count, Math.max(total, rejections.length)) };
}

/** The `detail` of problem+json, or the beginning of whatever was answered. */
function detailOf(body: string): string {
  try {
    const { detail, title } = JSON.parse(body) as { detail?: unknown; title?: unknown };
    if (typeof detail === 'string') return detail.slice(0, 300);
    if (typeof title === 'string') return title.slice(0, 300);
  } catch {
    // Not JSON: a proxy's page, shown as it is.
  }
  return body.slice(0, 200);
}
