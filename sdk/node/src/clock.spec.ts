import fc from 'fast-check';
import { TimestampWriter } from './clock.ts';

describe('TimestampWriter', () => {
  it('writes milliseconds as Date does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
        expect(new TimestampWriter().write(ms)).toBe(new Date(ms).toISOString());
      }),
    );
    expect(new TimestampWriter().write(-1)).toBe('1969-12-31T23:59:59.999Z');
  });

  it('keeps the order within one millisecond', () => {
    const writer = new TimestampWriter();
    const times = Array.from({ length: 1200 }, () => writer.write(1_700_000_000_123));
    expect(times[0]).toBe('2023-11-14T22:13:20.123Z');
    expect(times[1]).toBe('2023-11-14T22:13:20.123001Z');
    expect(times[999]).toBe('2023-11-14T22:13:20.123999Z');
    expect(times[1199]).toBe('2023-11-14T22:13:20.123999Z');
    expect(writer.write(1_700_000_000_124)).toBe('2023-11-14T22:13:20.124Z');
  });

  it('takes now for what is no time', () => {
    jest.useFakeTimers({ now: 1_700_000_000_000 });
    for (const time of [Number.NaN, Infinity, 9e15]) {
      expect(new TimestampWriter().write(time)).toBe('2023-11-14T22:13:20.000Z');
    }
    jest.useRealTimers();
  });
});
