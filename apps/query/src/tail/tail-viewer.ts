import type { LogRecord } from '@logstead/contracts';
import type { AppError } from '@logstead/errors';
import { problemOf } from '@logstead/errors';
import { logJson } from '../json/log-json.serializer';
import type { QueryMetrics } from '../query-metrics';
import type { TailPosition } from './tail-cursor';
import type { TailSink } from './tail-sink';

/** Logs in one message at most. */
const MAX_MESSAGE_LOGS = 500;
/** No more is handed to a connection while this much waits in it: what waits there cannot be dropped any more. */
const MAX_CONNECTION_BYTES = 262_144;
/** Logs that arrive within this time share a message. */
const COALESCE_MS = 20;

export interface ViewerLimits {
  readonly maxLogs: number;
  readonly maxBytes: number;
}

export interface ViewerParts {
  readonly sink: TailSink;
  readonly matches: (log: LogRecord) => boolean;
  readonly limits: ViewerLimits;
  readonly metrics: QueryMetrics;
  readonly requestId: string;
  readonly cursorOf: (position: TailPosition) => string;
}

interface Waiting {
  readonly json: string;
  readonly seq: number;
  readonly index: number;
}

/**
 * One viewer of a live tail: filters what is committed and sends it as fast as the client reads. What a slow client
 * leaves unread is kept up to a bound; beyond it the oldest is dropped, and the client is told how much.
 */
export class TailViewer {
  private readonly queue: Waiting[] = [];
  private head = 0;
  private queuedBytes = 0;
  private dropped = 0;
  private droppedUpTo: TailPosition | null = null;
  private paused = false;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;
  private roomWaiters: (() => void)[] = [];
  /** Everything before it has been sent or reported as dropped. */
  private sent: TailPosition;
  private readonly readAlready = new Set<number>();

  /** @param position everything before it has been taken */
  constructor(
    private readonly parts: ViewerParts,
    private position: TailPosition,
  ) {
    this.sent = position;
    parts.sink.onRoom = () => this.flush();
  }

  get isClosed(): boolean {
    return this.closed;
  }

  get next(): TailPosition {
    return this.position;
  }

  /** Takes a block read from the store, in order. */
  acceptStored(seq: number, records: readonly LogRecord[]): void {
    this.readAlready.add(seq);
    this.take(seq, records);
  }

  /** Takes a block that was announced, unless it has been read from the store. */
  acceptAnnounced(seq: number, records: readonly LogRecord[]): void {
    if (this.readAlready.delete(seq)) return;
    this.take(seq, records);
    this.dropOldest();
  }

  private take(seq: number, records: readonly LogRecord[]): void {
    if (this.closed) return;
    const first = seq === this.position.seq ? this.position.offset : 0;
    for (let index = first; index < records.length; index++) {
      const record = records[index]!;
      if (this.parts.matches(record)) this.enqueue({ json: logJson(record), seq, index });
    }
    if (seq >= this.position.seq) this.position = { seq: seq + 1, offset: 0 };
    if (this.head < this.queue.length) this.timer ??= setTimeout(() => this.flush(), COALESCE_MS);
  }

  /** Nothing before `seq` is left to see. */
  skipTo(seq: number): void {
    if (seq > this.position.seq) this.position = { seq, offset: 0 };
  }

  private enqueue(entry: Waiting): void {
    this.queue.push(entry);
    this.queuedBytes += entry.json.length;
  }

  /** What is read from the store is never dropped: its reader waits. */
  private dropOldest(): void {
    const { maxLogs, maxBytes } = this.parts.limits;
    while (
      this.queue.length - this.head > maxLogs ||
      (this.queuedBytes > maxBytes && this.queue.length - this.head > 1)
    ) {
      const oldest = this.queue[this.head++]!;
      this.queuedBytes -= oldest.json.length;
      this.dropped++;
      this.droppedUpTo = { seq: oldest.seq, offset: oldest.index + 1 };
      this.parts.metrics.tailDropped.inc();
    }
    this.compact();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { sink } = this.parts;
    while (!this.closed && !this.paused && sink.bufferedBytes < MAX_CONNECTION_BYTES) {
      if (this.droppedUpTo !== null) this.reportDropped(this.droppedUpTo);
      else if (this.head < this.queue.length) this.sendLogs();
      else break;
    }
    if (this.head === this.queue.length) for (const wake of this.roomWaiters.splice(0)) wake();
  }

  private reportDropped(upTo: TailPosition): void {
    this.sent = upTo;
    const cursor = this.parts.cursorOf(upTo);
    const json = JSON.stringify({ type: 'dropped', count: this.dropped, cursor });
    this.dropped = 0;
    this.droppedUpTo = null;
    this.parts.sink.send('dropped', json, cursor);
  }

  private sendLogs(): void {
    const logs: string[] = [];
    let bytes = 0;
    let last: Waiting | undefined;
    while (logs.length < MAX_MESSAGE_LOGS && bytes < MAX_CONNECTION_BYTES && this.head < this.queue.length) {
      last = this.queue[this.head++]!;
      logs.push(last.json);
      bytes += last.json.length;
    }
    this.queuedBytes -= bytes;
    this.compact();
    this.sent = this.sentUpTo(last!);
    const cursor = this.parts.cursorOf(this.sent);
    this.parts.metrics.tailLogs.inc(logs.length);
    this.parts.sink.send('logs', `{"type":"logs","logs":[${logs.join(',')}],"cursor":"${cursor}"}`, cursor);
  }

  /** Behind the last match nothing is left of its block when the queue is empty. */
  private sentUpTo({ seq, index }: Waiting): TailPosition {
    return this.head === this.queue.length ? this.position : { seq, offset: index + 1 };
  }

  private compact(): void {
    if (this.head < 1_024 || this.head * 2 < this.queue.length) return;
    this.queue.splice(0, this.head);
    this.head = 0;
  }

  /** Resolves when everything taken so far has been handed to the connection: catching up waits instead of dropping. */
  async drained(): Promise<void> {
    this.flush();
    if (this.closed || this.head === this.queue.length) return;
    await new Promise<void>((resolve) => this.roomWaiters.push(resolve));
  }

  heartbeat(): void {
    if (this.closed) return;
    if (this.head === this.queue.length && this.droppedUpTo === null) this.sent = this.position;
    const cursor = this.parts.cursorOf(this.sent);
    this.parts.sink.send('heartbeat', JSON.stringify({ type: 'heartbeat', cursor }), cursor);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.flush();
  }

  fail(error: AppError): void {
    if (this.closed) return;
    const problem = problemOf(error, this.parts.requestId);
    this.parts.sink.send('error', JSON.stringify({ type: 'error', problem }), '');
    this.close();
    this.parts.sink.close('error');
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.queue.length = 0;
    this.head = 0;
    for (const wake of this.roomWaiters.splice(0)) wake();
  }
}
