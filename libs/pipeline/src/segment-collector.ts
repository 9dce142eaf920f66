import type { Segment } from './encode-context';
import type { RowWriter } from './row-writer';

/**
 * Longest time range of a segment, and so of a block, in µs. The reader looks this far before a range for blocks that
 * reach into it: raising it makes every probe look at more blocks.
 */
export const MAX_SEGMENT_SPAN_US = 600_000_000;

/** Cuts the rows of a batch into segments: few rows, few tokens and a narrow time range each. */
export class SegmentCollector {
  private segments: Segment[] = [];
  private rowCount = 0;
  private firstIndex = 0;
  private lastIndex = 0;
  private rowsStart = 0;
  private minUs = 0;
  private maxUs = 0;

  constructor(private readonly writer: RowWriter) {}

  start(): void {
    this.segments = [];
    this.rowCount = 0;
  }

  /** Call before a row is written, so that its tokens are the next segment's when it would widen this one too far. */
  prepare(tsUs: number): void {
    if (this.rowCount === 0) return;
    if (tsUs - this.minUs > MAX_SEGMENT_SPAN_US || this.maxUs - tsUs > MAX_SEGMENT_SPAN_US) this.close();
  }

  /** @param rowStart where the row's tuple begins in the writer's buffer */
  add(index: number, tsUs: number, rowStart: number): void {
    if (this.rowCount === 0) {
      this.firstIndex = index;
      this.rowsStart = rowStart;
      this.minUs = tsUs;
      this.maxUs = tsUs;
    } else {
      if (tsUs < this.minUs) this.minUs = tsUs;
      if (tsUs > this.maxUs) this.maxUs = tsUs;
    }
    this.rowCount++;
    this.lastIndex = index;
    if (this.writer.segmentIsFull(this.rowCount)) this.close();
  }

  take(): Segment[] {
    this.close();
    return this.segments;
  }

  private close(): void {
    if (this.rowCount === 0) return;
    const { tokens, at } = this.writer;
    this.segments.push({
      rowCount: this.rowCount,
      minUs: this.minUs,
      maxUs: this.maxUs,
      firstIndex: this.firstIndex,
      lastIndex: this.lastIndex,
      rowsStart: this.rowsStart,
      rowsEnd: at,
      tokens: tokens.list.slice(0, tokens.count),
    });
    tokens.clear();
    this.rowCount = 0;
  }
}
