/** First back-off in ms; doubles with every failure. */
const BASE_DELAY_MS = 500;
/** Longest back-off in ms: how late the logger notices at most that the server is back. */
const MAX_DELAY_MS = 30_000;

/** Statuses worth another try: the request was fine, the moment was not. */
export function isRetryable(status: number): boolean {
  return status >= 500 || status === 429 || status === 408 || status === 425;
}

/**
 * Delay before the next try: exponential with full jitter, so that many hosts do not return all at once; at least
 * what the server asked for, plus up to a tenth (at most a second) against the same crowd.
 */
export function retryDelayMs(
  failures: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  if (retryAfterMs !== undefined) return retryAfterMs + random() * Math.min(1000, retryAfterMs / 10);
  return random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** Math.min(failures - 1, 16));
}

/** Retry-After as seconds or an HTTP date (RFC 9110 section 10.2.3); undefined when absent or unreadable. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
