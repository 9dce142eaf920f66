import { AppError } from '@logstead/errors';
import { LRUCache } from 'lru-cache';

const WINDOW_MS = 15 * 60_000;
const MAX_TRACKED = 20_000;

/** Failures within the window before further tries are refused. */
const LIMITS = {
  /** One account from one address: somebody guesses, or has forgotten. */
  pair: 10,
  /** All accounts from one address: a list of stolen passwords is tried. */
  address: 100,
  /** One account from anywhere; high, because anybody can cause it for anybody. */
  account: 500,
} as const;

interface Failures {
  count: number;
  /** ms since the epoch. */
  readonly until: number;
}

/** Slows down guessing of passwords. Known and unknown accounts are treated alike. In memory of the process. */
export class SignInThrottle {
  private readonly failures = new LRUCache<string, Failures>({ max: MAX_TRACKED });

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * Counts a try as failed before its outcome is known, so that tries made at once are counted too.
   * @throws AppError `rate_limited`
   */
  begin(account: string, address: string): void {
    const now = this.now();
    const keys = this.keys(account, address);
    for (const [key, limit] of keys) {
      const failures = this.failures.get(key);
      if (failures && failures.until > now && failures.count >= limit) {
        throw new AppError({
          code: 'rate_limited',
          message: 'Too many failed sign-ins. Wait, or use a sign-in link.',
          retryAfterMs: failures.until - now,
        });
      }
    }
    for (const [key] of keys) {
      const failures = this.failures.get(key);
      if (failures && failures.until > now) failures.count += 1;
      else this.failures.set(key, { count: 1, until: now + WINDOW_MS });
    }
  }

  /** The try begun last was right: it does not count, and the account's own failures from here are forgotten. */
  succeed(account: string, address: string): void {
    for (const [key] of this.keys(account, address)) {
      const failures = this.failures.get(key);
      if (failures) failures.count = key.startsWith('pair:') ? 0 : Math.max(0, failures.count - 1);
    }
  }

  private keys(account: string, address: string): [string, number][] {
    return [
      [`pair:${account}\n${address}`, LIMITS.pair],
      [`address:${address}`, LIMITS.address],
      [`account:${account}`, LIMITS.account],
    ];
  }
}
