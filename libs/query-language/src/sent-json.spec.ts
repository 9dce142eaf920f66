import fc from 'fast-check';
import { metadataText } from '../test/log-arbitraries';
import { parseKeepingNumbers, SentNumber } from './sent-json';

function asNumbers(value: unknown): unknown {
  if (value instanceof SentNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(asNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asNumbers(inner)]));
}

describe('parseKeepingNumbers', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(metadataText, (text) => {
        expect(asNumbers(parseKeepingNumbers(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.json(), fc.nat(2), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        expect(asNumbers(parseKeepingNumbers(spaced))).toEqual(JSON.parse(spaced));
      }),
    );
  });

  it('keeps the digits of numbers', () => {
    expect(parseKeepingNumbers('{"a": [18446744073709551615, 1.50 ,-0]}')).toEqual({
      a: [new SentNumber('18446744073709551615'), new SentNumber('1.50'), new SentNumber('-0')],
    });
  });
});
