import type { TenantContext } from '@logstead/ports';
import { createTestDatabase, type TestDatabase } from '@logstead/testing';

/** The log tables and what belongs to them: isolated by the store API, see migration 0003. */
const LOG_TABLES = /^(?:logs|log_blocks|rollups|latency|idempotency_keys|schema_migrations)/;

/** How the rows of a table name their tenant, for tables the application may read. */
const OF_TENANT: Readonly<Record<string, string>> = {
  tenants: 'id = $1::uuid',
  memberships: 'tenant_id = $1::uuid',
  users: 'id IN (SELECT user_id FROM memberships WHERE tenant_id = $1::uuid)',
  api_keys: 'tenant_id = $1::uuid',
  services: 'tenant_id = $1::uuid',
  environments: 'tenant_id = $1::uuid',
  sampling_rules: 'tenant_id = $1::uuid',
  ingest_rejections: 'tenant_no = (SELECT no FROM tenants WHERE id = $1::uuid)',
};
/** Not readable at all, and tables that hold nothing of any tenant. */
const CLOSED = ['sessions', 'sign_in_links', 'installation_secrets'];
const SHARED = ['plans'];
/** A transaction without a tenant sees these: the writer counts the rejections of many tenants at once. */
const OPEN_WITHOUT_TENANT = ['ingest_rejections'];

describe('row-level security', () => {
  let db: TestDatabase;
  let mine: TenantContext;
  let theirs: TenantContext;
  let metadataTables: string[];

  beforeAll(async () => {
    db = await createTestDatabase();
    mine = await db.createTenant({ slug: 'mine' });
    theirs = await db.createTenant({ slug: 'theirs' });
    for (const { tenantId, tenantNo } of [mine, theirs]) {
      const fill = [
        `INSERT INTO users (email, name) VALUES ('p${tenantNo}@example.com', 'P')`,
        `INSERT INTO memberships SELECT '${tenantId}', id, 'owner' FROM users WHERE email = 'p${tenantNo}@example.com'`,
        `INSERT INTO sessions (id, user_id, csrf_secret, opened_by, expires_at)
         SELECT sha256(email::bytea), id, 'x', 'link', now() + interval '1 h' FROM users WHERE email = 'p${tenantNo}@example.com'`,
        `INSERT INTO sign_in_links (id, user_id, expires_at) SELECT sha256(email::bytea), id, now() + interval '1 h'
         FROM users WHERE email = 'p${tenantNo}@example.com'`,
        `INSERT INTO api_keys (tenant_id, name, prefix, secret_hash, scopes)
         VALUES ('${tenantId}', 'k', 'lsk_x', sha256('${tenantId}'), '{query}')`,
        `INSERT INTO services (tenant_id, name) VALUES ('${tenantId}', 'payment')`,
        `INSERT INTO environments (tenant_id, name) VALUES ('${tenantId}', 'production')`,
        `INSERT INTO sampling_rules VALUES ('${tenantId}', NULL, 10, 0.5)`,
        `INSERT INTO ingest_rejections VALUES (date_trunc('hour', now()), ${tenantNo}, 'message_missing', 1, 1, 'x')`,
      ];
      for (const sql of fill) await db.ownerPool.query(sql);
    }
    await db.ownerPool.query(`INSERT INTO installation_secrets VALUES ('test', 'x')`);
    const { rows } = await db.ownerPool.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
    );
    metadataTables = rows.map(({ name }) => name).filter((name) => !LOG_TABLES.test(name));
  });
  afterAll(() => db.stop());

  const countAs = (tenantId: string, sql: string, values: unknown[] = []) =>
    db.database.withTenant(tenantId, async (client) => (await client.query(sql, values)).rowCount);

  it('covers every metadata table, also against the owner, and this test knows them all', async () => {
    expect([...metadataTables].sort()).toEqual([...Object.keys(OF_TENANT), ...CLOSED, ...SHARED].sort());
    const { rows } = await db.ownerPool.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relname = ANY($1) AND NOT (relrowsecurity AND relforcerowsecurity)`,
      [metadataTables],
    );
    expect(rows).toEqual([]);
  });

  it.each(Object.entries(OF_TENANT))(
    'shows a tenant its own rows of %s when the filter is forgotten',
    async (table, own) => {
      const all = await db.ownerPool.query(`SELECT 1 FROM ${table}`);
      const seen = await countAs(mine.tenantId, `SELECT 1 FROM ${table}`);
      const seenOwn = await countAs(mine.tenantId, `SELECT 1 FROM ${table} WHERE ${own}`, [mine.tenantId]);
      const seenForeign = await countAs(mine.tenantId, `SELECT 1 FROM ${table} WHERE ${own}`, [
        theirs.tenantId,
      ]);
      expect([all.rowCount, seen, seenOwn, seenForeign]).toEqual([2, 1, 1, 0]);
    },
  );

  it.each(Object.keys(OF_TENANT))('shows nothing of %s without a tenant', async (table) => {
    const { rowCount } = await db.database.control.query(`SELECT 1 FROM ${table}`);
    expect(rowCount).toBe(OPEN_WITHOUT_TENANT.includes(table) ? 2 : 0);
    // After a transaction with a tenant the connection has none again.
    for (let i = 0; i < 10; i += 1) await countAs(mine.tenantId, 'SELECT 1');
    const afterwards = await db.database.control.query(`SELECT 1 FROM ${table}`);
    expect(afterwards.rowCount).toBe(rowCount);
  });

  it.each(CLOSED)('lets the application read, write and delete nothing of %s', async (table) => {
    for (const sql of [
      `SELECT 1 FROM ${table}`,
      `DELETE FROM ${table}`,
      `UPDATE ${table} SET created_at = now()`,
    ]) {
      await expect(countAs(mine.tenantId, sql)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it.each([
    ['api_keys', 'SELECT secret_hash FROM api_keys'],
    ['users', 'SELECT password_hash FROM users'],
    ['users', 'SELECT * FROM users'],
    ['users', `UPDATE users SET platform_admin = true`],
    ['tenants', `UPDATE tenants SET plan = 'enterprise'`],
    ['plans', `UPDATE plans SET logs_per_second = 1`],
    ['memberships', `UPDATE memberships SET role = 'owner'`],
    ['memberships', `INSERT INTO memberships SELECT current_tenant_id(), id, 'owner' FROM users`],
    ['api_keys', `UPDATE api_keys SET tenant_id = gen_random_uuid()`],
    ['api_keys', `DELETE FROM api_keys`],
    ['schema_migrations', 'SELECT 1 FROM schema_migrations'],
  ])('gives the application no right on %s to: %s', async (_table, sql) => {
    await expect(countAs(mine.tenantId, sql)).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    ['services', `INSERT INTO services (tenant_id, name) VALUES ($1, 'x')`],
    ['environments', `INSERT INTO environments (tenant_id, name) VALUES ($1, 'x')`],
    ['sampling_rules', `INSERT INTO sampling_rules VALUES ($1, 'x', 10, 1)`],
    [
      'api_keys',
      `INSERT INTO api_keys (tenant_id, name, prefix, secret_hash, scopes) VALUES ($1, 'k', 'p', sha256('n'), '{admin}')`,
    ],
    [
      'ingest_rejections',
      `INSERT INTO ingest_rejections SELECT now(), ${2147483647}, 'x', 1, 1, $1::uuid::text`,
    ],
  ])('refuses rows of %s for another tenant', async (_table, sql) => {
    await expect(countAs(mine.tenantId, sql, [theirs.tenantId])).rejects.toMatchObject({ code: '42501' });
  });

  it('changes and deletes only own rows when the filter is forgotten', async () => {
    expect(await countAs(mine.tenantId, 'UPDATE api_keys SET revoked_at = now()')).toBe(1);
    expect(await countAs(mine.tenantId, 'DELETE FROM sampling_rules')).toBe(1);
    const { rows } = await db.ownerPool.query<{ tenant_id: string }>(
      'SELECT tenant_id FROM api_keys WHERE revoked_at IS NULL UNION ALL SELECT tenant_id FROM sampling_rules',
    );
    expect(rows).toEqual([{ tenant_id: theirs.tenantId }, { tenant_id: theirs.tenantId }]);
  });

  it('owns nothing and is no superuser', async () => {
    const { rows } = await db.ownerPool.query(
      `SELECT 1 FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'logstead_app'
       UNION ALL SELECT 1 FROM pg_roles WHERE rolname = 'logstead_app' AND (rolsuper OR rolbypassrls OR rolcreaterole)`,
    );
    expect(rows).toEqual([]);
  });

  it('fixes the search path of every function that runs as the owner, and closes it to the public', async () => {
    const { rows } = await db.ownerPool.query<{ name: string }>(
      `SELECT proname AS name FROM pg_proc p
       WHERE pronamespace = 'public'::regnamespace AND prosecdef
         AND (NOT coalesce(array_to_string(proconfig, ';'), '') ~ 'search_path=(pg_catalog, )?public, pg_temp(;|$)'
              OR has_function_privilege('public', p.oid, 'EXECUTE'))`,
    );
    expect(rows).toEqual([]);
  });
});
