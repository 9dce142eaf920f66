import type { TenantContext } from './tenant-context';

/** Query cache. Every key lives inside a tenant: an entry of one tenant cannot be asked for by another. */
export interface Cache {
  get(tenant: TenantContext, key: string): Promise<string | undefined>;
  set(tenant: TenantContext, key: string, value: string, ttlMs: number): Promise<void>;
  dropTenant(tenant: TenantContext): Promise<void>;
}
