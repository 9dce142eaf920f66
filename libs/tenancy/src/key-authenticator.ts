import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '@logstead/errors';
import { Logger } from '@logstead/telemetry';
import { LRUCache } from 'lru-cache';
import {
  CREDENTIAL_STORE,
  type CredentialChange,
  type CredentialChangeFeed,
  type CredentialStore,
  type StoredCredential,
} from './credential-store';
import type { Credential } from './principal';
import { hashSecret } from './secret-token';

const MAX_CACHED_KEYS = 10_000;
const MAX_CACHED_UNKNOWN = 10_000;
/** A revocation is known everywhere within this time, notifications or not. */
const MAX_STALE_MS = 1_000;
/** Safety net: an entry is looked up again after this, however fresh the notifications are. */
const MAX_AGE_MS = 60_000;
const FLUSH_LAST_USED_MS = 10_000;
/** Form of every key, ours and given ones; anything else is not worth a look-up. */
const KEY_FORM = /^[A-Za-z0-9_-]{32,128}$/;

interface Entry {
  readonly credential: StoredCredential | null;
  /** `performance.now()` when the look-up began. */
  readonly checkedMs: number;
}

/**
 * Tells who an API key belongs to, from memory. An entry counts as long as every change up to one second ago is known
 * to have arrived; when the store falls silent, keys are looked up again after a second.
 */
@Injectable()
export class KeyAuthenticator implements OnApplicationShutdown {
  private readonly known = new LRUCache<string, Entry>({ max: MAX_CACHED_KEYS });
  /** Apart from the known ones, so that guessing keys does not push real ones out. */
  private readonly unknown = new LRUCache<string, Entry>({ max: MAX_CACHED_UNKNOWN });
  private readonly pending = new Map<string, Promise<StoredCredential | null>>();
  private readonly lastUsed = new Map<string, Date>();
  private readonly feed: CredentialChangeFeed;
  private readonly timer: NodeJS.Timeout;
  private changes = 0;

  constructor(
    @Inject(CREDENTIAL_STORE) private readonly store: CredentialStore,
    private readonly logger: Logger,
  ) {
    this.feed = store.watch((change) => this.forget(change));
    this.timer = setInterval(() => void this.flushLastUsed(), FLUSH_LAST_USED_MS).unref();
  }

  /**
   * @returns null when the key is unknown, revoked or expired
   * @throws AppError `forbidden` when its tenant is suspended, `store_unavailable`
   */
  async authenticate(key: string): Promise<Credential | null> {
    if (!KEY_FORM.test(key)) return null;
    const hash = hashSecret(key);
    const hashHex = hash.toString('hex');
    const stored = this.cached(hashHex) ?? (await this.lookUp(hashHex, hash));
    if (stored === null || stored === 'unknown') return null;
    if (stored.expiresAtMs !== null && stored.expiresAtMs <= Date.now()) return null;
    if (stored.suspended) {
      throw new AppError({
        code: 'forbidden',
        message: 'This tenant is suspended. Ask the operator of this installation.',
      });
    }
    this.lastUsed.set(stored.keyId, new Date());
    return stored;
  }

  /** Forgets at once what this process caches; other processes hear of changes from the store. */
  forget(change: CredentialChange): void {
    this.changes += 1;
    if (change.kind === 'key') {
      this.known.delete(change.hashHex);
      this.unknown.delete(change.hashHex);
      return;
    }
    if (change.kind === 'all') {
      this.known.clear();
      this.unknown.clear();
      return;
    }
    for (const [hashHex, { credential }] of this.known.entries()) {
      if (credential?.tenant.tenantId === change.tenantId) this.known.delete(hashHex);
    }
  }

  /** Writes down when keys were last used. Never throws: the next round tries again. */
  async flushLastUsed(): Promise<void> {
    if (this.lastUsed.size === 0) return;
    const batch = new Map(this.lastUsed);
    this.lastUsed.clear();
    try {
      await this.store.touchKeys(batch);
    } catch (err) {
      for (const [keyId, at] of batch) if (!this.lastUsed.has(keyId)) this.lastUsed.set(keyId, at);
      this.logger.debug({ err, keys: batch.size }, 'The times keys were last used could not be written');
    }
  }

  /** Called when the server takes no more requests. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flushLastUsed();
    await this.feed.stop();
  }

  private cached(hashHex: string): StoredCredential | 'unknown' | undefined {
    const entry = this.known.get(hashHex) ?? this.unknown.get(hashHex);
    if (entry === undefined) return undefined;
    const now = performance.now();
    const trustedUntil = Math.max(entry.checkedMs, this.feed.completeUntilMs) + MAX_STALE_MS;
    if (now >= trustedUntil || now >= entry.checkedMs + MAX_AGE_MS) return undefined;
    return entry.credential ?? 'unknown';
  }

  /** One look-up at a time per key, however many requests ask. */
  private lookUp(hashHex: string, hash: Buffer): Promise<StoredCredential | null> {
    const running = this.pending.get(hashHex);
    if (running) return running;
    const checkedMs = performance.now();
    const changes = this.changes;
    const result = this.store.keyByHash(hash).then((credential) => {
      // A change that arrived meanwhile may be newer than the answer: use the answer once, do not keep it.
      if (changes === this.changes)
        (credential ? this.known : this.unknown).set(hashHex, { credential, checkedMs });
      return credential;
    });
    const settled = result.finally(() => this.pending.delete(hashHex));
    this.pending.set(hashHex, settled);
    return settled;
  }
}
