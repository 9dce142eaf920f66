import type { CharSet } from './char-set';
import type { RegexAst } from './regex-ast';

function codeText(code: number): string {
  return `\\x{${code.toString(16)}}`;
}

function setText(set: CharSet): string {
  if (set.length === 0) return '[^\\x{0}-\\x{10ffff}]';
  const [only] = set;
  if (set.length === 1 && only && only[0] === only[1]) return codeText(only[0]);
  return `[${set.map(([lo, hi]) => (lo === hi ? codeText(lo) : `${codeText(lo)}-${codeText(hi)}`)).join('')}]`;
}

const ASSERTIONS = {
  textStart: '\\A',
  textEnd: '\\z',
  lineStart: '(?m:^)',
  lineEnd: '(?m:$)',
  wordBoundary: '\\b',
  noWordBoundary: '\\B',
} as const;

/** RE2 source with the meaning of the AST and without flags. */
export function emitRe2(node: RegexAst): string {
  switch (node.type) {
    case 'empty':
      return '(?:)';
    case 'chars':
      return setText(node.set);
    case 'assert':
      return ASSERTIONS[node.assertion];
    case 'concat':
      return node.items
        .map((item) => (item.type === 'alternate' ? `(?:${emitRe2(item)})` : emitRe2(item)))
        .join('');
    case 'alternate':
      return node.items
        .map((item) => (item.type === 'alternate' ? `(?:${emitRe2(item)})` : emitRe2(item)))
        .join('|');
    case 'repeat': {
      const item = node.item.type === 'chars' ? emitRe2(node.item) : `(?:${emitRe2(node.item)})`;
      const count =
        node.max === null
          ? node.min === 0
            ? '*'
            : node.min === 1
              ? '+'
              : `{${node.min},}`
          : node.min === 0 && node.max === 1
            ? '?'
            : `{${node.min},${node.max}}`;
      return `${item}${count}${node.lazy ? '?' : ''}`;
    }
  }
}
