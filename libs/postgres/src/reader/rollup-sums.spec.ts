import fc from 'fast-check';
import { binMiddleMs, percentileOfBins } from './latency-percentiles';
import { BUCKET_US, HOUR_US, MINUTE_US, rangesOf } from './rollup-reader';
import { countingPlan } from './rollup-sums';

const EPOCH = Date.UTC(2026, 10, 21) * 1000;
const span = fc
  .tuple(fc.integer({ min: 0, max: 3 * HOUR_US }), fc.integer({ min: 0, max: 30 * HOUR_US }))
  .map(([from, length]) => ({ lo: EPOCH + from, hi: EPOCH + from + length }));
const WIDTHS = [undefined, 1_000_000, BUCKET_US, 3 * BUCKET_US, MINUTE_US, 90_000_000, HOUR_US, 24 * HOUR_US];

describe('countingPlan', () => {
  it('covers every instant of a range once, with whole buckets only', () => {
    fc.assert(
      fc.property(span, fc.constantFrom(...WIDTHS), ({ lo, hi }, width) => {
        const plan = countingPlan({ lo, hi }, width);
        const all = [...plan.hours, ...plan.minutes, ...plan.buckets, ...plan.rows].toSorted(
          (a, b) => a.lo - b.lo,
        );
        let at = lo;
        for (const part of all) {
          expect(part.lo).toBe(at);
          expect(part.hi).toBeGreaterThan(part.lo);
          at = part.hi;
        }
        expect(at).toBe(hi);
        for (const [spans, us] of [
          [plan.hours, HOUR_US],
          [plan.minutes, MINUTE_US],
          [plan.buckets, BUCKET_US],
        ] as const) {
          for (const part of spans) {
            expect([part.lo % us, part.hi % us]).toEqual([0, 0]);
            // A bucket that is not part of one interval could not be told apart.
            if (width !== undefined) expect(width % us).toBe(0);
          }
        }
        const rowsUs = plan.rows.reduce((sum, part) => sum + part.hi - part.lo, 0);
        if (width === undefined || width % BUCKET_US === 0) expect(rowsUs).toBeLessThan(2 * BUCKET_US);
      }),
    );
  });

  it('has nothing to count in an empty range', () => {
    expect(countingPlan({ lo: EPOCH, hi: EPOCH })).toEqual({ hours: [], minutes: [], buckets: [], rows: [] });
  });
});

describe('rangesOf', () => {
  it('joins neighbours, in both orders, and stays inside the span', () => {
    const buckets = [5, 4, 2].map((n) => ({ startUs: EPOCH + n * BUCKET_US, kept: 1 }));
    const whole = { lo: EPOCH, hi: EPOCH + 5.5 * BUCKET_US };
    const ranges = [
      { lo: EPOCH + 4 * BUCKET_US, hi: EPOCH + 5.5 * BUCKET_US },
      { lo: EPOCH + 2 * BUCKET_US, hi: EPOCH + 3 * BUCKET_US },
    ];
    expect(rangesOf(buckets, whole)).toEqual(ranges);
    expect(rangesOf(buckets.toReversed(), whole)).toEqual(ranges.toReversed());
  });
});

describe('percentiles of the latency histogram', () => {
  it('are within 4.6 % of the exact ones', () => {
    const latencies = fc.array(fc.double({ min: 1, max: 60_000, noNaN: true }), {
      minLength: 1,
      maxLength: 500,
    });
    fc.assert(
      fc.property(latencies, fc.constantFrom(0.5, 0.95, 0.99), (values, share) => {
        const counts = new Map<number, number>();
        for (const ms of values) {
          const bin = Math.floor(Math.log2(ms) * 8) + 1;
          counts.set(bin, (counts.get(bin) ?? 0) + 1);
        }
        const bins = [...counts].map(([bin, count]) => ({ bin, count })).toSorted((a, b) => a.bin - b.bin);
        const exact = values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;
        expect(Math.abs(percentileOfBins(bins, share) / exact - 1)).toBeLessThan(0.046);
      }),
    );
  });

  it('put what is below a millisecond in the middle of it', () => {
    expect(binMiddleMs(0)).toBe(0.5);
    expect(percentileOfBins([], 0.5)).toBe(0);
  });
});
