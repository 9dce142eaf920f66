import type { Position, TenantContext } from '@logstead/ports';
import { BlockIndex, type BlockRange } from './block-index';
import type { LogRow } from './log-row';
import { type ReadSession, StatementTimeout } from './read-session';
import { RollupReader, rangesOf } from './rollup-reader';
import { mergeRows, RowSource } from './row-source';
import type { ScanFilter } from './scan-filter';
import { type Order, positionBefore, restOf, type Span, spanAfter } from './time-span';

export interface ListedRows {
  readonly rows: LogRow[];
  /** Where to go on; null when nothing matches beyond. */
  readonly next: Position | null;
}

/** Blocks (of at most 256 rows) in the first part of the range that is looked at. */
const FIRST_BLOCKS = 64;
/** How much larger each further part is: parts that are only probed may grow faster than parts that are read. */
const PROBE_GROWTH = 128;
const SCAN_GROWTH = 8;
/** Parts from this size on may be scanned by parallel workers. */
const PARALLEL_BLOCKS = 2_000;
/** Share of blocks with all tokens from which reading straight through the part is cheaper than going to blocks. */
const DENSE_SHARE = 0.3;
/** Blocks read by the first statement that goes to blocks. */
const FIRST_CHUNK = 32;
/** Rows a statement that goes to rollup ranges may read when conditions on rows may turn most of them down. */
const ROWS_PER_RANGE_READ = 20_000;
const HOURS_PER_READ = 24;

/**
 * Finds the first rows of a filter in the order asked for. The range is read in parts that grow from its beginning, so
 * the cost follows the distance to the last row of the page, and each part is read in the cheapest way: straight along
 * the index, only in the blocks whose blooms hold all words, or only in the 10-second buckets whose rollups hold the
 * service, environment and level. Every way checks the whole filter on the rows, so the ways differ in cost only.
 */
export class LogLister {
  private readonly index: BlockIndex;
  private readonly source: RowSource;
  private readonly startedAt = performance.now();
  private readonly found: LogRow[] = [];
  private readonly wanted: number;
  private rest: Span;

  constructor(
    private readonly session: ReadSession,
    private readonly tenant: TenantContext,
    private readonly filter: ScanFilter,
    private readonly page: {
      readonly span: Span;
      readonly limit: number;
      readonly after: Position | undefined;
      readonly order: Order;
    },
    /** Ends the search with what was found so far, ms. */
    private readonly budgetMs: number,
  ) {
    this.index = new BlockIndex(session, tenant);
    this.source = new RowSource(session, tenant, filter, page.order, page.after);
    this.wanted = page.limit + 1;
    this.rest = spanAfter(page.span, page.after, page.order);
  }

  async run(): Promise<ListedRows> {
    if (this.filter.matchesNothing) return { rows: [], next: null };
    const { lo, hi } = this.rest;
    if (lo >= hi) return { rows: [], next: null };
    try {
      await this.session.within(this.budgetMs, () => this.search());
    } catch (error) {
      // What was read before the time ran out is complete up to `rest`.
      if (!(error instanceof StatementTimeout)) throw error;
    }
    // Without any progress a cursor would lead nowhere.
    if (this.found.length === 0 && this.rest.lo === lo && this.rest.hi === hi) throw new StatementTimeout();
    return this.result();
  }

  private result(): ListedRows {
    const { limit, order } = this.page;
    if (this.found.length > limit) {
      const rows = this.found.slice(0, limit);
      const last = rows.at(-1)!;
      return { rows, next: { tsUs: last[0], id: last[1] } };
    }
    return { rows: this.found, next: this.rest.lo < this.rest.hi ? positionBefore(this.rest, order) : null };
  }

  private async search(): Promise<void> {
    const { filter } = this;
    if (!filter.hasConditions) {
      this.take(await this.source.direct(this.rest, this.missing));
      this.rest = { lo: this.rest.hi, hi: this.rest.hi };
      return;
    }
    if (filter.tokens !== null) return this.searchByTokens(filter.tokens);
    this.take(await this.source.firstBlocks(this.index, this.rest, FIRST_BLOCKS, this.missing));
    if (this.isDone) return;
    await this.advance(FIRST_BLOCKS);
    if (filter.hasDimensions) return this.searchByRollups();
    return this.searchStraight();
  }

  private async searchStraight(): Promise<void> {
    let blocks = FIRST_BLOCKS * SCAN_GROWTH;
    while (!this.isDone && this.hasTime) {
      const part = await this.nextPart(blocks);
      const startedAt = performance.now();
      if (blocks >= PARALLEL_BLOCKS) await this.session.allowParallel();
      this.take(await this.source.direct(part, this.missing));
      if (this.isDone) return;
      this.rest = restOf(this.rest, this.edgeOf(part), this.page.order);
      blocks = this.grown(blocks, performance.now() - startedAt, SCAN_GROWTH);
    }
  }

  private async searchByTokens(tokens: readonly (readonly number[])[]): Promise<void> {
    // A trace lies in a few blocks anywhere; for words the newest blocks are often enough.
    let blocks = this.filter.isOfOneTrace ? FIRST_BLOCKS * PROBE_GROWTH : FIRST_BLOCKS;
    while (!this.isDone && this.hasTime) {
      const startedAt = performance.now();
      const { edge, candidates } = await this.index.firstWithTokens(
        this.rest,
        blocks,
        this.page.order,
        tokens,
      );
      const part = this.partTo(edge);
      if (candidates.length >= blocks * DENSE_SHARE) this.take(await this.source.direct(part, this.missing));
      else await this.readBlocks(candidates, part);
      if (this.isDone) return;
      this.rest = restOf(this.rest, this.edgeOf(part), this.page.order);
      blocks = this.grown(blocks, performance.now() - startedAt, PROBE_GROWTH);
    }
  }

  /**
   * Blocks overlap in time, so they are read in the order of their outer ends: a row beyond the outer end of every
   * block not read yet is final.
   */
  private async readBlocks(candidates: BlockRange[], part: Span): Promise<void> {
    const { order } = this.page;
    const outer = order === 'desc' ? (b: BlockRange) => -b.hiUs : (b: BlockRange) => b.loUs;
    candidates.sort((a, b) => outer(a) - outer(b));
    let pending: LogRow[] = [];
    let chunk = FIRST_CHUNK;
    for (let at = 0; at < candidates.length; at += chunk, chunk *= 4) {
      const rows = await this.source.inBlocks(candidates.slice(at, at + chunk), part, this.missing);
      pending = mergeRows(pending, rows, order);
      const nextBlock = candidates[at + chunk];
      if (nextBlock === undefined) break;
      const isFinal = (row: LogRow): boolean =>
        order === 'desc' ? row[0] > nextBlock.hiUs : row[0] < nextBlock.loUs;
      const firstOpen = pending.findIndex((row) => !isFinal(row));
      const final = firstOpen < 0 ? pending : pending.slice(0, firstOpen);
      pending = pending.slice(final.length);
      this.take(final);
      if (this.isDone) return;
      const { lo, hi } = this.rest;
      this.rest =
        order === 'desc'
          ? { lo, hi: Math.min(hi, nextBlock.hiUs + 1) }
          : { lo: Math.max(lo, nextBlock.loUs), hi };
      if (!this.hasTime) throw new StatementTimeout();
    }
    this.take(pending);
  }

  private async searchByRollups(): Promise<void> {
    const { order } = this.page;
    const rollups = new RollupReader(this.session, this.tenant, this.filter);
    const hours = await rollups.hours(this.rest, order);
    for (let at = 0; at < hours.length && this.hasTime; at += HOURS_PER_READ) {
      const some = hours.slice(at, at + HOURS_PER_READ);
      const buckets = await rollups.buckets(some, this.rest, order);
      let first = 0;
      while (first < buckets.length && this.hasTime) {
        const goal = this.filter.hasRowConditions ? ROWS_PER_RANGE_READ : this.missing;
        let kept = 0;
        let end = first;
        while (end < buckets.length && kept < goal) kept += buckets[end++]!.kept;
        const chosen = buckets.slice(first, end);
        const ranges = rangesOf(chosen, this.rest);
        this.take(await this.source.inRanges(ranges, this.missing));
        if (this.isDone) return;
        const inner = ranges.at(-1);
        if (inner !== undefined) this.rest = restOf(this.rest, order === 'desc' ? inner.lo : inner.hi, order);
        first = end;
      }
      if (first < buckets.length) return;
    }
    if (this.hasTime) this.rest = { lo: this.rest.hi, hi: this.rest.hi };
  }

  private async nextPart(blocks: number): Promise<Span> {
    return this.partTo(await this.index.edge(this.rest, blocks, this.page.order));
  }

  private partTo(edge: number | null): Span {
    if (edge === null) return this.rest;
    return this.page.order === 'desc' ? { lo: edge, hi: this.rest.hi } : { lo: this.rest.lo, hi: edge };
  }

  private async advance(blocks: number): Promise<void> {
    const part = await this.nextPart(blocks);
    this.rest = restOf(this.rest, this.edgeOf(part), this.page.order);
  }

  private edgeOf(part: Span): number {
    return this.page.order === 'desc' ? part.lo : part.hi;
  }

  /** A part so large that, at the pace of the last one, it takes at most a third of the time left. */
  private grown(blocks: number, tookMs: number, growth: number): number {
    const leftMs = this.budgetMs - (performance.now() - this.startedAt);
    const affordable = (blocks * (leftMs / 3)) / Math.max(tookMs, 1);
    return Math.max(1, Math.floor(Math.min(blocks * growth, affordable)));
  }

  private take(rows: readonly LogRow[]): void {
    for (const row of rows) this.found.push(row);
  }

  private get missing(): number {
    return this.wanted - this.found.length;
  }

  private get isDone(): boolean {
    return this.found.length >= this.wanted || this.rest.lo >= this.rest.hi;
  }

  private get hasTime(): boolean {
    return performance.now() - this.startedAt < this.budgetMs;
  }
}
