import type { TenantContext } from './tenant-context';

export interface BucketSize {
  /** Tokens that may be spent at once. */
  readonly capacity: number;
  /** Tokens that come back per second. */
  readonly refillPerSecond: number;
}

export interface RateDecision {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Until the request would be allowed (refused) or the bucket is full again (allowed). */
  readonly resetMs: number;
}

/** Token buckets per tenant and name. A request larger than the bucket is allowed when the bucket is full. */
export interface RateLimiter {
  take(
    tenant: TenantContext,
    name: string,
    tokens: number,
    size: BucketSize,
  ): RateDecision | Promise<RateDecision>;
}
