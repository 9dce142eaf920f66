import type {
  CredentialChange,
  CredentialChangeFeed,
  CredentialStore,
  Scope,
  StoredCredential,
} from '@logstead/tenancy';
import type { Database } from '../database';
import { CredentialChangeListener } from './credential-change-listener';
import { type LimitColumns, planLimits, tenantContext } from './plan-limits';

interface KeyRow extends LimitColumns {
  readonly key_id: string;
  readonly scopes: Scope[];
  readonly expires_at: Date | null;
  readonly tenant_id: string;
  readonly tenant_no: number;
  readonly slug: string;
  readonly retention_days: number;
  readonly state: string;
}

/** API keys as the database knows them. */
export class PostgresCredentialStore implements CredentialStore {
  constructor(private readonly database: Database) {}

  async keyByHash(hash: Buffer): Promise<StoredCredential | null> {
    const { rows } = await this.database.control.query<KeyRow>('SELECT * FROM auth_key($1)', [hash]);
    const row = rows[0];
    if (row === undefined) return null;
    return {
      keyId: row.key_id,
      tenant: tenantContext(row.tenant_id, row.tenant_no, row.retention_days),
      slug: row.slug,
      scopes: row.scopes,
      limits: planLimits(row),
      suspended: row.state !== 'active',
      expiresAtMs: row.expires_at?.getTime() ?? null,
    };
  }

  async touchKeys(lastUsed: ReadonlyMap<string, Date>): Promise<void> {
    await this.database.control.query('SELECT auth_touch_keys($1::uuid[], $2::timestamptz[])', [
      [...lastUsed.keys()],
      [...lastUsed.values()].map((at) => at.toISOString()),
    ]);
  }

  watch(listener: (change: CredentialChange) => void): CredentialChangeFeed {
    return new CredentialChangeListener(this.database, listener);
  }
}
