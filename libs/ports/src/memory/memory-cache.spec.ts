import type { TenantContext, TenantId } from '../tenant-context';
import { MemoryCache } from './memory-cache';

const tenantOf = (n: number): TenantContext => ({
  tenantId: `t-${n}` as TenantId,
  tenantNo: n,
  retentionDays: 30,
});

describe('MemoryCache', () => {
  it('keeps tenants apart and drops one without the others', async () => {
    const cache = new MemoryCache(10_000);
    await cache.set(tenantOf(1), 'k', 'one', 1_000);
    await cache.set(tenantOf(11), 'k', 'eleven', 1_000);
    expect(await cache.get(tenantOf(1), 'k')).toBe('one');
    expect(await cache.get(tenantOf(2), 'k')).toBeUndefined();
    await cache.dropTenant(tenantOf(1));
    expect(await cache.get(tenantOf(1), 'k')).toBeUndefined();
    expect(await cache.get(tenantOf(11), 'k')).toBe('eleven');
  });

  it('forgets after the time to live', async () => {
    jest.useFakeTimers();
    // The clock of fake timers begins at 0, which the cache takes for no time at all.
    jest.advanceTimersByTime(1);
    const cache = new MemoryCache(10_000);
    await cache.set(tenantOf(1), 'k', 'v', 1_000);
    jest.advanceTimersByTime(1_001);
    expect(await cache.get(tenantOf(1), 'k')).toBeUndefined();
    jest.useRealTimers();
  });

  it('holds no more bytes than allowed, the oldest going first', async () => {
    const cache = new MemoryCache(100_000);
    for (let i = 0; i < 100; i++) await cache.set(tenantOf(1), `k${i}`, 'x'.repeat(1_000), 60_000);
    const kept = await Promise.all(Array.from({ length: 100 }, (_, i) => cache.get(tenantOf(1), `k${i}`)));
    const count = kept.filter((value) => value !== undefined).length;
    expect(count).toBeGreaterThan(30);
    expect(count * 2_200).toBeLessThanOrEqual(100_000);
    expect(kept[99]).toBeDefined();
    expect(kept[0]).toBeUndefined();
  });
});
