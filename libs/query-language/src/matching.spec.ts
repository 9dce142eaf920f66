import fc from 'fast-check';
import { text as anyText, word } from '../test/log-arbitraries';
import { caseVariants, fold, foldAscii, foldCodePoint, LAST_CASED_CODE_POINT } from './fold';
import { formatQuery } from './format';
import { highlight } from './highlight';
import type { MatchableLog } from './matcher';
import { compileMatcher } from './matcher';
import { parseQuery } from './parse-query';
import { requiredTokens } from './required-tokens';
import { forEachToken, splitWords, tokenHash } from './words';

const base: MatchableLog = {
  id: '0197a1b2-0000-7000-8000-000000000001',
  timestamp: '2026-11-21T03:12:28.123456Z',
  service: 'payment',
  environment: 'prod',
  level: 'error',
  message: 'Connection refused by 10.0.0.1:5432 after 12ms',
};

function matches(query: string, log: Partial<MatchableLog> = {}): boolean {
  return compileMatcher(parseQuery(query))({ ...base, ...log });
}

function withMetadata(metadataText: string): Partial<MatchableLog> {
  return { metadataText, metadata: JSON.parse(metadataText) as Record<string, unknown> };
}

describe('folding', () => {
  it('never changes lengths, never enters ASCII, and is idempotent', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const folded = foldCodePoint(code);
      if (folded === code) continue;
      expect(folded >= 0x80).toBe(code >= 0x80);
      expect(folded > 0xffff).toBe(code > 0xffff);
      expect(foldCodePoint(folded)).toBe(folded);
      expect(code).toBeLessThanOrEqual(LAST_CASED_CODE_POINT);
      expect(caseVariants(code)).toContain(code);
    }
  });

  it('leaves letters alone that would fold into ASCII or grow', () => {
    expect(fold('\u212aELVIN İSTANBUL ẞ ΣΑΣ Å')).toBe('\u212aelvin İstanbul ß σασ å');
    expect(foldAscii('ÄRGER')).toBe('Ärger');
  });
});

describe('compileMatcher', () => {
  it.each<[string, boolean]>([
    ['connection', true],
    ['CONNECTION', true],
    ['connect', false],
    ['connect*', true],
    ['*nection', true],
    ['c*n', true],
    ['*nect*', true],
    ['"connection refused"', true],
    ['"refused connection"', false],
    ['10.0.0.1', true],
    ['0.0.1', true],
    ['10.0.0.1:54*', true],
    ['12ms', true],
    ['12', false],
    ['/by \\d+/', true],
    ['/BY \\d+/', false],
    ['/BY \\d+/i', true],
    ["message LIKE 'connection%12__'", true],
    ["message LIKE 'connection%12_'", false],
    ["message = 'connection refused'", false],
    ['level>=warn level<fatal', true],
    ['level:warn', false],
    ['service:Payment', false],
    ['service:pay*', true],
    ['trace_id:*', false],
    ['NOT trace_id:x', true],
    ['trace_id!=x', true],
    ['ts>=2026-11-21T03:12:28.123456Z', true],
    ['ts>2026-11-21T03:12:28.123456Z', false],
    ['ts:1795230748123456', true],
    ['metadata.a IS NULL', true],
  ])('%s: %s', (query, expected) => {
    expect(matches(query)).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['metadata.code:500', '{"code":500}', true],
    ['metadata.code:500', '{"code":500.0}', true],
    ['metadata.code:500', '{"code":"500"}', true],
    ['metadata.code:500', '{"code":"500.0"}', false],
    ['metadata.code:5e2', '{"code":500}', true],
    ['metadata.code>499', '{"code":"500"}', true],
    ['metadata.id:9007199254740993', '{"id":9007199254740993}', true],
    ['metadata.id:9007199254740993', '{"id":9007199254740992}', false],
    ['metadata.id>9007199254740992', '{"id":9007199254740993}', true],
    ['metadata.host:WEB-1', '{"host":"web-1"}', true],
    ['metadata.host=WEB-1', '{"host":"web-1"}', false],
    ['metadata.ok:TRUE', '{"ok":true}', true],
    ['metadata.a.b:1', '{"a":{"b":1}}', true],
    ['metadata.a.b:1', '{"a.b":1}', true],
    ['metadata.a.b:1', '{"a.b":2,"a":{"b":1}}', false],
    ['metadata.tags:x', '{"tags":["w","x"]}', true],
    ['metadata.tags:[4 TO 6]', '{"tags":[1,9]}', false],
    ['metadata.a:*', '{"a":null}', false],
    ['metadata.a:*', '{"a":{}}', true],
    ['metadata.a:x*', '{"a":{"x":1}}', false],
    ['metadata.__proto__:*', '{"b":1}', false],
    ['metadata.constructor:*', '{"b":1}', false],
    ['metadata.v>="1.2"', '{"v":"1.10"}', false],
    ['metadata.v>=b', '{"v":"c"}', true],
  ])('%s on %s: %s', (query, metadata, expected) => {
    expect(matches(query, withMetadata(metadata))).toBe(expected);
  });

  it('reads unstorable characters as the stores do', () => {
    expect(matches('*b*', { message: 'a\0b' })).toBe(true);
    expect(matches('"a 0000b"', { message: 'a\0b' })).toBe(true);
  });

  it('reads escaped keys whatever was parsed before', () => {
    JSON.parse('{"c":{},"\\\\":1}');
    const metadataText = '{"c":{},"\\u0061":1}';
    expect(matches('metadata.a:1', withMetadata(metadataText))).toBe(true);
  });

  it('stays linear on hostile expressions and phrases', () => {
    const message = 'a '.repeat(100_000);
    const started = performance.now();
    for (const query of [
      '/(a*)*b/',
      '/(a|a|a)+$x/',
      '/(.*)(.*)(.*)(.*)[x]/',
      `"${'a '.repeat(150)}b"`,
      '*a*a*a*a*a*a*b*',
    ]) {
      expect(matches(query, { message })).toBe(false);
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('requiredTokens', () => {
  it.each<[string, string[][] | null]>([
    ['Connection refused', [['connection', 'refused']]],
    ['a OR (b c)', [['a'], ['b', 'c']]],
    [
      '(a OR b) c',
      [
        ['a', 'c'],
        ['b', 'c'],
      ],
    ],
    ['a OR level:error', null],
    ['a level:error', [['a']]],
    ['NOT a', null],
    ['conn*', null],
    ['*sub*', null],
    ['"needle 7f*"', [['needle', '7f']]],
    ['needle-7f*', [['needle']]],
    ['Ärger 连接', [['连接']]],
    ['trace_id:4BF92F-X', [['4bf92f-x']]],
    ['x'.repeat(65), null],
    ['x'.repeat(64), [['x'.repeat(64)]]],
  ])('%s', (query, expected) => {
    expect(requiredTokens(parseQuery(query))?.map(({ words }) => words) ?? null).toEqual(expected);
  });

  it('names only tokens of every matching message', () => {
    fc.assert(
      fc.property(anyText, fc.array(word, { minLength: 1, maxLength: 2 }), (message, words) => {
        const node = parseQuery(
          formatQuery({ type: 'words', words: words.flatMap(splitWords), span: { start: 0, end: 0 } }),
        );
        const log = { ...base, message };
        if (!compileMatcher(node)(log)) return;
        const tokens = new Set<string>();
        forEachToken(message, (token) => tokens.add(token));
        for (const required of requiredTokens(node)?.[0]?.words ?? []) expect(tokens).toContain(required);
      }),
      { numRuns: 3_000 },
    );
  });

  it('hashes as FNV-1a does', () => {
    expect(tokenHash('')).toBe(0x811c9dc5);
    expect(tokenHash('a')).toBe(0xe40c292c);
    expect(tokenHash('FooBar')).toBe(0xbf9cf968);
    expect(tokenHash('é')).not.toBe(tokenHash('É'));
  });
});

describe('highlight', () => {
  it.each<[string, string, string[]]>([
    ['connection', base.message, ['Connection']],
    ['"refused by"', base.message, ['refused by']],
    ['*ref* refused', base.message, ['refused']],
    ['/\\d+ms/ by', base.message, ['by', '12ms']],
    ['NOT connection', base.message, []],
    ['k*', 'Kilo \u212a kilo', ['Kilo', 'kilo']],
    ['é', '😀 É e\u0301', ['É']],
    ['level:error 0', '10 0 0', ['0', '0']],
  ])('%s in %s', (query, message, expected) => {
    expect(highlight(parseQuery(query), message).map(([start, end]) => message.slice(start, end))).toEqual(
      expected,
    );
  });

  it('is bounded', () => {
    const started = performance.now();
    const ranges = highlight(parseQuery('*a* a /a*/'), 'a '.repeat(500_000));
    expect(ranges.length).toBeLessThanOrEqual(1_000);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
