import fc from 'fast-check';
import { formatTimestamp, parseEpochTimestamp, parseIsoTimestamp } from './timestamp';

const iso = (text: string): number => parseIsoTimestamp(Buffer.from(text), 0, text.length);

describe('parseIsoTimestamp', () => {
  it('reads what formatTimestamp writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_000_000_000_000_000, max: 9_000_000_000_000_000 }), (us) => {
        expect(iso(formatTimestamp(us))).toBe(us);
      }),
    );
  });

  it('agrees with Date on any zone', () => {
    const zone = fc.tuple(
      fc.constantFrom('+', '-'),
      fc.integer({ min: 0, max: 14 }),
      fc.constantFrom(0, 30, 45),
    );
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
        zone,
        (date, [sign, h, m]) => {
          const text = `${date.toISOString().slice(0, -1)}${sign}${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`;
          expect(iso(text)).toBe(Date.parse(text) * 1000);
        },
      ),
    );
  });

  it.each([
    ['2026-11-21T03:12:28Z', '2026-11-21T03:12:28.000000Z'],
    ['2026-11-21 03:12:28.5', '2026-11-21T03:12:28.500000Z'],
    ['2026-11-21t03:12:28,123456789z', '2026-11-21T03:12:28.123456Z'],
    ['2026-11-21T03:12Z', '2026-11-21T03:12:00.000000Z'],
    ['2026-11-21T03:12:28+0530', '2026-11-20T21:42:28.000000Z'],
    ['2026-11-21T03:12:28-05', '2026-11-21T08:12:28.000000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000000Z'],
  ])('%s is %s', (text, expected) => expect(formatTimestamp(iso(text))).toBe(expected));

  it.each([
    '2026-13-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T03:60:00Z',
    '2026-11-21T03:12:28.Z',
    '2026-11-21T03:12:28+5',
    '2026-11-21T03:12:28Zjunk',
    '2026/11/21 03:12:28',
    'yesterday at noon',
    '',
  ])('refuses %j', (text) => expect(iso(text)).toBeNaN());
});

describe('parseEpochTimestamp', () => {
  it('tells seconds, milliseconds, microseconds and nanoseconds apart', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100_000_000_000_000, max: 9_000_000_000_000_000 }), (us) => {
        expect(parseEpochTimestamp(String(us))).toBe(us);
        expect(parseEpochTimestamp(`${us}123`)).toBe(us);
        expect(parseEpochTimestamp(String(Math.floor(us / 1000)))).toBe(Math.floor(us / 1000) * 1000);
        const seconds = (us / 1e6).toFixed(6);
        expect(parseEpochTimestamp(seconds)).toBe(Number(seconds.replace('.', '')));
      }),
    );
  });

  it.each(['', 'x', '-5', '1e9', '12.', '123456789012345678901234'])('refuses %j', (text) =>
    expect(parseEpochTimestamp(text)).toBeNaN(),
  );
});
