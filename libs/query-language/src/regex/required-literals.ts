import type { CharSet } from './char-set';
import type { RegexAst } from './regex-ast';

/** Text that every match holds, for a cheap test before the regular expression. */
export interface RequiredLiterals {
  /** Every match holds, in order and without overlap, the fragments of at least one of these. */
  readonly alternatives: readonly (readonly string[])[];
  /** False: the fragments are in lower case and hold for text lower-cased in ASCII. */
  readonly caseSensitive: boolean;
}

/** Stands between two literals that anything may part; no text holds it. */
const GAP = '\0';
const MAX_ALTERNATIVES = 16;
/** Shorter literals occur in most messages: alternations are then spelt out to find better ones. */
const MIN_USEFUL_LENGTH = 3;

/** The one character the set stands for: itself, or its ASCII lower case when both cases are in the set. */
function literalOf(set: CharSet, caseSensitive: boolean): string | null {
  const [first, second] = set;
  if (!first || first[0] !== first[1] || set.length > 2 || first[0] === 0) return null;
  if (first[0] >= 0xd800 && first[0] <= 0xdfff) return null;
  const char = String.fromCodePoint(first[0]);
  const lower = first[0] < 0x80 ? char.toLowerCase() : char;
  if (!second) return caseSensitive ? char : lower;
  if (caseSensitive || second[0] !== second[1] || second[0] >= 0x80) return null;
  return lower !== char && String.fromCodePoint(second[0]) === lower ? lower : null;
}

/** Literals with gaps, one text for each way to match. */
class Expander {
  constructor(
    private readonly caseSensitive: boolean,
    private readonly spellOut: boolean,
  ) {}

  expand(node: RegexAst): readonly string[] {
    switch (node.type) {
      case 'empty':
      case 'assert':
        return [''];
      case 'chars':
        return [literalOf(node.set, this.caseSensitive) ?? GAP];
      case 'concat':
        return node.items.reduce<readonly string[]>(
          (heads, item) => {
            const tails = this.expand(item);
            const kept = heads.length * tails.length > MAX_ALTERNATIVES ? [GAP] : tails;
            return heads.flatMap((head) => kept.map((tail) => head + tail));
          },
          [''],
        );
      case 'alternate': {
        if (!this.spellOut) return [GAP];
        const all = node.items.flatMap((item) => this.expand(item));
        return all.length > MAX_ALTERNATIVES ? [GAP] : all;
      }
      case 'repeat': {
        if (node.min === 0) return [GAP];
        const once = this.expand(node.item);
        return node.min === 1 && node.max === 1 ? once : once.map((text) => GAP + text + GAP);
      }
    }
  }
}

function fragmentsOf(text: string): string[] {
  return text.split(GAP).filter((fragment) => fragment !== '');
}

function usefulness(alternatives: readonly string[]): number {
  return Math.min(
    ...alternatives.map((text) => fragmentsOf(text).reduce((sum, part) => sum + part.length, 0)),
  );
}

/** Literals as written when that loses nothing, since testing them is cheaper; else in lower case. */
export function requiredLiterals(node: RegexAst): RequiredLiterals {
  const expand = (caseSensitive: boolean): readonly string[] => {
    const plain = new Expander(caseSensitive, false).expand(node);
    if (usefulness(plain) >= MIN_USEFUL_LENGTH) return plain;
    const spelt = new Expander(caseSensitive, true).expand(node);
    return usefulness(spelt) > usefulness(plain) ? spelt : plain;
  };
  const exact = expand(true);
  const folded = expand(false);
  const caseSensitive = usefulness(exact) >= usefulness(folded);
  return { alternatives: (caseSensitive ? exact : folded).map(fragmentsOf), caseSensitive };
}
