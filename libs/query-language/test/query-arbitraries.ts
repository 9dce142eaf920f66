import fc from 'fast-check';
import type { Bound, FieldRef, PatternPart, QueryNode } from '../src/ast';
import { and, not, or } from '../src/ast';
import { compileRegex } from '../src/regex/compile';
import { anyChar, levelName, number, path, service, text, timestamp, traceId, word } from './log-arbitraries';

const span = { start: 0, end: 0 };

/** Without what no store holds and no query may hold. */
function storable(value: string): string {
  return value.replaceAll('\0', '').replaceAll('\x1a', '').toWellFormed();
}

const queryText = text.map(storable);

const plain = (name: Exclude<FieldRef['name'], 'metadata'>): FieldRef => ({ name });
const metadata = path.map((segments): FieldRef => ({ name: 'metadata', path: segments }));

const part: fc.Arbitrary<PatternPart> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.oneof(word, anyChar.map(storable)).map((t): PatternPart => ({ kind: 'text', text: t })),
  },
  { weight: 3, arbitrary: fc.constant<PatternPart>({ kind: 'run' }) },
  { weight: 1, arbitrary: fc.constant<PatternPart>({ kind: 'one' }) },
);
const pattern = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => {
  const merged: PatternPart[] = [];
  for (const next of parts) {
    const last = merged.at(-1);
    if (next.kind === 'text' && last?.kind === 'text')
      merged[merged.length - 1] = { kind: 'text', text: last.text + next.text };
    else if (next.kind !== 'run' || last?.kind !== 'run') merged.push(next);
  }
  return merged;
});

const wordsNode = fc
  .array(fc.tuple(word, fc.nat(11)), { minLength: 1, maxLength: 3 })
  .map((list) =>
    list.map(([w, star]) =>
      (star === 0
        ? `${w}*`
        : star === 1
          ? `*${w}`
          : star === 2 && w.length > 1
            ? `${w[0]}*`
            : w
      ).toWellFormed(),
    ),
  )
  .map((words) => words.map((w) => w.match(/[A-Za-z0-9_\u0080-\uffff*]+/)?.[0] ?? 'a'))
  .filter((words) => !(words[0]?.startsWith('*') && words.at(-1)?.endsWith('*')))
  .map((words): QueryNode => ({ type: 'words', words, span }));

const bounds = (value: fc.Arbitrary<string>): fc.Arbitrary<{ from: Bound | null; to: Bound | null }> => {
  const bound = fc.option(fc.record({ value, inclusive: fc.boolean() }), { freq: 3 });
  return fc.record({ from: bound, to: bound }).filter(({ from, to }) => from !== null || to !== null);
};

const atom = fc.constantFrom(
  'a',
  'b',
  'A',
  'c',
  'k',
  's',
  'é',
  'ß',
  '.',
  '\\.',
  '\\d',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '\\D',
  '[a-c]',
  '[^a]',
  '[^a-z\\s]',
  '[[:alpha:]]',
  '[[:^digit:]]',
  '\\b',
  '\\B',
  '^',
  '$',
  '\\A',
  '\\z',
  'conn',
  'error',
  ' ',
  '\\n',
  '\\x41',
  '\\x{1F600}',
  '\\pL',
  '\\p{Lu}',
  '\\P{Greek}',
  '[\\d_-]',
  '[]x]',
  '[^]x]',
  '\\Q.*\\E',
  '(?i:ab)',
  '(?s:.)',
  '(?m:^)',
  '(?m:$)',
  '(?i)',
  '(?:)',
  '连',
  '\\-',
  '\\\\',
  '\\/',
  '%',
  '_',
  '0',
  '1',
);
export const regexSource = fc.letrec<{ regex: string }>((tie) => ({
  regex: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    { weight: 4, arbitrary: atom },
    {
      weight: 3,
      arbitrary: fc.array(tie('regex'), { minLength: 1, maxLength: 4 }).map((items) => items.join('')),
    },
    { weight: 1, arbitrary: fc.tuple(tie('regex'), tie('regex')).map(([a, b]) => `${a}|${b}`) },
    { weight: 1, arbitrary: tie('regex').map((inner) => `(${inner})`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          tie('regex'),
          fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '+?', '{0}', '{3,300}'),
        )
        .map(([inner, times]) => `(?:${inner})${times}`),
    },
  ),
})).regex;

export function isValidRegex(source: string): boolean {
  try {
    compileRegex(source, false);
    return true;
  } catch {
    return false;
  }
}

const regexNode = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(plain('message')) },
      metadata,
      fc.constantFrom(plain('service'), plain('trace_id')),
    ),
    regexSource.filter(isValidRegex),
    fc.boolean(),
  )
  .map(([field, source, ignoreCase]): QueryNode => ({ type: 'regex', field, source, ignoreCase, span }));

const scalarText = fc.oneof(queryText, number, word, fc.constantFrom('true', 'FALSE', 'null'));

export const leaf: fc.Arbitrary<QueryNode> = fc.oneof(
  { weight: 4, arbitrary: wordsNode },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.oneof(
          { weight: 2, arbitrary: fc.constant(plain('message')) },
          metadata,
          fc.constantFrom(plain('service'), plain('trace_id')),
        ),
        pattern,
      )
      .map(([field, p]): QueryNode => ({ type: 'like', field, pattern: p, span })),
  },
  { weight: 3, arbitrary: regexNode },
  {
    weight: 3,
    arbitrary: fc
      .tuple(metadata, scalarText, fc.boolean())
      .map(([field, value, exact]): QueryNode => ({ type: 'equals', field, value, exact, span })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(metadata, bounds(scalarText))
      .map(([field, b]): QueryNode => ({ type: 'range', field, ...b, span })),
  },
  fc.tuple(metadata).map(([field]): QueryNode => ({ type: 'exists', field, span })),
  fc.constantFrom<QueryNode>(
    { type: 'exists', field: plain('trace_id'), span },
    { type: 'exists', field: plain('span_id'), span },
    { type: 'exists', field: plain('level'), span },
  ),
  fc.oneof(
    service.map((value): QueryNode => ({
      type: 'equals',
      field: plain('service'),
      value,
      exact: true,
      span,
    })),
    traceId.map((value): QueryNode => ({
      type: 'equals',
      field: plain('trace_id'),
      value,
      exact: true,
      span,
    })),
    levelName.map((value): QueryNode => ({
      type: 'equals',
      field: plain('level'),
      value,
      exact: true,
      span,
    })),
    queryText.map((value): QueryNode => ({
      type: 'equals',
      field: plain('message'),
      value,
      exact: true,
      span,
    })),
    timestamp.map((value): QueryNode => ({
      type: 'equals',
      field: plain('timestamp'),
      value,
      exact: true,
      span,
    })),
    bounds(levelName).map((b): QueryNode => ({ type: 'range', field: plain('level'), ...b, span })),
    bounds(timestamp).map((b): QueryNode => ({ type: 'range', field: plain('timestamp'), ...b, span })),
  ),
);

export const query: fc.Arbitrary<QueryNode> = fc.letrec<{ node: QueryNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    { weight: 4, arbitrary: leaf },
    fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((nodes) => and(nodes)),
    fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((nodes) => or(nodes)),
    tie('node').map((node) => not(node)),
  ),
})).node;
