import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '@logstead/config';
import { AppError } from '@logstead/errors';
import { ACCOUNT_STORE, type AccountStore } from './account-store';
import { hashPassword, verifyPassword } from './password';
import type { Session } from './principal';
import { hashSecret, newToken } from './secret-token';
import { SignInThrottle } from './sign-in-throttle';

const HOUR_MS = 3_600_000;
/** However busy, a session ends this long after it was opened (or after the idle time, when that is longer). */
const MAX_SESSION_MS = 30 * 24 * HOUR_MS;
/** Sliding expiry is written at most this often per session. */
const TOUCH_EVERY_MS = 60_000;
/** Form of our tokens: 256 bits as base64url. */
const TOKEN_FORM = /^[A-Za-z0-9_-]{43}$/;

/** Where a sign-in comes from. */
export interface SignInOrigin {
  readonly address: string;
  readonly agent: string;
  /** The session token the browser already has; that session ends. */
  readonly currentToken: string | undefined;
}

/** @throws AppError `store_unavailable` from every method */
@Injectable()
export class SessionService {
  private readonly throttle = new SignInThrottle();

  constructor(
    @Inject(ACCOUNT_STORE) private readonly store: AccountStore,
    private readonly config: Config,
  ) {}

  /**
   * Opens a session with a new token, whatever token the browser brought (session fixation).
   * @returns the token for the cookie
   * @throws AppError `unauthenticated`, the same for an unknown account and a wrong password; `rate_limited`
   */
  async signIn(email: string, password: string, origin: SignInOrigin): Promise<string> {
    const account = email.trim().toLowerCase();
    this.throttle.begin(account, origin.address);
    const user = await this.store.userByEmail(account);
    const matches = await verifyPassword(user?.passwordHash ?? null, password);
    if (user === null || !matches) {
      throw new AppError({ code: 'unauthenticated', message: 'E-mail address or password is wrong.' });
    }
    this.throttle.succeed(account, origin.address);
    return this.open(user.id, 'password', origin);
  }

  /** @throws AppError `unauthenticated` when the link is unknown, used or expired */
  async signInByLink(linkToken: string, origin: SignInOrigin): Promise<string> {
    const userId = TOKEN_FORM.test(linkToken) ? await this.store.useLink(hashSecret(linkToken)) : null;
    if (userId === null) {
      throw new AppError({
        code: 'unauthenticated',
        message:
          'This sign-in link is unknown, was used or has expired. Each start of Logstead prints a new one.',
      });
    }
    return this.open(userId, 'link', origin);
  }

  /** The live session of a cookie's token, its expiry moved on; null when there is none. */
  async resolve(token: string): Promise<Session | null> {
    if (!TOKEN_FORM.test(token)) return null;
    const session = await this.store.session(hashSecret(token));
    if (session === null) return null;
    const now = Date.now();
    if (now - session.lastSeenAt.getTime() < TOUCH_EVERY_MS) return session;
    const expiresAt = this.expiry(now, session.createdAt.getTime());
    await this.store.touchSession(session.hash, expiresAt);
    return expiresAt > session.expiresAt ? { ...session, expiresAt } : session;
  }

  async signOut(session: Session): Promise<void> {
    await this.store.closeSession(session.hash);
  }

  /**
   * Sets the password and ends the user's other sessions. A session opened by link need not know the current one.
   * @throws AppError `forbidden` when the current password is missing or wrong, `rate_limited`
   */
  async changePassword(
    session: Session,
    current: string | undefined,
    next: string,
    address: string,
  ): Promise<void> {
    if (session.openedBy !== 'link' || current !== undefined) {
      this.throttle.begin(session.user.email, address);
      const stored = await this.store.passwordOfSession(session.hash);
      if (!(await verifyPassword(stored, current ?? ''))) {
        throw new AppError({ code: 'forbidden', message: 'The current password is wrong.' });
      }
      this.throttle.succeed(session.user.email, address);
    }
    const changed = await this.store.setPassword(session.hash, await hashPassword(next));
    if (!changed)
      throw new AppError({ code: 'unauthenticated', message: 'The session has ended. Sign in again.' });
  }

  private async open(userId: string, openedBy: 'password' | 'link', origin: SignInOrigin): Promise<string> {
    const token = newToken();
    const now = Date.now();
    await this.store.openSession({
      hash: hashSecret(token),
      userId,
      csrfSecret: randomBytes(32),
      openedBy,
      address: origin.address,
      agent: origin.agent,
      expiresAt: this.expiry(now, now),
      replaces: origin.currentToken === undefined ? null : hashSecret(origin.currentToken),
    });
    return token;
  }

  private expiry(nowMs: number, createdMs: number): Date {
    const idleMs = this.config.sessionHours * HOUR_MS;
    return new Date(Math.min(nowMs + idleMs, createdMs + Math.max(MAX_SESSION_MS, idleMs)));
  }
}
