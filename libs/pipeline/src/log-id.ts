import { randomFillSync } from 'node:crypto';

/** Logs one batch can number: the last 16 bits of an id are the index in the batch. */
export const MAX_BATCH_LOGS = 65_535;

const random = Buffer.alloc(4096);
let randomAt = random.length;
let lastMs = 0;
let counter = 0;

/**
 * A new batch id: UUIDv7 (RFC 9562 section 5.7) whose 12 bits after the version are a counter within the millisecond
 * (method 1 of section 6.2), so ids of one process rise strictly; the last 16 bits are left 0 for the index.
 */
export function newBatchId(nowMs: number): Buffer {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastMs++;
    counter = 0;
  }
  if (randomAt + 6 > random.length) {
    randomFillSync(random);
    randomAt = 0;
  }
  const id = Buffer.allocUnsafeSlow(16);
  id.writeUIntBE(lastMs, 0, 6);
  id.writeUInt16BE(0x7000 | counter, 6);
  random.copy(id, 8, randomAt, randomAt + 6);
  randomAt += 6;
  id[8] = (id[8]! & 0x3f) | 0x80;
  id.writeUInt16BE(0, 14);
  return id;
}

export function formatUuid(bytes: Uint8Array, at = 0): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + at, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
