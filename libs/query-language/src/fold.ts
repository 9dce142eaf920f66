/**
 * Case folding, defined once for every engine: a code point becomes its lower case when that is a single code
 * point, except that nothing outside ASCII folds into ASCII (the Kelvin sign stays). For ASCII patterns folding is
 * therefore plain ASCII folding, which every store can do exactly. Folding never changes the UTF-16 length.
 */
export function foldCodePoint(code: number): number {
  if (code < 0x80) return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
  const lower = String.fromCodePoint(code).toLowerCase();
  const folded = lower.codePointAt(0) ?? code;
  return folded < 0x80 || lower.length !== (folded > 0xffff ? 2 : 1) ? code : folded;
}

const NON_ASCII = /[\u0080-\uffff]/;
const FOLDED = new Map<string, string>();

function foldNonAscii(char: string): string {
  let folded = FOLDED.get(char);
  if (folded === undefined) {
    folded = String.fromCodePoint(foldCodePoint(char.codePointAt(0) ?? 0));
    FOLDED.set(char, folded);
  }
  return folded;
}

const UPPER_ASCII = /[A-Z]+/g;

/** ASCII letters to lower case, everything else unchanged: the folding of bloom tokens. */
export function foldAscii(text: string): string {
  return NON_ASCII.test(text) ? text.replace(UPPER_ASCII, (run) => run.toLowerCase()) : text.toLowerCase();
}

/** Text with every code point folded; offsets stay valid. */
export function fold(text: string): string {
  if (!NON_ASCII.test(text)) return text.toLowerCase();
  return foldAscii(text).replace(/[\u0080-\u{10ffff}]/gu, foldNonAscii);
}

/** Highest code point that has another case, with room for future ones; a test checks the bound. */
export const LAST_CASED_CODE_POINT = 0x1ffff;

let variantsByFold: Map<number, number[]> | undefined;

function nonAsciiVariants(): Map<number, number[]> {
  const map = new Map<number, number[]>();
  for (let code = 0x80; code <= LAST_CASED_CODE_POINT; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const folded = foldCodePoint(code);
    if (folded === code) continue;
    const variants = map.get(folded);
    if (variants) variants.push(code);
    else map.set(folded, [folded, code]);
  }
  return map;
}

/** Every code point that folds to the same as this one, itself included, in rising order. */
export function caseVariants(code: number): readonly number[] {
  const folded = foldCodePoint(code);
  if (folded < 0x80) return folded >= 0x61 && folded <= 0x7a ? [folded - 0x20, folded] : [folded];
  variantsByFold ??= nonAsciiVariants();
  return variantsByFold.get(folded)?.toSorted((a, b) => a - b) ?? [folded];
}
