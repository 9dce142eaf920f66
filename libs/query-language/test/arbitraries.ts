import fc from 'fast-check';
import type { Bound, FieldRef, PatternPart, QueryNode } from '../src/ast';
import { and, not, or } from '../src/ast';
import { compileRegex } from '../src/regex/compile';

const span = { start: 0, end: 0 };

/** Few, confusable words, so that generated queries find something in generated texts. */
const WORDS = [
  'a',
  'A',
  'ab',
  'abc',
  'ABC',
  'Ab_1',
  'b',
  'c',
  'error',
  'Error',
  'conn',
  'connection',
  '10',
  '0',
  '1',
  '7f3a9c',
  'Kelvin',
  '\u212aelvin',
  'kelvin',
  'straße',
  'STRASSE',
  'Ärger',
  'ärger',
  'İstanbul',
  'istanbul',
  'ΣΑΣ',
  'σας',
  'σασ',
  'ﬀ',
  'ſ',
  's',
  'S',
  '连接',
  '连',
  '😀',
  'Ⴀ',
  '𐐀',
  '𐐨',
  'AND',
  'OR',
  'not',
  'é',
  'É',
  'e\u0301',
];
const SEPARATORS = [
  ' ',
  ' ',
  ' ',
  '  ',
  '-',
  '.',
  ':',
  '/',
  '\\',
  '%',
  '\n',
  '\t',
  '"',
  "'",
  '(',
  '*',
  '_',
  '%_',
  '$',
  '\r\n',
  '',
];

export const word = fc.constantFrom(...WORDS);
const anyChar = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abABcs01_ .-%\\*\n"kKéÉßſ\u212a😀') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
);

export const text = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(word, fc.constantFrom(...SEPARATORS)) },
      fc.tuple(anyChar, anyChar),
    ),
    {
      maxLength: 8,
    },
  )
  .map((pieces) => pieces.flat().join(''));

/** Text that a query may hold. */
const queryText = text.map((value) => value.replace(/[\0\x1a]/g, '').toWellFormed());

const NUMBERS = [
  '0',
  '-0',
  '1',
  '1.0',
  '1e0',
  '10',
  '1E1',
  '500',
  '500.0',
  '5e2',
  '0.5',
  '-7',
  '9007199254740992',
  '9007199254740993',
  '9007199254740993.0',
  '18446744073709551615',
  '0.1',
  '0.10000000000000001',
  '1e400',
  '1e-400',
  '1e9999',
  '1.50',
  '12',
];
const number = fc.constantFrom(...NUMBERS);

const KEYS = [
  'a',
  'b',
  'a.b',
  'A',
  'code',
  'x-y',
  'k"q',
  'Ärger',
  'a b',
  'b.c',
  '__proto__',
  '100%',
  'k_',
  'back\\slash',
];
const key = fc.constantFrom(...KEYS);
export const path = fc.array(key, { minLength: 1, maxLength: 3 });

/** A JSON string literal with escapes where none are needed. */
const jsonString = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(value, fc.nat(9)).map(([plain, style]) => {
    const source = JSON.stringify(plain);
    return style === 0
      ? source.replace(/[a-k]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)
      : source.replace(/\//g, style === 1 ? '\\/' : '/');
  });

const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    jsonString(text),
    number,
    jsonString(number),
    fc.constantFrom('true', 'false', 'null', '"null"', '"true"'),
    fc.array(tie('json'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(jsonString(key), tie('json'), fc.constantFrom('', ' ')), { maxLength: 4 })
      .map(
        (items) =>
          `{${items.map(([name, value, space]) => `${name}${space}:${space}${value}`).join(`,${' '}`)}}`,
      ),
  ),
}));
export const metadataText = fc
  .array(fc.tuple(jsonString(key), json), { maxLength: 4 })
  .map((items) => `{${items.map(([name, value]) => `${name}:${value}`).join(',')}}`);

export const traceId = fc.constantFrom(
  '4bf92f3577b34da6a3ce929d0e0e4736',
  '4BF92F3577B34DA6A3CE929D0E0E4736',
  '4bf92f35-77b3-4da6-a3ce-929d0e0e4736',
  'trace-1',
  '00f067aa',
);
export const service = fc.constantFrom('payment', 'Payment', 'pay-api', 'auth', '100%_x');
export const levelName = fc.constantFrom('debug', 'info', 'warn', 'error', 'fatal');
export const timestamp = fc
  .integer({ min: 0, max: 5_000_000 })
  .map((us) =>
    `2026-11-21T00:00:0${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}Z`
      .replace(/\d{3}Z$/, '00$&')
      .replace(/(\.\d{6})\d*Z/, '$1Z'),
  );

const plain = (name: Exclude<FieldRef['name'], 'metadata'>): FieldRef => ({ name });
const metadata = path.map((segments): FieldRef => ({ name: 'metadata', path: segments }));

const part: fc.Arbitrary<PatternPart> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .oneof(
        word,
        anyChar.map((c) => c.replace(/[\0\x1a]/g, 'x').toWellFormed()),
      )
      .map((t): PatternPart => ({ kind: 'text', text: t })),
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
  '/',
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
