import fc from 'fast-check';
import { Logger } from './logger.ts';
import type { LoggerError } from './logger-error.ts';
import type { LoggerOptions } from './options.ts';
import type { Drop } from './delivery-stats.ts';
import { FakeServer } from './testing/fake-server.ts';

function create(options: Partial<LoggerOptions> = {}): {
  logger: Logger;
  server: FakeServer;
  errors: LoggerError[];
  drops: Drop[];
} {
  const server = new FakeServer();
  const errors: LoggerError[] = [];
  const drops: Drop[] = [];
  const logger = new Logger({
    apiKey: 'key',
    service: 'shop',
    environment: 'test',
    transport: server.transport,
    onError: (error) => errors.push(error),
    onDrop: (drop) => drops.push(drop),
    flushOnExit: false,
    // The compressor works in a thread of its own, which fake time does not wait for.
    compression: false,
    ...options,
  });
  return { logger, server, errors, drops };
}

/** Lets promises settle; fake timers leave setImmediate alone. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('Logger', () => {
  beforeEach(() => {
    jest.useFakeTimers({
      now: Date.parse('2026-11-21T03:00:00.000Z'),
      doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'],
    });
    jest.spyOn(Math, 'random').mockReturnValue(1);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('sends a full batch at once and the rest after the interval', async () => {
    const { logger, server } = create({ batchSize: 100, flushIntervalMs: 5000 });
    for (let i = 0; i < 250; i++) logger.info(`log ${i}`);
    await settle();
    expect(server.requests.map(({ records }) => records.length)).toEqual([100, 100]);
    jest.advanceTimersByTime(4999);
    await settle();
    expect(server.requests).toHaveLength(2);
    jest.advanceTimersByTime(1);
    await settle();
    expect(server.requests.map(({ records }) => records.length)).toEqual([100, 100, 50]);
    expect(server.records.map(({ message }) => message)).toEqual(
      Array.from({ length: 250 }, (_, i) => `log ${i}`),
    );
    expect(logger.stats()).toMatchObject({ sent: 250, dropped: 0, buffered: 0, bufferedBytes: 0 });
  });

  it('writes timestamps that keep the order of the calls', async () => {
    const { logger, server } = create();
    for (let i = 0; i < 100; i++) logger.info('x');
    await settle();
    const times = server.records.map(({ timestamp }) => timestamp);
    expect(times[0]).toBe('2026-11-21T03:00:00.000Z');
    expect(new Set(times).size).toBe(100);
  });

  it('has the five levels, a threshold and the general form', async () => {
    const { logger, server } = create({ level: 'info' });
    logger.debug('no');
    logger.info('i');
    logger.warn('w');
    logger.error('e');
    logger.fatal('f');
    logger.log(
      'error',
      'general',
      { a: 1 },
      { time: 0, traceId: 't'.repeat(32), spanId: 's', service: 'other' },
    );
    logger.log('loud' as 'info', 'unknown level');
    expect(logger.isLevelEnabled('debug')).toBe(false);
    void logger.flush();
    await settle();
    expect(server.records.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'i'],
      ['warn', 'w'],
      ['error', 'e'],
      ['fatal', 'f'],
      ['error', 'general'],
      ['info', 'unknown level'],
    ]);
    expect(server.records[4]).toMatchObject({
      timestamp: '1970-01-01T00:00:00.000Z',
      trace_id: 't'.repeat(32),
      span_id: 's',
      service: 'other',
      environment: 'test',
    });
  });

  it('takes errors in every position', async () => {
    const { logger, server } = create();
    const error = new TypeError('boom');
    logger.error(error);
    logger.error('text', error);
    logger.error('text', error, { a: 1 });
    logger.error('text', { a: 1 }, error);
    logger.error('text', 'thrown string', { a: 1 });
    logger.error('text', { error: 'own' }, error);
    logger.error('text', 'only a string');
    void logger.flush();
    await settle();
    const written = expect.objectContaining({ name: 'TypeError', message: 'boom' }) as object;
    expect(server.records.map(({ message, metadata }) => [message, metadata])).toEqual([
      ['boom', { error: written }],
      ['text', { error: written }],
      ['text', { a: 1, error: written }],
      ['text', { a: 1, error: written }],
      ['text', { a: 1, error: 'thrown string' }],
      ['text', { error: 'own', exception: written }],
      ['text', { value: 'only a string' }],
    ]);
  });

  it('merges the metadata of parents and children and lets a child speak for a service', async () => {
    const { logger, server } = create({ metadata: { host: 'h', a: 1 }, redact: ['token'] });
    const bound = { a: 2, token: 'secret' };
    const child = logger.child({ metadata: bound }).child({ service: 'worker' });
    bound.a = 99;
    child.info('m', { a: 3, b: 4 });
    logger.info('m');
    void logger.flush();
    await settle();
    expect(server.requests[0]?.headers['content-type']).toBe('application/x-ndjson');
    expect(server.records).toMatchObject([
      { service: 'worker', environment: 'test', metadata: { host: 'h', a: 3, token: '[Redacted]', b: 4 } },
      { service: 'shop', metadata: { host: 'h', a: 1 } },
    ]);
  });

  it('keeps what was true at the time of the call', async () => {
    const { logger, server } = create();
    const state = { step: 1 };
    logger.info('m', state);
    state.step = 2;
    void logger.flush();
    await settle();
    expect(server.records[0]?.metadata).toEqual({ step: 1 });
  });

  it('keeps message and metadata within what the server takes, with a marker', async () => {
    const { logger, server } = create();
    logger.info('ä'.repeat(300_000), {
      text: 'é'.repeat(16_000),
      more: Array.from({ length: 9 }, () => '漢'.repeat(15_000)),
    });
    void logger.flush();
    await settle();
    const [record] = server.records;
    expect(record?.message).toMatch(/…\[\d+ more characters\]$/);
    expect(Buffer.byteLength(record?.message ?? '')).toBeLessThan(256 * 1024);
    expect(Buffer.byteLength(JSON.stringify(record?.metadata))).toBeLessThan(64 * 1024);
  });

  it('never throws and always sends valid JSON, whatever is logged', async () => {
    jest.useRealTimers();
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(anything, anything, anything), { maxLength: 20 }), async (calls) => {
        const { logger, server } = create({ redact: ['a', '**.b'], metadata: { bound: 1 } });
        for (const [message, second, third] of calls) {
          logger.info(message, second, third);
          logger.child({ metadata: second as Record<string, unknown> }).error(message, third);
          logger.log('warn', message, second, third as object);
        }
        await logger.flush();
        const { sent, dropped } = logger.stats();
        expect(sent + dropped).toBe(server.records.length);
        expect(dropped).toBe(0);
        for (const record of server.records) expect(typeof record.message).toBe('string');
      }),
      { numRuns: 60 },
    );
  });

  it('never throws with hostile arguments and options', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const { logger } = create();
    logger.info(proxy, proxy, proxy);
    logger.error(proxy);
    logger.log('info', 'm', proxy, proxy as object);
    logger.child(proxy as object).info('m');
    new Logger(null as unknown as LoggerOptions).info('m');
    new Logger({ onError: () => { throw new Error('host'); } }).info('m'); // prettier-ignore
    new Logger({ apiKey: 'k', endpoint: 'nonsense', onDrop: () => { throw new Error('host'); }, onError: () => undefined }).info('m'); // prettier-ignore
  });

  it('retries with the same key and body, waiting as Retry-After says', async () => {
    const { logger, server, errors } = create();
    server.script.push(
      { status: 503, retryAfter: '7' },
      { status: 429, retryAfter: '2' },
      new Error('reset'),
    );
    logger.info('m');
    void logger.flush();
    await settle();
    expect(server.requests).toHaveLength(1);
    for (const [waitMs, requests] of [
      [7699, 1],
      [1, 2],
      [2199, 2],
      [1, 3],
      [1999, 3],
      [1, 4],
    ] as const) {
      // prettier-ignore
      jest.advanceTimersByTime(waitMs);
      await settle();
      expect(server.requests).toHaveLength(requests);
    }
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
    expect(logger.stats()).toMatchObject({ sent: 1, retried: 3, dropped: 0 });
    expect(errors.map(({ code, status }) => [code, status])).toEqual([['retrying', 503]]);
  });

  it('gives up at the deadline, and after maxRetries', async () => {
    const byDeadline = create({ retryDeadlineMs: 60_000 });
    byDeadline.server.script.push({ status: 503, retryAfter: '3600' });
    byDeadline.logger.info('m');
    void byDeadline.logger.flush();
    await settle();
    expect(byDeadline.logger.stats()).toMatchObject({ dropped: 1, droppedByReason: { deadline: 1 } });
    expect(byDeadline.errors.map(({ code }) => code)).toEqual(['deadline']);

    const byCount = create({ maxRetries: 1 });
    byCount.server.script.push(new Error('a'), new Error('b'));
    byCount.logger.info('m');
    void byCount.logger.flush();
    await settle();
    jest.advanceTimersByTime(500);
    await settle();
    expect(byCount.logger.stats()).toMatchObject({ dropped: 1, retried: 1 });
    expect(byCount.errors.map(({ code }) => code)).toEqual(['retrying', 'deadline']);
  });

  it('starts no further batch while one waits for its retry', async () => {
    const { logger, server } = create({ batchSize: 1 });
    server.script.push({ status: 503 });
    logger.info('first');
    await settle();
    logger.info('second');
    await settle();
    expect(server.requests).toHaveLength(1);
    jest.advanceTimersByTime(500);
    await settle();
    expect(server.records.map(({ message }) => message)).toEqual(['first', 'first', 'second']);
  });

  it('has at most maxInFlight batches under way', async () => {
    const { logger, server } = create({ batchSize: 1, maxInFlight: 3 });
    server.hold = true;
    for (let i = 0; i < 10; i++) logger.info('m');
    await settle();
    expect(server.requests).toHaveLength(3);
    server.release();
    await settle();
    expect(server.requests).toHaveLength(10);
  });

  it('takes other 4xx as final and tells', async () => {
    const { logger, server, errors, drops } = create();
    server.script.push({ status: 401, body: '{"detail":"unknown API key"}' });
    logger.info('m');
    logger.error('e');
    void logger.flush();
    await settle();
    expect(server.requests).toHaveLength(1);
    expect(errors).toMatchObject([
      {
        code: 'refused',
        status: 401,
        count: 2,
        message: expect.stringContaining('unknown API key') as string,
      },
    ]);
    expect(drops).toEqual([
      { count: 1, level: 'info', reason: 'refused' },
      { count: 1, level: 'error', reason: 'refused' },
    ]);
  });

  it('counts records that a 202 rejects and hands them to onError', async () => {
    const { logger, server, errors } = create();
    const rejected = [{ index: 1, code: 'message_too_long', message: '300 KiB over 256 KiB' }];
    server.script.push({ body: JSON.stringify({ accepted: 1, rejected, rejectedCount: 2 }) });
    logger.info('a');
    logger.error('b');
    logger.info('c');
    void logger.flush();
    await settle();
    expect(logger.stats()).toMatchObject({
      sent: 1,
      dropped: 2,
      droppedByLevel: { error: 1, unknown: 1 },
      droppedByReason: { rejected: 2 },
    });
    expect(errors).toMatchObject([{ code: 'rejected', count: 2, rejections: rejected }]);
  });

  it('halves a batch that is too large for the server', async () => {
    const { logger, server } = create();
    server.script.push({ status: 413 }, { status: 413 });
    for (let i = 0; i < 4; i++) logger.info(String(i));
    void logger.flush();
    await settle();
    expect(server.requests.map(({ records }) => records.map(({ message }) => message).join(''))).toEqual([
      '0123',
      '01',
      '23',
      '0',
      '1',
    ]);
    expect(new Set(server.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(5);
    expect(logger.stats()).toMatchObject({ sent: 4, dropped: 0 });
  });

  it('compresses bodies above the bound', async () => {
    const small = create({ compression: 10_000 });
    small.logger.info('m');
    void small.logger.flush();
    const large = create({ compression: 100 });
    large.logger.info('m'.repeat(200));
    void large.logger.flush();
    const never = create({ compression: false });
    never.logger.info('m'.repeat(5000));
    void never.logger.flush();
    while (large.server.requests.length === 0) await settle();
    const encodings = [small, large, never].map(
      ({ server }) => server.requests[0]?.headers['content-encoding'],
    );
    expect(encodings).toEqual([undefined, 'gzip', undefined]);
    expect(large.server.records[0]?.message).toBe('m'.repeat(200));
  });

  it('drops within its buffer, counts it, and tells in one record when sending works again', async () => {
    const { logger, server, drops } = create({ maxBufferBytes: 2000, batchSize: 1000 });
    for (let i = 0; i < 10; i++) logger.debug('d');
    for (let i = 0; i < 5; i++) logger.error('e');
    for (let i = 0; i < 5; i++) logger.info('i');
    const { dropped, buffered, bufferedBytes } = logger.stats();
    expect(dropped + buffered).toBe(20);
    expect(dropped).toBeGreaterThan(5);
    expect(bufferedBytes).toBeLessThanOrEqual(2000);
    expect(logger.stats().droppedByLevel).toMatchObject({ debug: 10, error: 0 });
    expect(drops.reduce((sum, { count }) => sum + count, 0)).toBe(dropped);
    void logger.flush();
    await settle();
    void logger.flush();
    await settle();
    const report = server.records.at(-1);
    expect(report).toMatchObject({
      level: 'warn',
      message: `${dropped} logs were dropped by the logger`,
      metadata: { dropped, reasons: { buffer_full: dropped } },
    });
    expect(server.records.filter(({ message }) => message.includes('were dropped'))).toHaveLength(1);
    expect(logger.stats()).toMatchObject({ sent: buffered + 1, buffered: 0, bufferedBytes: 0 });
  });

  it('flush resolves true when all is delivered, false when time runs out', async () => {
    const { logger, server } = create();
    expect(await logger.flush()).toBe(true);
    server.hold = true;
    logger.info('m');
    const late = logger.flush({ timeoutMs: 100 });
    await settle();
    jest.advanceTimersByTime(100);
    expect(await late).toBe(false);
    const inTime = logger.flush();
    server.release();
    expect(await inTime).toBe(true);
  });

  it('close sends what is left, then takes nothing more', async () => {
    const { logger, server } = create();
    logger.info('before');
    await logger.close();
    logger.info('after');
    logger.child().info('child');
    expect(server.records.map(({ message }) => message)).toEqual(['before']);
    expect(logger.stats()).toMatchObject({ sent: 1, dropped: 2, droppedByReason: { closed: 2 } });
    await logger.close();
  });

  it('close gives up when the server does not answer', async () => {
    const { logger, server } = create({ batchSize: 1 });
    server.script.push(new Error('down'));
    logger.info('a');
    await settle();
    logger.info('b');
    const closed = logger.close({ timeoutMs: 100 });
    jest.advanceTimersByTime(100);
    await closed;
    await settle();
    expect(logger.stats()).toMatchObject({
      sent: 0,
      dropped: 2,
      droppedByReason: { closed: 2 },
      buffered: 0,
      bufferedBytes: 0,
    });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('warns once per kind of failure when the host listens to none', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { server, logger } = create({ onError: undefined, batchSize: 1 });
    server.script.push({ status: 401 }, { status: 401 });
    logger.info('a');
    logger.info('b');
    await settle();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('says what is missing instead of sending without a key', () => {
    const saved = { ...process.env };
    delete process.env['LOGSTEAD_API_KEY'];
    delete process.env['MONITORING_API_KEY'];
    const { logger, server, errors } = create({ apiKey: undefined });
    process.env = saved;
    logger.info('m');
    expect(errors).toMatchObject([{ code: 'config' }]);
    expect(server.requests).toHaveLength(0);
    expect(logger.stats()).toMatchObject({ dropped: 1, droppedByReason: { config: 1 } });
  });
});
