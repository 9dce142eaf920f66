import type { TenantContext } from '@logstead/ports';
import type { Database } from '../database';

export interface SamplingRule {
  /** Null: every service that has no rule of its own for the level. */
  readonly service: string | null;
  /** Number of the level; below `error`. */
  readonly level: number;
  /** Share of the logs that is kept, 0 to 1. */
  readonly rate: number;
}

/** Sampling rules of a tenant. */
export class PostgresSamplingStore {
  constructor(private readonly database: Database) {}

  list(tenant: TenantContext): Promise<SamplingRule[]> {
    return this.database.withTenant(tenant.tenantId, async (client) => {
      const { rows } = await client.query<SamplingRule>(
        // Through text: 0.1 is stored as a 4-byte float and would come back as 0.10000000149.
        `SELECT service, level, rate::text::float8 AS rate FROM sampling_rules WHERE tenant_id = $1
         ORDER BY service NULLS FIRST, level`,
        [tenant.tenantId],
      );
      return rows;
    });
  }

  /** Replaces all rules of the tenant. */
  async replace(tenant: TenantContext, rules: readonly SamplingRule[]): Promise<void> {
    await this.database.withTenant(tenant.tenantId, async (client) => {
      await client.query('DELETE FROM sampling_rules WHERE tenant_id = $1', [tenant.tenantId]);
      await client.query(
        `INSERT INTO sampling_rules (tenant_id, service, level, rate)
         SELECT $1, * FROM unnest($2::text[], $3::smallint[], $4::real[])`,
        [
          tenant.tenantId,
          rules.map(({ service }) => service),
          rules.map(({ level }) => level),
          rules.map(({ rate }) => rate),
        ],
      );
    });
  }
}
