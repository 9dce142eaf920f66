import type { Block } from './block-builder';

const POSTGRES_EPOCH_US = 946_684_800_000_000;

export const BLOCK_COLUMNS = 'ts, ts_max, seq, tenant_no, row_count, id_min, id_max, bloom';

/** One block as a tuple of PostgreSQL's binary COPY format. */
export function blockTuple(block: Block): Buffer {
  const { bloom } = block;
  const tuple = Buffer.allocUnsafe(2 + 3 * 12 + 2 * 8 + 2 * 20 + 4 + bloom.length);
  let at = tuple.writeInt16BE(8, 0);
  for (const value of [block.minUs - POSTGRES_EPOCH_US, block.maxUs - POSTGRES_EPOCH_US, block.seq]) {
    at = tuple.writeInt32BE(8, at);
    at = tuple.writeBigInt64BE(BigInt(value), at);
  }
  for (const value of [block.tenantNo, block.rowCount]) {
    at = tuple.writeInt32BE(4, at);
    at = tuple.writeInt32BE(value, at);
  }
  for (const id of [block.idMin, block.idMax]) {
    at = tuple.writeInt32BE(16, at);
    at += id.copy(tuple, at);
  }
  at = tuple.writeInt32BE(bloom.length, at);
  bloom.copy(tuple, at);
  return tuple;
}
