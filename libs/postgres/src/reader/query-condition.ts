import { compileToSql, logColumns, type QueryNode } from '@logstead/query-language';
import type { SqlParams } from './sql-params';
import type { NamesOfTenant } from './name-directory';

const COLUMNS = logColumns();

/** The condition of a query on rows of a log table. @param names needed when the query looks at service or environment */
export function queryCondition(node: QueryNode, names: NamesOfTenant | null, params: SqlParams): string {
  const numbersOf =
    (kind: 'services' | 'environments') =>
    (matches: (name: string) => boolean): number[] =>
      (names?.[kind] ?? []).filter(({ name }) => matches(name)).map(({ id }) => id);
  const { text, values } = compileToSql(node, {
    columns: COLUMNS,
    firstParam: params.values.length + 1,
    resolveServices: numbersOf('services'),
    resolveEnvironments: numbersOf('environments'),
  });
  for (const value of values) params.add(value);
  return text;
}

/** SQL for the JSON value at a dotted metadata path: the key that spells the whole path first, then key by key. */
function metadataValue(path: string, params: SqlParams): string {
  const whole = `metadata::json -> ${params.add(path)}::text`;
  if (!path.includes('.')) return `(${whole})`;
  return `coalesce(${whole}, metadata::json #> ${params.add(path.split('.'))}::text[])`;
}

/** Text of the value at a metadata path; NULL when there is none. */
export function metadataText(path: string, params: SqlParams): string {
  return `(${metadataValue(path, params)} #>> '{}')`;
}

/** The number at a metadata path; NULL when there is none or it is of another type. */
export function metadataNumber(path: string, params: SqlParams): string {
  const value = metadataValue(path, params);
  return `(SELECT CASE json_typeof(v) WHEN 'number' THEN (v #>> '{}')::float8 END FROM (SELECT ${value} AS v OFFSET 0) m)`;
}
