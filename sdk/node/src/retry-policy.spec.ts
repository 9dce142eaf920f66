import { isRetryable, parseRetryAfter, retryDelayMs } from './retry-policy.ts';

describe('retry policy', () => {
  it('retries 408, 425, 429 and 5xx only', () => {
    expect([408, 425, 429, 500, 502, 503, 504].every(isRetryable)).toBe(true);
    expect([200, 202, 301, 400, 401, 403, 404, 413, 415, 422].some(isRetryable)).toBe(false);
  });

  it('backs off exponentially with full jitter up to 30 s', () => {
    expect(retryDelayMs(1, undefined, () => 1)).toBe(500);
    expect(retryDelayMs(3, undefined, () => 1)).toBe(2000);
    expect(retryDelayMs(50, undefined, () => 1)).toBe(30_000);
    expect(retryDelayMs(5, undefined, () => 0)).toBe(0);
  });

  it('waits at least as long as the server asks', () => {
    expect(retryDelayMs(1, 7000, () => 0)).toBe(7000);
    expect(retryDelayMs(1, 7000, () => 1)).toBe(7700);
  });

  it('reads Retry-After in seconds and as a date', () => {
    expect(parseRetryAfter('3', 0)).toBe(3000);
    expect(parseRetryAfter('0.5', 0)).toBe(500);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 4000)).toBe(6000);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 20_000)).toBe(0);
    expect(parseRetryAfter('soon', 0)).toBeUndefined();
    expect(parseRetryAfter(undefined, 0)).toBeUndefined();
  });
});
