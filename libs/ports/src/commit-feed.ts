import type { LogRecord } from '@logstead/contracts';

/** A run of one tenant's logs that has just been committed. */
export interface CommittedBlock {
  readonly tenantNo: number;
  /** Position in the commit order; strictly rising per tenant, also stored as `log_blocks.seq`. */
  readonly seq: number;
  readonly rowCount: number;
  /** Decodes the rows, in the order they were sent; call it only when somebody watches. */
  records(): LogRecord[];
}

/** Announces commits in commit order. Listeners must not throw and must not block. */
export interface CommitFeed {
  publish(blocks: readonly CommittedBlock[]): void;
  /** @returns a function that ends the subscription */
  subscribe(tenantNo: number, listener: (blocks: readonly CommittedBlock[]) => void): () => void;
  hasSubscribers(tenantNo: number): boolean;
  /**
   * Whatever has been or ever will be committed up to this position has been announced: a reader of the store that
   * stops here misses nothing that is still being committed. 0 until the first announcement.
   */
  readonly announcedSeq: number;
}
