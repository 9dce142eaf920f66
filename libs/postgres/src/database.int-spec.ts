import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@logstead/testing';

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.stop());

describe('Database', () => {
  it.each(['control', 'reader', 'writer'] as const)(
    'connects the %s pool as the role that owns nothing',
    async (pool) => {
      const { rows } = await test.database[pool].query<{ role: string; name: string }>(
        `SELECT current_user AS role, current_setting('application_name') AS name`,
      );
      expect(rows).toEqual([{ role: 'logstead_app', name: `logstead-${pool}` }]);
    },
  );

  it('reads 64-bit integers as numbers while they are exact, and as text beyond', async () => {
    const { rows } = await test.database.reader.query<Record<string, unknown>>(
      'SELECT 9007199254740991::bigint AS exact, 9007199254740993::bigint AS large, -5::bigint AS negative',
    );
    expect(rows).toEqual([{ exact: 9007199254740991, large: '9007199254740993', negative: -5 }]);
  });

  it('shows a transaction the rows of its tenant only, and nothing without one', async () => {
    const [a, b] = [await test.createTenant(), await test.createTenant()];
    const slugs = await test.database.withTenant(a.tenantId, async (client) => {
      const { rows } = await client.query<{ id: string }>('SELECT id FROM tenants');
      return rows.map(({ id }) => id);
    });
    expect(slugs).toEqual([a.tenantId]);
    expect(slugs).not.toContain(b.tenantId);
    expect((await test.database.control.query('SELECT id FROM tenants')).rows).toEqual([]);
  });

  it('rolls back and frees the connection when the function throws', async () => {
    const tenant = await test.createTenant();
    for (let round = 0; round < 20; round++) {
      await expect(
        test.database.withTenant(tenant.tenantId, async (client) => {
          await client.query(`INSERT INTO services (tenant_id, name) VALUES ($1, $2)`, [
            tenant.tenantId,
            randomUUID(),
          ]);
          throw new Error('changed my mind');
        }),
      ).rejects.toThrow('changed my mind');
    }
    const count = await test.database.withTenant(
      tenant.tenantId,
      async (client) => (await client.query('SELECT 1 FROM services')).rowCount,
    );
    expect(count).toBe(0);
  });

  it('refuses to write rows of another tenant', async () => {
    const [a, b] = [await test.createTenant(), await test.createTenant()];
    await expect(
      test.database.withTenant(a.tenantId, (client) =>
        client.query(`INSERT INTO services (tenant_id, name) VALUES ($1, 'x')`, [b.tenantId]),
      ),
    ).rejects.toThrow(/row-level security/);
  });

  it('fails statements of a broken connection with store_unavailable and works again at once', async () => {
    const pending = test.database.reader.query('SELECT pg_sleep(30)');
    const rejection = expect(pending).rejects.toMatchObject({ code: 'store_unavailable' });
    let ended = 0;
    while (ended === 0) {
      const { rowCount } = await test.ownerPool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'logstead-reader' AND state = 'active' AND datname = current_database()`,
      );
      ended = rowCount ?? 0;
    }
    await rejection;
    await expect(test.database.reader.query('SELECT 1 AS one')).resolves.toMatchObject({
      rows: [{ one: 1 }],
    });
  });
});
