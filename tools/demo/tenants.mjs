import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPANIES } from './world.mjs';

/**
 * @typedef {{ company: import('./world.mjs').Company, key: string, retentionDays: number }} DemoTenant
 * @typedef {{ endpoint: string, slug: string, key: string, retentionDays: number }} SavedKey
 */

const KEYS_FILE = 'demo-keys.json';
/** The running product keeps a sign-in link for whoever may read its data folder. */
const LINK_FILE = 'admin-link';
/** Retention of a key's tenant that is not known: the shortest there is. */
const SHORTEST_RETENTION_DAYS = 7;

/**
 * One tenant per company, with a key that the server takes: given ones, the ones kept from last time, or new ones
 * made as platform admin.
 * @param {import('./options.mjs').DemoOptions} options @returns {Promise<DemoTenant[]>}
 */
export async function findTenants(options) {
  const companies = COMPANIES.slice(0, options.tenants);
  const retentionDays = options.retentionDays ?? SHORTEST_RETENTION_DAYS;
  if (options.keys.length > 0) {
    return companies.map((company, i) => ({ company, key: options.keys[i] ?? '', retentionDays }));
  }
  const file = join(options.dataDir, KEYS_FILE);
  const saved = readSaved(file).filter(({ endpoint }) => endpoint === options.endpoint);
  const working = await Promise.all(
    saved.map(async (entry) => ((await isAccepted(entry)) ? entry : undefined)),
  );
  /** @type {Map<string, SavedKey>} */
  const known = new Map();
  for (const entry of working) if (entry !== undefined) known.set(entry.slug, entry);
  const missing = companies.filter(({ slug }) => !known.has(slug));
  if (missing.length > 0) {
    const admin = await signIn(options);
    for (const company of missing)
      known.set(company.slug, await makeTenant(admin, options.endpoint, company));
    await admin.request('DELETE', '/api/v1/session');
    const others = readSaved(file).filter(({ endpoint }) => endpoint !== options.endpoint);
    mkdirSync(options.dataDir, { recursive: true });
    writeFileSync(file, `${JSON.stringify([...others, ...known.values()], null, 2)}\n`, { mode: 0o600 });
  }
  return companies.map((company) => {
    const { key, retentionDays: days } = /** @type {SavedKey} */ (known.get(company.slug));
    return { company, key, retentionDays: days };
  });
}

/** @param {string} file @returns {SavedKey[]} */
function readSaved(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

/** Whether the server still knows the key: an empty batch changes nothing. @param {SavedKey} saved */
async function isAccepted({ endpoint, key }) {
  const response = await fetch(`${endpoint}/api/v1/logs/ingest`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: '{"service":"demo","environment":"demo","logs":[]}',
  });
  return response.status !== 401 && response.status !== 403;
}

/** A signed-in session. */
class Admin {
  /** @param {string} endpoint @param {string} cookie @param {string} csrfToken */
  constructor(endpoint, cookie, csrfToken) {
    this.endpoint = endpoint;
    this.headers = { cookie, 'x-csrf-token': csrfToken };
  }

  /** @param {string} method @param {string} path @param {unknown} [body] @param {string} [tenant] slug */
  async request(method, path, body, tenant) {
    const response = await fetch(this.endpoint + path, {
      method,
      headers: {
        ...this.headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(tenant === undefined ? {} : { 'x-logstead-tenant': tenant }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  }
}

/** @param {import('./options.mjs').DemoOptions} options @returns {Promise<Admin>} */
async function signIn(options) {
  for (const attempt of attempts(options)) {
    const response = await fetch(options.endpoint + attempt.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(attempt.body),
    });
    if (response.ok) {
      const cookie = response.headers
        .getSetCookie()
        .map((entry) => entry.split(';')[0])
        .join('; ');
      const { user, csrfToken } =
        /** @type {{ user: { email: string, platformAdmin: boolean }, csrfToken: string }} */ (
          await response.json()
        );
      if (user.platformAdmin !== true) throw new Error(`${user.email} is no platform admin`);
      return new Admin(options.endpoint, cookie, csrfToken);
    }
    if (attempt.given)
      throw new Error(`${attempt.what} was refused with ${response.status}: ${await response.text()}`);
  }
  throw new Error(
    'the demo needs a way in: --admin-link with the sign-in link that npm start prints, --email and --password of a ' +
      'platform admin, or --key with an ingest key',
  );
}

/** @param {import('./options.mjs').DemoOptions} options */
function* attempts({ adminLink, email, password, dataDir }) {
  const byLink = (/** @type {string} */ link) => ({
    path: '/api/v1/session/link',
    body: { token: tokenOf(link) },
  });
  if (adminLink !== undefined) {
    yield { ...byLink(adminLink), what: '--admin-link', given: true };
  }
  const file = join(dataDir, LINK_FILE);
  const link = readIfThere(file);
  if (link !== undefined) yield { ...byLink(link), what: file, given: false };
  if (email !== undefined && password !== undefined) {
    yield { path: '/api/v1/session', body: { email, password }, what: 'e-mail and password', given: true };
  }
}

/** @param {string} link the whole address or its token */
function tokenOf(link) {
  return /[?&]token=([^&\s]+)/.exec(link)?.[1] ?? link.trim();
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** @param {Admin} admin @param {string} endpoint @param {import('./world.mjs').Company} company @returns {Promise<SavedKey>} */
async function makeTenant(admin, endpoint, { slug, name }) {
  /** @typedef {{ slug: string, retentionDays: number }} Tenant */
  const { tenants } = /** @type {{ tenants: Tenant[] }} */ (await admin.request('GET', '/api/v1/tenants'));
  let tenant = tenants.find((candidate) => candidate.slug === slug);
  if (tenant === undefined) {
    // The largest plan: a back-fill is faster than any tenant's ordinary rate.
    const made = await admin.request('POST', '/api/v1/tenants', { slug, name, plan: 'enterprise' });
    ({ tenant } = /** @type {{ tenant: Tenant }} */ (made));
  }
  const key = { name: 'Demo', scopes: ['ingest', 'query'] };
  const { secret } = /** @type {{ secret: string }} */ (
    await admin.request('POST', '/api/v1/keys', key, slug)
  );
  return { endpoint, slug, key: secret, retentionDays: tenant.retentionDays };
}
