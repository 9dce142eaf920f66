import type { LogRow } from './log-row';

export interface LiveSnapshot {
  /** Newest first. */
  readonly rows: readonly LogRow[];
  /** New logs that wait behind the banner. */
  readonly heldCount: number;
  /** True when older live logs had to make room: what was loaded before no longer follows on from the rows. */
  readonly trimmed: boolean;
  /** Logs the server left out because this viewer was too slow. */
  readonly droppedCount: number;
}

const EMPTY: LiveSnapshot = { rows: [], heldCount: 0, trimmed: false, droppedCount: 0 };

/**
 * The newest logs of a live tail, each once, bounded. Logs that arrive while the reader is busy with a row are held
 * back so that nothing moves under the eye.
 */
export class LiveBuffer {
  private shown: LogRow[] = [];
  private held: LogRow[] = [];
  private readonly known = new Set<string>();
  private excluded: ReadonlySet<string> = new Set();
  private trimmed = false;
  private heldTrimmed = 0;
  private dropped = 0;
  private snapshot: LiveSnapshot = EMPTY;
  private readonly listeners = new Set<() => void>();

  /** @param capacity logs kept, of the shown and of the held each; beyond it the oldest go */
  constructor(private readonly capacity: number) {}

  /** Adds logs in the order they were committed. */
  add(rows: readonly LogRow[], hold: boolean): void {
    const fresh = rows.filter((row) => !this.known.has(row.id) && !this.excluded.has(row.id));
    if (fresh.length === 0) return;
    for (const row of fresh) this.known.add(row.id);
    // Oldest first here: appending is cheap, and the snapshot turns it round.
    this.held.push(...fresh);
    if (this.held.length > this.capacity) {
      const gone = this.held.splice(0, this.held.length - this.capacity);
      this.heldTrimmed += gone.length;
      this.forget(gone);
    }
    if (hold) this.publish();
    else this.flush();
  }

  /** Shows what was held back. */
  flush(): void {
    if (this.held.length > 0) {
      // Logs that went while held leave a gap below them: what is older than the gap must go too.
      if (this.heldTrimmed > 0) {
        this.forget(this.shown.splice(0));
        this.trimmed = true;
      }
      this.shown.push(...this.held);
      this.held = [];
      this.heldTrimmed = 0;
      if (this.shown.length > this.capacity) {
        this.forget(this.shown.splice(0, this.shown.length - this.capacity));
        this.trimmed = true;
      }
    }
    this.publish();
  }

  /** These logs are on the page already. */
  exclude(ids: ReadonlySet<string>): void {
    this.excluded = ids;
    const keep = (row: LogRow): boolean => !this.excluded.has(row.id);
    this.shown = this.shown.filter(keep);
    this.held = this.held.filter(keep);
    this.publish();
  }

  noteDropped(count: number): void {
    this.dropped += count;
    this.publish();
  }

  clear(): void {
    this.shown = [];
    this.held = [];
    this.known.clear();
    this.trimmed = false;
    this.heldTrimmed = 0;
    this.dropped = 0;
    this.publish();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): LiveSnapshot => this.snapshot;

  private forget(rows: readonly LogRow[]): void {
    for (const row of rows) this.known.delete(row.id);
  }

  private publish(): void {
    this.snapshot = {
      rows: this.shown.toReversed(),
      heldCount: this.held.length + this.heldTrimmed,
      trimmed: this.trimmed,
      droppedCount: this.dropped,
    };
    for (const listener of this.listeners) listener();
  }
}
