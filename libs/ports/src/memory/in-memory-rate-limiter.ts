import type { BucketSize, RateDecision, RateLimiter } from '../rate-limiter';
import type { TenantContext } from '../tenant-context';

/** What a bucket must hold for a request to be allowed. */
const MIN_TOKENS = 1;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Token buckets of one process. A bucket that is full again is forgotten. */
export class InMemoryRateLimiter implements RateLimiter {
  private readonly buckets = new Map<string, Bucket>();
  private sweepAtMs = 0;

  /** @param now clock in ms, monotonic */
  constructor(private readonly now: () => number = () => performance.now()) {}

  take(tenant: TenantContext, name: string, tokens: number, size: BucketSize): RateDecision {
    const nowMs = this.now();
    this.sweep(nowMs, size);
    const key = `${tenant.tenantId}:${name}`;
    let bucket = this.buckets.get(key);
    if (bucket === undefined) this.buckets.set(key, (bucket = { tokens: size.capacity, atMs: nowMs }));
    bucket.tokens = Math.min(
      size.capacity,
      bucket.tokens + ((nowMs - bucket.atMs) / 1000) * size.refillPerSecond,
    );
    bucket.atMs = nowMs;
    const allowed = bucket.tokens >= MIN_TOKENS;
    if (allowed) bucket.tokens -= tokens;
    const missing = allowed ? size.capacity - bucket.tokens : MIN_TOKENS - bucket.tokens;
    return {
      allowed,
      limit: size.capacity,
      remaining: Math.max(0, Math.floor(bucket.tokens)),
      resetMs: Math.ceil((missing / size.refillPerSecond) * 1000),
    };
  }

  private sweep(nowMs: number, size: BucketSize): void {
    if (nowMs < this.sweepAtMs) return;
    this.sweepAtMs = nowMs + 60_000;
    const fullAfterMs = (size.capacity / size.refillPerSecond) * 1000 + 60_000;
    for (const [key, bucket] of this.buckets) if (nowMs - bucket.atMs > fullAfterMs) this.buckets.delete(key);
  }
}
