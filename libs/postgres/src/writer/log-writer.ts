import { AppError } from '@logstead/errors';
import type { EncodedBatch, RowNames } from '@logstead/pipeline';
import type { CommitFeed, CommittedBlock, LogBus, PublishResult } from '@logstead/ports';
import type { Pool } from 'pg';
import { isStoreUnavailable } from '../store-error';
import { GroupCommitter, type PendingBatch } from './group-committer';
import { FairQueue } from './fair-queue';

export interface LogWriterOptions {
  /** Commits under way at once; two keep one JavaScript thread and two cores busy, a third gains nothing. */
  readonly connections: number;
  readonly maxRowsPerCommit: number;
  /** Bytes of encoded rows that may wait, in all and of one tenant. */
  readonly maxQueueBytes: number;
  readonly maxTenantQueueBytes: number;
}

/** How long a client should wait before it sends again when the queue is full or the store away. */
const RETRY_AFTER_MS = 1_000;
/** Pause between attempts to reach a store that is away. */
const PROBE_MS = 500;

/**
 * The embedded log bus: batches wait in memory, bounded in bytes, and are acknowledged when the transaction that
 * holds their rows, rollups, blooms and idempotency keys has been committed.
 */
export class LogWriter implements LogBus<EncodedBatchWithKey> {
  private readonly queue = new FairQueue<PendingBatch>();
  private readonly committer: GroupCommitter;
  private active = 0;
  private unavailable = false;
  private stopped = false;
  private idleWaiters: (() => void)[] = [];
  /** Groups in the order they were formed; the feed hears of a group when all before it have ended. */
  private readonly order: { ended: boolean; blocks: CommittedBlock[] }[] = [];

  constructor(
    private readonly pool: Pool,
    namesOf: (tenantNo: number) => RowNames | undefined,
    private readonly feed: CommitFeed,
    private readonly options: LogWriterOptions,
    private readonly onError: (error: unknown) => void,
  ) {
    this.committer = new GroupCommitter(pool, namesOf);
  }

  get queuedBytes(): number {
    return this.queue.bytes;
  }

  get queuedBatches(): number {
    return this.queue.length;
  }

  get isAvailable(): boolean {
    return !this.unavailable;
  }

  /** Whether a batch of about this size would be refused now; asked before a body is decoded. */
  isFull(tenantNo: number, bytes: number): boolean {
    return (
      this.queue.bytes + bytes > this.options.maxQueueBytes ||
      this.queue.tenantBytes(tenantNo) + bytes > this.options.maxTenantQueueBytes
    );
  }

  publish({ batch, idempotencyKey, answer }: EncodedBatchWithKey): Promise<PublishResult> {
    const bytes = batch.rows.length + batch.segments.length * 4096;
    if (this.stopped) return Promise.reject(unavailable('The server is stopping.'));
    if (this.unavailable) return Promise.reject(unavailable('The log store is not available at the moment.'));
    // A queue that is empty takes any batch: the limit on bodies is the bound then.
    if (this.queue.bytes > 0 && this.isFull(batch.tenantNo, bytes)) {
      return Promise.reject(
        new AppError({
          code: 'overloaded',
          message: `${this.queue.bytes} bytes are waiting to be stored. Send the batch again later.`,
          retryAfterMs: RETRY_AFTER_MS,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ tenantNo: batch.tenantNo, bytes, batch, idempotencyKey, answer, resolve, reject });
      this.pump();
    });
  }

  private pump(): void {
    while (this.active < this.options.connections && this.queue.length > 0 && !this.unavailable) {
      const group = this.queue.take(this.options.maxRowsPerCommit, (item) => item.batch.rowCount);
      const place = { ended: false, blocks: [] as CommittedBlock[] };
      this.order.push(place);
      this.active++;
      void this.commit(group, place).finally(() => {
        place.ended = true;
        this.announce();
        this.active--;
        this.pump();
        if (this.active === 0 && this.queue.length === 0) {
          for (const wake of this.idleWaiters.splice(0)) wake();
        }
      });
    }
  }

  private announce(): void {
    while (this.order.length > 0 && this.order[0]!.ended) {
      const { blocks } = this.order.shift()!;
      if (blocks.length > 0) this.feed.publish(blocks);
    }
  }

  private async commit(group: PendingBatch[], place: { blocks: CommittedBlock[] }): Promise<void> {
    try {
      const { answers, blocks } = await this.committer.commit(group);
      place.blocks.push(...blocks);
      group.forEach((item, i) => item.resolve({ earlierAnswer: answers[i] ?? null }));
    } catch (error) {
      this.onError(error);
      if (isStoreUnavailable(error)) {
        const failure = unavailable('The log store is not available at the moment.', error);
        for (const item of group) item.reject(failure);
        this.enterUnavailable(failure);
      } else if (group.length > 1) {
        // One batch the store refuses must not cost its neighbours: each is tried alone.
        for (const item of group) await this.commit([item], place);
      } else {
        group[0]!.reject(
          new AppError({ code: 'internal', message: 'The batch could not be stored.', cause: error }),
        );
      }
    }
  }

  /** Refuses what waits, so that clients learn soon, and looks for the store until it answers. */
  private enterUnavailable(failure: AppError): void {
    if (this.unavailable) return;
    this.unavailable = true;
    for (const item of this.queue.take(Infinity, () => 0)) item.reject(failure);
    const probe = (): void => {
      this.pool.query('SELECT 1').then(
        () => {
          this.unavailable = false;
          this.pump();
        },
        () => {
          if (!this.stopped) setTimeout(probe, PROBE_MS).unref();
        },
      );
    };
    setTimeout(probe, PROBE_MS).unref();
  }

  /** Refuses new batches and resolves when all accepted ones are committed. */
  async drain(): Promise<void> {
    this.stopped = true;
    if (this.active === 0 && this.queue.length === 0) return;
    await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }
}

export interface EncodedBatchWithKey {
  readonly batch: EncodedBatch;
  readonly idempotencyKey: string | null;
  /** The JSON answer to give again for the same key. */
  readonly answer: string;
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError({ code: 'store_unavailable', message, retryAfterMs: RETRY_AFTER_MS, cause });
}
