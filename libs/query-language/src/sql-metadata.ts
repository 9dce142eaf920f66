import type { EqualsNode, LikeNode, RangeNode, RegexNode } from './ast';
import { MAX_NUMBER_LENGTH, NUMBER_PATTERN_SQL, parseDecimal } from './decimal';
import { fold } from './fold';
import { compileRegex } from './regex/compile';
import { emitPostgres } from './regex/emit-postgres';
import type { SqlParameters } from './sql-builder';
import { asciiFragments, escapeLike, foldedLike, foldsInAscii, patternRegex } from './sql-text';

/** The scalar under test, inside the subquery over the candidates of a path. */
const VALUE = `(e.x #>> '{}') COLLATE "C"`;

/**
 * Cheap look at the text before any JSON is parsed: the keys, and what must follow them, stand in it as they are
 * unless the text uses escapes.
 */
function prefilter(
  column: string,
  params: SqlParameters,
  path: readonly string[],
  fragments: readonly string[],
): string {
  const quoted = (key: string): string => escapeLike(fold(JSON.stringify(key)));
  const tail = fragments.map((fragment) => `${escapeLike(fragment)}%`).join('');
  const plainKeys = path.every((key) => JSON.stringify(key) === `"${key}"` && foldsInAscii(key));
  if (!plainKeys) return 'true';
  const patterns = [`%${path.map(quoted).join('%')}%${tail}`];
  if (path.length > 1) patterns.push(`%${quoted(path.join('.'))}%${tail}`);
  const any = patterns
    .map((pattern) => `lower(${column} COLLATE "C") LIKE ${params.text(pattern)}`)
    .join(' OR ');
  return `(${any} OR strpos(${column}, '\\') > 0)`;
}

function valueSql(column: string, params: SqlParameters, path: readonly string[]): string {
  const keys = path.map((key) => ` -> ${params.text(key)}`).join('');
  if (path.length === 1) return `${column}::json${keys}`;
  return `coalesce(m.j -> ${params.text(path.join('.'))}, m.j${keys})`;
}

/** EXISTS over the scalars of a path; `condition` tests one of the types named. */
function someScalar(
  column: string,
  params: SqlParameters,
  path: readonly string[],
  fragments: readonly string[],
  condition: { number: string; text: string },
): string {
  const value = valueSql(column, params, path);
  const source =
    path.length === 1 ? `SELECT ${value} AS v` : `SELECT ${value} AS v FROM (SELECT ${column}::json AS j) m`;
  return (
    `CASE WHEN ${prefilter(column, params, path, fragments)} THEN EXISTS (SELECT FROM (${source} OFFSET 0) p, ` +
    `json_array_elements(CASE json_typeof(p.v) WHEN 'array' THEN p.v ELSE json_build_array(p.v) END) e(x) ` +
    `WHERE CASE json_typeof(e.x) WHEN 'number' THEN ${condition.number} ` +
    `WHEN 'string' THEN ${condition.text} WHEN 'boolean' THEN ${condition.text} ELSE false END) ELSE false END`
  );
}

/** `test` on the number a text spells; false when it is none. CASE, since the cast must not run before the check. */
function numeric(test: (number: string) => string, otherwise = 'false'): string {
  return (
    `CASE WHEN length(${VALUE}) <= ${MAX_NUMBER_LENGTH} AND ${VALUE} ~ '${NUMBER_PATTERN_SQL}' ` +
    `THEN ${test("(e.x #>> '{}')::numeric")} ELSE ${otherwise} END`
  );
}

export function metadataEqualsSql(
  column: string,
  params: SqlParameters,
  node: EqualsNode,
  path: readonly string[],
): string {
  const { value, exact } = node;
  const isNumber = parseDecimal(value) !== null;
  const same = `${VALUE} = ${params.text(value)}`;
  const text = exact
    ? same
    : foldsInAscii(value)
      ? `lower(${VALUE}) = ${params.text(fold(value))}`
      : `${VALUE} ~ ${params.text(patternRegex([{ kind: 'text', text: value }]))}`;
  const number = isNumber ? numeric((n) => `${n} = ${params.add(value, 'numeric')}`, same) : same;
  return someScalar(column, params, path, isNumber ? [] : asciiFragments(value), { number, text });
}

export function metadataRangeSql(
  column: string,
  params: SqlParameters,
  node: RangeNode,
  path: readonly string[],
): string {
  const bounds = [
    { bound: node.from, operator: '>' },
    { bound: node.to, operator: '<' },
  ].flatMap(({ bound, operator }) =>
    bound ? [{ ...bound, operator: operator + (bound.inclusive ? '=' : '') }] : [],
  );
  const isNumeric = bounds.every(({ value }) => parseDecimal(value) !== null);
  const all = (left: string, type: 'numeric' | 'text'): string =>
    bounds.map(({ value, operator }) => `${left} ${operator} ${params.add(value, type)}`).join(' AND ');
  const test = isNumeric ? numeric((number) => all(number, 'numeric')) : all(VALUE, 'text');
  return someScalar(column, params, path, [], { number: isNumeric ? test : 'false', text: test });
}

export function metadataLikeSql(
  column: string,
  params: SqlParameters,
  node: LikeNode,
  path: readonly string[],
): string {
  const texts = node.pattern.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  const test = texts.every(foldsInAscii)
    ? `lower(${VALUE}) LIKE ${params.text(foldedLike(node.pattern))}`
    : `${VALUE} ~ ${params.text(patternRegex(node.pattern))}`;
  return someScalar(column, params, path, texts.flatMap(asciiFragments), { number: test, text: test });
}

export function metadataRegexSql(
  column: string,
  params: SqlParameters,
  node: RegexNode,
  path: readonly string[],
): string {
  const test = `${VALUE} ~ ${params.text(emitPostgres(compileRegex(node.source, node.ignoreCase).ast))}`;
  return someScalar(column, params, path, [], { number: test, text: test });
}

export function metadataExistsSql(column: string, params: SqlParameters, path: readonly string[]): string {
  const value = valueSql(column, params, path);
  const found =
    path.length === 1
      ? `coalesce(json_typeof(${value}), 'null') <> 'null'`
      : `(SELECT coalesce(json_typeof(${value}), 'null') <> 'null' FROM (SELECT ${column}::json AS j) m)`;
  return `CASE WHEN ${prefilter(column, params, path, [])} THEN ${found} ELSE false END`;
}
