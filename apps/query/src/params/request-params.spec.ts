import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration';
import { readFilter } from './filter-params';
import { niceInterval, readInterval } from './interval';
import { RequestParams, type RawQuery } from './request-params';
import { readTimeRange } from './time-params';

const HOUR = 3_600_000_000;
const NOW = Date.UTC(2026, 10, 21, 12) * 1000;
const INVALID_QUERY = expect.objectContaining({ code: 'invalid_query' }) as Error;
const refused = (run: () => unknown, parameter: string): void =>
  expect(run).toThrow(
    expect.objectContaining({
      code: 'invalid_parameter',
      details: expect.objectContaining({ parameter }),
    }) as Error,
  );

describe('RequestParams', () => {
  it('names every unknown parameter', () => {
    const params = new RequestParams({ limit: '5', servcie: 'a', foo: 'b', tenant: 'acme' });
    params.integer('limit', { min: 1, max: 9, fallback: 5 });
    expect(() => params.refuseUnread()).toThrow(
      expect.objectContaining({
        code: 'invalid_parameter',
        details: { parameters: ['servcie', 'foo'] },
      }) as Error,
    );
  });

  it.each(['0', '1001', '-1', '1.5', 'ten', '1e2', ' 5', '99999999999'])('refuses limit %j', (limit) => {
    refused(
      () => new RequestParams({ limit }).integer('limit', { min: 1, max: 1000, fallback: 100 }),
      'limit',
    );
  });

  it.each([
    ['1', 1],
    ['1000', 1000],
    [undefined, 100],
    ['', 100],
  ])('reads limit %j', (limit, value) => {
    const raw: RawQuery = limit === undefined ? {} : { limit };
    expect(new RequestParams(raw).integer('limit', { min: 1, max: 1000, fallback: 100 })).toBe(value);
  });

  it('refuses a parameter given twice that can have one value', () => {
    refused(() => new RequestParams({ q: ['a', 'b'] }).text('q'), 'q');
  });

  it('takes lists by comma and by repetition', () => {
    expect(new RequestParams({ level: ['a,b', ' c ', '', 'a'] }).list('level')).toEqual(['a', 'b', 'c']);
    expect(new RequestParams({ level: '' }).list('level')).toBeUndefined();
  });
});

describe('readTimeRange', () => {
  const read = (raw: RawQuery) => readTimeRange(new RequestParams(raw), NOW);

  it.each([
    [{}, NOW - HOUR, NOW],
    [{ time_range: '15m' }, NOW - HOUR / 4, NOW],
    [{ end_time: '2026-11-21T11:00:00Z' }, NOW - 2 * HOUR, NOW - HOUR],
    [{ start_time: '2026-11-21T12:30:00+01:00' }, NOW - HOUR / 2, NOW],
    // A plus sign that was not encoded.
    [{ start_time: '2026-11-21T12:30:00 01:00' }, NOW - HOUR / 2, NOW],
    [{ start_time: String(NOW / 1e6 - 10), end_time: String(NOW / 1e3 - 5_000) }, NOW - 10e6, NOW - 5e6],
    [{ start_time: String(NOW - 7), end_time: `${NOW}000` }, NOW - 7, NOW],
  ])('reads %j', (raw, fromUs, toUs) => {
    expect(read(raw)).toEqual({ fromUs, toUs });
  });

  it.each([
    [{ start_time: 'yesterday' }, 'start_time'],
    [{ end_time: '2026-13-01T00:00:00Z' }, 'end_time'],
    [{ start_time: '2026-11-21T13:00:00Z' }, 'start_time'],
    [{ start_time: '2026-11-21T11:00:00Z', end_time: '2026-11-21T11:00:00Z' }, 'start_time'],
    [{ time_range: '1 hour' }, 'time_range'],
    [{ time_range: '0m' }, 'time_range'],
    [{ time_range: '1h', start_time: '2026-11-21T11:00:00Z' }, 'time_range'],
  ])('refuses %j', (raw, parameter) => {
    refused(() => read(raw), parameter);
  });
});

describe('intervals', () => {
  it('spell durations that read back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.constantFrom('ms', 's', 'm', 'h', 'd', 'w'),
        (n, unit) => {
          const us = parseDuration(`${n}${unit}`)!;
          expect(parseDuration(formatDuration(us))).toBe(us);
        },
      ),
    );
  });

  it('cut any range into at most 120 parts, and from a second on into at least 48', () => {
    const spans = fc.oneof(
      fc.integer({ min: 1, max: 3_600 }).map((s) => s * 1e6),
      fc.integer({ min: 1, max: 400 * 24 }).map((h) => h * HOUR),
    );
    fc.assert(
      fc.property(spans, (span) => {
        const parts = span / niceInterval(span);
        expect(parts).toBeLessThanOrEqual(120);
        expect(parts).toBeGreaterThanOrEqual(48);
      }),
    );
  });

  it('refuse more than 10,000 parts and say what would do', () => {
    const read = (interval: string) => readInterval(new RequestParams({ interval }), 30 * 24 * HOUR);
    expect(() => read('1s')).toThrow(/Use at least 5m/);
    expect(read('1h')).toBe(HOUR);
    expect(() => read('soon')).toThrow(/duration/);
  });
});

describe('readFilter', () => {
  const read = (raw: RawQuery) => readFilter(new RequestParams(raw));

  it('reads every filter', () => {
    expect(
      read({
        service: 'a,b',
        service_id: '7',
        environment: 'prod',
        level: 'warning,ERR',
        trace_id: 'T',
        'metadata.code': '5',
      }),
    ).toMatchObject({
      services: ['a', 'b'],
      serviceIds: [7],
      environments: ['prod'],
      levels: ['warn', 'error'],
      traceId: 'T',
      query: { type: 'equals', field: { name: 'metadata', path: ['code'] }, value: '5' },
    });
  });

  it('takes repeated metadata values as alternatives, commas and all', () => {
    expect(read({ 'metadata.a': ['x,y', 'z'] }).query).toMatchObject({
      type: 'or',
      children: [{ value: 'x,y' }, { value: 'z' }],
    });
  });

  it.each([
    [{ level: 'loud' }, 'level'],
    [{ level: 'constructor' }, 'level'],
    [{ service_id: '0' }, 'service_id'],
    [{ service_id: '99999999999' }, 'service_id'],
    [{ 'metadata.': 'x' }, 'metadata.'],
  ])('refuses %j', (raw, parameter) => {
    refused(() => read(raw), parameter);
  });

  it('passes the position of a mistake in the query on', () => {
    expect(() => read({ q: 'a AND (' })).toThrow(INVALID_QUERY);
    expect(() => read({ q: 'x'.repeat(100_000) })).toThrow(INVALID_QUERY);
  });
});
