import { ensureFirstRun } from '@logstead/tenancy';
import { PostgresFirstRunStore } from '@logstead/postgres';
import { Config } from '@logstead/config';
import { ControlApp, cookieValue, OWNER } from '../control-app.fixture';

interface SessionBody {
  csrfToken: string;
  tenants: { slug: string; role: string }[];
}

describe('tenants', () => {
  let control: ControlApp;
  let owner: { cookie: string; csrf: string };
  beforeAll(async () => {
    control = await ControlApp.start();
    owner = await control.signIn();
  });
  afterAll(() => control.close());

  const create = (body: object, person = owner) =>
    control.call('POST', '/api/v1/tenants', { ...person, body });

  /** A person with a role in a tenant, signed in by a link. */
  const personWithRole = async (role: string, slug: string) => {
    const { ownerPool } = control.db;
    const email = `${role}-${slug}@example.com`;
    const token = Buffer.from(`${role}-${slug}`.padEnd(32, '.'))
      .toString('base64url')
      .slice(0, 43)
      .padEnd(43, 'A');
    await ownerPool.query(`INSERT INTO users (email, name) VALUES ($1, $1)`, [email]);
    await ownerPool.query(
      `INSERT INTO memberships SELECT t.id, u.id, $3 FROM tenants t, users u WHERE t.slug = $1 AND u.email = $2`,
      [slug, email, role],
    );
    await ownerPool.query(
      `INSERT INTO sign_in_links (id, user_id, expires_at)
       SELECT sha256($2::bytea), id, now() + interval '1 h' FROM users WHERE email = $1`,
      [email, Buffer.from(token)],
    );
    const answer = await control.call<SessionBody>('POST', '/api/v1/session/link', { body: { token } });
    return { cookie: cookieValue(answer), csrf: answer.body.csrfToken };
  };

  it('are made by the platform admin, who becomes their owner', async () => {
    const answer = await create({ name: 'Acme', slug: 'acme', retentionDays: 90 });
    expect([answer.status, answer.body]).toMatchObject([
      201,
      { tenant: { slug: 'acme', name: 'Acme', plan: 'pro', retentionDays: 90 } },
    ]);
    const list = await control.call<{ tenants: { slug: string }[] }>('GET', '/api/v1/tenants', owner);
    expect(list.body.tenants.map(({ slug }) => slug)).toEqual(['default', 'acme']);
    const session = await control.call<SessionBody>('GET', '/api/v1/session', owner);
    expect(session.body.tenants).toMatchObject([
      { slug: 'default', role: 'owner' },
      { slug: 'acme', role: 'owner' },
    ]);
  });

  it.each([
    [{ name: 'Acme', slug: 'default' }, 409, 'conflict'],
    [{ name: 'Acme', slug: 'no-plan', plan: 'gold' }, 400, 'invalid_body'],
    [{ name: 'Acme', slug: 'Acme' }, 400, 'invalid_body'],
    [{ name: 'Acme', slug: '-a' }, 400, 'invalid_body'],
    [{ name: '', slug: 'x' }, 400, 'invalid_body'],
    [{ name: 'Acme', slug: 'x', retentionDays: 31 }, 400, 'invalid_body'],
    [{ name: 'Acme', slug: 'x', retentionDays: '30' }, 400, 'invalid_body'],
    [{ name: 'Acme', slug: 'x', state: 'active' }, 400, 'invalid_body'],
    [{ name: 'Acme', slug: 'x', no: 1 }, 400, 'invalid_body'],
    [{ name: 'Acme', slug: 'x', logsPerSecond: 1e9 }, 400, 'invalid_body'],
  ])('are refused when asked for as %j', async (body, status, code) => {
    const answer = await create(body);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });

  it('cannot be made or listed by anybody else', async () => {
    await create({ name: 'Closed', slug: 'closed' });
    const member = await personWithRole('owner', 'closed');
    expect((await create({ name: 'Mine', slug: 'mine' }, member)).status).toBe(403);
    expect((await control.call('GET', '/api/v1/tenants', member)).status).toBe(403);
    // The database refuses as well.
    const { rows } = await control.db.ownerPool.query<{ id: string }>(
      `SELECT id FROM users WHERE email = 'owner-closed@example.com'`,
    );
    const asApp = control.db.database.control;
    const listed = await asApp.query('SELECT * FROM platform_tenants($1)', [rows[0]?.id]);
    expect(listed.rowCount).toBe(0);
    await expect(
      asApp.query(`SELECT platform_create_tenant($1, 'mine', 'Mine', 'free', 30)`, [rows[0]?.id]),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    ['owner', 200],
    ['admin', 200],
    ['member', 403],
    ['viewer', 403],
  ])('let a person with role %s see keys: %i', async (role, status) => {
    const slug = `roles-${role}`;
    await create({ name: slug, slug });
    const person = await personWithRole(role, slug);
    expect((await control.call('GET', '/api/v1/keys', person)).status).toBe(status);
    expect((await control.call('PUT', '/api/v1/sampling', { ...person, body: { rules: [] } })).status).toBe(
      status,
    );
    expect((await control.call('GET', '/api/v1/rejections', person)).status).toBe(200);
    expect((await control.call('GET', '/probe/query', person)).status).toBe(200);
    expect((await control.call('POST', '/probe/ingest', person)).status).toBe(403);
    const foreign = await control.call('GET', '/probe/query', {
      ...person,
      headers: { 'x-logstead-tenant': 'default' },
    });
    const unknown = await control.call('GET', '/probe/query?tenant=nowhere', person);
    expect([foreign.status, foreign.body['detail']]).toEqual([unknown.status, unknown.body['detail']]);
    expect(foreign.status).toBe(403);
  });

  it('drop a person at once who is no longer a member', async () => {
    await create({ name: 'Leaving', slug: 'leaving' });
    const person = await personWithRole('admin', 'leaving');
    expect((await control.call('GET', '/api/v1/keys', person)).status).toBe(200);
    await control.db.ownerPool.query(
      `DELETE FROM memberships WHERE user_id = (SELECT id FROM users WHERE email = 'admin-leaving@example.com')`,
    );
    expect((await control.call('GET', '/api/v1/keys', person)).status).toBe(403);
    expect((await control.call<SessionBody>('GET', '/api/v1/session', person)).body.tenants).toEqual([]);
  });

  it('have sampling rules of their own', async () => {
    const rules = [
      { service: null, level: 'debug', rate: 0.1 },
      { service: 'payment', level: 'info', rate: 0 },
    ];
    const put = await control.call('PUT', '/api/v1/sampling', { ...owner, body: { rules } });
    expect([put.status, put.body]).toEqual([200, { rules }]);
    const elsewhere = await control.call('GET', '/api/v1/sampling', {
      ...owner,
      headers: { 'x-logstead-tenant': 'acme' },
    });
    expect(elsewhere.body).toEqual({ rules: [] });
    for (const bad of [
      [{ service: null, level: 'error', rate: 0.5 }],
      [{ service: null, level: 'debug', rate: 1.5 }],
      [{ service: null, level: 'debug', rate: '0.5' }],
      [{ service: '', level: 'debug', rate: 0.5 }],
      [{ service: null, level: 'debug', rate: 0.5, tenant_id: 'x' }],
      [rules[0], rules[0]],
      'none',
    ]) {
      const answer = await control.call('PUT', '/api/v1/sampling', { ...owner, body: { rules: bad } });
      expect([bad, answer.status]).toEqual([bad, 400]);
    }
    expect((await control.call('GET', '/api/v1/sampling', owner)).body).toEqual({ rules });
  });

  it('see what was turned away from them, and nothing of others', async () => {
    await control.db.ownerPool.query(
      `INSERT INTO ingest_rejections (bucket, tenant_no, code, count, bytes, sample)
       SELECT date_trunc('hour', now()) - h * interval '1 h', t.no, 'message_too_long', 2, 300, t.slug
       FROM tenants t, generate_series(0, 2) h WHERE t.slug IN ('default', 'acme')`,
    );
    const seen = await control.call<{ rejections: { sample: string; count: number }[] }>(
      'GET',
      '/api/v1/rejections?hours=2',
      owner,
    );
    expect(seen.body.rejections).toHaveLength(2);
    expect(seen.body.rejections[0]).toMatchObject({
      code: 'message_too_long',
      count: 2,
      bytes: 300,
      sample: 'default',
    });
    for (const hours of ['0', '721', 'x', '1.5']) {
      const answer = await control.call('GET', `/api/v1/rejections?hours=${hours}`, owner);
      expect([hours, answer.status, answer.body['code']]).toEqual([hours, 400, 'invalid_parameter']);
    }
    expect((await control.call('GET', '/api/v1/rejections?tenant=acme', owner)).text).toContain(
      '"sample":"acme"',
    );
    expect((await control.call('GET', '/api/v1/rejections?owner=x', owner)).status).toBe(400);
  });
});

describe('the first run', () => {
  let control: ControlApp;
  const key = 'bootstrap-key-0123456789-abcdefghij_K';
  const environment = { LOGSTEAD_BOOTSTRAP_TENANT: 'acme', LOGSTEAD_BOOTSTRAP_API_KEY: key };
  beforeAll(async () => {
    control = await ControlApp.start(environment);
  });
  afterAll(() => control.close());

  const again = (more: Record<string, string> = {}) =>
    ensureFirstRun(
      Config.parse({ LOGSTEAD_ADMIN_EMAIL: OWNER.email, LOGSTEAD_ADMIN_PASSWORD: OWNER.password, ...more }),
      new PostgresFirstRunStore(control.db.url),
    );

  it('takes the bootstrap key as given, with scopes ingest and query', async () => {
    expect((await control.call('POST', '/probe/ingest', { key })).status).toBe(200);
    expect((await control.call('GET', '/probe/query', { key })).status).toBe(200);
    expect((await control.call('GET', '/api/v1/keys', { key })).status).toBe(403);
    const session = await control.call<SessionBody>('POST', '/api/v1/session', { body: OWNER });
    expect(session.body.tenants).toMatchObject([{ slug: 'acme', role: 'owner' }]);
  });

  it('does nothing twice, and gives a fresh link each time', async () => {
    const first = await again(environment);
    const second = await again(environment);
    expect([first.firstRun, first.apiKey, first.adminEmail]).toEqual([false, null, OWNER.email]);
    expect(second.signInToken).not.toBe(first.signInToken);
    const use = (token: string | null) => control.call('POST', '/api/v1/session/link', { body: { token } });
    expect((await use(first.signInToken)).status).toBe(401);
    expect((await use(second.signInToken)).status).toBe(200);
    const { rows } = await control.db.ownerPool.query<{ users: number; tenants: number; keys: number }>(
      `SELECT (SELECT count(*) FROM users)::int AS users, (SELECT count(*) FROM tenants)::int AS tenants,
              (SELECT count(*) FROM api_keys)::int AS keys`,
    );
    expect(rows).toEqual([{ users: 1, tenants: 1, keys: 1 }]);
  });

  it('adds a bootstrap tenant to an installation in use', async () => {
    await again({ LOGSTEAD_BOOTSTRAP_TENANT: 'later', LOGSTEAD_BOOTSTRAP_API_KEY: 'l'.repeat(40) });
    expect((await control.call('POST', '/probe/ingest', { key: 'l'.repeat(40) })).status).toBe(200);
  });

  it('refuses a bootstrap key that belongs to another tenant', async () => {
    await expect(
      again({ LOGSTEAD_BOOTSTRAP_TENANT: 'thief', LOGSTEAD_BOOTSTRAP_API_KEY: key }),
    ).rejects.toThrow('another tenant');
  });

  it('does not bring a revoked bootstrap key back', async () => {
    await control.db.ownerPool.query('UPDATE api_keys SET revoked_at = now()');
    await again(environment);
    const { rows } = await control.db.ownerPool.query('SELECT 1 FROM api_keys WHERE revoked_at IS NULL');
    expect(rows).toEqual([]);
  });
});
