import { type FoundLog, QueryApp, type Reader } from '../query-app.fixture';

const T0 = Date.now() - 600_000;
const at = (ms: number): string => new Date(T0 + ms).toISOString();

describe('GET /api/v1/logs', () => {
  let query: QueryApp;
  let reader: Reader;
  beforeAll(async () => {
    query = await QueryApp.start();
    reader = await query.createReader();
    await query.logs.send(
      reader.tenant,
      'payment',
      Array.from({ length: 300 }, (_, i) => ({
        timestamp: at(i * 1000),
        level: i % 10 === 0 ? 'error' : 'info',
        message: `payment ${i} ${i % 50 === 0 ? 'refused by upstream' : 'accepted'}`,
        metadata: { code: i % 7, big: 1 },
        ...(i % 3 === 0 && { trace_id: `0af7651916cd43dd8448eb211c80${String(i).padStart(4, '0')}` }),
      })),
    );
    await query.logs.send(
      reader.tenant,
      'auth',
      [{ timestamp: at(5), level: 'warn', message: 'late login' }],
      'staging',
    );
  });
  afterAll(() => query.close());

  it('lists newest first, with an exact total', async () => {
    const { status, body } = await query.get(reader, '/api/v1/logs', { limit: 5 });
    expect(status).toBe(200);
    expect(body.logs.map(({ message }) => message.split(' ')[1])).toEqual([
      '299',
      '298',
      '297',
      '296',
      '295',
    ]);
    expect(body).toMatchObject({ total: 301, totalRelation: 'exact' });
    expect(body.logs[0]).toMatchObject({
      service: 'payment',
      environment: 'production',
      metadata: { code: 5, big: 1 },
    });
  });

  it('walks all pages once', async () => {
    const logs = await query.walk(reader, '/api/v1/logs', { limit: 17, time_range: '1h' });
    expect(logs).toHaveLength(301);
    expect(new Set(logs.map(({ id }) => id)).size).toBe(301);
    const inOrder = logs.toSorted((a, b) =>
      a.timestamp < b.timestamp ? 1 : a.timestamp > b.timestamp ? -1 : a.id < b.id ? 1 : -1,
    );
    expect(logs).toEqual(inOrder);
  });

  it.each([
    [{ service: 'auth' }, 1],
    [{ service: 'auth,payment' }, 301],
    [{ level: 'error' }, 30],
    [{ level: ['error', 'warn'] }, 31],
    [{ environment: 'staging' }, 1],
    [{ service: 'nobody' }, 0],
    [{ q: 'refused' }, 6],
    [{ q: 'level:error service:payment upstream' }, 6],
    [{ q: '*pstrea*' }, 6],
    [{ q: '/REFUSED by/i' }, 6],
    [{ 'metadata.code': '3' }, 43],
    [{ trace_id: '0af7651916cd43dd8448eb211c800003' }, 1],
    [{ q: 'service:pay*' }, 300],
    [{ q: 'NOT service:payment' }, 1],
    [{ q: 'level>=warn' }, 31],
  ])('finds %j', async (params, count) => {
    const { body, status } = await query.get(reader, '/api/v1/logs', { ...params, limit: 1000 });
    expect({ status, count: body.logs?.length }).toEqual({ status: 200, count });
    expect(body).toMatchObject({ total: count, totalRelation: 'exact', nextCursor: null });
  });

  it('finds one by its id, and its neighbours', async () => {
    const { body } = await query.get(reader, '/api/v1/logs', { q: '"payment 100"' });
    const { id } = body.logs[0]!;
    const one = await query.get<{ log: FoundLog }>(reader, `/api/v1/logs/${id}`);
    expect(one.body.log).toEqual(body.logs[0]);
    const context = await query.get<{ before: FoundLog[]; log: FoundLog; after: FoundLog[] }>(
      reader,
      `/api/v1/logs/${id}/context`,
      { before: 2, after: 3 },
    );
    const numbers = (logs: FoundLog[]): string[] => logs.map(({ message }) => message.split(' ')[1]!);
    expect(numbers(context.body.before)).toEqual(['98', '99']);
    expect(numbers(context.body.after)).toEqual(['101', '102', '103']);
  });
});
