import type { TenantContext, TenantId } from '../tenant-context';
import { InMemoryRateLimiter } from './in-memory-rate-limiter';

const tenant = (id: string): TenantContext => ({ tenantId: id as TenantId, tenantNo: 1, retentionDays: 30 });
const SIZE = { capacity: 20, refillPerSecond: 10 };

describe('InMemoryRateLimiter', () => {
  let nowMs = 0;
  const limiter = new InMemoryRateLimiter(() => nowMs);
  beforeEach(() => {
    nowMs += 1e9;
  });

  it('allows up to the capacity and refuses the next until a token is back', () => {
    expect(limiter.take(tenant('a'), 'x', 20, SIZE)).toMatchObject({
      allowed: true,
      remaining: 0,
      limit: 20,
    });
    expect(limiter.take(tenant('a'), 'x', 1, SIZE)).toMatchObject({ allowed: false, resetMs: 100 });
    nowMs += 100;
    expect(limiter.take(tenant('a'), 'x', 1, SIZE)).toMatchObject({ allowed: true, remaining: 0 });
  });

  it('charges a request beyond the bucket in full, so that the rate holds on average', () => {
    expect(limiter.take(tenant('a'), 'x', 50, SIZE).allowed).toBe(true);
    expect(limiter.take(tenant('a'), 'x', 0, SIZE)).toMatchObject({ allowed: false, resetMs: 3100 });
    nowMs += 3100;
    expect(limiter.take(tenant('a'), 'x', 0, SIZE).allowed).toBe(true);
  });

  it('keeps tenants and names apart', () => {
    limiter.take(tenant('a'), 'x', 100, SIZE);
    expect(limiter.take(tenant('b'), 'x', 1, SIZE).allowed).toBe(true);
    expect(limiter.take(tenant('a'), 'y', 1, SIZE).allowed).toBe(true);
  });

  it('accepts no more than rate and burst allow, whatever the sizes', () => {
    let accepted = 0;
    for (let i = 0; i < 10_000; i++) {
      nowMs += 10;
      const tokens = (i % 7) + 1;
      if (limiter.take(tenant('c'), 'x', tokens, SIZE).allowed) accepted += tokens;
    }
    expect(accepted).toBeLessThanOrEqual(100 * SIZE.refillPerSecond + SIZE.capacity + 7);
    expect(accepted).toBeGreaterThan(990);
  });
});
