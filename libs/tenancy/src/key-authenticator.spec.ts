import type { TenantId } from '@logstead/ports';
import { createLogger } from '@logstead/telemetry';
import type { CredentialChange, CredentialStore, StoredCredential } from './credential-store';
import { KeyAuthenticator } from './key-authenticator';
import { hashSecret, newApiKey } from './secret-token';

const hexOf = (key: string) => hashSecret(key).toString('hex');

/** Keys in memory, with the feed of changes under the test's control. */
class FakeStore implements CredentialStore {
  readonly keys = new Map<string, StoredCredential>();
  readonly touched: ReadonlyMap<string, Date>[] = [];
  lookUps = 0;
  /** When set, look-ups wait for it. */
  gate: Promise<void> | null = null;
  fail = false;
  feed = { completeUntilMs: Number.NEGATIVE_INFINITY, stop: () => Promise.resolve() };
  announce: (change: CredentialChange) => void = () => undefined;

  add(key: string, more: Partial<StoredCredential> = {}): void {
    this.keys.set(hexOf(key), {
      keyId: `id-of-${key.slice(0, 6)}`,
      tenant: { tenantId: 'tenant-1' as TenantId, tenantNo: 1, retentionDays: 30 },
      slug: 'acme',
      scopes: ['ingest'],
      limits: { logsPerSecond: 1, bytesPerSecond: 1, queryRows: 1, querySeconds: 1, tails: 1 },
      suspended: false,
      expiresAtMs: null,
      ...more,
    });
  }

  async keyByHash(hash: Buffer): Promise<StoredCredential | null> {
    this.lookUps += 1;
    const found = this.keys.get(hash.toString('hex')) ?? null;
    await this.gate;
    if (this.fail) throw new Error('away');
    return found;
  }

  touchKeys(lastUsed: ReadonlyMap<string, Date>): Promise<void> {
    if (this.fail) return Promise.reject(new Error('away'));
    this.touched.push(lastUsed);
    return Promise.resolve();
  }

  watch(listener: (change: CredentialChange) => void) {
    this.announce = listener;
    return this.feed;
  }
}

describe('KeyAuthenticator', () => {
  let store: FakeStore;
  let keys: KeyAuthenticator;
  const { key } = newApiKey();
  const other = newApiKey().key;

  beforeEach(() => {
    jest.useFakeTimers();
    store = new FakeStore();
    keys = new KeyAuthenticator(store, createLogger({ level: 'silent' }));
  });
  afterEach(async () => {
    await keys.onApplicationShutdown();
    jest.useRealTimers();
  });

  /** Time passes while every change is heard of. */
  const passListening = (ms: number) => {
    jest.advanceTimersByTime(ms);
    store.feed.completeUntilMs = performance.now();
  };

  it('looks a key up once and answers from memory after', async () => {
    store.add(key);
    await keys.authenticate(key);
    for (let i = 0; i < 20; i += 1) {
      passListening(1000);
      expect(await keys.authenticate(key)).toMatchObject({ slug: 'acme', scopes: ['ingest'] });
    }
    expect(store.lookUps).toBe(1);
  });

  it('remembers unknown keys as well', async () => {
    for (let i = 0; i < 5; i += 1) expect(await keys.authenticate(key)).toBeNull();
    expect(store.lookUps).toBe(1);
  });

  it('asks once for many requests at once', async () => {
    store.add(key);
    await Promise.all(Array.from({ length: 50 }, () => keys.authenticate(key)));
    expect(store.lookUps).toBe(1);
  });

  it('does not look up what cannot be a key', async () => {
    for (const nonsense of [
      '',
      'short',
      'k'.repeat(31),
      'k'.repeat(129),
      `${'k'.repeat(40)}\n`,
      'ключ'.repeat(10),
    ]) {
      expect(await keys.authenticate(nonsense)).toBeNull();
    }
    expect(store.lookUps).toBe(0);
  });

  it.each<[string, (hashHex: string) => CredentialChange]>([
    ['the key changes', (hashHex) => ({ kind: 'key', hashHex })],
    ['its tenant changes', () => ({ kind: 'tenant', tenantId: 'tenant-1' })],
    ['anything may have changed', () => ({ kind: 'all' })],
  ])('forgets when %s', async (_what, change) => {
    store.add(key);
    await keys.authenticate(key);
    store.keys.clear();
    store.announce(change(hexOf(key)));
    expect(await keys.authenticate(key)).toBeNull();
  });

  it('keeps other keys when one changes', async () => {
    store.add(key);
    store.add(other, { tenant: { tenantId: 'tenant-2' as TenantId, tenantNo: 2, retentionDays: 7 } });
    await keys.authenticate(key);
    await keys.authenticate(other);
    store.announce({ kind: 'key', hashHex: hexOf(other) });
    store.announce({ kind: 'tenant', tenantId: 'tenant-2' });
    await keys.authenticate(key);
    expect(store.lookUps).toBe(2);
  });

  it('lets a key in at once that was unknown before', async () => {
    expect(await keys.authenticate(key)).toBeNull();
    store.add(key);
    store.announce({ kind: 'key', hashHex: hexOf(key) });
    expect(await keys.authenticate(key)).not.toBeNull();
  });

  it('looks up again after a second when nothing proves that changes still arrive', async () => {
    store.add(key);
    await keys.authenticate(key);
    jest.advanceTimersByTime(999);
    await keys.authenticate(key);
    expect(store.lookUps).toBe(1);
    store.keys.clear();
    jest.advanceTimersByTime(1);
    expect(await keys.authenticate(key)).toBeNull();
  });

  it('looks up again after a minute in any case', async () => {
    store.add(key);
    await keys.authenticate(key);
    passListening(59_999);
    await keys.authenticate(key);
    expect(store.lookUps).toBe(1);
    passListening(1);
    await keys.authenticate(key);
    expect(store.lookUps).toBe(2);
  });

  it('does not keep an answer that a change overtook', async () => {
    store.add(key);
    let open: () => void = () => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const early = keys.authenticate(key);
    store.keys.clear();
    store.announce({ kind: 'key', hashHex: hexOf(key) });
    store.gate = null;
    open();
    await early;
    expect(await keys.authenticate(key)).toBeNull();
  });

  it('refuses a key whose time has come, also from memory', async () => {
    store.add(key, { expiresAtMs: Date.now() + 500 });
    expect(await keys.authenticate(key)).not.toBeNull();
    jest.advanceTimersByTime(500);
    expect(await keys.authenticate(key)).toBeNull();
    expect(store.lookUps).toBe(1);
  });

  it('says that a tenant is suspended', async () => {
    store.add(key, { suspended: true });
    await expect(keys.authenticate(key)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('passes on that the store is away, and asks again', async () => {
    store.add(key);
    store.fail = true;
    await expect(keys.authenticate(key)).rejects.toThrow('away');
    store.fail = false;
    expect(await keys.authenticate(key)).not.toBeNull();
  });

  it('does not let guesses push out real keys', async () => {
    store.add(key);
    await keys.authenticate(key);
    for (let i = 0; i < 11_000; i += 1) await keys.authenticate(`guess-${String(i).padStart(40, '0')}`);
    const before = store.lookUps;
    await keys.authenticate(key);
    expect(store.lookUps).toBe(before);
  });

  it('writes down last uses in batches and tries again after a failure', async () => {
    store.add(key);
    store.add(other);
    await keys.authenticate(key);
    await keys.authenticate(other);
    await keys.authenticate(key);
    store.fail = true;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(store.touched).toEqual([]);
    store.fail = false;
    await jest.advanceTimersByTimeAsync(10_000);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(store.touched.map((batch) => batch.size)).toEqual([
      new Set([key.slice(0, 6), other.slice(0, 6)]).size,
    ]);
  });
});
