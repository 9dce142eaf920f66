/** Batches waiting to be committed: first in, first out within a tenant, tenants served in turn. */
export class FairQueue<T extends { readonly tenantNo: number; readonly bytes: number }> {
  private readonly lanes = new Map<number, { items: T[]; head: number; bytes: number }>();
  bytes = 0;
  length = 0;

  tenantBytes(tenantNo: number): number {
    return this.lanes.get(tenantNo)?.bytes ?? 0;
  }

  push(item: T): void {
    let lane = this.lanes.get(item.tenantNo);
    if (lane === undefined) this.lanes.set(item.tenantNo, (lane = { items: [], head: 0, bytes: 0 }));
    lane.items.push(item);
    lane.bytes += item.bytes;
    this.bytes += item.bytes;
    this.length++;
  }

  /**
   * Takes up to `maxRows` rows (one batch at least), a batch from each tenant in turn; the batches of one tenant
   * stand together and in order in the answer.
   */
  take(maxRows: number, rowsOf: (item: T) => number): T[] {
    const taken = new Map<number, T[]>();
    let rows = 0;
    while (this.length > 0 && rows < maxRows) {
      for (const [tenantNo, lane] of this.lanes) {
        const item = lane.items[lane.head]!;
        const itemRows = rowsOf(item);
        if (rows > 0 && rows + itemRows > maxRows) return this.finish(taken);
        lane.items[lane.head++] = undefined as never;
        lane.bytes -= item.bytes;
        this.bytes -= item.bytes;
        this.length--;
        rows += itemRows;
        const group = taken.get(tenantNo);
        if (group === undefined) taken.set(tenantNo, [item]);
        else group.push(item);
        // Served tenants go to the end of the line.
        this.lanes.delete(tenantNo);
        if (lane.head < lane.items.length) {
          if (lane.head > 1024) {
            lane.items.splice(0, lane.head);
            lane.head = 0;
          }
          this.lanes.set(tenantNo, lane);
        }
        if (rows >= maxRows) break;
      }
    }
    return this.finish(taken);
  }

  private finish(taken: Map<number, T[]>): T[] {
    return [...taken.values()].flat();
  }
}
