import { buildBloom, type EncodedBatch, MAX_BLOCK_TOKENS, type Segment, TokenSet } from '@logstead/pipeline';

/** Rows of one block at most; small batches of one commit share a block up to this. */
const MAX_BLOCK_ROWS = 256;

export interface Block {
  readonly tenantNo: number;
  readonly seq: number;
  readonly rowCount: number;
  readonly minUs: number;
  readonly maxUs: number;
  readonly idMin: Buffer;
  readonly idMax: Buffer;
  readonly bloom: Buffer;
  /** Where the block's tuples stand. */
  readonly rows: readonly { tuples: Buffer; start: number; end: number }[];
}

interface OpenBlock {
  rowCount: number;
  minUs: number;
  maxUs: number;
  idMin: Buffer;
  idMax: Buffer;
  rows: { tuples: Buffer; start: number; end: number }[];
}

/**
 * Joins the segments of a tenant's consecutive batches to blocks. Batches come in the order of their ids, so the id
 * ranges of the blocks are disjoint and (time range, id range) names a block's rows exactly.
 */
export class BlockBuilder {
  private readonly tokens = new TokenSet();

  /** @param nextSeq gives the position of each block in the commit order */
  build(batches: readonly EncodedBatch[], nextSeq: () => number): Block[] {
    const blocks: Block[] = [];
    let open: OpenBlock | null = null;
    let tenantNo = 0;
    const close = (): void => {
      if (open === null) return;
      blocks.push({
        tenantNo,
        seq: nextSeq(),
        ...open,
        bloom: buildBloom(this.tokens.list, this.tokens.count),
      });
      open = null;
      this.tokens.clear();
    };
    for (const batch of batches) {
      if (batch.tenantNo !== tenantNo) {
        close();
        tenantNo = batch.tenantNo;
      }
      for (const segment of batch.segments) {
        if (open !== null && !this.fits(open, segment)) close();
        if (open === null) {
          open = {
            rowCount: 0,
            minUs: segment.minUs,
            maxUs: segment.maxUs,
            idMin: logId(batch.batchId, segment.firstIndex),
            idMax: Buffer.alloc(0),
            rows: [],
          };
        }
        open.rowCount += segment.rowCount;
        open.rows.push({ tuples: batch.rows, start: segment.rowsStart, end: segment.rowsEnd });
        open.minUs = Math.min(open.minUs, segment.minUs);
        open.maxUs = Math.max(open.maxUs, segment.maxUs);
        open.idMax = logId(batch.batchId, segment.lastIndex);
        const { tokens } = segment;
        for (let i = 0; i < tokens.length; i++) this.tokens.add(tokens[i]!);
      }
    }
    close();
    return blocks;
  }

  private fits(open: OpenBlock, segment: Segment): boolean {
    return (
      open.rowCount + segment.rowCount <= MAX_BLOCK_ROWS &&
      this.tokens.count + segment.tokens.length <= MAX_BLOCK_TOKENS &&
      // Narrow time ranges are what makes a block cheap to read: logs a day apart do not share one.
      Math.max(open.maxUs, segment.maxUs) - Math.min(open.minUs, segment.minUs) <= MAX_JOINED_SPAN_US
    );
  }
}

/** Longest time range two small batches are joined over. */
const MAX_JOINED_SPAN_US = 60_000_000;

export function logId(batchId: Buffer, index: number): Buffer {
  const id = Buffer.from(batchId);
  id.writeUInt16BE(index, 14);
  return id;
}
