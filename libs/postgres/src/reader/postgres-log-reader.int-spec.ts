import fc from 'fast-check';
import type { LogRecord } from '@logstead/contracts';
import { LEVELS } from '@logstead/contracts';
import type { LogFilter, Position, ReadOptions, TenantContext } from '@logstead/ports';
import { compileMatcher, parseQuery, parseTimestampUs } from '@logstead/query-language';
import { createTestDatabase, type TestDatabase, TestLogs } from '@logstead/testing';
import { NameDirectory } from './name-directory';
import { PostgresLogReader } from './postgres-log-reader';
import { ReaderSlots } from './reader-slots';

jest.setTimeout(120_000);

const SERVICES = ['web', 'payment', 'auth', 'rare'];
const WORDS = ['refused', 'accepted', 'timeout', 'login', 'upstream'];
const END = Math.floor(Date.now() / 1000) * 1000;
const options: ReadOptions = { signal: new AbortController().signal, deadlineMs: 20_000 };

/** Small numbers that look random and never change. */
function seeded(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
}

describe('PostgresLogReader', () => {
  let db: TestDatabase;
  let logs: TestLogs;
  let tenant: TenantContext;
  let reader: PostgresLogReader;
  /** Every log of the tenant, newest first. */
  let all: LogRecord[];

  // Many small commits, so that the parts a search reads (64 blocks, then growing) are crossed; many equal timestamps.
  beforeAll(async () => {
    db = await createTestDatabase();
    logs = new TestLogs(db);
    tenant = await db.createTenant();
    const random = seeded();
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const sends: Promise<unknown>[] = [];
    for (let i = 0; i < 900; i++) {
      const service = i % 151 === 7 ? 'rare' : pick(SERVICES.slice(0, 3));
      const start = END - 7_200_000 + i * 7_900;
      const batch = Array.from({ length: 8 }, (_, k) => ({
        timestamp: new Date(start + Math.floor(random() * 12) * 1_000).toISOString(),
        level: random() < 0.02 ? 'fatal' : pick(LEVELS.slice(0, 4)),
        message: `${pick(WORDS)} by ${pick(WORDS)} ${i % 97 === 5 && k === 3 ? 'needle-7f3a' : `n${i}`}`,
        metadata: { code: Math.floor(random() * 5), duration_ms: Math.floor(random() * 900) / 10 },
        ...(random() < 0.3 && {
          trace_id: `4bf92f3577b34da6a3ce929d0e0e${String(i % 400).padStart(4, '0')}`,
        }),
      }));
      sends.push(logs.send(tenant, service, batch, i % 3 === 0 ? 'staging' : 'production'));
      if (sends.length === 8) await Promise.all(sends.splice(0));
    }
    await Promise.all(sends);
    const slots = new ReaderSlots({ total: 6, perTenant: 4, waitingPerTenant: 50 });
    reader = new PostgresLogReader(db.database, slots, new NameDirectory(db.database));
    all = [];
    for await (const page of reader.export(tenant, everything, 'desc', options)) all.push(...page);
  });
  afterAll(async () => {
    await logs.stop();
    await db.stop();
  });

  const everything: LogFilter = { fromUs: (END - 7_300_000) * 1000, toUs: (END + 60_000) * 1000 };
  const usOf = ({ timestamp }: LogRecord): number => parseTimestampUs(timestamp)!;

  function expected(filter: LogFilter): LogRecord[] {
    const matches = filter.query ? compileMatcher(filter.query) : () => true;
    return all.filter(
      (log) =>
        usOf(log) >= filter.fromUs &&
        usOf(log) < filter.toUs &&
        (filter.services?.includes(log.service) ?? true) &&
        (filter.serviceIds?.includes(log.service_id) ?? true) &&
        (filter.environments?.includes(log.environment) ?? true) &&
        (filter.levels?.includes(log.level) ?? true) &&
        (filter.traceId === undefined || log.trace_id === filter.traceId) &&
        matches(log),
    );
  }

  async function walk(filter: LogFilter, limit: number, order: 'asc' | 'desc'): Promise<LogRecord[]> {
    const found: LogRecord[] = [];
    let after: Position | undefined;
    for (;;) {
      const page = { limit, order, total: false, ...(after && { after }) };
      const { logs: some, next } = await reader.list(tenant, filter, page, options);
      expect(some.length).toBeLessThanOrEqual(limit);
      found.push(...some);
      if (next === null) return found;
      after = next;
    }
  }

  const idsOf = (records: readonly LogRecord[]): string[] => records.map(({ id }) => id);

  it('holds everything that was sent, in order, equal timestamps by id', () => {
    expect(all).toHaveLength(7_200);
    expect(new Set(idsOf(all)).size).toBe(7_200);
    const keys = all.map((log) => `${log.timestamp} ${log.id}`);
    expect(keys).toEqual(keys.toSorted().toReversed());
    expect(new Set(all.map(({ timestamp }) => timestamp)).size).toBeLessThan(7_000);
  });

  const query = fc
    .array(
      fc.constantFrom(
        'refused',
        'needle',
        '"refused by upstream"',
        'needle OR timeout',
        'NOT login',
        '*eedle-7*',
        '/time(out)? by/i',
        'metadata.code:3',
        'metadata.duration_ms>50',
        'service:pay*',
        'NOT service:web',
        'level>=error',
        'level:(fatal OR debug)',
        'environment:staging',
        'trace_id:*',
        'service:rare',
        'trace_id:4bf92f3577b34da6a3ce929d0e0e0042',
      ),
      { minLength: 0, maxLength: 3 },
    )
    .map((parts) => parts.map((part) => (part.includes(' OR ') ? `(${part})` : part)).join(' '));
  const seldom = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });
  const filters = fc.record({
    q: query,
    from: fc.constantFrom(0, 0, 1_000_000, 3_600_500, 7_000_000),
    length: fc.constantFrom(7_300_000, 7_300_000, 1_800_000, 61_234),
    services: seldom(fc.subarray([...SERVICES, 'unknown'], { minLength: 1 })),
    levels: seldom(fc.subarray([...LEVELS], { minLength: 1 })),
    environments: seldom(fc.constant(['staging'])),
    traceId: seldom(fc.constant('4bf92f3577b34da6a3ce929d0e0e0011')),
  });
  const filterOf = ({
    q,
    from,
    length,
    services,
    levels,
    environments,
    traceId,
  }: typeof filters extends fc.Arbitrary<infer T> ? T : never): LogFilter => ({
    fromUs: everything.fromUs + from * 1000,
    toUs: Math.min(everything.fromUs + (from + length) * 1000, everything.toUs),
    ...(services && { services }),
    ...(levels && { levels }),
    ...(environments && { environments }),
    ...(traceId !== undefined && { traceId }),
    ...(q !== '' && { query: parseQuery(q) }),
  });

  it('lists what a scan of everything would, whichever way it reads', async () => {
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.constantFrom('asc', 'desc'),
        fc.constantFrom(3, 50, 1_000),
        async (raw, order, limit) => {
          const filter = filterOf(raw);
          const wanted = idsOf(order === 'desc' ? expected(filter) : expected(filter).toReversed());
          const page = await reader.list(tenant, filter, { limit, order, total: true }, options);
          expect(idsOf(page.logs)).toEqual(wanted.slice(0, limit));
          expect(page.next === null).toBe(wanted.length <= limit);
          if (page.totalRelation === 'exact') expect(page.total).toBe(wanted.length);
          else expect(page.total).toBeLessThanOrEqual(wanted.length);
          if (wanted.length < 40 * limit) expect(idsOf(await walk(filter, limit, order))).toEqual(wanted);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    '*eedle-7*',
    'needle',
    'needle OR /n7\\b/',
    'service:rare',
    'service:rare level:fatal',
    'metadata.code:3 *upstream*',
  ])('finds the few logs of %j far back in the range, in both orders', async (text) => {
    const filter = { ...everything, query: parseQuery(text) };
    for (const limit of [2, 40]) {
      expect(idsOf(await walk(filter, limit, 'desc'))).toEqual(idsOf(expected(filter)));
      expect(idsOf(await walk(filter, limit, 'asc'))).toEqual(idsOf(expected(filter).toReversed()));
    }
  });

  it('keeps the order over many blocks that overlap', async () => {
    const own = await db.createTenant();
    const start = END - 3_600_000;
    // Around them as many blocks without the word, so that a search goes to blocks from its second part on.
    for (let i = 0; i < 160; i++) {
      const at = i < 80 ? start - 200_000 - i * 1_000 : start + 600_000 + i * 1_000;
      await logs.send(own, 's', [{ timestamp: new Date(at).toISOString(), message: 'filler' }]);
    }
    for (let i = 0; i < 200; i++) {
      const at = [i * 1_300, 500_000 - i * 1_100, 250_000 + ((i * 7_919) % 240_000)];
      const batch = at.map((ms) => ({
        timestamp: new Date(start + ms).toISOString(),
        message: `wide ${ms}`,
      }));
      await logs.send(own, 's', batch);
    }
    const filter = { ...everything, query: parseQuery('wide') };
    for (const order of ['asc', 'desc'] as const) {
      const found: LogRecord[] = [];
      let after: Position | undefined;
      do {
        const page = { limit: 290, order, total: false, ...(after && { after }) };
        const { logs: some, next } = await reader.list(own, filter, page, options);
        found.push(...some);
        after = next ?? undefined;
      } while (after !== undefined);
      const keys = found.map((log) => `${log.timestamp} ${log.id}`);
      expect(keys).toHaveLength(600);
      expect(keys).toEqual(order === 'asc' ? keys.toSorted() : keys.toSorted().toReversed());
    }
  });

  it('counts what it lists, by any group and interval', async () => {
    const group = fc.subarray(['level', 'service', 'environment', 'metadata.code'] as const, {
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(
        filters,
        group,
        fc.constantFrom(undefined, 1, 10, 60, 420, 3_600),
        async (raw, groupBy, seconds) => {
          const filter = filterOf(raw);
          const intervalUs = seconds === undefined ? undefined : seconds * 1_000_000;
          const counts = new Map<string, number>();
          for (const log of expected(filter)) {
            const values = groupBy.map((field) =>
              field === 'metadata.code' ? String(log.metadata?.['code']) : log[field],
            );
            const time = intervalUs === undefined ? 0 : Math.floor(usOf(log) / intervalUs) * intervalUs;
            const key = JSON.stringify([time, ...values]);
            counts.set(key, (counts.get(key) ?? 0) + 1);
          }
          const request = {
            filter,
            groupBy,
            metric: 'count' as const,
            limit: 1_000,
            ...(intervalUs !== undefined && { intervalUs }),
          };
          const { buckets, total, totalRelation } = await reader.aggregate(tenant, request, options);
          const found = buckets.map(({ time, value, ...values }) => [
            JSON.stringify([
              time === undefined ? 0 : parseTimestampUs(time),
              ...groupBy.map((field) => values[field]),
            ]),
            value,
          ]);
          expect(Object.fromEntries(found as [string, number][])).toEqual(Object.fromEntries(counts));
          expect({ total, totalRelation }).toEqual({
            total: expected(filter).length,
            totalRelation: 'exact',
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives error rates and percentiles', async () => {
    const filter = { ...everything, services: ['web'] };
    const own = expected(filter);
    const rate = await reader.aggregate(
      tenant,
      { filter, groupBy: [], metric: 'error_rate', limit: 1 },
      options,
    );
    const errors = own.filter(({ level }) => level === 'error' || level === 'fatal').length;
    expect(rate.buckets[0]!.value).toBeCloseTo(errors / own.length, 12);
    const values = own.map(({ metadata }) => Number(metadata!['duration_ms'])).sort((a, b) => a - b);
    const request = { filter, groupBy: ['service'], metric: 'p95' as const, limit: 5 };
    const exact = await reader.aggregate(tenant, { ...request, field: 'duration_ms' }, options);
    const at = (values.length - 1) * 0.95;
    const low = values[Math.floor(at)]!;
    expect(exact.buckets[0]!.value).toBeCloseTo(low + (values[Math.ceil(at)]! - low) * (at % 1), 6);
    expect(exact).toMatchObject({ total: own.length, totalRelation: 'exact' });
    const estimate = await reader.aggregate(tenant, request, options);
    expect(estimate).toMatchObject({ total: own.length, totalRelation: 'estimate' });
    expect(Math.abs(estimate.buckets[0]!.value / low - 1)).toBeLessThan(0.06);
  });

  it('names the values of fields with their counts', async () => {
    const { fields } = await reader.fields(tenant, { ...everything, levels: ['fatal'] }, 4, options);
    const facet = (name: string) => fields.find(({ field }) => field === name)!;
    const own = expected({ ...everything, levels: ['fatal'] });
    expect(facet('level')).toEqual({
      field: 'level',
      values: [{ value: 'fatal', count: own.length }],
      totalRelation: 'exact',
    });
    expect(facet('service').values.reduce((sum, { count }) => sum + count, 0)).toBe(own.length);
    expect(facet('metadata.code').totalRelation).toBe('estimate');
    expect(facet('metadata.code').values).toHaveLength(4);
  });

  it('finds any log by its id, and nothing by another', async () => {
    for (const log of [all[0]!, all[3_333]!, all.at(-1)!]) {
      expect((await reader.get(tenant, log.id, options))?.message).toBe(log.message);
    }
    const { id } = all[50]!;
    expect(await reader.get(tenant, `${id.slice(0, -4)}ffff`, options)).toBeNull();
    expect(await reader.get(tenant, '00000000-0000-7000-8000-000000000000', options)).toBeNull();
    expect(await reader.get(tenant, 'not-an-id', options)).toBeNull();
    const other = await db.createTenant();
    expect(await reader.get(other, id, options)).toBeNull();
    expect(await reader.context(other, id, { before: 5, after: 5 }, options)).toBeNull();
  });

  it('shows the neighbours of a log in its service and environment, equal timestamps in order', async () => {
    for (const log of [all[0]!, all[1_234]!, all.find(({ service }) => service === 'rare')!, all.at(-1)!]) {
      const own = expected({ ...everything, services: [log.service], environments: [log.environment] });
      const at = own.findIndex(({ id }) => id === log.id);
      const found = await reader.context(tenant, log.id, { before: 4, after: 3 }, options);
      expect(idsOf(found!.before)).toEqual(idsOf(own.slice(at + 1, at + 5).toReversed()));
      expect(found!.log.id).toBe(log.id);
      expect(idsOf(found!.after)).toEqual(idsOf(own.slice(Math.max(0, at - 3), at).toReversed()));
    }
  });

  it('hands out commits in order, each block once', async () => {
    const latest = await reader.latestSeq(tenant, options);
    const seqs: number[] = [];
    const ids: string[] = [];
    for await (const { seq, records } of reader.committed(tenant, { from: 0, to: latest }, options)) {
      seqs.push(seq);
      ids.push(...idsOf(records));
    }
    expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
    expect(ids.toSorted()).toEqual(idsOf(all).toSorted());
    const from = seqs.at(-2)!;
    const rest: number[] = [];
    for await (const { seq } of reader.committed(tenant, { from, to: latest - 1 }, options)) rest.push(seq);
    expect(rest).toEqual([from]);
  });

  it('knows whether a commit has touched a range since', async () => {
    const latest = await reader.latestSeq(tenant, options);
    const range = { fromUs: (END - 5_000_000) * 1000, toUs: (END - 4_000_000) * 1000 };
    expect(await reader.hasCommitsAfter(tenant, latest, range, options)).toBe(false);
    expect(await reader.hasCommitsAfter(tenant, 0, range, options)).toBe(true);
    expect(await reader.hasCommitsAfter(tenant, latest - 1, range, options)).toBe(false);
  });

  it('keeps what older days hold out of every answer once it is past the retention', async () => {
    const short = await db.createTenant({ retentionDays: 7 });
    await logs.send(short, 's', [
      { message: 'old', timestamp: new Date(Date.now() - 6.999 * 86_400_000).toISOString() },
    ]);
    const filter = { fromUs: 0, toUs: Date.now() * 1000 };
    const page = { limit: 10, order: 'desc', total: true } as const;
    expect((await reader.list(short, filter, page, options)).logs).toHaveLength(1);
    await db.ownerPool.query(`UPDATE logs_7d SET ts = ts - interval '3 minutes' WHERE tenant_no = $1`, [
      short.tenantNo,
    ]);
    const late = await reader.list(short, filter, page, options);
    expect(late).toMatchObject({ logs: [], total: 0, totalRelation: 'exact' });
  });
});
