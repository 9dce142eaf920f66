import type { QueryNode } from './ast';
import { MAX_QUERY_BYTES, MAX_QUERY_DEPTH } from './query-limits';
import { QuerySyntaxError } from './query-syntax-error';
import { parseRaw } from './raw-query';
import { resolveQuery } from './resolve';

/** Groups are bounded in the grammar; this bounds what negations within groups add. */
const MAX_TREE_DEPTH = 4 * MAX_QUERY_DEPTH;

function depth(node: QueryNode): number {
  if (node.type === 'and' || node.type === 'or') return 1 + Math.max(...node.children.map(depth));
  return node.type === 'not' ? 1 + depth(node.child) : 1;
}

/**
 * Parses and checks a query. An empty text matches every log.
 * @throws QuerySyntaxError with the position of what is wrong, in UTF-16 units
 */
export function parseQuery(text: string): QueryNode {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_QUERY_BYTES) {
    throw new QuerySyntaxError(
      `The query has ${bytes} bytes; the limit is ${MAX_QUERY_BYTES}`,
      0,
      text.length,
    );
  }
  const raw = parseRaw(text);
  if (raw === null) return { type: 'all', span: { start: 0, end: text.length } };
  const node = resolveQuery(raw);
  if (depth(node) > MAX_TREE_DEPTH) {
    throw new QuerySyntaxError(`Conditions are nested more than ${MAX_QUERY_DEPTH} deep`, 0, text.length);
  }
  return node;
}
