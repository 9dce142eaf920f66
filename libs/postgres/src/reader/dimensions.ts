import type { LogFilter } from '@logstead/ports';
import { and, type FieldRef, type QueryNode } from '@logstead/query-language';

/** Fields the rollups can tell apart. */
export type DimensionField = 'service' | 'environment' | 'level';

/** The conditions every match must meet, by what can answer them. */
export interface SplitQuery {
  readonly dimensions: readonly { readonly field: DimensionField; readonly node: QueryNode }[];
  /** What only rows can answer; null when nothing is left. */
  readonly rest: QueryNode | null;
}

/** Takes the conditions on one of service, environment and level out of a query, so that rollups can answer them. */
export function splitQuery({ query, traceId }: LogFilter): SplitQuery {
  const dimensions: { field: DimensionField; node: QueryNode }[] = [];
  const rest: QueryNode[] = [];
  if (traceId !== undefined) {
    const span = { start: 0, end: 0 };
    rest.push({ type: 'equals', field: { name: 'trace_id' }, value: traceId, exact: true, span });
  }
  for (const node of query === undefined ? [] : query.type === 'and' ? query.children : [query]) {
    const field = onlyField(node);
    if (field !== null && isDimension(field)) dimensions.push({ field, node });
    else if (node.type !== 'all') rest.push(node);
  }
  return { dimensions, rest: rest.length === 0 ? null : and(rest) };
}

function isDimension(name: string): name is DimensionField {
  return name === 'service' || name === 'environment' || name === 'level';
}

/** The one field a node looks at, or null. */
function onlyField(node: QueryNode): FieldRef['name'] | null {
  const fields = fieldsOf(node);
  const [first] = fields;
  return fields.size === 1 && first !== undefined ? first : null;
}

/** Every field a node looks at. */
export function fieldsOf(node: QueryNode, found = new Set<FieldRef['name']>()): Set<FieldRef['name']> {
  switch (node.type) {
    case 'all':
      break;
    case 'and':
    case 'or':
      for (const child of node.children) fieldsOf(child, found);
      break;
    case 'not':
      fieldsOf(node.child, found);
      break;
    case 'words':
      found.add('message');
      break;
    default:
      found.add(node.field.name);
  }
  return found;
}
