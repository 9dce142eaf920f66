import fc from 'fast-check';
import { parseTypedRange, rangeLabel, relativeMs, widen, windowOf } from './time-range';

describe('time ranges', () => {
  it.each([
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['3d', 259_200_000],
    ['0m', null],
    ['15', null],
    ['9999d', null],
  ])('%s lasts %p ms', (text, ms) => {
    expect(relativeMs(text)).toBe(ms);
  });

  it.each([
    ['45m', '45m'],
    [' 90 min ', '90m'],
    ['last 3 days', '3d'],
    ['2 Hours', '2h'],
    ['1w', '7d'],
    ['yesterday', null],
    ['5 months', null],
    ['-3h', null],
  ])('typing %j means %p', (input, text) => {
    expect(parseTypedRange(input)).toEqual(text === null ? null : { kind: 'relative', text });
  });

  it('fixes a relative range on the grid of the rollups, with now inside', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1e12, max: 4e12 }),
        fc.constantFrom('15m', '1h', '7s', '24h'),
        (now, text) => {
          const { fromMs, toMs } = windowOf({ kind: 'relative', text }, now);
          expect(fromMs % 10_000).toBe(0);
          expect(toMs % 10_000).toBe(0);
          expect(toMs).toBeGreaterThan(now);
          expect(toMs - now).toBeLessThanOrEqual(10_000);
          expect(toMs - fromMs).toBeGreaterThanOrEqual(relativeMs(text) ?? 0);
        },
      ),
    );
  });

  it('leaves an absolute range alone', () => {
    expect(windowOf({ kind: 'absolute', fromMs: 1, toMs: 2 }, 99)).toEqual({ fromMs: 1, toMs: 2 });
  });

  it('names and widens ranges', () => {
    expect(rangeLabel({ kind: 'relative', text: '15m' }, String)).toBe('Last 15 min');
    expect(rangeLabel({ kind: 'absolute', fromMs: 1, toMs: 2 }, String)).toBe('1 – 2');
    expect(widen({ kind: 'relative', text: '15m' })).toEqual({ kind: 'relative', text: '1h' });
    expect(widen({ kind: 'relative', text: '7d' })).toEqual({ kind: 'relative', text: '30d' });
    expect(widen({ kind: 'absolute', fromMs: 100, toMs: 200 })).toEqual({
      kind: 'absolute',
      fromMs: 50,
      toMs: 250,
    });
  });
});
