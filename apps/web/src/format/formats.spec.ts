import { exactCount, share, shortCount } from './number-format';
import {
  ago,
  bucketLabel,
  clockMs,
  dayClockMs,
  durationName,
  fromInputValue,
  fullTime,
  toInputValue,
} from './time-format';

const AT = Date.UTC(2026, 10, 21, 4, 5, 6, 7);

describe('numbers', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1 k'],
    [12_431, '12.4 k'],
    [999_949, '1000 k'],
    [999_950, '1 M'],
    [123_456_789, '123 M'],
    [5e9, '5 G'],
  ])('%d is %s in short', (value, text) => {
    expect(shortCount(value)).toBe(text);
  });

  it('prints exact counts and shares', () => {
    expect(exactCount(1234567)).toBe('1,234,567');
    expect([share(1, 3), share(1, 20), share(1, 5000), share(0, 0)]).toEqual(['33%', '5%', '<0.1%', '0%']);
  });
});

describe('times', () => {
  it('prints the clock with milliseconds, and all digits on demand', () => {
    expect(clockMs(AT, 'utc')).toBe('04:05:06.007');
    expect(dayClockMs(AT, 'utc')).toBe('11-21 04:05:06.007');
    expect(fullTime('2026-11-21T04:05:06.007890Z', 'utc')).toBe('2026-11-21 04:05:06.007890 UTC');
  });

  it('labels buckets as coarsely as it can', () => {
    expect(bucketLabel(AT, 10_000, 900_000, 'utc')).toBe('04:05:06');
    expect(bucketLabel(AT, 60_000, 3_600_000, 'utc')).toBe('04:05');
    expect(bucketLabel(AT, 3_600_000, 7 * 86_400_000, 'utc')).toBe('11-21 04:05');
    expect(bucketLabel(AT, 86_400_000, 30 * 86_400_000, 'utc')).toBe('11-21');
  });

  it('survives an input and back', () => {
    for (const zone of ['utc', 'local'] as const) {
      expect(fromInputValue(toInputValue(AT, zone), zone)).toBe(AT - 7);
    }
    expect(fromInputValue('', 'utc')).toBeNull();
  });

  it('tells ages and durations', () => {
    expect([0, 40_000, 130_000, 7_300_000, 200_000_000].map((age) => ago(AT - age, AT))).toEqual([
      'now',
      '40 s ago',
      '2 min ago',
      '2 h ago',
      '2 d ago',
    ]);
    expect([10_000, 300_000, 3_600_000, 172_800_000].map(durationName)).toEqual([
      '10 s',
      '5 min',
      '1 h',
      '2 d',
    ]);
  });
});
