/** Bytes of one line of a block's bloom; all bits of a token lie in one line, so a probe reads 64 bytes. */
export const BLOOM_LINE_BYTES = 64;
/** Bits per distinct token: about 0.6 % of the blocks without a token are read in vain. */
const BITS_PER_TOKEN = 12;
/** Largest bloom: two fit in a page, so that a probe never leaves the table for a TOAST relation. */
export const MAX_BLOOM_BYTES = 62 * BLOOM_LINE_BYTES;
/** Distinct tokens at which a block is closed. */
export const MAX_BLOCK_TOKENS = Math.floor((MAX_BLOOM_BYTES * 8) / BITS_PER_TOKEN);

const PROBES = 6;

/** Where a token's bits lie: the byte offset of its line, then its bit positions (0–511) in the line. */
export interface BloomPositions {
  lineOffset: number;
  bits: number[];
}

/** Definition shared with the reader, which tests the same bits in SQL. @param hash `tokenHash` of the token */
export function bloomPositions(hash: number, lineCount: number): BloomPositions {
  const g = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 0;
  const g2 = Math.imul(g ^ (g >>> 13), 0x85ebca6b) >>> 0;
  return {
    lineOffset: ((hash >>> 0) % lineCount) * BLOOM_LINE_BYTES,
    bits: [g & 511, (g >>> 9) & 511, (g >>> 18) & 511, g2 & 511, (g2 >>> 9) & 511, (g2 >>> 18) & 511].slice(
      0,
      PROBES,
    ),
  };
}

/** @param hashes distinct token hashes; the first `count` are used */
export function buildBloom(hashes: Uint32Array, count: number): Buffer {
  const lines = Math.max(1, Math.min(62, Math.ceil((count * BITS_PER_TOKEN) / 512)));
  const bloom = Buffer.alloc(lines * BLOOM_LINE_BYTES);
  for (let i = 0; i < count; i++) {
    const hash = hashes[i]!;
    const at = (hash % lines) * BLOOM_LINE_BYTES;
    const g = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 0;
    const g2 = Math.imul(g ^ (g >>> 13), 0x85ebca6b) >>> 0;
    setBit(bloom, at, g & 511);
    setBit(bloom, at, (g >>> 9) & 511);
    setBit(bloom, at, (g >>> 18) & 511);
    setBit(bloom, at, g2 & 511);
    setBit(bloom, at, (g2 >>> 9) & 511);
    setBit(bloom, at, (g2 >>> 18) & 511);
  }
  return bloom;
}

function setBit(bloom: Buffer, at: number, bit: number): void {
  bloom[at + (bit >>> 3)]! |= 1 << (bit & 7);
}

const SLOTS = 16_384;

/**
 * A second token every trace id puts into the bloom: about one block in a hundred seems to hold a token that it does
 * not, which for an id looked up over everything would be the most of what is read; two tokens square that share.
 */
export function traceCheckHash(hash: number): number {
  return (Math.imul(hash ^ 0x5bd1e995, 0x27d4eb2f) ^ (hash >>> 15)) >>> 0;
}

/**
 * A set of token hashes that is cleared in constant time; `list` holds the distinct ones in order of arrival. Hashes
 * are kept as signed numbers inside: those fit V8's small integers, unsigned ones beyond 2^31 would not.
 */
export class TokenSet {
  readonly list = new Uint32Array(SLOTS / 2);
  count = 0;
  private readonly signed = new Int32Array(this.list.buffer);
  private readonly values = new Int32Array(SLOTS);
  private readonly stamps = new Int32Array(SLOTS);
  private stamp = 1;

  clear(): void {
    this.count = 0;
    this.stamp = (this.stamp + 1) | 0;
  }

  /**
   * Ignores tokens beyond 8,192: callers close a block long before.
   * @param hash 32 bits, signed or unsigned
   */
  add(hash: number): void {
    const value = hash | 0;
    const { stamps, values, stamp } = this;
    let slot = (value ^ (value >>> 14)) & (SLOTS - 1);
    while (stamps[slot] === stamp) {
      if (values[slot] === value) return;
      slot = (slot + 1) & (SLOTS - 1);
    }
    if (this.count === this.list.length) return;
    stamps[slot] = stamp;
    values[slot] = value;
    this.signed[this.count++] = value;
  }
}
