import type { PatternPart } from './ast';
import { caseVariants, fold } from './fold';
import type { CharSet } from './regex/char-set';
import { charSet } from './regex/char-set';
import { postgresSet } from './regex/emit-postgres';

/** Word characters and the rest, as PostgreSQL sets. */
const WORD_SET: CharSet = charSet([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
  [0x80, 0x10ffff],
]);
const WORD = postgresSet(WORD_SET);
const NOT_WORD = WORD.replace('[', '[^');

/** Case-sensitive regular expression for one code point in any case. */
function anyCase(char: string): string {
  return postgresSet(charSet(caseVariants(char.codePointAt(0) ?? 0).map((code) => [code, code] as const)));
}

/** Text in any case, spelt out, so that neither the database's locale nor its Unicode version has a say. */
export function anyCaseRegex(text: string): string {
  return Array.from(text, anyCase).join('');
}

/** Regular expression for consecutive words in any case; `*` in a word is any run of word characters. */
export function wordsRegex(words: readonly string[]): string {
  const globs = words.map((word) => word.split('*').map(anyCaseRegex).join(`${WORD}*`));
  return `(?<!${WORD})${globs.join(`${NOT_WORD}+`)}(?!${WORD})`;
}

/** Regular expression for a whole value in any case. */
export function patternRegex(pattern: readonly PatternPart[]): string {
  const [first] = pattern;
  const last = pattern.at(-1);
  const body = pattern.map((part) =>
    part.kind === 'text' ? anyCaseRegex(part.text) : part.kind === 'one' ? '.' : '.*',
  );
  if (first?.kind === 'run') body.shift();
  else body.unshift('\\A');
  if (last?.kind === 'run' && pattern.length > 1) body.pop();
  else if (last?.kind !== 'run') body.push('\\Z');
  return body.length === 0 ? '(?:)' : body.join('');
}

export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** True when lower-casing ASCII alone decides equality in any case: no other letter of the text has two cases. */
export function foldsInAscii(text: string): boolean {
  return Array.from(text).every(
    (char) => char < '\x80' || caseVariants(char.codePointAt(0) ?? 0).length === 1,
  );
}

/**
 * What must occur, in this order, in a text lower-cased in ASCII when the text holds the given one in any case:
 * its stretches between letters that only a Unicode-aware folding would match.
 */
export function asciiFragments(text: string): string[] {
  const fragments = [''];
  for (const char of fold(text)) {
    if (char < '\x80' || caseVariants(char.codePointAt(0) ?? 0).length === 1)
      fragments[fragments.length - 1] += char;
    else fragments.push('');
  }
  return fragments.filter((fragment) => fragment !== '');
}

/** LIKE pattern for fragments in order with anything around; null when they are too short to be worth a look. */
export function fragmentsLike(fragments: readonly string[]): string | null {
  const length = fragments.reduce((sum, fragment) => sum + fragment.length, 0);
  return length < 2 ? null : `%${fragments.map(escapeLike).join('%')}%`;
}

/** LIKE pattern on text lower-cased in ASCII; exact when every text of the pattern `foldsInAscii`. */
export function foldedLike(pattern: readonly PatternPart[]): string {
  return likePattern(
    pattern.map((part) => (part.kind === 'text' ? { kind: 'text', text: fold(part.text) } : part)),
  );
}

export function likePattern(pattern: readonly PatternPart[]): string {
  return pattern
    .map((part) => (part.kind === 'text' ? escapeLike(part.text) : part.kind === 'run' ? '%' : '_'))
    .join('');
}
