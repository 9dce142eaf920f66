import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantContext } from '@logstead/ports';
import { createTestDatabase, type TestDatabase } from '@logstead/testing';
import { ReadSession, StatementTimeout } from './read-session';
import { ReaderSlots } from './reader-slots';

describe('ReadSession', () => {
  let db: TestDatabase;
  let tenant: TenantContext;
  const slots = new ReaderSlots({ total: 4, perTenant: 4, waitingPerTenant: 4 });
  beforeAll(async () => {
    db = await createTestDatabase();
    tenant = await db.createTenant();
  });
  afterAll(() => db.stop());

  const run = <T>(
    read: (session: ReadSession) => Promise<T>,
    deadlineMs = 10_000,
    signal = new AbortController().signal,
  ) => ReadSession.run(db.database, slots, tenant, { signal, deadlineMs }, read);
  const sleeping = async (): Promise<number> => {
    const { rows } = await db.ownerPool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%' AND datname = current_database()`,
    );
    return rows[0]!.n;
  };
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    for (let i = 0; !(await condition()); i++) {
      if (i > 500) throw new Error('The condition was not met in time');
      await sleep(10);
    }
  };

  it('cancels the statement in the database when the caller leaves, and the connection serves the next', async () => {
    const abort = new AbortController();
    const reading = run((session) => session.query('SELECT pg_sleep(60)', []), 60_000, abort.signal);
    const refused = expect(reading).rejects.toThrow('gone');
    await until(async () => (await sleeping()) === 1);
    abort.abort(new Error('gone'));
    await refused;
    await until(async () => (await sleeping()) === 0);
    for (let i = 0; i < 8; i++) expect(await run((session) => session.query('SELECT 1', []))).toEqual([[1]]);
  });

  it('ends what does not meet the deadline with query_timeout', async () => {
    await expect(run((session) => session.query('SELECT pg_sleep(60)', []), 100)).rejects.toMatchObject({
      code: 'query_timeout',
      details: { deadlineMs: 100 },
    });
    expect(await sleeping()).toBe(0);
    // Several short statements cannot outlast the deadline either.
    const many = run(async (session) => {
      for (;;) await session.query('SELECT pg_sleep(0.02)', []);
    }, 200);
    const startedAt = performance.now();
    await expect(many).rejects.toMatchObject({ code: 'query_timeout' });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('ends part of the work earlier, and says that no statement can follow', async () => {
    await run(async (session) => {
      expect(session.isUsable).toBe(true);
      await expect(session.within(50, () => session.query('SELECT pg_sleep(60)', []))).rejects.toThrow(
        StatementTimeout,
      );
      expect(session.isUsable).toBe(false);
    });
    expect(await run((session) => session.query('SELECT 1', []))).toEqual([[1]]);
  });

  it('sees one snapshot, and knows from when it is', async () => {
    const before = Date.now();
    await run(async (session) => {
      expect(Math.abs(session.asOfUs / 1000 - before)).toBeLessThan(2_000);
      const count = async (): Promise<number> =>
        (await session.query<[number]>('SELECT count(*) FROM tenants', []))[0]![0];
      const first = await count();
      await db.createTenant();
      expect(await count()).toBe(first);
    });
  });

  // A read-only transaction is what a standby has too, so the code is that of a store that cannot take writes.
  it('writes nothing', async () => {
    await expect(run((session) => session.query('CREATE TABLE x (a int)', []))).rejects.toMatchObject({
      code: 'store_unavailable',
    });
  });

  it('gives its slot back whatever happens', async () => {
    for (let i = 0; i < 6; i++)
      await expect(run(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect(await run((session) => session.query('SELECT 1', []))).toEqual([[1]]);
  });
});
