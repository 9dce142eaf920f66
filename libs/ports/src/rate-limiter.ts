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

/**
 * Token buckets per tenant and name. A request is allowed while its bucket holds a token and is charged in full, beyond
 * zero if need be; the debt is paid off before the next is allowed. So a request can be refused before it is read, and
 * the rate holds on average. Taking 0 tokens only asks.
 */
export interface RateLimiter {
  take(
    tenant: TenantContext,
    name: string,
    tokens: number,
    size: BucketSize,
  ): RateDecision | Promise<RateDecision>;
}
