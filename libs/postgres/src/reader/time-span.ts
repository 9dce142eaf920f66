import type { Position } from '@logstead/ports';

/** A half-open range of time in µs since the epoch. */
export interface Span {
  readonly lo: number;
  readonly hi: number;
}

export type Order = 'asc' | 'desc';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const HIGHEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The part of a range where logs beyond a position can lie. */
export function spanAfter(span: Span, after: Position | undefined, order: Order): Span {
  if (after === undefined) return span;
  return order === 'desc'
    ? { lo: span.lo, hi: Math.min(span.hi, after.tsUs + 1) }
    : { lo: Math.max(span.lo, after.tsUs), hi: span.hi };
}

/** What is left of `span` when everything up to `edge` has been read. */
export function restOf(span: Span, edge: number, order: Order): Span {
  return order === 'desc' ? { lo: span.lo, hi: edge } : { lo: edge, hi: span.hi };
}

/** The position from which exactly the logs of `rest` follow. */
export function positionBefore(rest: Span, order: Order): Position {
  return order === 'desc' ? { tsUs: rest.hi, id: LOWEST_ID } : { tsUs: rest.lo - 1, id: HIGHEST_ID };
}
