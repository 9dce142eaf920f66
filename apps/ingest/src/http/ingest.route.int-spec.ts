import { randomUUID } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { Config } from '@logstead/config';
import type { IngestAnswer, Problem } from '@logstead/contracts';
import { InMemoryCommitFeed, InMemoryRateLimiter, type TenantContext } from '@logstead/ports';
import { LogWriter, NameRegistry, RejectionLog, SamplingRules } from '@logstead/postgres';
import { createLogger, Metrics } from '@logstead/telemetry';
import type { Credential, KeyAuthenticator } from '@logstead/tenancy';
import { createTestDatabase, type TestDatabase } from '@logstead/testing';
import fastify, { type FastifyInstance } from 'fastify';
import { IngestMetrics } from '../ingest-metrics';
import { IngestService } from '../ingest.service';
import { IngestRoute } from './ingest.route';

const URL = '/api/v1/logs/ingest';

describe('POST /api/v1/logs/ingest', () => {
  let test: TestDatabase;
  let tenant: TenantContext;
  let server: FastifyInstance;
  let rejections: RejectionLog;
  const limits = { logsPerSecond: 100_000, bytesPerSecond: 1 << 30, queryRows: 1, querySeconds: 1, tails: 1 };
  const credentials = new Map<string, Credential>();

  beforeAll(async () => {
    test = await createTestDatabase();
    tenant = await test.createTenant();
    const credential = { keyId: 'k', tenant, slug: 't', limits };
    credentials.set('good', { ...credential, scopes: ['ingest'] });
    credentials.set('reader', { ...credential, scopes: ['query'] });
    credentials.set('slow', {
      ...credential,
      tenant: await test.createTenant(),
      scopes: ['ingest'],
      limits: { ...limits, logsPerSecond: 5 },
    });
    const config = Config.parse({
      INGEST_MAX_BODY_BYTES: '200000',
      INGEST_MAX_DECOMPRESSED_BYTES: '1000000',
    });
    const metrics = new IngestMetrics(new Metrics());
    const names = new NameRegistry(test.database, 50);
    rejections = new RejectionLog(test.database.control, () => {});
    const writer = new LogWriter(
      test.database.writer,
      (no) => names.byTenantNo(no),
      new InMemoryCommitFeed(),
      { connections: 2, maxRowsPerCommit: 5000, maxQueueBytes: 1 << 26, maxTenantQueueBytes: 1 << 25 },
      () => {},
    );
    const service = new IngestService(
      config,
      writer,
      names,
      new SamplingRules(test.database),
      rejections,
      metrics,
    );
    const keys = {
      authenticate: (key: string) => Promise.resolve(credentials.get(key) ?? null),
    } as unknown as KeyAuthenticator;
    server = fastify();
    new IngestRoute({
      config,
      keys,
      limiter: new InMemoryRateLimiter(),
      writer,
      service,
      rejections,
      metrics,
      logger: createLogger({ level: 'silent' }),
    }).register(server);
    await server.ready();
  });
  afterAll(async () => {
    await server.close();
    await rejections.stop();
    await test.stop();
  });

  async function post(
    payload: Buffer | string,
    headers: Record<string, string> = {},
    query = '',
  ): Promise<{ status: number; headers: Record<string, unknown>; body: IngestAnswer & Problem }> {
    const response = await server.inject({
      method: 'POST',
      url: URL + query,
      payload,
      headers: { 'x-api-key': 'good', 'content-type': 'application/json', ...headers },
    });
    return { status: response.statusCode, headers: response.headers, body: response.json() };
  }

  const envelope = (...logs: unknown[]): string =>
    JSON.stringify({ service: 'web', environment: 'prod', logs });
  const rowCount = async (): Promise<number> => {
    const { rows } = await test.ownerPool.query<{ n: string }>(
      'SELECT count(*) AS n FROM logs_30d WHERE tenant_no = $1',
      [tenant.tenantNo],
    );
    return Number(rows[0]!.n);
  };

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['zstd', zstdCompressSync],
    ['identity', (body: Buffer) => body],
  ])('stores a body sent with Content-Encoding %s', async (encoding, compress) => {
    const before = await rowCount();
    const { status, body } = await post(compress(Buffer.from(envelope({ message: 'm' }, { message: 'n' }))), {
      'content-encoding': encoding,
    });
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 2, rejected: [], rejectedCount: 0 });
    expect((await rowCount()) - before).toBe(2);
  });

  it('stores the 999 good logs beside a bad one and says which and why', async () => {
    const before = await rowCount();
    const logs = Array.from({ length: 1000 }, (_, i) => (i === 500 ? { message: 5 } : { message: `m${i}` }));
    const { status, body } = await post(envelope(...logs));
    expect(status).toBe(202);
    expect(body.accepted).toBe(999);
    expect(body.rejected).toEqual([
      { index: 500, code: 'message_not_a_string', message: expect.any(String) as string },
    ]);
    expect((await rowCount()) - before).toBe(999);
  });

  it('lists 100 rejections and counts all', async () => {
    const { body } = await post(envelope(...Array.from({ length: 150 }, () => 1)));
    expect(body).toMatchObject({ accepted: 0, rejectedCount: 150 });
    expect(body.rejected).toHaveLength(100);
  });

  it('takes NDJSON with names in the query or in the line', async () => {
    const { body } = await post(
      '{"message":"a"}\n{"message":"b","service":"api"}\n',
      { 'content-type': 'application/x-ndjson' },
      '?service=web&environment=prod',
    );
    expect(body.accepted).toBe(2);
  });

  const truncated = gzipSync(envelope({ message: 'x'.repeat(5000) })).subarray(0, -20);
  it.each<[string, Buffer | string, Record<string, string>, string, number, string]>([
    ['no JSON', '{"service":', {}, '', 400, 'invalid_body'],
    ['an empty body', '', {}, '', 400, 'invalid_body'],
    ['a truncated gzip stream', truncated, { 'content-encoding': 'gzip' }, '', 400, 'invalid_encoding'],
    [
      'plain text that claims to be zstd',
      'hello',
      { 'content-encoding': 'zstd' },
      '',
      400,
      'invalid_encoding',
    ],
    [
      'a gzip bomb',
      gzipSync(Buffer.alloc(20_000_000, 32)),
      { 'content-encoding': 'gzip' },
      '',
      413,
      'body_too_large',
    ],
    ['a body over the limit', 'x'.repeat(200_001), {}, '', 413, 'body_too_large'],
    [
      'too many logs',
      envelope(...Array.from({ length: 1001 }, () => ({ message: 'm' }))),
      {},
      '',
      413,
      'body_too_large',
    ],
    ['an unknown media type', 'a', { 'content-type': 'text/html' }, '', 415, 'unsupported_media_type'],
    ['an unknown encoding', 'a', { 'content-encoding': 'br' }, '', 415, 'unsupported_encoding'],
    ['an unknown parameter', envelope(), {}, '?servic=web', 400, 'invalid_parameter'],
    [
      'a bad idempotency key',
      envelope(),
      { 'idempotency-key': 'x'.repeat(129) },
      '',
      400,
      'invalid_parameter',
    ],
    ['an unknown key', envelope(), { 'x-api-key': 'bad' }, '', 401, 'unauthenticated'],
    ['a key without the scope', envelope(), { 'x-api-key': 'reader' }, '', 403, 'forbidden'],
    [
      'a service that is no string',
      '{"service":{},"environment":"p","logs":[]}',
      {},
      '',
      400,
      'invalid_body',
    ],
    ['very deep JSON', `{"service":"web","logs":${'['.repeat(100_000)}`, {}, '', 400, 'invalid_body'],
  ])('answers %s with a problem', async (_what, payload, headers, query, status, code) => {
    const before = await rowCount();
    const answer = await post(payload, headers, query);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.detail.length).toBeGreaterThan(10);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(await rowCount()).toBe(before);
  });

  it('takes a body exactly at the limit', async () => {
    const frame = envelope({ message: '' }).length;
    const logs = [{ message: 'x'.repeat(200_000 - frame) }];
    expect(envelope(...logs)).toHaveLength(200_000);
    expect((await post(envelope(...logs))).body.accepted).toBe(1);
  });

  it('stores hostile records as text or rejects them with a code, never with a 5xx', async () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, 1]));
    const logs = [
      { message: 'nul \u0000 and lone \ud800' },
      { message: 'm', metadata: JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as object },
      { message: 'm', metadata: many },
      { message: 'm', timestamp: '9999-01-01T00:00:00Z' },
      { message: 'm', timestamp: '0001-01-01T00:00:00Z' },
      { message: "'; DROP TABLE logs_30d; --" },
    ];
    const { status, body } = await post(envelope(...logs));
    expect(status).toBe(202);
    expect(body.accepted).toBe(3);
    expect(body.rejected.map(({ index, code }) => [index, code])).toEqual([
      [2, 'metadata_too_many_keys'],
      [3, 'timestamp_in_future'],
      [4, 'timestamp_too_old'],
    ]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('gives a retry with the same idempotency key the first answer', async () => {
    const before = await rowCount();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await post(envelope({ message: 'a' }, 5), headers);
    const second = await post(envelope({ message: 'a' }, 5), headers);
    expect(second.body).toEqual(first.body);
    expect((await rowCount()) - before).toBe(1);
  });

  it('answers 429 with Retry-After beyond the rate, counts it, and other tenants do not notice', async () => {
    const batch = envelope(...Array.from({ length: 10 }, () => ({ message: 'm' })));
    const first = await post(batch, { 'x-api-key': 'slow' });
    expect(first.status).toBe(202);
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '0' });
    const second = await post(batch, { 'x-api-key': 'slow' });
    expect([second.status, second.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(second.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await post(batch)).status).toBe(202);
    await rejections.flush();
    const { rows } = await test.ownerPool.query<{ count: string }>(
      `SELECT count FROM ingest_rejections WHERE code = 'rate_limited'`,
    );
    expect(Number(rows[0]!.count)).toBe(1);
  });

  it('keeps bodies of concurrent requests apart', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        post(
          JSON.stringify({ service: `svc-${i % 30}`, environment: 'prod', logs: [{ message: `own ${i}` }] }),
        ),
      ),
    );
    expect(answers.map((answer) => answer.body.accepted)).toEqual(answers.map(() => 1));
    const { rows } = await test.ownerPool.query<{ service: string; message: string }>(
      `SELECT s.name AS service, l.message FROM logs_30d l JOIN services s ON s.id = l.service_id WHERE l.message LIKE 'own %' AND l.tenant_no = $1`,
      [tenant.tenantNo],
    );
    expect(rows).toHaveLength(60);
    for (const { service, message } of rows) expect(service).toBe(`svc-${Number(message.slice(4)) % 30}`);
  });

  it('rejects logs of services beyond the limit one by one', async () => {
    const { body } = await post(
      envelope(...Array.from({ length: 60 }, (_, i) => ({ message: 'm', service: `fresh-${i}` })), {
        message: 'known',
      }),
    );
    expect(body.rejected.length).toBeGreaterThan(0);
    expect(new Set(body.rejected.map(({ code }) => code))).toEqual(new Set(['too_many_services']));
    expect(body.accepted + body.rejectedCount).toBe(61);
    expect(body.rejected.map(({ index }) => index)).not.toContain(60);
  });
});
