import { LRUCache } from 'lru-cache';
import type { Cache } from '../cache';
import type { TenantContext } from '../tenant-context';

/** What an entry costs beside its text, bytes. */
const ENTRY_OVERHEAD_BYTES = 200;

/** Cache in the memory of this process, bounded in bytes; the entry used longest ago goes first. */
export class MemoryCache implements Cache {
  private readonly entries: LRUCache<string, string>;

  constructor(maxBytes: number) {
    this.entries = new LRUCache({
      maxSize: maxBytes,
      ttlResolution: 0,
      perf: { now: () => performance.now() },
      sizeCalculation: (value, key) => 2 * (value.length + key.length) + ENTRY_OVERHEAD_BYTES,
    });
  }

  get(tenant: TenantContext, key: string): Promise<string | undefined> {
    return Promise.resolve(this.entries.get(nameOf(tenant, key)));
  }

  set(tenant: TenantContext, key: string, value: string, ttlMs: number): Promise<void> {
    this.entries.set(nameOf(tenant, key), value, { ttl: ttlMs });
    return Promise.resolve();
  }

  dropTenant(tenant: TenantContext): Promise<void> {
    const prefix = nameOf(tenant, '');
    for (const name of this.entries.keys()) if (name.startsWith(prefix)) this.entries.delete(name);
    return Promise.resolve();
  }
}

/** A tenant id holds no space, so no key of one tenant can spell the name of another's. */
function nameOf(tenant: TenantContext, key: string): string {
  return `${tenant.tenantId} ${key}`;
}
