import { batches } from './backfill.mjs';
import { parseOptions } from './options.mjs';
import { Traffic } from './traffic.mjs';
import type { DemoLog } from './traffic.mjs';
import { COMPANIES, dayCurve } from './world.mjs';
import type { Company } from './world.mjs';

const [SHOP] = COMPANIES as [Company];

function logsOf(traffic: Traffic, count: number): DemoLog[] {
  const logs: DemoLog[] = [];
  while (logs.length < count) logs.push(...traffic.next());
  return logs;
}

describe('traffic of the demo', () => {
  it('is the same for the same seed and differs for another', () => {
    expect(logsOf(new Traffic(SHOP, 42), 500)).toEqual(logsOf(new Traffic(SHOP, '42'), 500));
    expect(logsOf(new Traffic(SHOP, 42), 5)).not.toEqual(logsOf(new Traffic(SHOP, 43), 5));
  });

  it.each(COMPANIES.map((company) => [company.slug, company] as const))(
    '%s has 20 services and the promised levels',
    (_slug, company) => {
      const logs = logsOf(new Traffic(company, 1), 50_000);
      expect(new Set(logs.map(({ service }) => service)).size).toBe(20);
      const percent = (level: string): number =>
        (100 * logs.filter((log) => log.level === level).length) / logs.length;
      for (const [level, share] of [
        ['debug', 25],
        ['info', 60],
        ['warn', 10],
        ['error', 4],
        ['fatal', 1],
      ] as const) {
        // prettier-ignore
        expect(Math.abs(percent(level) - share)).toBeLessThan(1);
      }
    },
  );

  it('shares trace ids across services, in order of time, with response times and stacks', () => {
    const traffic = new Traffic(SHOP, 1);
    const requests = Array.from({ length: 500 }, () => traffic.next());
    for (const logs of requests) {
      expect(new Set(logs.map(({ traceId }) => traceId)).size).toBe(1);
      expect(new Set(logs.map(({ service }) => service)).size).toBeGreaterThan(1);
      expect(logs.every((log, i) => i === 0 || log.offsetMs >= (logs[i - 1]?.offsetMs ?? 0))).toBe(true);
    }
    const logs = requests.flat();
    expect(
      logs
        .filter(({ level }) => level !== 'debug')
        .every(({ metadata }) => typeof metadata['duration_ms'] === 'number'),
    ).toBe(true);
    const errors = logs.filter(({ level }) => level === 'error' || level === 'fatal');
    const stacks = errors.filter(({ metadata }) =>
      (metadata['error'] as { stack?: string } | undefined)?.stack?.includes('\n    at '),
    );
    expect(stacks.length / errors.length).toBeGreaterThan(0.5);
  });

  it('breaks payments during an incident', () => {
    const traffic = new Traffic(SHOP, 1);
    traffic.incident = true;
    const payments = logsOf(traffic, 20_000).filter(({ service }) => service === 'payment');
    const failed = payments.filter(({ level }) => level === 'error' || level === 'fatal');
    expect(failed.length / payments.length).toBeGreaterThan(0.55);
  });

  it('follows the day: quiet nights, average 1', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => dayCurve(hour * 3_600_000));
    expect(hours.reduce((sum, value) => sum + value, 0) / 24).toBeCloseTo(1);
    expect(Math.min(...hours)).toBeLessThan(0.4);
    expect(Math.max(...hours)).toBeGreaterThan(1.3);
  });
});

describe('history of the demo', () => {
  const NOW = Date.parse('2026-11-21T03:00:00Z');
  const tenants = COMPANIES.map((company) => ({ company, key: company.slug, retentionDays: 7 }));

  it('fills the asked time at the asked rate, in batches of at most 1000, oldest first', () => {
    const options = parseOptions(['--backfill', '2d', '--backfill-rate', '0.5'], {});
    const all = [...batches(tenants, options, NOW)];
    const count = all.reduce((sum, batch) => sum + batch.count, 0);
    expect(count).toBeGreaterThan(0.97 * 0.5 * 2 * 86_400);
    expect(count).toBeLessThan(1.03 * 0.5 * 2 * 86_400);
    expect(Math.max(...all.map((batch) => batch.count))).toBeLessThanOrEqual(1000);
    const times = all
      .filter(({ key }) => key === 'demo-shop')
      .flatMap(({ body }) => body.trimEnd().split('\n'))
      .map((line) => Date.parse((JSON.parse(line) as { timestamp: string }).timestamp));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(NOW - 2 * 86_400_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(NOW);
    const day = times.filter((time) => new Date(time).getUTCHours() === 14).length;
    const night = times.filter((time) => new Date(time).getUTCHours() === 2).length;
    expect(day / night).toBeGreaterThan(2);
  });

  it('never goes beyond the retention', () => {
    const options = parseOptions(['--backfill', '30d', '--backfill-rate', '0.05'], {});
    const times = [...batches(tenants, options, NOW)]
      .flatMap(({ body }) => body.trimEnd().split('\n'))
      .map((line) => Date.parse((JSON.parse(line) as { timestamp: string }).timestamp));
    expect(Math.min(...times)).toBeGreaterThan(NOW - 7 * 86_400_000);
  });
});

describe('options of the demo', () => {
  it('have defaults and read the environment', () => {
    expect(parseOptions([], { LOGSTEAD_PORT: '5000' })).toMatchObject({
      rate: 200,
      tenants: 3,
      seed: '42',
      durationMs: Infinity,
      backfillMs: 0,
      endpoint: 'http://localhost:5000',
      keys: [],
    });
    expect(parseOptions(['--key', 'a', '--key', 'b', '--duration', '1.5m'], {})).toMatchObject({
      tenants: 2,
      durationMs: 90_000,
    });
  });

  it.each([
    [['--rate', 'fast'], /--rate/],
    [['--rate', '0'], /--rate/],
    [['--duration', '60'], /--duration/],
    [['--backfill', 'yesterday'], /--backfill/],
    [['--tenants', '4'], /--tenants/],
    [['--unknown'], /--unknown/],
  ])('name what is wrong: %j', (args, message) => {
    expect(() => parseOptions(args, {})).toThrow(message);
  });
});
