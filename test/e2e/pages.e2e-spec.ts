import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProduct, type ProductProcess } from './harness/product';

jest.setTimeout(60_000);

describe('what one port serves', () => {
  let product: ProductProcess;
  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(() => product.dispose());

  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${product.url}${path}`, init);

  it.each(['/', '/sign-in?token=x', '/explore/some/where'])(
    'answers %s with the explorer’s page, always asked for anew',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(await response.text()).toContain('<div id="root">');
    },
  );

  it('forbids inline scripts, foreign origins and framing', async () => {
    const { headers } = await get('/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('lets browsers keep the hashed files for ever', async () => {
    const page = await (await get('/')).text();
    const files = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const response = await get(file);
      await response.arrayBuffer();
      expect([response.status, response.headers.get('cache-control')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
    }
  });

  it.each([
    '/assets/gone.js',
    '/favicon.gone.png',
    '/api/v1/nothing',
    '/api',
    '/health/nothing',
    '/metrics/nothing',
  ])('answers %s with a problem and not with the page', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    await expect(response.json()).resolves.toMatchObject({
      code: 'not_found',
      requestId: response.headers.get('x-request-id'),
    });
  });

  it.each([
    '/..%2f..%2fpackage.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/index.html%00.js',
  ])('does not leave its folder for %s', async (path) => {
    const body = await (await get(path)).text();
    expect(body).not.toContain('"dependencies"');
  });

  it('takes over a sane request id and makes one otherwise', async () => {
    const sane = await get('/health', { headers: { 'x-request-id': 'trace-1234abcd' } });
    expect(sane.headers.get('x-request-id')).toBe('trace-1234abcd');
    const odd = await get('/health', { headers: { 'x-request-id': 'no spaces please' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('describes every route that docs/api.md names', async () => {
    const { paths } = (await (await get('/api/docs-json')).json()) as { paths: Record<string, object> };
    const documented = readFileSync(join(__dirname, '../../docs/api.md'), 'utf8').matchAll(
      /`(GET|POST|PUT|PATCH|DELETE) (\/[^ `?]+)/g,
    );
    const missing = [...documented]
      .map(([, method = '', path = '']) => ({ method: method.toLowerCase(), path }))
      .filter(({ method, path }) => !(method in (paths[path] ?? {})));
    expect(missing).toEqual([]);
    expect(Object.keys(paths).length).toBeGreaterThan(20);
    const page = await get('/api/docs');
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
  });

  it('shows its figures to Prometheus', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toMatch(/^process_resident_memory_bytes \d/m);
  });
});
