import { type FoundLog, type Page, QueryApp, type Reader } from '../query-app.fixture';

const SECRET = 'SECRET-OF-B';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

/** Two tenants with services, traces and times of the same names; what belongs to B carries the secret. */
describe('tenants', () => {
  let query: QueryApp;
  let a: Reader;
  let b: Reader;
  let ofB: FoundLog;

  beforeAll(async () => {
    query = await QueryApp.start();
    a = await query.createReader();
    b = await query.createReader();
    const timestamp = new Date(Date.now() - 60_000).toISOString();
    const common = { timestamp, trace_id: TRACE, level: 'error' };
    // Interleaved, so that their rows share pages and commits.
    for (let i = 0; i < 20; i++) {
      await Promise.all([
        query.logs.send(a.tenant, 'web', [
          { ...common, message: `hello of A ${i}`, metadata: { who: 'a', duration_ms: 5 } },
        ]),
        query.logs.send(b.tenant, 'web', [
          { ...common, message: `hello ${SECRET} ${i}`, metadata: { who: SECRET, duration_ms: 7 } },
        ]),
      ]);
    }
    await query.logs.send(b.tenant, `only-${SECRET}`, [{ ...common, message: SECRET }]);
    ofB = (await query.get(b, '/api/v1/logs', { limit: 1 })).body.logs[0]!;
  });
  afterAll(() => query.close());

  it.each([
    ['/api/v1/logs', { limit: 1000 }],
    ['/api/v1/logs', { service: 'web', trace_id: TRACE, order: 'asc' }],
    ['/api/v1/logs', { 'metadata.who': SECRET }],
    ['/api/v1/logs', { service: `only-${SECRET}` }],
    ['/api/v1/logs/search', { q: 'hello', highlights: 'true' }],
    ['/api/v1/logs/search', { q: `"${SECRET}"` }],
    ['/api/v1/logs/search', { q: 'service:only*' }],
    ['/api/v1/logs/search', { q: `trace_id:${TRACE}` }],
    ['/api/v1/logs/aggregate', { group_by: 'service,level,metadata.who' }],
    ['/api/v1/logs/aggregate', { group_by: 'service', metric: 'p95' }],
    ['/api/v1/logs/aggregate', { group_by: 'service', metric: 'p95', field: 'metadata.duration_ms' }],
    ['/api/v1/logs/aggregate', { group_by: 'service', q: 'hello' }],
    ['/api/v1/logs/histogram', { q: 'hello' }],
    ['/api/v1/logs/fields', {}],
    ['/api/v1/logs/export', {}],
    ['/api/v1/logs/export', { format: 'csv', q: 'hello' }],
    ['/api/v1/services', {}],
  ] as [string, Record<string, string | number>][])(
    'see nothing of each other in %s %j',
    async (path, params) => {
      const mine = await query.get(a, path, params);
      expect(mine.status).toBe(200);
      expect(mine.text).not.toContain(params['metadata.who'] === SECRET ? 'hello SECRET' : SECRET);
      const theirs = await query.get(b, path, params);
      expect(theirs.text).not.toContain('of A');
      if (path.endsWith('histogram')) expect([mine.body.total, theirs.body.total]).toEqual([20, 20]);
    },
  );

  it('see no service of the other by its number', async () => {
    const { body } = await query.get(a, '/api/v1/logs', { service_id: ofB.service_id });
    expect(body).toMatchObject({ logs: [], total: 0, totalRelation: 'exact' });
  });

  it('get the same answer for an id of the other and for none', async () => {
    const unknown = '019ab000-0000-7000-8000-000000000001';
    for (const tail of ['', '/context']) {
      const foreign = await query.get<{ requestId: string }>(a, `/api/v1/logs/${ofB.id}${tail}`);
      const none = await query.get<{ requestId: string }>(a, `/api/v1/logs/${unknown}${tail}`);
      expect(foreign.status).toBe(404);
      expect({ ...foreign.body, requestId: '' }).toEqual({ ...none.body, requestId: '' });
      expect((await query.get(b, `/api/v1/logs/${ofB.id}${tail}`)).status).toBe(200);
    }
  });

  it('cannot use a cursor of the other', async () => {
    const page = await query.get(b, '/api/v1/logs', { limit: 5 });
    const stolen = await query.get<{ code: string }>(a, '/api/v1/logs', {
      limit: 5,
      cursor: page.body.nextCursor!,
    });
    expect(stolen).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });

  it('share no cached answer and no execution', async () => {
    const params = { group_by: 'service', time_range: '15m', q: '*ello*' };
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () =>
        query.get<{ buckets: unknown[]; total: number }>(a, '/api/v1/logs/aggregate', params),
      ),
      ...Array.from({ length: 5 }, () =>
        query.get<{ buckets: unknown[]; total: number }>(b, '/api/v1/logs/aggregate', params),
      ),
    ]);
    expect(answers.map(({ body }) => body.total)).toEqual(Array<number>(10).fill(20));
    for (const { text } of answers) expect(text).not.toContain(SECRET);
  });

  it.each([
    '/api/v1/logs',
    '/api/v1/logs/search?q=x',
    '/api/v1/logs/aggregate',
    '/api/v1/logs/histogram',
    '/api/v1/logs/fields',
    '/api/v1/logs/export',
    '/api/v1/services',
    '/api/v1/logs/tail',
    '/api/v1/logs/019ab000-0000-7000-8000-000000000001',
  ])('cannot read %s without a key, or with one that only ingests', async (path) => {
    expect((await query.get(null, path)).status).toBe(401);
    const ingestOnly = { tenant: a.tenant, key: await query.createKey(a.tenant, ['ingest']) };
    expect((await query.get(ingestOnly, path)).status).toBe(403);
  });

  it('walk their own logs only', async () => {
    const logs: Page['logs'] = await query.walk(a, '/api/v1/logs', { limit: 3 });
    expect(logs).toHaveLength(20);
    expect(logs.every(({ message }) => message.startsWith('hello of A'))).toBe(true);
  });
});
