import { AppError } from '@logstead/errors';
import type { TenantContext } from '@logstead/ports';
import type { Scope } from '@logstead/tenancy';
import type { Database } from '../database';

export interface ApiKeyRecord {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: Scope[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface ApiKeyToStore {
  readonly name: string;
  readonly prefix: string;
  readonly hash: Buffer;
  readonly scopes: readonly Scope[];
  /** The person who made it; null when made with a key. */
  readonly createdBy: string | null;
}

const COLUMNS = `id, name, prefix, scopes, created_at AS "createdAt", last_used_at AS "lastUsedAt",
  revoked_at AS "revokedAt"`;

/** The API keys of a tenant. Hashes cannot be read back: the role has no right to that column. */
export class PostgresApiKeyStore {
  constructor(private readonly database: Database) {}

  list(tenant: TenantContext): Promise<ApiKeyRecord[]> {
    return this.database.withTenant(tenant.tenantId, async (client) => {
      const { rows } = await client.query<ApiKeyRecord>(
        `SELECT ${COLUMNS} FROM api_keys WHERE tenant_id = $1 ORDER BY created_at DESC, id`,
        [tenant.tenantId],
      );
      return rows;
    });
  }

  /** @throws AppError `conflict` when the plan allows no further key */
  create(tenant: TenantContext, key: ApiKeyToStore): Promise<ApiKeyRecord> {
    return this.database.withTenant(tenant.tenantId, async (client) => {
      // Two requests at once must not both take the last place.
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('api_keys:' || $1, 0))`, [
        tenant.tenantId,
      ]);
      const count = await client.query<{ used: number; allowed: number }>(
        `SELECT (SELECT count(*) FROM api_keys k
                 WHERE k.tenant_id = t.id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()))
                  AS used, p.keys AS allowed
         FROM tenants t JOIN plans p ON p.name = t.plan WHERE t.id = $1`,
        [tenant.tenantId],
      );
      const { used = 0, allowed = 0 } = count.rows[0] ?? {};
      if (used >= allowed) {
        throw new AppError({
          code: 'conflict',
          message: `The plan of this tenant allows ${allowed} keys and all are in use. Revoke one first.`,
          details: { used, limit: allowed },
        });
      }
      const { rows } = await client.query<ApiKeyRecord>(
        `INSERT INTO api_keys (tenant_id, name, prefix, secret_hash, scopes, created_by)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
        [tenant.tenantId, key.name, key.prefix, key.hash, key.scopes, key.createdBy],
      );
      const created = rows[0];
      if (created === undefined) throw new Error('The key was not created');
      return created;
    });
  }

  /** False when the tenant has no such key. Revoking twice is fine. */
  revoke(tenant: TenantContext, id: string): Promise<boolean> {
    return this.database.withTenant(tenant.tenantId, async (client) => {
      const { rowCount } = await client.query(
        `UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE tenant_id = $1 AND id = $2`,
        [tenant.tenantId, id],
      );
      return rowCount === 1;
    });
  }
}
