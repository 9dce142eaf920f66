import type { CharSet } from './char-set';
import type { RegexAst } from './regex-ast';

/** Text that every match holds, in this order and without overlap. */
export interface RequiredLiterals {
  readonly fragments: readonly string[];
  /** False: the fragments are in lower case and hold for text lower-cased in ASCII. */
  readonly caseSensitive: boolean;
}

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

class Collector {
  readonly fragments: string[] = [];
  private open = '';

  constructor(private readonly caseSensitive: boolean) {}

  visit(node: RegexAst): void {
    switch (node.type) {
      case 'empty':
      case 'assert':
        return;
      case 'chars': {
        const char = literalOf(node.set, this.caseSensitive);
        if (char === null) this.close();
        else this.open += char;
        return;
      }
      case 'concat':
        for (const item of node.items) this.visit(item);
        return;
      case 'alternate':
        this.close();
        return;
      case 'repeat':
        if (node.min === 0) {
          this.close();
          return;
        }
        // One copy is certain; with exactly one there is nothing else.
        if (node.min !== 1 || node.max !== 1) this.close();
        this.visit(node.item);
        if (node.min !== 1 || node.max !== 1) this.close();
    }
  }

  close(): void {
    if (this.open !== '') this.fragments.push(this.open);
    this.open = '';
  }
}

function collect(node: RegexAst, caseSensitive: boolean): string[] {
  const collector = new Collector(caseSensitive);
  collector.visit(node);
  collector.close();
  return collector.fragments;
}

function size(fragments: readonly string[]): number {
  return fragments.reduce((sum, fragment) => sum + fragment.length, 0);
}

/** Literals for a LIKE test before the regular expression; as written when that loses nothing, since it is cheaper. */
export function requiredLiterals(node: RegexAst): RequiredLiterals {
  const exact = collect(node, true);
  const folded = collect(node, false);
  return size(exact) >= size(folded)
    ? { fragments: exact, caseSensitive: true }
    : { fragments: folded, caseSensitive: false };
}
