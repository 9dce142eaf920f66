/** Injection tokens of the ports; the app that composes a process provides one implementation of each. */
export const COMMIT_FEED = Symbol('CommitFeed');
export const RATE_LIMITER = Symbol('RateLimiter');
export const CACHE = Symbol('Cache');
export const LOG_READER = Symbol('LogReader');
export const LOG_BUS = Symbol('LogBus');
