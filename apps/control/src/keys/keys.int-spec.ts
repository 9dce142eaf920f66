import { setTimeout as sleep } from 'node:timers/promises';
import { ControlApp } from '../control-app.fixture';

interface KeyBody {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

describe('API keys', () => {
  let control: ControlApp;
  let owner: { cookie: string; csrf: string };
  beforeAll(async () => {
    control = await ControlApp.start();
    owner = await control.signIn();
    await control.call('POST', '/api/v1/tenants', { ...owner, body: { name: 'Other', slug: 'other' } });
  });
  afterAll(() => control.close());

  const list = async (tenant = 'default') =>
    (
      await control.call<{ keys: KeyBody[] }>('GET', '/api/v1/keys', {
        ...owner,
        headers: { 'x-logstead-tenant': tenant },
      })
    ).body.keys;
  const query = (key: string) => control.call('GET', '/probe/query', { key });
  const ingest = (key: string) => control.call('POST', '/probe/ingest', { key });

  it('are shown once', async () => {
    const answer = await control.call<{ key: KeyBody; secret: string }>('POST', '/api/v1/keys', {
      ...owner,
      body: { name: ' Payment ', scopes: ['ingest', 'query'] },
    });
    expect(answer.status).toBe(201);
    expect(answer.body.secret).toMatch(/^lsk_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}$/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body.key).toMatchObject({
      name: 'Payment',
      scopes: ['ingest', 'query'],
      lastUsedAt: null,
      revokedAt: null,
    });
    expect(answer.body.secret.startsWith(`${answer.body.key.prefix}_`)).toBe(true);
    expect(answer.body.key.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const secret = answer.body.secret.split('_')[2] ?? '';
    expect(JSON.stringify(await list())).not.toContain(secret);
    const { rows } = await control.db.ownerPool.query<{ row: string }>(
      'SELECT k::text AS row FROM api_keys k',
    );
    expect(rows.map(({ row }) => row).join()).not.toContain(secret);
  });

  it('work as X-API-Key and as bearer, and say when they were last used', async () => {
    const key = await control.createKey(owner, ['query']);
    expect((await query(key.secret)).status).toBe(200);
    const bearer = await control.call('GET', '/probe/query', {
      headers: { authorization: `Bearer ${key.secret}` },
    });
    expect(bearer.status).toBe(200);
    const used = (await list()).find(({ id }) => id === key.id)?.lastUsedAt ?? '';
    expect(Math.abs(Date.parse(used) - Date.now())).toBeLessThan(5000);
  });

  it.each([
    ['ingest', 200, 403],
    ['query', 403, 200],
    ['admin', 403, 403],
  ])('with scope %s alone: ingest %i, query %i', async (scope, ingestStatus, queryStatus) => {
    const { secret } = await control.createKey(owner, [scope]);
    const [asIngest, asQuery] = [await ingest(secret), await query(secret)];
    expect([asIngest.status, asQuery.status]).toEqual([ingestStatus, queryStatus]);
    const keys = await control.call('GET', '/api/v1/keys', { key: secret });
    expect(keys.status).toBe(scope === 'admin' ? 200 : 403);
    expect((await control.call('GET', '/api/v1/session', { key: secret })).status).toBe(403);
    expect((await control.call('GET', '/api/v1/tenants', { key: secret })).status).toBe(403);
  });

  it('are refused everywhere within a second of a revocation', async () => {
    const other = await ControlApp.start({}, control.db);
    try {
      const key = await control.createKey(owner, ['query']);
      const there = () => other.call('GET', '/probe/query', { key: key.secret });
      expect([(await query(key.secret)).status, (await there()).status]).toEqual([200, 200]);
      const revoked = await control.call('DELETE', `/api/v1/keys/${key.id}`, owner);
      expect(revoked.status).toBe(204);
      expect((await query(key.secret)).status).toBe(401);
      const start = performance.now();
      while ((await there()).status === 200) {
        expect(performance.now() - start).toBeLessThan(1000);
        await sleep(10);
      }
      expect((await there()).body['code']).toBe('unauthenticated');
      expect((await list()).find(({ id }) => id === key.id)?.revokedAt).not.toBeNull();
      expect((await control.call('DELETE', `/api/v1/keys/${key.id}`, owner)).status).toBe(204);
    } finally {
      await other.app.close();
    }
  });

  it('are refused within a second when revoked by hand, expired, or their tenant is suspended', async () => {
    const { ownerPool } = control.db;
    const soon = async (key: string, status: number) => {
      const start = performance.now();
      while ((await query(key)).status !== status) {
        expect(performance.now() - start).toBeLessThan(1000);
        await sleep(10);
      }
    };
    const byHand = await control.createKey(owner, ['query']);
    expect((await query(byHand.secret)).status).toBe(200);
    await ownerPool.query('DELETE FROM api_keys WHERE id = $1', [byHand.id]);
    await soon(byHand.secret, 401);
    const expiring = await control.createKey(owner, ['query']);
    expect((await query(expiring.secret)).status).toBe(200);
    await ownerPool.query(`UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE id = $1`, [
      expiring.id,
    ]);
    await soon(expiring.secret, 401);
    const key = await control.createKey(owner, ['query'], 'other');
    expect((await query(key.secret)).status).toBe(200);
    await ownerPool.query(`UPDATE tenants SET state = 'suspended' WHERE slug = 'other'`);
    await soon(key.secret, 403);
    await ownerPool.query(`UPDATE tenants SET state = 'active' WHERE slug = 'other'`);
    await soon(key.secret, 200);
  });

  it('are refused within a second also while no notification can arrive', async () => {
    const key = await control.createKey(owner, ['query']);
    expect((await query(key.secret)).status).toBe(200);
    const listeners = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query IN ('SELECT 1', 'LISTEN logstead_credentials')`;
    // The listener is cut off, and again whenever it comes back, so the revocation is never announced to it.
    const cutting = setInterval(() => void control.db.ownerPool.query(listeners), 20);
    try {
      await sleep(100);
      await control.db.ownerPool.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [key.id]);
      const start = performance.now();
      while ((await query(key.secret)).status === 200) {
        expect(performance.now() - start).toBeLessThan(1100);
        await sleep(10);
      }
    } finally {
      clearInterval(cutting);
    }
    expect((await query(key.secret)).status).toBe(401);
  });

  it.each([
    ['unknown', `lsk_${'a'.repeat(12)}_${'b'.repeat(43)}`],
    ['malformed', "lsk_' OR 1=1 --"],
    ['empty', ''],
    ['enormous', 'k'.repeat(5000)],
  ])('that are %s are a 401', async (_what, key) => {
    const answer = await query(key);
    expect([answer.status, answer.body['code']]).toEqual([401, 'unauthenticated']);
  });

  it('do not fall back to the session when they are wrong', async () => {
    const answer = await control.call('GET', '/api/v1/keys', { ...owner, key: 'k'.repeat(40) });
    expect(answer.status).toBe(401);
  });

  it('of another tenant cannot be listed or revoked, and answer as unknown ones do', async () => {
    const theirs = await control.createKey(owner, ['query'], 'other');
    const admin = await control.createKey(owner, ['admin']);
    const mine = await control.call<{ keys: KeyBody[] }>('GET', '/api/v1/keys', { key: admin.secret });
    expect(mine.body.keys.map(({ id }) => id)).not.toContain(theirs.id);
    const remove = (id: string) => control.call('DELETE', `/api/v1/keys/${id}`, { key: admin.secret });
    const foreign = await remove(theirs.id);
    const unknown = await remove('00000000-0000-4000-8000-000000000000');
    const nonsense = await remove('..%2fsession');
    for (const answer of [foreign, unknown, nonsense]) {
      expect([answer.status, answer.body['code'], answer.body['detail']]).toEqual([
        404,
        'not_found',
        'There is no such key.',
      ]);
    }
    expect((await query(theirs.secret)).status).toBe(200);
    expect((await list('other')).find(({ id }) => id === theirs.id)?.revokedAt).toBeNull();
  });

  it('cannot be moved to another tenant by naming it', async () => {
    const admin = await control.createKey(owner, ['admin']);
    const named = await control.call<{ keys: KeyBody[] }>('GET', '/api/v1/keys?tenant=other', {
      key: admin.secret,
      headers: { 'x-logstead-tenant': 'other' },
    });
    expect(named.body.keys.map(({ id }) => id)).toContain(admin.id);
    for (const extra of [
      { tenantId: 'x' },
      { tenant_id: 'x' },
      { id: 'x' },
      { secret: 'x' },
      { createdBy: 'x' },
    ]) {
      const answer = await control.call('POST', '/api/v1/keys', {
        ...owner,
        body: { name: 'n', scopes: ['query'], ...extra },
      });
      expect([extra, answer.status, answer.body['code']]).toEqual([extra, 400, 'invalid_body']);
    }
  });

  it.each([
    { name: '', scopes: ['query'] },
    { name: ' ', scopes: ['query'] },
    { name: 'line\nbreak', scopes: ['query'] },
    { name: 'x'.repeat(201), scopes: ['query'] },
    { name: 'n', scopes: [] },
    { name: 'n', scopes: ['root'] },
    { name: 'n', scopes: ['query', 'query'] },
    { name: 'n', scopes: 'query' },
    { name: 'n' },
  ])('are not made from %j', async (body) => {
    const answer = await control.call('POST', '/api/v1/keys', { ...owner, body });
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_body']);
  });

  it('are limited in number by the plan, also when made at once', async () => {
    await control.call('POST', '/api/v1/tenants', {
      ...owner,
      body: { name: 'Small', slug: 'small', plan: 'free' },
    });
    const create = () =>
      control.call('POST', '/api/v1/keys', {
        ...owner,
        body: { name: 'n', scopes: ['query'] },
        headers: { 'x-logstead-tenant': 'small' },
      });
    const answers = await Promise.all(Array.from({ length: 7 }, create));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 201, 409, 409]);
  });

  it('closes routes that declare no permission to everybody', async () => {
    const key = await control.createKey(owner, ['ingest', 'query', 'admin']);
    const answer = await control.call('GET', '/probe/undeclared', { key: key.secret });
    expect([answer.status, answer.body['code']]).toEqual([403, 'forbidden']);
  });

  it('never appear in the log, nor do passwords and tokens', async () => {
    const key = await control.createKey(owner, ['query']);
    await query(key.secret);
    await query(`${key.secret.slice(0, -1)}!`);
    await control.call('GET', `/probe/query?token=${control.linkToken}`, { key: 'x'.repeat(40) });
    const written = control.logLines.join('');
    for (const secret of [
      key.secret.split('_')[2] ?? '',
      owner.cookie,
      owner.csrf,
      control.linkToken,
      'correct horse',
    ]) {
      expect(written).not.toContain(secret);
    }
  });
});
