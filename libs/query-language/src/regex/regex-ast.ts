import type { CharSet } from './char-set';

export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary';

/** A regular expression with flags, classes and escapes resolved: one meaning, emitted for every engine. */
export type RegexAst =
  | { readonly type: 'empty' }
  /** One code point of the set. */
  | { readonly type: 'chars'; readonly set: CharSet }
  | { readonly type: 'assert'; readonly assertion: Assertion }
  | { readonly type: 'concat'; readonly items: readonly RegexAst[] }
  | { readonly type: 'alternate'; readonly items: readonly RegexAst[] }
  | {
      readonly type: 'repeat';
      readonly item: RegexAst;
      readonly min: number;
      /** Null: without bound. */
      readonly max: number | null;
      readonly lazy: boolean;
    };

export const EMPTY: RegexAst = { type: 'empty' };

/** Largest expanded size; beyond it PostgreSQL's compiler takes too long or gives up. */
export const MAX_REGEX_SIZE = 2_000;

/** Number of characters after counted repeats are written out. */
export function expandedSize(node: RegexAst): number {
  switch (node.type) {
    case 'empty':
      return 0;
    case 'chars':
    case 'assert':
      return 1;
    case 'repeat':
      return expandedSize(node.item) * Math.max(node.max ?? node.min, 1);
    default:
      return node.items.reduce((sum, item) => sum + expandedSize(item), 0);
  }
}
