import { BLOOM_LINE_BYTES, bloomPositions } from '@logstead/pipeline';

/** SQL that is true when a block's bloom may hold all of the tokens. */
export function bloomCondition(tokenHashes: readonly number[], column = 'bloom'): string {
  return `(${tokenHashes.map((hash) => tokenCondition(hash, column)).join(' AND ')})`;
}

/**
 * The hash and the bit positions are numbers of ours, so they
 * stand in the text; the line depends on the length of each bloom.
 */
function tokenCondition(tokenHash: number, column: string): string {
  const { bits } = bloomPositions(tokenHash, 1);
  // A number below 2^31 stays integer arithmetic; the hash itself needs bigint.
  const line = `((${tokenHash >>> 0}::bigint % (length(${column}) / ${BLOOM_LINE_BYTES})) * ${BLOOM_LINE_BYTES})::int`;
  const masks = new Map<number, number>();
  for (const bit of bits) masks.set(bit >> 3, (masks.get(bit >> 3) ?? 0) | (1 << (bit & 7)));
  const tests = [...masks].map(
    ([byte, mask]) => `get_byte(${column}, ${line} + ${byte}) & ${mask} = ${mask}`,
  );
  return tests.join(' AND ');
}
