import type { EqualsNode, LikeNode, RangeNode, RegexNode } from './ast';
import { MAX_NUMBER_LENGTH, NUMBER_PATTERN_SQL, parseDecimal } from './decimal';
import { fold, foldAscii } from './fold';
import { compileRegex } from './regex/compile';
import { emitPostgres } from './regex/emit-postgres';
import type { SqlParameters } from './sql-builder';
import { asciiFragments, escapeLike, foldedLike, foldsInAscii, patternRegex } from './sql-text';

/** Tests on one scalar, given as the SQL of its text and told apart by JSON type. */
interface ScalarTests {
  readonly number: (text: string) => string;
  /** Strings, and the words true and false. */
  readonly text: (text: string) => string;
}

/**
 * Cheap look at the text before any JSON is parsed: the keys, and after them the fragments of the value in any case,
 * stand in it as they are unless the text uses escapes. Evaluated in the order written, being part of a CASE.
 */
function prefilter(
  column: string,
  params: SqlParameters,
  path: readonly string[],
  fragments: readonly string[],
): string {
  const keys = path.map(escapeLike);
  if (path.some((key) => JSON.stringify(key) !== `"${key}"`)) return 'true';
  const [first = ''] = keys;
  const last = keys.at(-1) ?? '';
  // Covers both spellings of a path, {"a":{"b":1}} and {"a.b":1}.
  const keyPattern = path.length === 1 ? `%"${first}"%` : `%"${first}%${last}"%`;
  const hasKey = (): string => `${column} LIKE ${params.text(keyPattern)}`;
  if (fragments.length === 0) return `(${hasKey()} OR strpos(${column}, '\\') > 0)`;
  const tail = fragments.map((fragment) => `${escapeLike(fragment)}%`).join('');
  const hasValue = /[a-z]/.test(fragments.join(''))
    ? `${hasKey()} AND lower(${column} COLLATE "C") LIKE ${params.text(`${foldAscii(keyPattern)}${tail}`)}`
    : `${column} LIKE ${params.text(`${keyPattern}${tail}`)}`;
  return `(${hasValue} OR strpos(${column}, '\\') > 0)`;
}

function valueSql(column: string, params: SqlParameters, path: readonly string[]): string {
  const keys = path.map((key) => ` -> ${params.text(key)}`).join('');
  if (path.length === 1) return `${column}::json${keys}`;
  return `coalesce(m.j -> ${params.text(path.join('.'))}, m.j${keys})`;
}

function byType(json: string, text: string, tests: ScalarTests, array: string): string {
  return (
    `CASE json_typeof(${json}) WHEN 'string' THEN ${tests.text(text)} WHEN 'number' THEN ${tests.number(text)} ` +
    `WHEN 'boolean' THEN ${tests.text(text)} ${array}ELSE false END`
  );
}

/** Whether the scalar at a path, or any scalar of the array there, passes. */
function someScalar(
  column: string,
  params: SqlParameters,
  path: readonly string[],
  fragments: readonly string[],
  tests: ScalarTests,
): string {
  const value = valueSql(column, params, path);
  const source =
    path.length === 1 ? `SELECT ${value} AS v` : `SELECT ${value} AS v FROM (SELECT ${column}::json AS j) m`;
  const inElement = byType('e.x', `(e.x #>> '{}') COLLATE "C"`, tests, '');
  const inArray = `WHEN 'array' THEN EXISTS (SELECT FROM json_array_elements(p.v) e(x) WHERE ${inElement}) `;
  // OFFSET 0 keeps the planner from pulling a subquery up, which would read the JSON once for every use of it.
  const withText = `SELECT q.v, (q.v #>> '{}') COLLATE "C" AS t FROM (${source} OFFSET 0) q OFFSET 0`;
  const found = `(SELECT ${byType('p.v', 'p.t', tests, inArray)} FROM (${withText}) p)`;
  return `CASE WHEN ${prefilter(column, params, path, fragments)} THEN ${found} ELSE false END`;
}

/** `test` on the number a string spells; false when it is none. CASE, since the cast must not run before the check. */
function spelledNumber(test: (number: string) => string) {
  return (text: string): string =>
    `CASE WHEN length(${text}) <= ${MAX_NUMBER_LENGTH} AND ${text} ~ '${NUMBER_PATTERN_SQL}' ` +
    `THEN ${test(`(${text})::numeric`)} ELSE false END`;
}

/** `test` on a JSON number: only a long one or one with an exponent may be out of bounds. */
function jsonNumber(test: (number: string) => string, otherwise: (text: string) => string = () => 'false') {
  return (text: string): string =>
    `CASE WHEN length(${text}) <= ${MAX_NUMBER_LENGTH} AND (strpos(lower(${text}), 'e') = 0 OR ${text} ~ '${NUMBER_PATTERN_SQL}') ` +
    `THEN ${test(`(${text})::numeric`)} ELSE ${otherwise(text)} END`;
}

export function metadataEqualsSql(
  column: string,
  params: SqlParameters,
  node: EqualsNode,
  path: readonly string[],
): string {
  const { value, exact } = node;
  const isNumber = parseDecimal(value) !== null;
  const same = (text: string): string => `${text} = ${params.text(value)}`;
  const anyCase = (text: string): string =>
    foldsInAscii(value)
      ? `lower(${text}) = ${params.text(fold(value))}`
      : `${text} ~ ${params.text(patternRegex([{ kind: 'text', text: value }]))}`;
  return someScalar(column, params, path, isNumber ? [] : asciiFragments(value), {
    number: isNumber ? jsonNumber((number) => `${number} = ${params.add(value, 'numeric')}`, same) : same,
    text: exact ? same : anyCase,
  });
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
    bound ? [{ value: bound.value, operator: operator + (bound.inclusive ? '=' : '') }] : [],
  );
  const all = (left: string, type: 'numeric' | 'text'): string =>
    bounds.map(({ value, operator }) => `${left} ${operator} ${params.add(value, type)}`).join(' AND ');
  if (bounds.every(({ value }) => parseDecimal(value) !== null)) {
    const test = (number: string): string => all(number, 'numeric');
    return someScalar(column, params, path, [], { number: jsonNumber(test), text: spelledNumber(test) });
  }
  return someScalar(column, params, path, [], { number: () => 'false', text: (text) => all(text, 'text') });
}

export function metadataLikeSql(
  column: string,
  params: SqlParameters,
  node: LikeNode,
  path: readonly string[],
): string {
  const texts = node.pattern.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  const test = (text: string): string =>
    texts.every(foldsInAscii)
      ? `lower(${text}) LIKE ${params.text(foldedLike(node.pattern))}`
      : `${text} ~ ${params.text(patternRegex(node.pattern))}`;
  return someScalar(column, params, path, texts.flatMap(asciiFragments), { number: test, text: test });
}

export function metadataRegexSql(
  column: string,
  params: SqlParameters,
  node: RegexNode,
  path: readonly string[],
): string {
  const regex = emitPostgres(compileRegex(node.source, node.ignoreCase).ast);
  const test = (text: string): string => `${text} ~ ${params.text(regex)}`;
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
