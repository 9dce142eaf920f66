import { foldAscii } from './fold';

/** Word characters: `[A-Za-z0-9_]` and everything from U+0080 up. `unit` is a UTF-16 unit or a code point. */
export function isWordCode(unit: number): boolean {
  return (
    unit >= 0x80 ||
    (unit >= 0x61 && unit <= 0x7a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    (unit >= 0x41 && unit <= 0x5a) ||
    unit === 0x5f
  );
}

const WORD_RUNS = /[A-Za-z0-9_\u0080-\uffff]+/g;

/** The words of a text: its maximal runs of word characters. */
export function splitWords(text: string): string[] {
  return text.match(WORD_RUNS) ?? [];
}

/** Tokens longer than this, in bytes of UTF-8, are not in the bloom; searching one reads the rows instead. */
export const MAX_TOKEN_BYTES = 64;

const encoder = new TextEncoder();

/** Calls back for every bloom token of a text: its words with ASCII letters in lower case. */
export function forEachToken(text: string, callback: (token: string) => void): void {
  for (const word of splitWords(foldAscii(text))) {
    if (word.length <= MAX_TOKEN_BYTES && encoder.encode(word).length <= MAX_TOKEN_BYTES) callback(word);
  }
}

/** FNV-1a over the UTF-8 bytes, ASCII letters in lower case; unsigned 32 bit. The same at ingest and in queries. */
export function tokenHash(token: string): number {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(foldAscii(token))) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
