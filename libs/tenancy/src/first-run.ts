import type { Config } from '@logstead/config';
import type { Scope } from './access';
import { hashPassword } from './password';
import { hashSecret, newApiKey, newToken, prefixOfGivenKey } from './secret-token';

const LINK_HOURS = 24;
const DEFAULT_TENANT = 'default';

export interface FirstRunKey {
  readonly name: string;
  readonly prefix: string;
  readonly hash: Buffer;
  readonly scopes: readonly Scope[];
}

/** Writes of the first start, as the database's owner. Implemented by `@logstead/postgres`. */
export interface FirstRunStore {
  isEmpty(): Promise<boolean>;
  /** Makes the first user with a tenant and a key, in one transaction; false when another process was faster. */
  createFirstOwner(owner: {
    email: string;
    name: string;
    passwordHash: string | null;
    tenant: { slug: string; name: string };
    key: FirstRunKey;
  }): Promise<boolean>;
  /** Makes the tenant (plan enterprise, owned by the first platform admin) and its key, each when absent. */
  ensureTenantWithKey(tenant: { slug: string; name: string }, key: FirstRunKey): Promise<void>;
  /** New links for the first platform admin; earlier unused ones are void. Null when there is no such user. */
  addSignInLinks(hashes: readonly Buffer[], expiresAt: Date): Promise<{ email: string } | null>;
}

export interface FirstRunResult {
  readonly firstRun: boolean;
  /** For `/sign-in?token=…`; single use, 24 hours. Null when there is no platform admin. */
  readonly signInToken: string | null;
  /** A second one, for tools of whoever may read the data folder, so that they do not use up the first. */
  readonly localToken: string | null;
  readonly adminEmail: string | null;
  /** An ingest key of the first tenant: on the first run only, unless one was given by the environment. */
  readonly apiKey: string | null;
}

/**
 * What a start needs before anybody can sign in or send. On an empty database: the owner and a tenant, which is the
 * bootstrap tenant when one is configured, else `default`. On every start: the bootstrap tenant and key when absent,
 * and a fresh one-time sign-in link.
 */
export async function ensureFirstRun(config: Config, store: FirstRunStore): Promise<FirstRunResult> {
  const given = bootstrapOf(config);
  let firstRun = false;
  let apiKey: string | null = null;
  if (await store.isEmpty()) {
    const made = newApiKey();
    const email = config.adminEmail.toLowerCase();
    firstRun = await store.createFirstOwner({
      email,
      name: email.split('@')[0] ?? email,
      passwordHash: config.adminPassword === undefined ? null : await hashPassword(config.adminPassword),
      tenant: given?.tenant ?? { slug: DEFAULT_TENANT, name: 'Default' },
      key: given?.key ?? { name: 'First key', prefix: made.prefix, hash: made.hash, scopes: ['ingest'] },
    });
    if (firstRun && given === null) apiKey = made.key;
  }
  if (given !== null) await store.ensureTenantWithKey(given.tenant, given.key);
  const [token, localToken] = [newToken(), newToken()];
  const expiresAt = new Date(Date.now() + LINK_HOURS * 3_600_000);
  const admin = await store.addSignInLinks([token, localToken].map(hashSecret), expiresAt);
  return {
    firstRun,
    signInToken: admin && token,
    localToken: admin && localToken,
    adminEmail: admin?.email ?? null,
    apiKey,
  };
}

function bootstrapOf(config: Config): { tenant: { slug: string; name: string }; key: FirstRunKey } | null {
  const { bootstrapTenant: slug, bootstrapApiKey: key } = config;
  if (slug === undefined || key === undefined) return null;
  return {
    tenant: { slug, name: slug },
    key: {
      name: 'Bootstrap key',
      prefix: prefixOfGivenKey(key),
      hash: hashSecret(key),
      scopes: ['ingest', 'query'],
    },
  };
}
