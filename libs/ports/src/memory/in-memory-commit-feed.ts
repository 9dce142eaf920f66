import type { CommitFeed, CommittedBlock } from '../commit-feed';

type Listener = (blocks: readonly CommittedBlock[]) => void;

/** Announces commits to viewers in the same process. */
export class InMemoryCommitFeed implements CommitFeed {
  private readonly listeners = new Map<number, Set<Listener>>();
  private announced = 0;

  get announcedSeq(): number {
    return this.announced;
  }

  publish(blocks: readonly CommittedBlock[]): void {
    for (const { seq } of blocks) if (seq > this.announced) this.announced = seq;
    if (this.listeners.size === 0) return;
    for (const [tenantNo, listeners] of this.listeners) {
      const own = blocks.filter((block) => block.tenantNo === tenantNo);
      if (own.length > 0) for (const listener of listeners) listener(own);
    }
  }

  subscribe(tenantNo: number, listener: Listener): () => void {
    let listeners = this.listeners.get(tenantNo);
    if (listeners === undefined) this.listeners.set(tenantNo, (listeners = new Set()));
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(tenantNo) === listeners) this.listeners.delete(tenantNo);
    };
  }

  hasSubscribers(tenantNo: number): boolean {
    return this.listeners.has(tenantNo);
  }
}
