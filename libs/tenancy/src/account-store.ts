import type { Session } from './principal';

export interface NewSession {
  readonly hash: Buffer;
  readonly userId: string;
  readonly csrfSecret: Buffer;
  readonly openedBy: 'password' | 'link';
  readonly address: string;
  readonly agent: string;
  readonly expiresAt: Date;
  /** The session the browser had before; it ends. */
  readonly replaces: Buffer | null;
}

/** Where people and sessions are kept. Implemented by `@logstead/postgres`. @throws AppError `store_unavailable` */
export interface AccountStore {
  userByEmail(email: string): Promise<{ id: string; passwordHash: string | null } | null>;
  /** The user of a link that was not used and has not expired; the link is used up. */
  useLink(hash: Buffer): Promise<string | null>;
  openSession(session: NewSession): Promise<void>;
  session(hash: Buffer): Promise<Session | null>;
  touchSession(hash: Buffer, expiresAt: Date): Promise<void>;
  closeSession(hash: Buffer): Promise<void>;
  passwordOfSession(hash: Buffer): Promise<string | null>;
  /** Ends the user's other sessions and voids their links. */
  setPassword(sessionHash: Buffer, passwordHash: string): Promise<boolean>;
}

export const ACCOUNT_STORE = Symbol('AccountStore');
