import fc from 'fast-check';
import { leafText, parseJsonTree, previewJson, printJson, printJsonPretty } from './json-tree';

describe('JSON trees', () => {
  it('keeps numbers as they were sent', () => {
    const text = '{"big":9223372036854775807,"one":1.0,"exp":1e5,"neg":-0}';
    expect(printJson(parseJsonTree(text))).toBe(text);
  });

  it('reads any JSON as JSON.parse does, and prints it back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, pretty) => {
        const text = JSON.stringify(value, null, pretty ? 2 : 0);
        const tree = parseJsonTree(` ${text}\n`);
        expect(JSON.parse(printJson(tree))).toEqual(JSON.parse(text));
        expect(JSON.parse(printJsonPretty(tree))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('reads keys that mean something to JavaScript as plain keys', () => {
    const tree = parseJsonTree('{"__proto__":{"a":1},"constructor":2,"__proto__":3}');
    expect(tree).toMatchObject({
      kind: 'object',
      members: [{ name: '__proto__' }, { name: 'constructor' }, { name: '__proto__' }],
    });
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it.each(['', '{', '{"a"}', '[1,', '"abc', '{"a":1,}'])('refuses %j', (text) => {
    expect(() => parseJsonTree(text)).toThrow(SyntaxError);
  });

  it('shows leaves as people read them', () => {
    expect(leafText(parseJsonTree('"a\\nb"'))).toBe('a\nb');
    expect(leafText(parseJsonTree('1.50'))).toBe('1.50');
    expect(previewJson(parseJsonTree('{"a":{"b":1},"c":"x","d":[]}'), 100)).toBe('a.b=1  c=x  d=[]');
  });

  it('bounds the preview of a huge value', () => {
    const text = previewJson(parseJsonTree(JSON.stringify({ a: 'x'.repeat(100_000), b: 1 })), 50);
    expect(text.length).toBeLessThan(60);
  });
});
