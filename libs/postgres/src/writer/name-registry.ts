import type { NameNumbers, RowNames } from '@logstead/pipeline';
import type { TenantContext } from '@logstead/ports';
import type { Database } from '../database';

type Kind = 'services' | 'environments';

/** The registered names of one tenant, both ways. */
export class TenantNames implements RowNames {
  readonly services = new Map<string, number>();
  readonly environments = new Map<string, number>();
  private readonly serviceNames = new Map<number, string>();
  private readonly environmentNames = new Map<number, string>();

  add(kind: Kind, name: string, id: number): void {
    this[kind].set(name, id);
    (kind === 'services' ? this.serviceNames : this.environmentNames).set(id, name);
  }

  serviceName(serviceId: number): string {
    return this.serviceNames.get(serviceId) ?? '';
  }

  environmentName(envId: number): string {
    return this.environmentNames.get(envId) ?? '';
  }
}

/** Tenants whose names are kept in memory; the least recently used are read again when they send. */
const MAX_TENANTS = 2_000;

/** Gives services and environments their numbers; the first log of a name registers it. */
export class NameRegistry {
  private readonly tenants = new Map<string, TenantNames>();
  private readonly loading = new Map<string, Promise<TenantNames>>();

  /** @param maxServices names of one kind a tenant may have, so that a name made of ids cannot fill the catalogue */
  constructor(
    private readonly database: Database,
    private readonly maxServices: number,
  ) {}

  /** @throws AppError `store_unavailable` */
  async of(
    tenant: TenantContext,
  ): Promise<TenantNames & { services: NameNumbers; environments: NameNumbers }> {
    const known = this.tenants.get(tenant.tenantId);
    if (known !== undefined) return known;
    let loading = this.loading.get(tenant.tenantId);
    if (loading === undefined) {
      loading = this.load(tenant).finally(() => this.loading.delete(tenant.tenantId));
      this.loading.set(tenant.tenantId, loading);
    }
    return loading;
  }

  /** Names of a tenant that has sent since the start, by its number; used to decode what was just committed. */
  byTenantNo(tenantNo: number): RowNames | undefined {
    return this.byNo.get(tenantNo);
  }

  private readonly byNo = new Map<number, TenantNames>();

  private async load(tenant: TenantContext): Promise<TenantNames> {
    const names = new TenantNames();
    await this.database.withTenant(tenant.tenantId, async (client) => {
      for (const kind of ['services', 'environments'] as const) {
        const { rows } = await client.query<{ id: number; name: string }>(`SELECT id, name FROM ${kind}`);
        for (const row of rows) names.add(kind, row.name, row.id);
      }
    });
    if (this.tenants.size >= MAX_TENANTS) {
      const [oldest] = this.tenants.keys();
      if (oldest !== undefined) this.tenants.delete(oldest);
    }
    this.tenants.set(tenant.tenantId, names);
    this.byNo.set(tenant.tenantNo, names);
    return names;
  }

  /**
   * Registers names seen for the first time, up to the limit of the tenant.
   * @returns the names there was no room for
   * @throws AppError `store_unavailable`
   */
  async register(tenant: TenantContext, kind: Kind, seen: readonly string[]): Promise<string[]> {
    const names = await this.of(tenant);
    const room = Math.max(0, this.maxServices - names[kind].size);
    const newNames = seen.slice(0, room);
    if (newNames.length === 0) return [...seen];
    await this.database.withTenant(tenant.tenantId, async (client) => {
      await client.query(
        `INSERT INTO ${kind} (tenant_id, name) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`,
        [tenant.tenantId, [...newNames].sort()],
      );
      const { rows } = await client.query<{ id: number; name: string }>(
        `SELECT id, name FROM ${kind} WHERE name = ANY ($1)`,
        [newNames],
      );
      for (const row of rows) names.add(kind, row.name, row.id);
    });
    return seen.slice(room);
  }
}
