import { type FoundLog, QueryApp, type Reader } from '../query-app.fixture';

jest.setTimeout(60_000);

const usText = (index: number): string => String(index).padStart(6, '0');

describe('pages', () => {
  let query: QueryApp;
  let reader: Reader;
  const base = new Date(Math.floor(Date.now() / 1000) * 1000 - 600_000).toISOString().slice(0, 19);
  beforeAll(async () => {
    query = await QueryApp.start();
    reader = await query.createReader();
    // A hundred logs at each of ten instants that differ by a microsecond.
    for (let batch = 0; batch < 10; batch++) {
      const logs = Array.from({ length: 100 }, (_, i) => ({
        timestamp: `${base}.${usText(i % 10)}Z`,
        message: `tie ${batch} ${i}`,
        level: i % 2 === 0 ? 'info' : 'error',
      }));
      await query.logs.send(reader.tenant, 'ties', logs);
    }
  });
  afterAll(() => query.close());

  const idsOf = (logs: readonly FoundLog[]): string[] => logs.map(({ id }) => id);

  it.each(['desc', 'asc'])('break ties by id, to the microsecond (%s)', async (order) => {
    const whole = await query.get(reader, '/api/v1/logs', { limit: 1000, order, service: 'ties' });
    expect(whole.body.logs).toHaveLength(1000);
    const keys = whole.body.logs.map(({ timestamp, id }) => `${timestamp} ${id}`);
    expect(keys).toEqual(order === 'asc' ? keys.toSorted() : keys.toSorted().toReversed());
    expect(new Set(whole.body.logs.map(({ timestamp }) => timestamp)).size).toBe(10);
    for (const limit of [7, 333]) {
      expect(idsOf(await query.walk(reader, '/api/v1/logs', { limit, order, service: 'ties' }))).toEqual(
        idsOf(whole.body.logs),
      );
    }
  });

  it('return each log once while others arrive', async () => {
    const before = new Set(
      idsOf(
        await query.walk(reader, '/api/v1/logs', { limit: 1000, service: 'ties,busy', time_range: '30m' }),
      ),
    );
    let stop = false;
    let sent = 0;
    const sending = (async () => {
      while (!stop) {
        // New ones on top, and late ones among those the walk has still to see.
        await query.logs.send(reader.tenant, 'busy', [
          { message: `new ${sent++}` },
          { message: `late ${sent++}`, timestamp: new Date(Date.now() - 1_200_000).toISOString() },
        ]);
      }
    })();
    const seen = idsOf(
      await query.walk(reader, '/api/v1/logs', { limit: 9, service: 'ties,busy', time_range: '30m' }),
    );
    stop = true;
    await sending;
    expect(new Set(seen).size).toBe(seen.length);
    for (const id of before) expect(seen).toContain(id);
    expect(sent).toBeGreaterThan(20);
  });

  it('keep the range, the total and the order of the first page', async () => {
    const first = await query.get(reader, '/api/v1/logs', { limit: 10, service: 'ties', time_range: '1h' });
    await query.logs.send(reader.tenant, 'ties', [{ message: 'after the first page' }]);
    const second = await query.get(reader, '/api/v1/logs', {
      limit: 20,
      service: 'ties',
      time_range: '1h',
      cursor: first.body.nextCursor!,
    });
    expect(first.body).toMatchObject({ total: 1000, totalRelation: 'exact' });
    expect(second.body).toMatchObject({ total: 1000, totalRelation: 'exact' });
    expect(second.body.logs).toHaveLength(20);
    expect(second.body.logs.some(({ message }) => message === 'after the first page')).toBe(false);
  });

  it('count a text search at its end', async () => {
    const params = { limit: 400, q: 'tie', time_range: '1h' };
    const first = await query.get(reader, '/api/v1/logs/search', params);
    expect(first.body.totalRelation).toBe('at_least');
    expect(first.body.total).toBeLessThanOrEqual(1000);
    const second = await query.get(reader, '/api/v1/logs/search', {
      ...params,
      cursor: first.body.nextCursor!,
    });
    const third = await query.get(reader, '/api/v1/logs/search', {
      ...params,
      cursor: second.body.nextCursor!,
    });
    expect(third.body).toMatchObject({ total: 1000, totalRelation: 'exact', nextCursor: null });
  });

  it.each([
    ['made up', { cursor: 'AAAA' }, 'invalid_cursor'],
    ['of nothing', { cursor: '%00' }, 'invalid_cursor'],
    ['limit 0', { limit: 0 }, 'invalid_parameter'],
    ['limit 1001', { limit: 1001 }, 'invalid_parameter'],
    ['unknown', { sevrice: 'x' }, 'invalid_parameter'],
    ['order', { order: 'up' }, 'invalid_parameter'],
    ['query', { q: '"open' }, 'invalid_query'],
    ['query of an unknown field', { q: 'nofield:1' }, 'invalid_query'],
    ['range', { start_time: '2026-01-02T00:00:00Z', end_time: '2026-01-01T00:00:00Z' }, 'invalid_parameter'],
  ])('refuse what is wrong: %s', async (_what, params, code) => {
    const { status, body, headers } = await query.get<{ code: string; requestId: string }>(
      reader,
      '/api/v1/logs',
      params,
    );
    expect({ status, code: body.code }).toEqual({ status: 400, code });
    expect(headers['content-type']).toContain('application/problem+json');
  });

  it('refuse a cursor under another filter, order or route', async () => {
    const { body } = await query.get(reader, '/api/v1/logs', { limit: 5, q: 'tie' });
    const cursor = body.nextCursor!;
    for (const [path, params] of [
      ['/api/v1/logs', { q: 'tie', level: 'error', cursor }],
      ['/api/v1/logs', { q: 'tie', order: 'asc', cursor }],
      ['/api/v1/logs', { cursor }],
      ['/api/v1/logs/search', { q: 'tie', cursor }],
    ] as const) {
      const answer = await query.get<{ code: string }>(reader, path, params);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_cursor']);
    }
  });

  it('mark what a search matched', async () => {
    await query.logs.send(reader.tenant, 'marks', [{ message: 'Äpfel: Connection REFUSED by peer' }]);
    const { body } = await query.get(reader, '/api/v1/logs/search', {
      q: 'refused',
      highlights: 'true',
      service: 'marks',
    });
    const [log] = body.logs;
    const [[start, end]] = body.highlights![log!.id] as [[number, number]];
    expect(log!.message.slice(start, end)).toBe('REFUSED');
    expect((await query.get(reader, '/api/v1/logs/search', {})).status).toBe(400);
  });
});
