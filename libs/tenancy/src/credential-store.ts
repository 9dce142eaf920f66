import type { Credential } from './principal';

export interface StoredCredential extends Credential {
  readonly suspended: boolean;
  readonly expiresAtMs: number | null;
}

/** What has changed for keys: forget what is cached of it. */
export type CredentialChange =
  | { readonly kind: 'key'; readonly hashHex: string }
  | { readonly kind: 'tenant'; readonly tenantId: string }
  /** Anything may have changed, for example while the connection was broken. */
  | { readonly kind: 'all' };

export interface CredentialChangeFeed {
  /** `performance.now()` up to which all changes have arrived; -Infinity before the first contact. */
  readonly completeUntilMs: number;
  stop(): Promise<void>;
}

/** Where keys are looked up. Implemented by `@logstead/postgres`. */
export interface CredentialStore {
  /** Null when unknown, revoked or expired. @throws AppError `store_unavailable` */
  keyByHash(hash: Buffer): Promise<StoredCredential | null>;
  touchKeys(lastUsed: ReadonlyMap<string, Date>): Promise<void>;
  watch(listener: (change: CredentialChange) => void): CredentialChangeFeed;
}

export const CREDENTIAL_STORE = Symbol('CredentialStore');
