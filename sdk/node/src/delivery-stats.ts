import { LEVELS } from './levels.ts';
import type { Level } from './levels.ts';

/**
 * - `buffer_full`: made room for newer or more important records
 * - `too_large`: a single record larger than the whole buffer
 * - `refused`, `rejected`, `deadline`, `config`: see `LoggerErrorCode`
 * - `closed`: logged after close(), or still unsent when close() ran out of time
 */
export const DROP_REASONS = [
  'buffer_full',
  'too_large',
  'refused',
  'rejected',
  'deadline',
  'config',
  'closed',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What `onDrop` gets: so many records of a level were given up. `level` is unknown for unlisted rejections. */
export interface Drop {
  readonly count: number;
  readonly level: Level | 'unknown';
  readonly reason: DropReason;
}

/** Counts since the logger was made; sent + dropped + buffered = logged. */
export interface LoggerStats {
  /** Records the server took. */
  readonly sent: number;
  readonly dropped: number;
  readonly droppedByLevel: Readonly<Record<Level | 'unknown', number>>;
  readonly droppedByReason: Readonly<Record<DropReason, number>>;
  /** Requests repeated after a failure. */
  readonly retried: number;
  /** Records waiting or under way. */
  readonly buffered: number;
  readonly bufferedBytes: number;
}

/** Counts records by their fate. */
export class DeliveryStats {
  sent = 0;
  retried = 0;
  dropped = 0;
  private byLevel = zeros<Level | 'unknown'>([...LEVELS, 'unknown']);
  private byReason = zeros<DropReason>(DROP_REASONS);
  private unreported = zeros<DropReason>(DROP_REASONS);
  private unreportedCount = 0;

  countDrop({ count, level, reason }: Drop): void {
    this.dropped += count;
    this.byLevel[level] += count;
    this.byReason[reason] += count;
    this.unreported[reason] += count;
    this.unreportedCount += count;
  }

  /** Drops since the last call, for the record that tells of them; undefined when there were none. */
  takeUnreported(): { count: number; reasons: Partial<Record<DropReason, number>> } | undefined {
    if (this.unreportedCount === 0) return undefined;
    const reasons = Object.fromEntries(Object.entries(this.unreported).filter(([, count]) => count > 0));
    const report = { count: this.unreportedCount, reasons };
    this.unreported = zeros<DropReason>(DROP_REASONS);
    this.unreportedCount = 0;
    return report;
  }

  snapshot(buffered: number, bufferedBytes: number): LoggerStats {
    return {
      sent: this.sent,
      dropped: this.dropped,
      droppedByLevel: { ...this.byLevel },
      droppedByReason: { ...this.byReason },
      retried: this.retried,
      buffered,
      bufferedBytes,
    };
  }
}

function zeros<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}
