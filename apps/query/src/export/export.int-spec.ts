import { get as httpGet, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FoundLog, QueryApp, type Reader, withParams } from '../query-app.fixture';

jest.setTimeout(60_000);

interface Histogram {
  readonly interval: string;
  readonly buckets: Record<string, number | string>[];
  readonly total: number;
  readonly totalRelation: string;
}

describe('GET /api/v1/logs/export', () => {
  let query: QueryApp;
  let reader: Reader;
  const TOTAL = 9_000;
  beforeAll(async () => {
    query = await QueryApp.start();
    reader = await query.createReader();
    const start = Date.now() - 1_800_000;
    for (let i = 0; i < TOTAL; i += 1_000) {
      const logs = Array.from({ length: 1_000 }, (_, k) => ({
        timestamp: new Date(start + (i + k) * 150).toISOString(),
        level: ['debug', 'info', 'warn', 'error', 'fatal'][(i + k) % 5]!,
        message: `row ${i + k} ${'x'.repeat(1_000)}`,
      }));
      await query.logs.send(reader.tenant, i % 2_000 === 0 ? 'even' : 'odd', logs);
    }
  });
  afterAll(() => query.close());

  const request = (params: Record<string, string>): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const url = withParams(`${query.url}/api/v1/logs/export`, params);
      httpGet(url, { headers: { 'x-api-key': reader.key }, agent: false }, resolve).on('error', reject);
    });
  const activeReads = async (): Promise<number> => {
    const { rows } = await query.db.ownerPool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'logstead-reader' AND state <> 'idle'`,
    );
    return rows[0]!.n;
  };

  it.each([{}, { service: 'even' }, { q: 'row level>=error' }, { q: '/row [0-9]*7 /', service: 'odd' }])(
    'writes as many rows as the histogram sums and the list counts, for %j',
    async (filter: Record<string, string>) => {
      // Times with seconds and fractions, so that ends are ragged.
      const range = { start_time: String(Date.now() - 1_900_123), end_time: String(Date.now() - 400_456) };
      const params = { ...filter, ...range };
      const { text, headers } = await query.get(reader, '/api/v1/logs/export', params);
      expect(headers['content-type']).toContain('application/x-ndjson');
      const rows = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as FoundLog);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
      expect(rows.length).toBeGreaterThan(100);
      for (const interval of [{}, { interval: '7s' }, { interval: '5m' }]) {
        const { body } = await query.get<Histogram>(reader, '/api/v1/logs/histogram', {
          ...params,
          ...interval,
        });
        expect(body).toMatchObject({ total: rows.length, totalRelation: 'exact' });
        expect(body.buckets.reduce((sum, bucket) => sum + Number(bucket['total']), 0)).toBe(rows.length);
        const errors = rows.filter(({ level }) => level === 'error').length;
        expect(body.buckets.reduce((sum, bucket) => sum + Number(bucket['error']), 0)).toBe(errors);
        const times = body.buckets.map(({ time }) => Date.parse(String(time)));
        expect(new Set(times.slice(1).map((time, i) => time - times[i]!)).size).toBe(1);
      }
      const listed = await query.walk(reader, '/api/v1/logs', { ...params, limit: 1_000 });
      expect(listed.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    },
  );

  it('writes CSV with a header, in the order asked for', async () => {
    const { text, headers } = await query.get(reader, '/api/v1/logs/export', {
      format: 'csv',
      order: 'asc',
      service: 'odd',
    });
    expect(headers['content-type']).toContain('text/csv');
    expect(headers['content-disposition']).toContain('logs.csv');
    const lines = text.split('\r\n');
    expect(lines[0]).toBe('timestamp,level,service,environment,message,metadata,trace_id,span_id,id');
    expect(lines.slice(1, -1)).toHaveLength(4_000);
    expect(lines.slice(1, -1)).toEqual(lines.slice(1, -1).toSorted());
  });

  it('writes metadata and messages as they were sent', async () => {
    const metadata = '{"big":9223372036854775807,"e":1e2,"é":"\\u0000","n":null}';
    await query.logs.sendBody(
      reader.tenant,
      `{"service":"verbatim","environment":"e","logs":[{"message":"nul \\u0000 sub \\u001a half \\ud800","metadata":${metadata}}]}`,
    );
    const { text } = await query.get(reader, '/api/v1/logs/export', { service: 'verbatim' });
    expect(text).toContain(`"metadata":${metadata}`);
    expect((JSON.parse(text) as FoundLog).message).toBe('nul \u0000 sub \u001a half \ud800');
  });

  it('waits for a slow client and holds no connection meanwhile', async () => {
    const response = await request({});
    response.pause();
    await sleep(500);
    expect(await activeReads()).toBe(0);
    let bytes = 0;
    response.on('data', (chunk: Buffer) => (bytes += chunk.length));
    response.resume();
    await once(response, 'end');
    expect(bytes).toBeGreaterThan(TOTAL * 1_000);
  });

  it('stops reading when the client leaves', async () => {
    const response = await request({ q: '/x+x row/' });
    response.on('error', () => {});
    response.destroy();
    for (let i = 0; (await activeReads()) > 0; i++) {
      expect(i).toBeLessThan(200);
      await sleep(10);
    }
  });

  it('never ends cleanly when it broke off', async () => {
    const response = await request({});
    response.pause();
    await sleep(200);
    // The next page cannot be read any more.
    await query.db.ownerPool.query('ALTER TABLE logs_30d RENAME TO logs_30d_gone');
    try {
      response.resume();
      const outcome = await once(response, 'end').then(
        () => 'ended',
        () => 'broke off',
      );
      expect(outcome).toBe('broke off');
      expect(query.logLines.join('\n')).toContain('An export broke off');
    } finally {
      await query.db.ownerPool.query('ALTER TABLE logs_30d_gone RENAME TO logs_30d');
    }
  });

  it('answers what fails at once as a problem', async () => {
    const { status, body } = await query.get<{ code: string }>(reader, '/api/v1/logs/export', {
      format: 'xml',
    });
    expect(status).toBe(400);
    expect(body).toEqual({});
    expect((await query.get(reader, '/api/v1/logs/export', { q: '(' })).status).toBe(400);
  });
});
