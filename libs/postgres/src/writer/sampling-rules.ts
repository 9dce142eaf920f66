import type { SamplingRate } from '@logstead/pipeline';
import type { TenantContext } from '@logstead/ports';
import type { Database } from '../database';

/** A changed rule takes effect within this time. */
const MAX_AGE_MS = 5_000;

interface Rules {
  loadedMs: number;
  rate: SamplingRate | null;
}

/** The tenants' sampling rules, read again every few seconds; while the database is away the last known ones hold. */
export class SamplingRules {
  private readonly rules = new Map<string, Rules>();
  private readonly loading = new Map<string, Promise<void>>();

  constructor(private readonly database: Database) {}

  /** @returns null when everything is kept @throws AppError `store_unavailable` when they were never read */
  async of(tenant: TenantContext): Promise<SamplingRate | null> {
    const known = this.rules.get(tenant.tenantId);
    if (known === undefined) {
      await this.refresh(tenant);
      return this.rules.get(tenant.tenantId)?.rate ?? null;
    }
    if (performance.now() - known.loadedMs > MAX_AGE_MS) this.refresh(tenant).catch(() => {});
    return known.rate;
  }

  private refresh(tenant: TenantContext): Promise<void> {
    let loading = this.loading.get(tenant.tenantId);
    if (loading === undefined) {
      loading = this.load(tenant).finally(() => this.loading.delete(tenant.tenantId));
      this.loading.set(tenant.tenantId, loading);
    }
    return loading;
  }

  private async load(tenant: TenantContext): Promise<void> {
    const rows = await this.database.withTenant(tenant.tenantId, async (client) => {
      const result = await client.query<{ service: string | null; level: number; rate: number }>(
        'SELECT service, level, rate FROM sampling_rules',
      );
      return result.rows;
    });
    const rates = new Map(rows.map((row) => [`${row.level}:${row.service ?? ''}`, row.rate]));
    const rate: SamplingRate | null =
      rates.size === 0
        ? null
        : (service, level) => rates.get(`${level}:${service}`) ?? rates.get(`${level}:`);
    this.rules.set(tenant.tenantId, { loadedMs: performance.now(), rate });
  }
}
