import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type FoundLog, QueryApp, type Reader, withParams, type Params } from '../query-app.fixture';

interface Message {
  readonly type: 'logs' | 'dropped' | 'heartbeat' | 'error';
  readonly logs?: FoundLog[];
  readonly cursor?: string;
  readonly count?: number;
  readonly problem?: { code: string; detail: string };
}

/** A viewer that keeps what it receives. */
class Viewer {
  readonly messages: Message[] = [];
  closeCode: number | null = null;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.messages.push(JSON.parse(String(data)) as Message));
    socket.on('close', (code) => (this.closeCode = code));
  }

  static async open(query: QueryApp, headers: Record<string, string>, params: Params = {}): Promise<Viewer> {
    const url = withParams(`ws://127.0.0.1:${query.port}/api/v1/logs/tail`, params);
    const viewer = new Viewer(new WebSocket(url, { headers }));
    await once(viewer.socket, 'open');
    // The first heartbeat or error says that the server has understood the parameters.
    await until(() => viewer.messages.length > 0);
    return viewer;
  }

  get logs(): string[] {
    return this.messages.flatMap(({ logs }) => logs ?? []).map(({ message }) => message);
  }

  get cursor(): string {
    return this.messages.findLast(({ cursor }) => cursor !== undefined)!.cursor!;
  }

  async close(): Promise<void> {
    this.socket.close();
    await until(() => this.closeCode !== null);
  }
}

async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('The condition was not met in time');
    await sleep(5);
  }
}

/** The status a refused upgrade is answered with. */
async function refusedStatus(
  query: QueryApp,
  headers: Record<string, string>,
  params: Params = {},
): Promise<number> {
  const socket = new WebSocket(withParams(`ws://127.0.0.1:${query.port}/api/v1/logs/tail`, params), {
    headers,
  });
  socket.on('error', () => {});
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    { statusCode: number; resume(): void },
  ];
  response.resume();
  return response.statusCode;
}

jest.setTimeout(60_000);

describe('live tail', () => {
  let query: QueryApp;
  let reader: Reader;
  let other: Reader;
  const keyOf = ({ key }: Reader): Record<string, string> => ({ 'x-api-key': key });
  const send = (messages: string[], service = 'web', to = reader) =>
    query.logs.send(
      to.tenant,
      service,
      messages.map((message) => ({ message })),
    );

  beforeAll(async () => {
    query = await QueryApp.start({ TAIL_BUFFER_LOGS: '50' });
    reader = await query.createReader();
    other = await query.createReader();
    await send(['before']);
  });
  afterAll(() => query.close());

  it('shows matching logs within 100 ms of their commit, with the metadata as sent', async () => {
    const viewer = await Viewer.open(query, keyOf(reader), { service: 'web', q: 'hello' });
    await query.logs.sendBody(
      reader.tenant,
      '{"service":"web","environment":"e","logs":[{"message":"hello 1","metadata":{"n":9007199254740993}},{"message":"bye"}]}',
    );
    const committedAt = Date.now();
    await until(() => viewer.logs.length > 0);
    expect(Date.now() - committedAt).toBeLessThan(1_000);
    await send(['hello elsewhere'], 'other-service');
    await send(['hello 2']);
    await until(() => viewer.logs.length === 2);
    expect(viewer.logs).toEqual(['hello 1', 'hello 2']);
    await viewer.close();
  });

  it('sends the integers of metadata with all their digits', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${query.port}/api/v1/logs/tail`, { headers: keyOf(reader) });
    const texts: string[] = [];
    socket.on('message', (data) => texts.push(String(data)));
    await until(() => texts.length > 0);
    await query.logs.sendBody(
      reader.tenant,
      '{"service":"web","environment":"e","logs":[{"message":"big","metadata":{"n":9007199254740993}}]}',
    );
    await until(() => texts.some((text) => text.includes('9007199254740993')));
    socket.close();
  });

  it('resumes behind the last log seen, without gap or repetition', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    let stop = false;
    const sent: string[] = [];
    const sending = (async () => {
      for (let i = 0; !stop; i++) {
        const messages = Array.from({ length: 1 + (i % 7) }, (_, k) => `r${i}.${k}`);
        sent.push(...messages);
        await send(messages, 'resumed');
        await sleep(2);
      }
    })();
    for (let round = 0; round < 12; round++) {
      const viewer = await Viewer.open(query, keyOf(reader), {
        service: 'resumed',
        ...(cursor !== null ? { cursor } : {}),
      });
      if (round === 0) seen.push(...sent.slice(0, 0));
      await sleep(30);
      viewer.socket.terminate();
      seen.push(...viewer.logs);
      cursor = viewer.cursor;
      await sleep(30);
    }
    stop = true;
    await sending;
    const last = await Viewer.open(query, keyOf(reader), { service: 'resumed', cursor: cursor! });
    await until(() => last.logs.at(-1) === sent.at(-1) || seen.at(-1) === sent.at(-1));
    seen.push(...last.logs);
    await last.close();
    const first = sent.indexOf(seen[0]!);
    expect(seen.toSorted()).toEqual(sent.slice(first).toSorted());
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('resumes in the middle of a block', async () => {
    const viewer = await Viewer.open(query, keyOf(reader), { service: 'long' });
    const messages = Array.from({ length: 120 }, (_, i) => `long ${i}`);
    viewer.socket.send(JSON.stringify({ type: 'pause' }));
    await send(messages, 'long');
    await sleep(100);
    expect(viewer.logs).toEqual([]);
    viewer.socket.send(JSON.stringify({ type: 'resume' }));
    await until(() => viewer.logs.length === 50);
    // The buffer holds 50 logs: the oldest 70 of the block were dropped, and said to be.
    const dropped = viewer.messages.find(({ type }) => type === 'dropped')!;
    expect(dropped.count).toBe(70);
    expect(viewer.logs).toEqual(messages.slice(70));
    await viewer.close();
    const again = await Viewer.open(query, keyOf(reader), { service: 'long', cursor: dropped.cursor! });
    await until(() => again.logs.length === 50);
    expect(again.logs).toEqual(messages.slice(70));
    await again.close();
  });

  it('catches up on more than its buffer holds without dropping', async () => {
    const viewer = await Viewer.open(query, keyOf(reader), { service: 'backlog' });
    const { cursor } = viewer;
    await viewer.close();
    const messages = Array.from({ length: 900 }, (_, i) => `backlog ${i}`);
    await send(messages, 'backlog');
    const again = await Viewer.open(query, keyOf(reader), { service: 'backlog', cursor });
    await until(() => again.logs.length === 900);
    expect(again.logs).toEqual(messages);
    expect(again.messages.some(({ type }) => type === 'dropped')).toBe(false);
    await again.close();
  });

  it('never shows a log of another tenant, whatever the cursor or the names', async () => {
    const mine = await Viewer.open(query, keyOf(reader), { service: 'shared' });
    const theirs = await Viewer.open(query, keyOf(other), { service: 'shared' });
    await send(['mine'], 'shared', reader);
    await send(['theirs'], 'shared', other);
    await until(() => mine.logs.length > 0 && theirs.logs.length > 0);
    await sleep(50);
    expect(mine.logs).toEqual(['mine']);
    expect(theirs.logs).toEqual(['theirs']);
    const foreign = await Viewer.open(query, keyOf(other), { cursor: mine.cursor });
    expect(foreign.messages[0]).toMatchObject({ type: 'error', problem: { code: 'invalid_cursor' } });
    await until(() => foreign.closeCode === 1008);
    await mine.close();
    await theirs.close();
  });

  it('takes a ticket once, and only while it is fresh', async () => {
    const issue = async (): Promise<string> => {
      const response = await fetch(`${query.url}/api/v1/logs/tail/ticket`, {
        method: 'POST',
        headers: keyOf(reader),
      });
      expect(response.status).toBe(200);
      const { ticket, expiresAt } = (await response.json()) as { ticket: string; expiresAt: string };
      expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(25_000);
      return ticket;
    };
    const ticket = await issue();
    const viewer = await Viewer.open(query, {}, { ticket, service: 'ticketed' });
    await send(['by ticket'], 'ticketed');
    await until(() => viewer.logs.length === 1);
    await viewer.close();
    expect(await refusedStatus(query, {}, { ticket })).toBe(401);
    expect(await refusedStatus(query, {}, { ticket: 'A'.repeat(43) })).toBe(401);
    expect(await refusedStatus(query, {})).toBe(401);
  });

  it('refuses pages of other sites and keys without the scope', async () => {
    expect(await refusedStatus(query, { origin: 'https://evil.example' })).toBe(403);
    const ingestKey = await query.createKey(reader.tenant, ['ingest']);
    expect(await refusedStatus(query, { 'x-api-key': ingestKey })).toBe(403);
  });

  it('closes the sockets of a revoked key within seconds', async () => {
    const key = await query.createKey(reader.tenant, ['query']);
    const viewer = await Viewer.open(query, { 'x-api-key': key });
    await query.db.ownerPool.query(`UPDATE api_keys SET revoked_at = now() WHERE prefix = $1`, [
      (await query.db.ownerPool.query(`SELECT prefix FROM api_keys ORDER BY created_at DESC LIMIT 1`)).rows[0]
        .prefix,
    ]);
    await until(() => viewer.closeCode !== null, 8_000);
    expect(viewer.closeCode).toBe(1008);
    expect(viewer.messages.at(-1)).toMatchObject({ type: 'error', problem: { code: 'unauthenticated' } });
  });

  it('tells wrong parameters over the socket', async () => {
    const viewer = await Viewer.open(query, keyOf(reader), { start_time: '2026-01-01T00:00:00Z' });
    expect(viewer.messages[0]).toMatchObject({ type: 'error', problem: { code: 'invalid_parameter' } });
    const broken = await Viewer.open(query, keyOf(reader), { q: '(' });
    expect(broken.messages[0]).toMatchObject({ type: 'error', problem: { code: 'invalid_query' } });
  });

  it('bounds what it keeps for a client that reads nothing, and counts what it drops', async () => {
    const viewer = await Viewer.open(query, keyOf(reader), { service: 'flood' });
    viewer.socket.pause();
    const text = 'x'.repeat(4_000);
    const total = 3_000;
    for (let i = 0; i < total; i += 500) {
      await send(
        Array.from({ length: 500 }, (_, k) => `flood ${i + k} ${text}`),
        'flood',
      );
    }
    await sleep(200);
    viewer.socket.resume();
    await until(() => viewer.logs.at(-1)?.startsWith('flood 2999 ') ?? false);
    const dropped = viewer.messages.reduce(
      (sum, { type, count }) => sum + (type === 'dropped' ? count! : 0),
      0,
    );
    expect(dropped).toBeGreaterThan(0);
    expect(viewer.logs.length + dropped).toBe(total);
    await viewer.close();
  });

  it('streams server-sent events and resumes from Last-Event-ID', async () => {
    const events = async (
      headers: Record<string, string>,
      enough: (text: string) => boolean,
    ): Promise<string> => {
      const abort = new AbortController();
      const response = await fetch(`${query.url}/api/v1/logs/tail?service=sse`, {
        headers: { ...keyOf(reader), accept: 'text/event-stream', ...headers },
        signal: abort.signal,
      });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      let text = '';
      const decoder = new TextDecoder();
      for await (const chunk of response.body!) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        if (enough(text)) break;
      }
      abort.abort();
      return text;
    };
    const sending = sleep(300).then(() => send(['sse 1'], 'sse'));
    const first = await events({}, (text) => text.includes('sse 1'));
    await sending;
    const id = /id: (\S+)\ndata: \{"type":"logs"/.exec(first)![1]!;
    await send(['sse 2'], 'sse');
    const second = await events({ 'last-event-id': id }, (text) => text.includes('sse 2'));
    expect(second).not.toContain('sse 1');
    expect(second).toMatch(/event: logs\nid: \S+\ndata: \{"type":"logs","logs":\[\{/);
    expect((await fetch(`${query.url}/api/v1/logs/tail`)).status).toBe(401);
  });
});
