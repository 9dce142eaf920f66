import type { QueryNode } from './ast';
import { foldAscii } from './fold';
import { foldsInAscii } from './sql-text';
import { MAX_TOKEN_BYTES } from './words';

/** One way for a log to match: it then holds all of these tokens. */
export interface TokenAlternative {
  /** ASCII letters in lower case, each once; see `tokenHash`. */
  readonly words: readonly string[];
}

/** More alternatives than this are not worth probing one by one. */
const MAX_ALTERNATIVES = 32;
/** More tokens than this do not narrow a probe any further. */
const MAX_WORDS = 32;

const encoder = new TextEncoder();

function isToken(word: string): boolean {
  return word !== '' && foldsInAscii(word) && encoder.encode(word).length <= MAX_TOKEN_BYTES;
}

function alternativesOf(words: readonly string[]): TokenAlternative[] | null {
  const tokens = [...new Set(words.filter(isToken).map(foldAscii))].slice(0, MAX_WORDS);
  return tokens.length > 0 ? [{ words: tokens }] : null;
}

function both(
  a: readonly TokenAlternative[] | null,
  b: readonly TokenAlternative[] | null,
): readonly TokenAlternative[] | null {
  if (!a || !b) return a ?? b;
  // Leaving one side out only weakens the condition.
  if (a.length * b.length > MAX_ALTERNATIVES) return a.length <= b.length ? a : b;
  return a.flatMap((left) =>
    b.map((right) => ({ words: [...new Set([...left.words, ...right.words])].slice(0, MAX_WORDS) })),
  );
}

/**
 * The bloom tokens without which no log can match, as alternatives; null when the query says nothing about tokens.
 * A block of rows can be skipped when for every alternative at least one token is absent.
 */
export function requiredTokens(node: QueryNode): readonly TokenAlternative[] | null {
  switch (node.type) {
    case 'words':
      return alternativesOf(node.words.filter((word) => !word.includes('*')));
    case 'equals':
      // A token of its own; also when the id is longer than a word of a message.
      return node.field.name === 'trace_id' ? alternativesOf([node.value]) : null;
    case 'and':
      return node.children.map(requiredTokens).reduce(both, null);
    case 'or': {
      const all: TokenAlternative[] = [];
      for (const child of node.children) {
        const alternatives = requiredTokens(child);
        if (!alternatives || all.length + alternatives.length > MAX_ALTERNATIVES) return null;
        all.push(...alternatives);
      }
      return all;
    }
    default:
      return null;
  }
}
