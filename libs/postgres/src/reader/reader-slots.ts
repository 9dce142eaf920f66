import { AppError } from '@logstead/errors';

export interface SlotLimits {
  /** Reads that run at once, all tenants together: the connections of the pool. */
  readonly total: number;
  /** Reads of one tenant that run at once. */
  readonly perTenant: number;
  /** Reads of one tenant that may wait; beyond it a read is refused at once. */
  readonly waitingPerTenant: number;
}

interface Waiter {
  readonly start: () => void;
}

const RETRY_AFTER_MS = 1_000;

/**
 * Shares the connections among tenants: a tenant runs at most `perTenant` reads, the rest wait in a bounded queue of
 * that tenant, and free connections go round the waiting tenants in turn. So one tenant can neither take every
 * connection nor fill a common queue.
 */
export class ReaderSlots {
  private running = 0;
  private readonly runningOf = new Map<number, number>();
  private readonly waiting = new Map<number, Waiter[]>();

  constructor(private readonly limits: SlotLimits) {}

  /**
   * @returns a function that gives the slot back
   * @throws AppError `overloaded` when too many reads of the tenant wait, or when `waitMs` pass without a turn
   */
  async take(tenantNo: number, signal: AbortSignal, waitMs: number): Promise<() => void> {
    signal.throwIfAborted();
    if (this.hasRoom(tenantNo) && !this.waiting.has(tenantNo)) return this.occupy(tenantNo);
    const queue = this.waiting.get(tenantNo) ?? [];
    if (queue.length >= this.limits.waitingPerTenant) {
      throw new AppError({
        code: 'overloaded',
        message: `${queue.length} queries of this tenant already wait for their turn; the limit is ${this.limits.waitingPerTenant}. Try again shortly.`,
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    await this.waitInQueue(tenantNo, queue, signal, waitMs);
    return this.occupy(tenantNo, true);
  }

  private waitInQueue(tenantNo: number, queue: Waiter[], signal: AbortSignal, waitMs: number): Promise<void> {
    this.waiting.set(tenantNo, queue);
    return new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        const at = queue.indexOf(waiter);
        if (at >= 0) queue.splice(at, 1);
        if (queue.length === 0 && this.waiting.get(tenantNo) === queue) this.waiting.delete(tenantNo);
      };
      const waiter: Waiter = {
        start: () => {
          leave();
          this.count(tenantNo, 1);
          resolve();
        },
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        leave();
        reject(
          new AppError({
            code: 'overloaded',
            message: `No query slot became free within ${waitMs} ms. Try again shortly.`,
            retryAfterMs: RETRY_AFTER_MS,
          }),
        );
      }, waitMs);
      timer.unref();
      signal.addEventListener('abort', onAbort);
      queue.push(waiter);
    });
  }

  private hasRoom(tenantNo: number): boolean {
    return this.running < this.limits.total && (this.runningOf.get(tenantNo) ?? 0) < this.limits.perTenant;
  }

  private occupy(tenantNo: number, counted = false): () => void {
    if (!counted) this.count(tenantNo, 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.count(tenantNo, -1);
      this.startNext();
    };
  }

  private count(tenantNo: number, change: number): void {
    this.running += change;
    const now = (this.runningOf.get(tenantNo) ?? 0) + change;
    if (now === 0) this.runningOf.delete(tenantNo);
    else this.runningOf.set(tenantNo, now);
  }

  /** Tenants that have waited longest since their last turn come first: a started tenant goes to the end of the map. */
  private startNext(): void {
    for (const [tenantNo, queue] of this.waiting) {
      if (!this.hasRoom(tenantNo)) continue;
      const waiter = queue[0];
      if (waiter === undefined) continue;
      this.waiting.delete(tenantNo);
      if (queue.length > 1) this.waiting.set(tenantNo, queue);
      waiter.start();
      return;
    }
  }
}
