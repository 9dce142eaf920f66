import fc from 'fast-check';
import { generateParser } from '../generate-parser.mjs';
import { query } from '../test/query-arbitraries';
import type { QueryNode } from './ast';
import { formatQuery } from './format';
import { parseQuery } from './parse-query';
import { MAX_QUERY_BYTES, MAX_QUERY_DEPTH, MAX_QUERY_TERMS } from './query-limits';
import { QuerySyntaxError } from './query-syntax-error';

/** The node without its positions. */
function bare(node: QueryNode): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) => (key === 'span' ? undefined : value)),
  ) as unknown;
}

function parsed(text: string): unknown {
  return bare(parseQuery(text));
}

function errorOf(text: string): QuerySyntaxError {
  try {
    parseQuery(text);
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

const words = (...list: string[]): unknown => ({ type: 'words', words: list });
const meta = (...path: string[]): unknown => ({ name: 'metadata', path });
const contains = (text: string): unknown => ({
  type: 'like',
  field: { name: 'message' },
  pattern: [{ kind: 'run' }, { kind: 'text', text }, { kind: 'run' }],
});
const equals = (field: unknown, value: string, exact = true): unknown => ({
  type: 'equals',
  field,
  value,
  exact,
});

describe('parseQuery', () => {
  it.each<[string, unknown]>([
    ['', { type: 'all' }],
    ['  \n', { type: 'all' }],
    ['word', words('word')],
    ['needle-7f3a9c', words('needle', '7f3a9c')],
    ['10.0.0.1:8080', words('10', '0', '0', '1', '8080')],
    ['10:30:15', words('10', '30', '15')],
    ["can't", words('can', 't')],
    ['"a  phrase!"', words('a', 'phrase')],
    ["'single quoted'", words('single', 'quoted')],
    ['"quote \\" inside"', words('quote', 'inside')],
    ['wor*', words('wor*')],
    ['*fix', words('*fix')],
    ['c*n', words('c*n')],
    ['needle-7f*', words('needle', '7f*')],
    ['*sub*', contains('sub')],
    ['*a-b c\\*', { type: 'and', children: [words('*a', 'b'), words('c')] }],
    ['*10.0*', contains('10.0')],
    ['"->"', contains('->')],
    ['AND*', words('AND*')],
    ['"AND"', words('AND')],
    ['/a|b/i', { type: 'regex', field: { name: 'message' }, source: 'a|b', ignoreCase: true }],
    ['/a\\/[/]/', { type: 'regex', field: { name: 'message' }, source: 'a\\/[/]', ignoreCase: false }],
    ['*', { type: 'exists', field: { name: 'message' } }],
    ['level:WARNING', equals({ name: 'level' }, 'warn')],
    ['env: prod', equals({ name: 'environment' }, 'prod')],
    [
      'service:pay*',
      { type: 'like', field: { name: 'service' }, pattern: [{ kind: 'text', text: 'pay' }, { kind: 'run' }] },
    ],
    ['metadata.a.b:x', equals(meta('a', 'b'), 'x', false)],
    ['metadata."a.b"."c d":x', equals(meta('a.b', 'c d'), 'x', false)],
    ['metadata.host = WEB-1', equals(meta('host'), 'WEB-1')],
    ['metadata.x-request-id:"a b"', equals(meta('x-request-id'), 'a b', false)],
    ['metadata.url:http://x/y?a=1', equals(meta('url'), 'http://x/y?a=1', false)],
    ['metadata.a:*', { type: 'exists', field: meta('a') }],
    ['metadata.a:-5', equals(meta('a'), '-5', false)],
    [
      'ts>=2026-11-21T10:00:00+02:00',
      {
        type: 'range',
        field: { name: 'timestamp' },
        from: { value: '2026-11-21T08:00:00.000000Z', inclusive: true },
        to: null,
      },
    ],
    ['level!=debug', { type: 'not', child: equals({ name: 'level' }, 'debug') }],
    [
      'metadata.a:[1 TO 9}',
      {
        type: 'range',
        field: meta('a'),
        from: { value: '1', inclusive: true },
        to: { value: '9', inclusive: false },
      },
    ],
    [
      'metadata.a:{* TO 9]',
      { type: 'range', field: meta('a'), from: null, to: { value: '9', inclusive: true } },
    ],
    ['metadata.a:>5', { type: 'range', field: meta('a'), from: { value: '5', inclusive: false }, to: null }],
    [
      'level:(error, fatal)',
      { type: 'or', children: [equals({ name: 'level' }, 'error'), equals({ name: 'level' }, 'fatal')] },
    ],
    ['message:(a b)', { type: 'and', children: [words('a'), words('b')] }],
    [
      'metadata.a:(x OR NOT /y/)',
      {
        type: 'or',
        children: [
          equals(meta('a'), 'x', false),
          { type: 'not', child: { type: 'regex', field: meta('a'), source: 'y', ignoreCase: false } },
        ],
      },
    ],
    ['a b OR c', { type: 'or', children: [{ type: 'and', children: [words('a'), words('b')] }, words('c')] }],
    [
      'a AND (b OR c)',
      { type: 'and', children: [words('a'), { type: 'or', children: [words('b'), words('c')] }] },
    ],
    ['NOT a b', { type: 'and', children: [{ type: 'not', child: words('a') }, words('b')] }],
    [
      '-a -(b c)',
      {
        type: 'and',
        children: [
          { type: 'not', child: words('a') },
          { type: 'not', child: { type: 'and', children: [words('b'), words('c')] } },
        ],
      },
    ],
    ['and or not', { type: 'and', children: [words('and'), words('or'), words('not')] }],
    [
      'service in maintenance',
      { type: 'and', children: [words('service'), words('in'), words('maintenance')] },
    ],
    [
      "level = 'error' and message contains 'refused'",
      { type: 'and', children: [equals({ name: 'level' }, 'error'), contains('refused')] },
    ],
    [
      "(level = 'error') or not service = 'a'",
      {
        type: 'or',
        children: [
          equals({ name: 'level' }, 'error'),
          { type: 'not', child: equals({ name: 'service' }, 'a') },
        ],
      },
    ],
    [
      "service IN ('a', 'it''s')",
      { type: 'or', children: [equals({ name: 'service' }, 'a'), equals({ name: 'service' }, "it's")] },
    ],
    ["service NOT IN ('a')", { type: 'not', child: equals({ name: 'service' }, 'a') }],
    [
      "message LIKE 'a\\%_%'",
      {
        type: 'like',
        field: { name: 'message' },
        pattern: [{ kind: 'text', text: 'a%' }, { kind: 'one' }, { kind: 'run' }],
      },
    ],
    [
      'metadata.n BETWEEN 1 AND 2',
      {
        type: 'range',
        field: meta('n'),
        from: { value: '1', inclusive: true },
        to: { value: '2', inclusive: true },
      },
    ],
    ['metadata.a IS NULL', { type: 'not', child: { type: 'exists', field: meta('a') } }],
    ['metadata.a is not null', { type: 'exists', field: meta('a') }],
    ["message = 'Whole Text'", equals({ name: 'message' }, 'Whole Text')],
    [
      'id:0197A1B2-0000-7000-8000-000000000001',
      equals({ name: 'id' }, '0197a1b2-0000-7000-8000-000000000001'),
    ],
  ])('reads %s', (text, node) => {
    expect(parsed(text)).toEqual(node);
  });

  it.each<[string, number, number, RegExp]>([
    ['foo:bar', 0, 3, /metadata\.foo/],
    ['a payment.foo:x', 2, 11, /metadata\.payment\.foo/],
    ['metadata:x', 0, 8, /metadata\.<key>/],
    ['a level:loud', 8, 4, /not a level/],
    ['ts>yesterday', 3, 9, /not a time/],
    ['ts:2026-02-30', 3, 10, /not a time/],
    ['id:7', 3, 1, /not a log id/],
    ['(a OR b', 0, 1, /never closed/],
    ['a)', 1, 1, /closes nothing/],
    ['()', 0, 2, /empty/],
    ['x "abc', 2, 1, /never closed/],
    ['x /abc', 2, 1, /never closed/],
    ['/api/v1', 6, 1, /double quotes/],
    ['/a/x', 3, 1, /flag i/],
    ['a OR', 4, 0, /missing/],
    ['OR a', 0, 2, /both sides/],
    ['level:', 6, 0, /value is missing/],
    ['metadata.a:[1 TO 2', 18, 0, /never closed/],
    ['metadata.a:[1,2]', 11, 1, /range is written/],
    ['level:(error warn)', 7, 10, /comma/],
    ['😀 [x]', 3, 1, /double quotes/],
    ['ab /x(/', 3, 4, /regular expression/],
    ['ab /x(?=y)/', 5, 3, /Look-around/],
    ['ab /(x)\\1/', 7, 2, /Back reference/],
    ['/\\p{Nonsense}/', 0, 14, /regular expression/],
    ['service>a', 0, 9, /no order/],
    ['level:err*', 0, 10, /whole values/],
    ['a* b -*- c', 6, 2, /letter or digit/],
    ['"\0"', 0, 3, /U\+0000/],
  ])('says what is wrong with %s', (text, position, length, message) => {
    const error = errorOf(text);
    expect(error.message).toMatch(message);
    expect([error.position, error.length]).toEqual([position, length]);
    expect(error.code).toBe('invalid_query');
  });

  it('keeps positions in UTF-16 units', () => {
    const text = '😀 level:error (metadata.a:5 OR "x y")';
    const node = parseQuery(text);
    const slices: string[] = [];
    const visit = (inner: QueryNode): void => {
      slices.push(text.slice(inner.span.start, inner.span.end));
      if (inner.type === 'and' || inner.type === 'or') inner.children.forEach(visit);
    };
    visit(node);
    expect(slices).toEqual([text, '😀', 'level:error', '(metadata.a:5 OR "x y")', 'metadata.a:5', '"x y"']);
  });

  it('holds its limits', () => {
    expect(() => parseQuery(' '.repeat(MAX_QUERY_BYTES))).not.toThrow();
    expect(errorOf(' '.repeat(MAX_QUERY_BYTES + 1)).message).toContain('8193 bytes');
    expect(errorOf('é'.repeat(MAX_QUERY_BYTES / 2 + 1)).message).toContain('8194 bytes');
    const nested = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    expect(() => parseQuery(nested(MAX_QUERY_DEPTH))).not.toThrow();
    expect(errorOf(nested(MAX_QUERY_DEPTH + 1)).message).toContain('nested');
    expect(() => parseQuery(`${'NOT '.repeat(MAX_QUERY_DEPTH)}a`)).not.toThrow();
    expect(errorOf(`${'NOT '.repeat(MAX_QUERY_DEPTH + 1)}a`).message).toContain('nested');
    expect(errorOf(`${'-('.repeat(3_000)}`).message).toContain('nested');
    const terms = (count: number): string => Array.from({ length: count }, () => 'a').join(' ');
    expect(() => parseQuery(terms(MAX_QUERY_TERMS))).not.toThrow();
    expect(errorOf(terms(MAX_QUERY_TERMS + 1)).message).toContain('200');
    expect(errorOf(`"${terms(MAX_QUERY_TERMS + 1)}"`).message).toContain('200');
    expect(errorOf('/(a{100}){21}/').message).toMatch(/2100|repeat/);
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(query, (generated) => {
        const node = parseQuery(formatQuery(generated));
        expect(bare(parseQuery(formatQuery(node)))).toEqual(bare(node));
        expect(bare(node)).toEqual(bare(generated));
      }),
      { numRuns: 1_000 },
    );
  });

  it('throws nothing but QuerySyntaxError, within the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'level',
        ':',
        '(',
        ')',
        '"',
        "'",
        '/',
        '*',
        '-',
        ' ',
        ' ',
        'AND',
        'OR',
        'NOT',
        'metadata.',
        'a',
        '=',
        '>',
        '[',
        '{',
        ']',
        'TO',
        ',',
        'IN',
        'LIKE',
        'BETWEEN',
        'IS',
        'NULL',
        'contains',
        '\\',
        '5',
        'error',
        '+',
        '?',
        '|',
        '\0',
        '\ud800',
        '😀',
        'message',
        'ts',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
        const text = pieces.join('');
        try {
          parseQuery(text);
        } catch (error) {
          if (!(error instanceof QuerySyntaxError)) throw error;
          expect(error.position).toBeGreaterThanOrEqual(0);
          expect(error.length).toBeGreaterThanOrEqual(0);
          expect(error.position + error.length).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('stays fast on hostile text', () => {
    const started = performance.now();
    for (const unit of [
      '(',
      '(a OR ',
      'a:(',
      '-',
      'NOT ',
      '"',
      '/',
      '[',
      '\\',
      'a.',
      'not ',
      'metadata.a:[1 TO ',
      '*a',
      '((a)',
      "level = 'error' and ",
    ]) {
      try {
        parseQuery(unit.repeat(Math.floor(MAX_QUERY_BYTES / unit.length)));
      } catch (error) {
        expect(error).toBeInstanceOf(QuerySyntaxError);
      }
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('runs the parser of the current grammar', () => {
    const { readFileSync } = jest.requireActual<typeof import('node:fs')>('node:fs');
    expect(readFileSync(`${__dirname}/generated/parser.ts`, 'utf8')).toBe(generateParser());
  });
});
