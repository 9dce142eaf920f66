import type { ProductProcess } from './product';

/** A signed-in platform admin: the cookie and the CSRF token for unsafe requests. */
export interface AdminSession {
  readonly cookie: string;
  readonly csrfToken: string;
}

/** Signs in with the one-time link the product printed at its start; works once per start. */
export async function signInByLink(product: ProductProcess): Promise<AdminSession> {
  const token = /\/sign-in\?token=([A-Za-z0-9_-]+)/.exec(product.output)?.[1];
  if (token === undefined) throw new Error(`No sign-in link was printed:\n${product.output}`);
  const response = await fetch(`${product.url}/api/v1/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (!response.ok) throw new Error(`Signing in answered ${response.status}: ${await response.text()}`);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  const { csrfToken } = (await response.json()) as { csrfToken: string };
  return { cookie, csrfToken };
}

/** Makes another tenant and a key for it with scopes ingest and query. */
export async function createTenant(
  product: ProductProcess,
  admin: AdminSession,
  slug: string,
  plan: 'free' | 'pro' | 'enterprise' = 'enterprise',
): Promise<{ slug: string; key: string }> {
  await post(product, admin, '/api/v1/tenants', { name: slug, slug, plan });
  const { secret } = await post<{ secret: string }>(
    product,
    admin,
    '/api/v1/keys',
    { name: 'e2e', scopes: ['ingest', 'query'] },
    slug,
  );
  return { slug, key: secret };
}

async function post<T>(
  product: ProductProcess,
  admin: AdminSession,
  path: string,
  body: object,
  tenant?: string,
): Promise<T> {
  const response = await fetch(`${product.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      cookie: admin.cookie,
      'x-csrf-token': admin.csrfToken,
      ...(tenant !== undefined && { 'x-logstead-tenant': tenant }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`POST ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}
