import type { TenantContext } from '@logstead/ports';
import type { Database } from '../database';

export interface RejectionRecord {
  readonly hour: Date;
  readonly code: string;
  readonly count: number;
  readonly bytes: number;
  /** The beginning of one rejected record. */
  readonly sample: string;
}

/** What was turned away and why. */
export class PostgresRejectionStore {
  constructor(private readonly database: Database) {}

  /** By hour, newest first, the most frequent reason first within an hour. */
  list(tenant: TenantContext, hours: number): Promise<RejectionRecord[]> {
    return this.database.withTenant(tenant.tenantId, async (client) => {
      const { rows } = await client.query<RejectionRecord>(
        `SELECT date_trunc('hour', bucket) AS hour, code, sum(count)::bigint AS count, sum(bytes)::bigint AS bytes,
                (array_agg(sample ORDER BY bucket DESC))[1] AS sample
         FROM ingest_rejections
         WHERE tenant_no = $1 AND bucket > now() - make_interval(hours => $2)
         GROUP BY 1, 2 ORDER BY 1 DESC, 3 DESC, 2`,
        [tenant.tenantNo, hours],
      );
      return rows;
    });
  }
}
