import type { PatternPart } from './ast';
import { fold } from './fold';

/** Pieces between two runs: text and single characters in order. */
type Piece = readonly (string | null)[];

function matchPieceAt(text: string, position: number, piece: Piece): number {
  let at = position;
  for (const part of piece) {
    if (part === null) {
      const code = text.codePointAt(at);
      if (code === undefined) return -1;
      at += code > 0xffff ? 2 : 1;
    } else if (text.startsWith(part, at)) at += part.length;
    else return -1;
  }
  return at;
}

/**
 * Whole-value pattern over text. Leftmost placement of each piece is enough, so the time is bounded by the length
 * of the text times the length of the pattern.
 */
export class PatternMatcher {
  private readonly pieces: Piece[];
  private readonly simple: string | null;

  constructor(
    pattern: readonly PatternPart[],
    private readonly folded: boolean,
  ) {
    const pieces: (string | null)[][] = [[]];
    for (const part of pattern) {
      if (part.kind === 'run') pieces.push([]);
      else pieces.at(-1)?.push(part.kind === 'one' ? null : folded ? fold(part.text) : part.text);
    }
    this.pieces = pieces;
    const [first, middle, last] = pieces;
    this.simple =
      pieces.length === 3 && first?.length === 0 && last?.length === 0 && middle?.length === 1
        ? (middle[0] ?? null)
        : null;
  }

  /** @param text folded by the caller when the matcher was made for any case */
  test(text: string): boolean {
    if (this.simple !== null) return text.includes(this.simple);
    const { pieces } = this;
    let position = matchPieceAt(text, 0, pieces[0] ?? []);
    if (position < 0) return false;
    if (pieces.length === 1) return position === text.length;
    for (const piece of pieces.slice(1, -1)) {
      const end = this.findPiece(text, position, piece);
      if (end < 0) return false;
      position = end;
    }
    return this.endsWith(text, position, pieces.at(-1) ?? []);
  }

  testAnyCase(text: string): boolean {
    return this.test(this.folded ? fold(text) : text);
  }

  private findPiece(text: string, from: number, piece: Piece): number {
    const [first] = piece;
    for (let at = from; at <= text.length; at++) {
      if (typeof first === 'string') {
        at = text.indexOf(first, at);
        if (at < 0) return -1;
      } else if (at > 0 && isLowSurrogate(text, at)) continue;
      const end = matchPieceAt(text, at, piece);
      if (end >= 0) return end;
    }
    return -1;
  }

  private endsWith(text: string, from: number, piece: Piece): boolean {
    let at = text.length;
    for (let i = piece.length - 1; i >= 0; i--) {
      const part = piece[i];
      if (typeof part === 'string') {
        at -= part.length;
        if (at < from || !text.startsWith(part, at)) return false;
      } else {
        at -= at > 1 && isLowSurrogate(text, at - 1) ? 2 : 1;
        if (at < from) return false;
      }
    }
    return true;
  }
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
