import type { CharSet } from './char-set';
import { charSet } from './char-set';
import type { RegexAst } from './regex-ast';

/** Largest repeat count of PostgreSQL (DUPMAX). */
const MAX_COUNT = 255;
/** Matches nothing: no text holds a character before its first. */
const NEVER = '(?:[\\u0001-\\U0010FFFF]\\A)';

function codeText(code: number): string {
  return code > 0xffff
    ? `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`
    : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** What PostgreSQL's text can hold: no NUL, no surrogates. */
function storable(set: CharSet): CharSet {
  const ranges: [number, number][] = [];
  for (const [lo, hi] of set) {
    if (lo < 0xd800) ranges.push([Math.max(lo, 1), Math.min(hi, 0xd7ff)]);
    if (hi > 0xdfff) ranges.push([Math.max(lo, 0xe000), hi]);
  }
  return charSet(ranges);
}

function plainChar(code: number): string {
  if ((code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)) {
    return String.fromCharCode(code);
  }
  return code === 0x20 || code === 0x5f ? String.fromCharCode(code) : codeText(code);
}

/** A set as PostgreSQL writes it, with explicit code points: no locale has a say. */
export function postgresSet(set: CharSet): string {
  const kept = storable(set);
  if (kept.length === 0) return NEVER;
  const [only] = kept;
  if (kept.length === 1 && only && only[0] === only[1]) return plainChar(only[0]);
  const inside = kept.map(([lo, hi]) =>
    lo === hi
      ? plainChar(lo)
      : hi === lo + 1
        ? plainChar(lo) + plainChar(hi)
        : `${plainChar(lo)}-${plainChar(hi)}`,
  );
  return `[${inside.join('')}]`;
}

const ASSERTIONS = {
  textStart: '\\A',
  textEnd: '\\Z',
  lineStart: '(?:\\A|(?<=\\u000A))',
  lineEnd: '(?:\\Z|(?=\\u000A))',
  wordBoundary: '(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))',
  noWordBoundary: '(?:(?<=[A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<![A-Za-z0-9_])(?![A-Za-z0-9_]))',
} as const;

/** True when the node can only match between characters; repeating it means nothing. */
function isZeroWidth(node: RegexAst): boolean {
  switch (node.type) {
    case 'empty':
    case 'assert':
      return true;
    case 'chars':
      return false;
    case 'repeat':
      return node.max === 0 || isZeroWidth(node.item);
    default:
      return node.items.every(isZeroWidth);
  }
}

function group(node: RegexAst): string {
  const text = emitPostgres(node);
  return node.type === 'chars' && !text.startsWith('(') ? text : `(?:${text})`;
}

/** `x{min,max}` within the largest count, written out as a sum. */
function repeatText(item: string, min: number, max: number | null): string {
  if (max === null) {
    if (min === 0) return `${item}*`;
    if (min === 1) return `${item}+`;
    return `${exactText(item, min)}${item}*`;
  }
  let optional = max - min;
  let text = exactText(item, min);
  for (; optional > 0; optional -= MAX_COUNT) {
    text += optional === 1 ? `${item}?` : `${item}{0,${Math.min(optional, MAX_COUNT)}}`;
  }
  return text;
}

function exactText(item: string, count: number): string {
  let text = '';
  for (let left = count; left > 0; left -= MAX_COUNT) {
    text += left === 1 ? item : `${item}{${Math.min(left, MAX_COUNT)}}`;
  }
  return text;
}

/**
 * PostgreSQL advanced regular expression that matches the same texts. Greediness is dropped: it moves the ends of a
 * match, never whether there is one.
 */
export function emitPostgres(node: RegexAst): string {
  switch (node.type) {
    case 'empty':
      return '(?:)';
    case 'chars':
      return postgresSet(node.set);
    case 'assert':
      return ASSERTIONS[node.assertion];
    case 'concat':
      return node.items
        .map((item) => (item.type === 'alternate' ? group(item) : emitPostgres(item)))
        .join('');
    case 'alternate':
      return node.items
        .map((item) => (item.type === 'alternate' ? group(item) : emitPostgres(item)))
        .join('|');
    case 'repeat': {
      if (node.max === 0 || (node.min === 0 && isZeroWidth(node.item))) return '(?:)';
      if (isZeroWidth(node.item)) return group(node.item);
      const text = repeatText(group(node.item), node.min, node.max);
      return text === '' ? '(?:)' : text;
    }
  }
}
