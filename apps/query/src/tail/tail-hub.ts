import type { LogRecord } from '@logstead/contracts';
import type { CommitFeed, CommittedBlock, TenantContext } from '@logstead/ports';
import type { TailViewer } from './tail-viewer';

interface TenantViewers {
  readonly viewers: Set<TailViewer>;
  readonly unsubscribe: () => void;
  readonly pending: CommittedBlock[];
}

/** Hands each committed block to the viewers of its tenant: decoded once for all of them, apart from the commit. */
export class TailHub {
  private readonly tenants = new Map<number, TenantViewers>();

  constructor(private readonly feed: CommitFeed) {}

  get announcedSeq(): number {
    return this.feed.announcedSeq;
  }

  countOf(tenant: TenantContext): number {
    return this.tenants.get(tenant.tenantNo)?.viewers.size ?? 0;
  }

  /** @returns a function that removes the viewer */
  add({ tenantNo }: TenantContext, viewer: TailViewer): () => void {
    let entry = this.tenants.get(tenantNo);
    if (entry === undefined) {
      const viewers = new Set<TailViewer>();
      const pending: CommittedBlock[] = [];
      const unsubscribe = this.feed.subscribe(tenantNo, (blocks) => this.announce(viewers, pending, blocks));
      this.tenants.set(tenantNo, (entry = { viewers, unsubscribe, pending }));
    }
    const { viewers, unsubscribe } = entry;
    viewers.add(viewer);
    return () => {
      viewers.delete(viewer);
      if (viewers.size > 0 || this.tenants.get(tenantNo)?.viewers !== viewers) return;
      this.tenants.delete(tenantNo);
      unsubscribe();
    };
  }

  /** The writer is waiting: the work is done after it has gone on. */
  private announce(
    viewers: Set<TailViewer>,
    pending: CommittedBlock[],
    blocks: readonly CommittedBlock[],
  ): void {
    pending.push(...blocks);
    if (pending.length === blocks.length) setImmediate(() => this.deliver(viewers, pending));
  }

  private deliver(viewers: Set<TailViewer>, pending: CommittedBlock[]): void {
    const blocks = pending.splice(0);
    if (viewers.size === 0) return;
    for (const block of blocks) {
      const records: readonly LogRecord[] = block.records();
      for (const viewer of viewers) viewer.acceptAnnounced(block.seq, records);
    }
  }
}
