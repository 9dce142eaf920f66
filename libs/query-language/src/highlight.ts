import type { PatternPart, QueryNode } from './ast';
import { fold } from './fold';
import { compileRegex } from './regex/compile';
import { WordsMatcher } from './word-matcher';

/** Only this much of a message is searched, in UTF-16 units: what is beyond is never on a screen at once. */
const MAX_SEARCHED = 64 * 1024;
/** Ranges returned at most. */
const MAX_RANGES = 1_000;

type Range = [number, number];

class Highlighter {
  readonly ranges: Range[] = [];
  private readonly text: string;
  private readonly folded: string;

  constructor(message: string) {
    this.text = message.slice(0, MAX_SEARCHED);
    this.folded = fold(this.text);
  }

  visit(node: QueryNode): void {
    if (this.ranges.length >= MAX_RANGES) return;
    switch (node.type) {
      case 'and':
      case 'or':
        for (const child of node.children) this.visit(child);
        return;
      case 'words':
        this.words(new WordsMatcher(node.words));
        return;
      case 'like':
        if (node.field.name === 'message') this.pattern(node.pattern);
        return;
      case 'regex':
        if (node.field.name === 'message') {
          compileRegex(node.source, node.ignoreCase).forEachMatch(this.text, (start, end) =>
            this.add(start, end),
          );
        }
        return;
      default:
        return;
    }
  }

  private add(start: number, end: number): boolean {
    if (end > start) this.ranges.push([start, end]);
    return this.ranges.length < MAX_RANGES;
  }

  private words(matcher: WordsMatcher): void {
    for (let from = 0; ;) {
      const found = matcher.find(this.folded, from);
      if (!found || !this.add(...found)) return;
      from = found[1];
    }
  }

  private pattern(pattern: readonly PatternPart[]): void {
    for (const part of pattern) {
      if (part.kind !== 'text') continue;
      const wanted = fold(part.text);
      for (
        let at = this.folded.indexOf(wanted);
        at >= 0;
        at = this.folded.indexOf(wanted, at + wanted.length)
      ) {
        if (!this.add(at, at + wanted.length)) return;
      }
    }
  }
}

function merged(ranges: Range[]): Range[] {
  const result: Range[] = [];
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

/**
 * What a query found in a message: UTF-16 ranges, half open, rising, apart from each other. Negated conditions mark
 * nothing. Bounded: the first 64 Ki units are searched and about 1,000 ranges returned.
 */
export function highlight(node: QueryNode, message: string): [number, number][] {
  const highlighter = new Highlighter(message);
  highlighter.visit(node);
  return merged(highlighter.ranges);
}
