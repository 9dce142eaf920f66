import { LEVELS } from './levels.ts';
import type { LevelIndex } from './levels.ts';

/** A serialised record waiting to be sent. */
export interface BufferedRecord {
  /** JSON without its opening brace. */
  readonly text: string;
  /** Estimated memory and body size in bytes; see `recordBytes`. */
  readonly bytes: number;
  readonly level: LevelIndex;
  readonly service: string;
  readonly environment: string;
  /** Position in the order of the calls. */
  readonly seq: number;
}

/** Bookkeeping of one record besides its text, in bytes: object, queue slot, string header (V8, 64 bit). */
const RECORD_OVERHEAD_BYTES = 120;

/** UTF-16 length stands for bytes: V8 keeps Latin-1 text at one byte a unit; other scripts cost up to twice that. */
export function recordBytes(text: string): number {
  return text.length + RECORD_OVERHEAD_BYTES;
}

/** First in, first out, without moving the rest on every take. */
class Deque {
  private items: (BufferedRecord | undefined)[] = [];
  private start = 0;
  bytes = 0;

  get length(): number {
    return this.items.length - this.start;
  }
  peek(): BufferedRecord | undefined {
    return this.items[this.start];
  }
  push(record: BufferedRecord): void {
    this.items.push(record);
    this.bytes += record.bytes;
  }
  shift(): BufferedRecord | undefined {
    const record = this.items[this.start];
    if (record === undefined) return undefined;
    this.items[this.start++] = undefined;
    this.bytes -= record.bytes;
    if (this.start > 1024 && this.start * 2 > this.items.length) {
      this.items = this.items.slice(this.start);
      this.start = 0;
    } else if (this.start === this.items.length) {
      this.items = [];
      this.start = 0;
    }
    return record;
  }
}

/**
 * Records in the order of the calls, bounded in bytes. When full, the oldest record of the lowest level makes
 * room, down to the level of the new record; a record below everything buffered is itself given up.
 */
export class LogBuffer {
  private readonly queues = LEVELS.map(() => new Deque());
  private readonly maxBytes: number;
  /** Taken out to be sent, but still in memory. */
  private heldBytes = 0;
  private queuedBytes = 0;
  private queuedCount = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.queuedBytes + this.heldBytes;
  }
  get length(): number {
    return this.queuedCount;
  }

  /** @returns false when the record found no room; `onEvict` gets every older record that made room */
  push(record: BufferedRecord, onEvict: (record: BufferedRecord) => void): boolean {
    if (this.bytes + record.bytes > this.maxBytes && !this.makeRoom(record, onEvict)) return false;
    this.queues[record.level]?.push(record);
    this.queuedBytes += record.bytes;
    this.queuedCount++;
    return true;
  }

  /**
   * Takes the oldest records out, at most `maxCount` and about `maxBytes`, in the order of the calls. Their bytes stay
   * counted until `release`.
   */
  take(maxCount: number, maxBytes: number): BufferedRecord[] {
    const taken: BufferedRecord[] = [];
    let bytes = 0;
    while (taken.length < maxCount) {
      const queue = this.oldest();
      const next = queue?.peek();
      if (queue === undefined || next === undefined) break;
      if (taken.length > 0 && bytes + next.bytes > maxBytes) break;
      queue.shift();
      bytes += next.bytes;
      taken.push(next);
    }
    this.queuedCount -= taken.length;
    this.queuedBytes -= bytes;
    this.heldBytes += bytes;
    return taken;
  }

  /** Gives back the memory of records that `take` handed out. */
  release(records: readonly BufferedRecord[]): void {
    for (const record of records) this.heldBytes -= record.bytes;
  }

  /** Position of the oldest record waiting; Infinity when none is. */
  oldestSeq(): number {
    return this.oldest()?.peek()?.seq ?? Infinity;
  }

  private oldest(): Deque | undefined {
    let oldest: Deque | undefined;
    let seq = Infinity;
    for (const queue of this.queues) {
      const head = queue.peek();
      if (head !== undefined && head.seq < seq) {
        seq = head.seq;
        oldest = queue;
      }
    }
    return oldest;
  }

  private makeRoom(record: BufferedRecord, onEvict: (record: BufferedRecord) => void): boolean {
    if (record.bytes + this.heldBytes > this.maxBytes) return false;
    // First see whether giving up everything of this level and below is enough: no record is lost for nothing.
    let evictable = 0;
    for (let level = 0; level <= record.level; level++) evictable += this.queues[level]?.bytes ?? 0;
    if (this.bytes - evictable + record.bytes > this.maxBytes) return false;
    for (let level = 0; level <= record.level; level++) {
      const queue = this.queues[level] as Deque;
      while (queue.length > 0) {
        if (this.bytes + record.bytes <= this.maxBytes) return true;
        const evicted = queue.shift() as BufferedRecord;
        this.queuedBytes -= evicted.bytes;
        this.queuedCount--;
        onEvict(evicted);
      }
    }
    return this.bytes + record.bytes <= this.maxBytes;
  }
}
