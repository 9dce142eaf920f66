import { type Answer, ControlApp, cookieValue, OWNER, setCookieOf } from '../control-app.fixture';

interface SessionBody {
  user: { email: string; platformAdmin: boolean };
  tenants: { slug: string; role: string; retentionDays: number }[];
  csrfToken: string;
  expiresAt: string;
}

describe('sessions', () => {
  let control: ControlApp;
  beforeAll(async () => {
    control = await ControlApp.start();
  });
  afterAll(() => control.close());

  const signIn = (email: string, password: string) =>
    control.call<SessionBody>('POST', '/api/v1/session', { body: { email, password } });

  it('opens one with the password, in any case of the address', async () => {
    const answer = await signIn(' Owner@Example.COM ', OWNER.password);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      user: { email: OWNER.email, platformAdmin: true },
      tenants: [{ slug: 'default', role: 'owner', retentionDays: 30 }],
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    const current = await control.call<SessionBody>('GET', '/api/v1/session', {
      cookie: cookieValue(answer),
    });
    expect(current.body).toEqual(answer.body);
  });

  it('answers an unknown account and a wrong password alike', async () => {
    const unknown = await signIn('nobody@example.com', 'not the password');
    const wrong = await signIn(OWNER.email, 'not the password');
    const anonymous = ({ body, status, headers }: Answer<unknown>) => ({
      status,
      body: { ...(body as object), requestId: '' },
      headers: Object.keys(headers).sort(),
      type: headers['content-type'],
    });
    expect(anonymous(unknown)).toEqual(anonymous(wrong));
    expect(unknown.status).toBe(401);
    expect(unknown.headers['content-type']).toContain('application/problem+json');
    expect(unknown.body).toMatchObject({
      code: 'unauthenticated',
      status: 401,
      requestId: unknown.headers['x-request-id'],
    });
  });

  it('takes as long for an unknown account as for a wrong password', async () => {
    const timed = async (email: string) => {
      const times: number[] = [];
      for (let i = 0; i < 5; i += 1) {
        const start = performance.now();
        await signIn(email, `wrong ${i} password`);
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[2] ?? 0;
    };
    const unknown = await timed('ghost@example.com');
    const known = await timed(OWNER.email);
    // Without the dummy verification an unknown account answers about ten times faster.
    expect(unknown).toBeGreaterThan(known / 3);
    expect(unknown).toBeLessThan(known * 3);
    await signIn(OWNER.email, OWNER.password);
  });

  it('uses a link once only', async () => {
    const use = () =>
      control.call<SessionBody>('POST', '/api/v1/session/link', { body: { token: control.linkToken } });
    const [first, second] = await Promise.all([use(), use()]);
    expect([first.status, second.status].sort()).toEqual([200, 401]);
    expect((await use()).status).toBe(401);
  });

  it('refuses an expired link', async () => {
    await control.db.ownerPool.query(
      `UPDATE sign_in_links SET used_at = NULL, expires_at = now() - interval '1 s'`,
    );
    const answer = await control.call('POST', '/api/v1/session/link', { body: { token: control.linkToken } });
    expect(answer.status).toBe(401);
  });

  it('sets a cookie that scripts and other sites cannot use', async () => {
    const cookie = setCookieOf(await signIn(OWNER.email, OWNER.password));
    expect(cookie).toMatch(
      /^logstead_session=[A-Za-z0-9_-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
  });

  it('never keeps the token a browser brought (fixation) and ends that session', async () => {
    const planted = 'A'.repeat(43);
    const first = await control.call('POST', '/api/v1/session', { body: OWNER, cookie: planted });
    const token = cookieValue(first);
    expect(token).not.toBe(planted);
    expect((await control.call('GET', '/api/v1/session', { cookie: planted })).status).toBe(401);
    const second = await control.call('POST', '/api/v1/session', { body: OWNER, cookie: token });
    expect(cookieValue(second)).not.toBe(token);
    expect((await control.call('GET', '/api/v1/session', { cookie: token })).status).toBe(401);
  });

  it('asks unsafe requests for the CSRF token of their own session', async () => {
    const mine = await control.signIn();
    const other = await control.signIn();
    const create = (csrf?: string) =>
      control.call('POST', '/api/v1/keys', {
        cookie: mine.cookie,
        body: { name: 'csrf', scopes: ['ingest'] },
        ...(csrf !== undefined && { csrf }),
      });
    for (const csrf of [undefined, '', 'x', other.csrf]) {
      const refused = await create(csrf);
      expect([csrf, refused.status, refused.body['code']]).toEqual([csrf, 403, 'csrf_failed']);
    }
    expect((await control.call('DELETE', '/api/v1/session', { cookie: mine.cookie })).status).toBe(403);
    expect((await create(mine.csrf)).status).toBe(201);
  });

  it('refuses sign-ins that pages of other sites cause', async () => {
    const answer = await control.call('POST', '/api/v1/session', {
      body: OWNER,
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect([answer.status, answer.body['code']]).toEqual([403, 'csrf_failed']);
    const form = await control.call('POST', '/api/v1/session', {
      body: 'email=owner%40example.com',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([form.status, form.body['code']]).toEqual([415, 'unsupported_media_type']);
  });

  it('ends at sign-out', async () => {
    const person = await control.signIn();
    const out = await control.call('DELETE', '/api/v1/session', person);
    expect(out.status).toBe(204);
    expect(setCookieOf(out)).toMatch(/^logstead_session=; .*Expires=Thu, 01 Jan 1970/);
    expect((await control.call('GET', '/api/v1/session', person)).status).toBe(401);
  });

  it('ends after its idle time and slides before', async () => {
    const { cookie } = await control.signIn();
    await control.db.ownerPool.query(
      `UPDATE sessions SET last_seen_at = now() - interval '1 h', expires_at = now() + interval '1 min'`,
    );
    const slid = await control.call<SessionBody>('GET', '/api/v1/session', { cookie });
    const hours = (Date.parse(slid.body.expiresAt) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(167);
    await control.db.ownerPool.query(`UPDATE sessions SET expires_at = now() - interval '1 s'`);
    expect((await control.call('GET', '/api/v1/session', { cookie })).status).toBe(401);
  });

  it('never slides beyond thirty days', async () => {
    const { cookie } = await control.signIn();
    await control.db.ownerPool.query(
      `UPDATE sessions SET created_at = now() - interval '29 d', last_seen_at = now() - interval '1 h'`,
    );
    await control.call('GET', '/api/v1/session', { cookie });
    const { rows } = await control.db.ownerPool.query<{ days: number }>(
      `SELECT extract(epoch FROM max(expires_at) - min(created_at)) / 86400 AS days FROM sessions
       WHERE created_at < now() - interval '28 d' AND last_seen_at > now() - interval '1 min'`,
    );
    // The expiry set at sign-in (7 days ahead) stays; it is not moved on.
    expect(Number(rows[0]?.days)).toBeLessThan(36.1);
    const slid = await control.call<SessionBody>('GET', '/api/v1/session', { cookie });
    expect(Date.parse(slid.body.expiresAt) - Date.now()).toBeLessThan(7 * 86_400_000 + 1);
  });

  it('refuses properties and types it does not know, without repeating values', async () => {
    for (const body of [
      { ...OWNER, platformAdmin: true },
      { email: OWNER.email, password: { $ne: 'SECRETVALUE' } },
      { email: [OWNER.email], password: 'SECRETVALUE' },
      {},
      [],
      'null',
      '"text"',
      '{"email": "SECRETVALUE"',
      '{"__proto__": {"x": 1}}',
    ]) {
      const answer = await control.call('POST', '/api/v1/session', { body });
      const seen = [JSON.stringify(body), answer.status, answer.body['code']];
      expect(seen).toEqual([JSON.stringify(body), 400, 'invalid_body']);
      expect(answer.text).not.toContain('SECRETVALUE');
    }
  });

  it('answers 413 beyond a mebibyte and 404 beside the routes', async () => {
    const large = await control.call('POST', '/api/v1/session', {
      body: { email: 'x'.repeat(1_100_000), password: 'x' },
    });
    expect([large.status, large.body['code']]).toEqual([413, 'body_too_large']);
    const nowhere = await control.call('GET', '/api/v1/nowhere?token=x');
    expect([nowhere.status, nowhere.body['code'], nowhere.text.includes('token')]).toEqual([
      404,
      'not_found',
      false,
    ]);
  });
});

describe('passwords', () => {
  let control: ControlApp;
  beforeAll(async () => {
    control = await ControlApp.start();
  });
  afterAll(() => control.close());

  const change = (person: { cookie: string; csrf: string }, body: object) =>
    control.call('POST', '/api/v1/session/password', { ...person, body });

  it('changes with the current one and ends all other sessions and links', async () => {
    const mine = await control.signIn();
    const other = await control.signIn();
    expect((await change(mine, { newPassword: 'a new long one' })).status).toBe(403);
    expect((await change(mine, { currentPassword: 'wrong one', newPassword: 'a new long one' })).status).toBe(
      403,
    );
    expect((await change(mine, { currentPassword: OWNER.password, newPassword: 'short' })).status).toBe(400);
    expect(
      (await change(mine, { currentPassword: OWNER.password, newPassword: 'a new long one' })).status,
    ).toBe(204);
    expect((await control.call('GET', '/api/v1/session', { cookie: mine.cookie })).status).toBe(200);
    expect((await control.call('GET', '/api/v1/session', { cookie: other.cookie })).status).toBe(401);
    const link = await control.call('POST', '/api/v1/session/link', { body: { token: control.linkToken } });
    expect(link.status).toBe(401);
    await expect(control.signIn()).rejects.toThrow('401');
    await control.signIn(OWNER.email, 'a new long one');
  });

  it('is throttled per account and address, and says when to come back', async () => {
    const attempt = (password: string, address: string) =>
      control.app.inject({
        method: 'POST',
        url: '/api/v1/session',
        remoteAddress: address,
        payload: { email: OWNER.email, password },
      });
    const tries = await Promise.all(Array.from({ length: 12 }, () => attempt('guess', '127.0.0.9')));
    const refused = tries.filter(({ statusCode }) => statusCode === 429);
    expect(refused).toHaveLength(2);
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(800);
    expect((await attempt('a new long one', '127.0.0.9')).statusCode).toBe(429);
    expect((await attempt('a new long one', '127.0.0.10')).statusCode).toBe(200);
  });
});

describe('sessions behind https', () => {
  let control: ControlApp;
  beforeAll(async () => {
    control = await ControlApp.start({ LOGSTEAD_PUBLIC_URL: 'https://logs.example.com' });
  });
  afterAll(() => control.close());

  it('have a Secure cookie', async () => {
    const answer = await control.call('POST', '/api/v1/session', { body: OWNER });
    expect(setCookieOf(answer)).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
  });
});
