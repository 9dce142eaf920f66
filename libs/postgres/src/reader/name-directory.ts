import type { TenantContext } from '@logstead/ports';
import type { Database } from '../database';

export interface RegisteredName {
  readonly id: number;
  readonly name: string;
  /** RFC 3339. */
  readonly firstSeen: string;
}

export interface NamesOfTenant {
  readonly services: readonly RegisteredName[];
  readonly environments: readonly RegisteredName[];
}

interface Entry {
  readonly serviceNames: ReadonlyMap<number, string>;
  readonly environmentNames: ReadonlyMap<number, string>;
  readonly serviceIds: ReadonlyMap<string, number>;
  readonly environmentIds: ReadonlyMap<string, number>;
}

/** Tenants whose names are kept; beyond it the one added first is dropped. */
const MAX_TENANTS = 1_000;

/**
 * Numbers and names of a tenant's services and environments. Names are never renamed or removed, so what is known
 * stays true; a name or number that is not known is looked up again.
 */
export class NameDirectory {
  private readonly entries = new Map<number, Entry>();

  constructor(private readonly database: Database) {}

  /** All names, as the database has them now. @throws AppError `store_unavailable` */
  async list(tenant: TenantContext): Promise<NamesOfTenant> {
    return this.database.withTenant(tenant.tenantId, async (client) => {
      const select = (table: string): string =>
        `SELECT id, name, to_char(first_seen AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "firstSeen"
           FROM ${table} WHERE tenant_id = $1 ORDER BY name COLLATE "C"`;
      const services = await client.query<RegisteredName>(select('services'), [tenant.tenantId]);
      const environments = await client.query<RegisteredName>(select('environments'), [tenant.tenantId]);
      return { services: services.rows, environments: environments.rows };
    });
  }

  /** Numbers of the services of these names; names the tenant does not have are left out. */
  serviceIds(tenant: TenantContext, names: readonly string[]): Promise<number[]> {
    return this.idsOf(tenant, names, 'serviceIds');
  }

  environmentIds(tenant: TenantContext, names: readonly string[]): Promise<number[]> {
    return this.idsOf(tenant, names, 'environmentIds');
  }

  /** Names for the numbers of rows just read; every number is known to the tenant. */
  async namesFor(
    tenant: TenantContext,
    serviceIds: Iterable<number>,
    environmentIds: Iterable<number>,
  ): Promise<{ service(id: number): string; environment(id: number): string }> {
    let entry = this.entries.get(tenant.tenantNo);
    const isComplete = (known: Entry): boolean =>
      every(serviceIds, (id) => known.serviceNames.has(id)) &&
      every(environmentIds, (id) => known.environmentNames.has(id));
    if (entry === undefined || !isComplete(entry)) entry = await this.load(tenant);
    const { serviceNames, environmentNames } = entry;
    return {
      service: (id) => serviceNames.get(id) ?? '',
      environment: (id) => environmentNames.get(id) ?? '',
    };
  }

  private async idsOf(
    tenant: TenantContext,
    names: readonly string[],
    kind: 'serviceIds' | 'environmentIds',
  ): Promise<number[]> {
    let entry = this.entries.get(tenant.tenantNo);
    if (entry === undefined || !names.every((name) => entry![kind].has(name)))
      entry = await this.load(tenant);
    const ids = names.map((name) => entry[kind].get(name)).filter((id) => id !== undefined);
    return [...new Set(ids)].sort((a, b) => a - b);
  }

  private async load(tenant: TenantContext): Promise<Entry> {
    const { services, environments } = await this.list(tenant);
    const entry: Entry = {
      serviceNames: new Map(services.map(({ id, name }) => [id, name])),
      environmentNames: new Map(environments.map(({ id, name }) => [id, name])),
      serviceIds: new Map(services.map(({ id, name }) => [name, id])),
      environmentIds: new Map(environments.map(({ id, name }) => [name, id])),
    };
    const oldest = this.entries.size >= MAX_TENANTS ? this.entries.keys().next().value : undefined;
    if (oldest !== undefined) this.entries.delete(oldest);
    this.entries.set(tenant.tenantNo, entry);
    return entry;
  }
}

function every(values: Iterable<number>, test: (value: number) => boolean): boolean {
  for (const value of values) if (!test(value)) return false;
  return true;
}
