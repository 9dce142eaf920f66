import { QuerySyntaxError } from './query-syntax-error';
import { isUnstorable } from './stored-text';

/** UTF-16 offsets into the query text, half open. Nodes made by builders carry `{start: 0, end: 0}`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Fields of a log outside its metadata, by their canonical names. */
export const PLAIN_FIELDS = [
  'service',
  'environment',
  'level',
  'trace_id',
  'span_id',
  'message',
  'timestamp',
  'id',
] as const;
export type PlainField = (typeof PLAIN_FIELDS)[number];

export type FieldRef =
  | { readonly name: PlainField }
  /** Keys from the outside in; the top-level key that spells the whole path with dots is tried first. */
  | { readonly name: 'metadata'; readonly path: readonly string[] };

/** Part of a pattern over a whole value. */
export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  /** Any number of characters, none included. */
  | { readonly kind: 'run' }
  /** Exactly one character. */
  | { readonly kind: 'one' };

export interface Bound {
  /** Level name, RFC 3339 UTC timestamp with six fraction digits, number as typed, or text. */
  readonly value: string;
  readonly inclusive: boolean;
}

/** Matches every log; the empty query. */
export interface AllNode {
  readonly type: 'all';
  readonly span: Span;
}
export interface AndNode {
  readonly type: 'and';
  /** At least two, none of them an `and`. */
  readonly children: readonly QueryNode[];
  readonly span: Span;
}
export interface OrNode {
  readonly type: 'or';
  /** At least two, none of them an `or`. */
  readonly children: readonly QueryNode[];
  readonly span: Span;
}
/** Two-valued: a log that lacks the field matches the negation. */
export interface NotNode {
  readonly type: 'not';
  readonly child: QueryNode;
  readonly span: Span;
}
/** Consecutive words of the message, in any case. `*` in a word stands for any run of word characters. */
export interface WordsNode {
  readonly type: 'words';
  readonly words: readonly string[];
  readonly span: Span;
}
/** The whole value matches the pattern; in any case for the message and metadata, else as written. */
export interface LikeNode {
  readonly type: 'like';
  readonly field: FieldRef;
  readonly pattern: readonly PatternPart[];
  readonly span: Span;
}
/** RE2, unanchored, on the value as it was sent. */
export interface RegexNode {
  readonly type: 'regex';
  readonly field: FieldRef;
  readonly source: string;
  readonly ignoreCase: boolean;
  readonly span: Span;
}
export interface EqualsNode {
  readonly type: 'equals';
  readonly field: FieldRef;
  /** Canonical as in `Bound.value`. */
  readonly value: string;
  /** False: strings are compared in any case. Always true outside metadata. */
  readonly exact: boolean;
  readonly span: Span;
}
/** Ordered comparison of `level` (by severity), `timestamp` or metadata; at least one bound is given. */
export interface RangeNode {
  readonly type: 'range';
  readonly field: FieldRef;
  readonly from: Bound | null;
  readonly to: Bound | null;
  readonly span: Span;
}
export interface ExistsNode {
  readonly type: 'exists';
  readonly field: FieldRef;
  readonly span: Span;
}

/** A query, checked and ready to compile; plain JSON. */
export type QueryNode =
  | AllNode
  | AndNode
  | OrNode
  | NotNode
  | WordsNode
  | LikeNode
  | RegexNode
  | EqualsNode
  | RangeNode
  | ExistsNode;

const NOWHERE: Span = { start: 0, end: 0 };

function join(type: 'and' | 'or', nodes: readonly QueryNode[], span: Span): AndNode | OrNode {
  const children = nodes.flatMap((node) => (node.type === type ? node.children : [node]));
  return { type, children, span };
}

/** All of the nodes; no node at all matches every log. */
export function and(nodes: readonly QueryNode[], span: Span = NOWHERE): QueryNode {
  const kept = nodes.filter((node) => node.type !== 'all');
  if (kept.length === 0) return { type: 'all', span };
  return kept.length === 1 && kept[0] ? kept[0] : join('and', kept, span);
}

/** Any of the nodes. @throws RangeError without a node, since nothing would match */
export function or(nodes: readonly QueryNode[], span: Span = NOWHERE): QueryNode {
  const [first] = nodes;
  if (!first) throw new RangeError('or() needs at least one node');
  const all = nodes.find((node) => node.type === 'all');
  if (all) return all;
  return nodes.length === 1 ? first : join('or', nodes, span);
}

export function not(child: QueryNode, span: Span = NOWHERE): QueryNode {
  return { type: 'not', child, span };
}

/**
 * `metadata.<path>:value`: equality in any case for strings, by value for numbers.
 * @param path keys, or one text with dots between them
 * @throws QuerySyntaxError for text that no stored log holds
 */
export function metadataEquals(path: string | readonly string[], value: string): QueryNode {
  const segments = typeof path === 'string' ? path.split('.') : path;
  if ([...segments, value].some(isUnstorable)) {
    throw new QuerySyntaxError('A query cannot hold U+0000, U+001A or half of a surrogate pair', 0, 0);
  }
  return { type: 'equals', field: { name: 'metadata', path: segments }, value, exact: false, span: NOWHERE };
}
