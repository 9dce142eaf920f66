import type { FirstRunKey, FirstRunStore } from '@logstead/tenancy';
import { Client } from 'pg';

/** Serialises first runs of processes that start together; any number of ours will do. */
const LOCK = 4_600_110_534;

const INSERT_KEY = `INSERT INTO api_keys (tenant_id, name, prefix, secret_hash, scopes, created_by)
  SELECT $1, $2, $3, $4, $5, (SELECT id FROM users WHERE platform_admin ORDER BY created_at, id LIMIT 1)
  ON CONFLICT (secret_hash) DO NOTHING`;

/** Works as the schema's owner, before the product serves requests. Each call uses a connection of its own. */
export class PostgresFirstRunStore implements FirstRunStore {
  constructor(private readonly ownerUrl: string) {}

  isEmpty(): Promise<boolean> {
    return this.transaction(async (client) => {
      const { rowCount } = await client.query('SELECT 1 FROM users LIMIT 1');
      return rowCount === 0;
    });
  }

  createFirstOwner(owner: Parameters<FirstRunStore['createFirstOwner']>[0]): Promise<boolean> {
    return this.transaction(async (client) => {
      const user = await client.query<{ id: string }>(
        `INSERT INTO users (email, name, password_hash, platform_admin)
         SELECT $1, $2, $3, true WHERE NOT EXISTS (SELECT FROM users) RETURNING id`,
        [owner.email, owner.name, owner.passwordHash],
      );
      const userId = user.rows[0]?.id;
      if (userId === undefined) return false;
      const tenantId = await ensureTenant(client, owner.tenant);
      await client.query(
        `INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'owner') ON CONFLICT DO NOTHING`,
        [tenantId, userId],
      );
      await insertKey(client, tenantId, owner.key);
      return true;
    });
  }

  async ensureTenantWithKey(tenant: { slug: string; name: string }, key: FirstRunKey): Promise<void> {
    await this.transaction(async (client) => {
      const tenantId = await ensureTenant(client, tenant);
      await client.query(
        `INSERT INTO memberships (tenant_id, user_id, role)
         SELECT $1, id, 'owner' FROM users WHERE platform_admin ORDER BY created_at, id LIMIT 1
         ON CONFLICT DO NOTHING`,
        [tenantId],
      );
      await insertKey(client, tenantId, key);
    });
  }

  addSignInLinks(hashes: readonly Buffer[], expiresAt: Date): Promise<{ email: string } | null> {
    return this.transaction(async (client) => {
      const { rows } = await client.query<{ id: string; email: string }>(
        'SELECT id, email FROM users WHERE platform_admin ORDER BY created_at, id LIMIT 1',
      );
      const admin = rows[0];
      if (admin === undefined) return null;
      await client.query('DELETE FROM sign_in_links WHERE user_id = $1 AND used_at IS NULL', [admin.id]);
      await client.query(
        'INSERT INTO sign_in_links (id, user_id, expires_at) SELECT unnest($1::bytea[]), $2, $3',
        [hashes, admin.id, expiresAt],
      );
      return { email: admin.email };
    });
  }

  private async transaction<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: this.ownerUrl, application_name: 'logstead-first-run' });
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } finally {
      await client.end();
    }
  }
}

async function ensureTenant(client: Client, tenant: { slug: string; name: string }): Promise<string> {
  await client.query(
    `INSERT INTO tenants (slug, name, plan) VALUES ($1, $2, 'enterprise') ON CONFLICT (slug) DO NOTHING`,
    [tenant.slug, tenant.name],
  );
  const { rows } = await client.query<{ id: string }>('SELECT id FROM tenants WHERE slug = $1', [
    tenant.slug,
  ]);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('The tenant was deleted while it was set up');
  return id;
}

/** A key that was revoked stays revoked. @throws Error when the key belongs to another tenant */
async function insertKey(client: Client, tenantId: string, key: FirstRunKey): Promise<void> {
  await client.query(INSERT_KEY, [tenantId, key.name, key.prefix, key.hash, key.scopes]);
  const { rows } = await client.query<{ tenant_id: string }>(
    'SELECT tenant_id FROM api_keys WHERE secret_hash = $1',
    [key.hash],
  );
  if (rows[0]?.tenant_id !== tenantId) {
    throw new Error('LOGSTEAD_BOOTSTRAP_API_KEY already belongs to another tenant');
  }
}
