import { fold } from './fold';
import { isWordCode } from './words';

/** A word of a query: literal pieces, folded; between two pieces stands any run of word characters. */
interface WordGlob {
  readonly pieces: readonly string[];
}

function matchesGlob(text: string, start: number, end: number, { pieces }: WordGlob): boolean {
  const first = pieces[0] ?? '';
  if (end - start < first.length || !text.startsWith(first, start)) return false;
  if (pieces.length === 1) return end - start === first.length;
  const last = pieces.at(-1) ?? '';
  let from = start + first.length;
  const limit = end - last.length;
  if (limit < from || !text.startsWith(last, limit)) return false;
  for (let i = 1; i < pieces.length - 1; i++) {
    const piece = pieces[i] ?? '';
    const found = text.indexOf(piece, from);
    if (found < 0 || found + piece.length > limit) return false;
    from = found + piece.length;
  }
  return true;
}

/** Finds consecutive words in folded text. */
export class WordsMatcher {
  private readonly globs: readonly WordGlob[];
  private readonly longest: string;

  constructor(words: readonly string[]) {
    this.globs = words.map((word) => ({ pieces: fold(word).split('*') }));
    this.longest = this.globs
      .flatMap((glob) => glob.pieces)
      .reduce((a, b) => (b.length > a.length ? b : a), '');
  }

  test(folded: string): boolean {
    return this.find(folded, 0) !== null;
  }

  /** First match at or after `from`, which must not lie inside a word. */
  find(folded: string, from: number): [number, number] | null {
    const { globs, longest } = this;
    const hit = folded.indexOf(longest, from);
    if (hit < 0) return null;
    // Nothing can match before the first hit of the longest piece, less the words of the phrase before it.
    let position = globs.length === 1 ? wordStart(folded, hit, from) : from;
    const spans: number[] = [];
    while (position < folded.length) {
      while (position < folded.length && !isWordCode(folded.charCodeAt(position))) position++;
      if (position === folded.length) break;
      let end = position + 1;
      while (end < folded.length && isWordCode(folded.charCodeAt(end))) end++;
      spans.push(position, end);
      if (spans.length > globs.length * 2) spans.splice(0, 2);
      if (spans.length === globs.length * 2 && this.matchesSpans(folded, spans)) return [spans[0] ?? 0, end];
      position = end;
    }
    return null;
  }

  private matchesSpans(folded: string, spans: readonly number[]): boolean {
    return this.globs.every((glob, i) => matchesGlob(folded, spans[i * 2] ?? 0, spans[i * 2 + 1] ?? 0, glob));
  }
}

function wordStart(text: string, position: number, floor: number): number {
  let start = position;
  while (start > floor && isWordCode(text.charCodeAt(start - 1))) start--;
  return start;
}
