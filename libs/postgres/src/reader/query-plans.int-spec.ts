import type { Position, ReadOptions, TenantContext } from '@logstead/ports';
import { parseQuery } from '@logstead/query-language';
import { createTestDatabase, type TestDatabase, TestLogs } from '@logstead/testing';
import type { PoolClient } from 'pg';
import { NameDirectory } from './name-directory';
import { PostgresLogReader } from './postgres-log-reader';
import { ReaderSlots } from './reader-slots';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const NOON = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;

/** Statements a client sends, with the plans the database makes for them. */
function recordPlans(client: PoolClient): string[] {
  const plans: string[] = [];
  const original = client.query.bind(client) as (query: unknown) => Promise<{ rows: unknown[] }>;
  client.query = (async (query: { text?: string; values?: unknown[] }) => {
    if (query.text?.startsWith('SELECT') === true) {
      const { rows } = await original({ text: `EXPLAIN ${query.text}`, values: query.values });
      plans.push((rows as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN']).join('\n'));
    }
    return original(query);
  }) as never;
  return plans;
}

describe('plans of reads', () => {
  let db: TestDatabase;
  let tenant: TenantContext;
  let reader: PostgresLogReader;
  const options: ReadOptions = { signal: new AbortController().signal, deadlineMs: 20_000 };
  const yesterday = { fromUs: (NOON - 600_000) * 1000, toUs: (NOON + 600_000) * 1000 };
  const page = { limit: 20, order: 'desc', total: false } as const;

  beforeAll(async () => {
    db = await createTestDatabase();
    tenant = await db.createTenant();
    const other = await db.createTenant();
    const logs = new TestLogs(db);
    for (const owner of [tenant, other]) {
      for (const day of [0, 1, 2]) {
        for (let i = 0; i < 8; i++) {
          const start = NOON - day * DAY_MS + (i - 4) * 60_000;
          const batch = Array.from({ length: 1_000 }, (_, k) => ({
            timestamp: start + k * 60,
            message: `request ${k} took ${(i * k) % 977} ms ${k === 500 && i === 2 ? 'needle' : ''}`,
          }));
          await logs.send(owner, `s${i % 3}`, batch);
        }
      }
    }
    await logs.stop();
    await db.ownerPool.query('ANALYZE');
    const slots = new ReaderSlots({ total: 6, perTenant: 4, waitingPerTenant: 50 });
    reader = new PostgresLogReader(db.database, slots, new NameDirectory(db.database));
    // Loads the names, so that only statements on logs are recorded.
    await reader.list(tenant, yesterday, page, options);
  });
  afterAll(() => db.stop());

  async function plansOf(read: () => Promise<unknown>): Promise<string> {
    const client = await db.database.reader.connect();
    const plans = recordPlans(client);
    client.release();
    // Idle clients are given out last in, first out.
    await read();
    delete (client as { query?: unknown }).query;
    expect(plans.length).toBeGreaterThan(0);
    return plans.join('\n\n');
  }

  const partitionsOf = (plans: string): Set<string> => new Set(plans.match(/\blogs_30d_p\d{8}\b/g));

  it('walks the index in order and reads one day for a range within it', async () => {
    const after: Position = { tsUs: NOON * 1000, id: 'ffffffff-0000-7000-8000-000000000000' };
    for (const filter of [yesterday, { ...yesterday, services: ['s1'] }]) {
      const plans = await plansOf(() => reader.list(tenant, filter, { ...page, after }, options));
      expect(plans).toMatch(/Index Scan using logs_30d_p\d+_tenant_no_ts_id_idx/);
      expect(plans).toMatch(/Index Cond: .*ROW\(ts, id\) < ROW/);
      expect(plans).not.toMatch(/Sort|Seq Scan on logs_30d|Gather/);
      expect(partitionsOf(plans).size).toBe(1);
    }
  });

  it('goes through days in order without sorting them together', async () => {
    const filter = { fromUs: (NOON - 3 * DAY_MS) * 1000, toUs: (NOON + DAY_MS) * 1000 };
    for (const order of ['asc', 'desc'] as const) {
      const plans = await plansOf(() => reader.list(tenant, filter, { ...page, order }, options));
      expect(plans).not.toMatch(/Sort|Merge Append/);
      expect(partitionsOf(plans).size).toBe(3);
    }
  });

  it('goes from the blooms to a block and from the block to its rows', async () => {
    const plans = await plansOf(() =>
      reader.list(tenant, { ...yesterday, query: parseQuery('needle') }, page, options),
    );
    expect(plans).toMatch(/on log_blocks_30d_p\d+/);
    expect(plans).toMatch(/Index Cond: .*ts >= b\.lo.*id >= b\.id_min/);
    expect(plans).not.toMatch(/Seq Scan on logs_30d/);
    expect(partitionsOf(plans).size).toBe(1);
  });

  it('adds up rollups for totals and charts, and reads rows only at the ragged ends', async () => {
    const request = {
      filter: { ...yesterday, fromUs: yesterday.fromUs + 1_234 },
      groupBy: ['level'],
      metric: 'count',
      limit: 10,
    } as const;
    const plans = await plansOf(() => reader.aggregate(tenant, request, options));
    expect(plans).toMatch(/rollups_1m_30d/);
    expect(plans).not.toMatch(/Seq Scan on logs_30d/);
  });

  it('finds an id through the index of blocks', async () => {
    const { logs } = await reader.list(tenant, yesterday, page, options);
    const plans = await plansOf(() => reader.get(tenant, logs[3]!.id, options));
    expect(plans).toMatch(/Index Scan using log_blocks_30d_p\d+_tenant_no_id_max_idx/);
    expect(plans).toMatch(/Index Cond: .*id = '/);
    expect(plans).not.toMatch(/Seq Scan on logs_30d/);
  });
});
