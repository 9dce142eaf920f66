import fc from 'fast-check';
import { JsonCursor } from './json-cursor';

function accepts(text: string | Buffer): boolean {
  const body = Buffer.concat([Buffer.from(text), Buffer.from([0])]);
  const cursor = new JsonCursor();
  cursor.reset(body, body.length - 1);
  const start = cursor.skipSpace(0);
  const after = cursor.skipValue(start, 0);
  return after >= 0 && cursor.skipSpace(after) === body.length - 1;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('JsonCursor', () => {
  it('accepts every JSON text', () => {
    fc.assert(fc.property(fc.json(), (text) => accepts(text)));
    fc.assert(fc.property(fc.json(), (text) => accepts(JSON.stringify(JSON.parse(text), null, 2))));
  });

  it('agrees with JSON.parse on damaged texts', () => {
    const damaged = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', '\n', '\u0001', 'tru'),
      )
      .map(([text, at, piece]) => {
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + piece + text.slice(cut + 1);
      });
    fc.assert(
      fc.property(damaged, (text) => accepts(text) === parses(text)),
      { numRuns: 3000 },
    );
  });

  it.each([
    '01',
    '1.',
    '.5',
    '1e',
    '+1',
    '--1',
    '"\\x"',
    '"\\u12g4"',
    '"a',
    '{"a"}',
    '{"a":1,}',
    '[1,]',
    '[',
    '',
    'nul',
    '"\t"',
  ])('refuses %j', (text) => expect(accepts(text)).toBe(false));

  it.each(['-0', '1e+5', '1E-5', '0.10', '"\\u00e9\\ud83d\\ude00"', ' [ ] ', '{ "a" : [ ] }'])(
    'accepts %j',
    (text) => expect(accepts(text)).toBe(true),
  );

  it('refuses nesting beyond 512 levels without running out of stack', () => {
    expect(accepts('['.repeat(512) + ']'.repeat(512))).toBe(true);
    expect(accepts('['.repeat(513) + ']'.repeat(513))).toBe(false);
    expect(accepts('['.repeat(5_000_000))).toBe(false);
  });
});
