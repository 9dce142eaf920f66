import fc from 'fast-check';
import { Logger } from './logger.ts';
import type { LoggerOptions } from './options.ts';
import { createLogger, settle, useFakeTime } from './testing/create-logger.ts';

describe('Logger', () => {
  useFakeTime();

  it('writes timestamps that keep the order of the calls', async () => {
    const { logger, server } = createLogger();
    for (let i = 0; i < 100; i++) logger.info('x');
    await settle();
    const times = server.records.map(({ timestamp }) => timestamp);
    expect(times[0]).toBe('2026-11-21T03:00:00.000Z');
    expect(new Set(times).size).toBe(100);
  });

  it('has the five levels, a threshold and the general form', async () => {
    const { logger, server } = createLogger({ level: 'info' });
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
    const { logger, server } = createLogger();
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
    const { logger, server } = createLogger({ metadata: { host: 'h', a: 1 }, redact: ['token'] });
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
    const { logger, server } = createLogger();
    const state = { step: 1 };
    logger.info('m', state);
    state.step = 2;
    void logger.flush();
    await settle();
    expect(server.records[0]?.metadata).toEqual({ step: 1 });
  });

  it('keeps message and metadata within what the server takes, with a marker', async () => {
    const { logger, server } = createLogger();
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

  it('keeps bound and own metadata together within the limits, the error before the rest', async () => {
    const { logger, server } = createLogger();
    const many = (prefix: string): Record<string, number> =>
      Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`${prefix}${i}`, i]));
    const child = logger.child({ metadata: many('a') }).child({ metadata: many('b') });
    child.error('m', new Error('kept'), many('c'));
    child.error('m', new Error('kept'), { text: Array.from({ length: 10 }, () => 'x'.repeat(16_000)) });
    void logger.flush();
    await settle();
    for (const { metadata } of server.records) {
      expect(metadata?.['error']).toMatchObject({ message: 'kept' });
      expect(Object.keys(metadata ?? {}).length).toBeGreaterThan(500);
      expect(countKeys(metadata)).toBeLessThanOrEqual(1024);
      expect(Buffer.byteLength(JSON.stringify(metadata))).toBeLessThan(64 * 1024);
    }
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
        const { logger, server } = createLogger({ redact: ['a', '**.b'], metadata: { bound: 1 } });
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
    const { logger } = createLogger();
    logger.info(proxy, proxy, proxy);
    logger.error(proxy);
    logger.log('info', 'm', proxy, proxy);
    logger.child(proxy).info('m');
    new Logger(null as unknown as LoggerOptions).info('m');
    new Logger({ onError: () => { throw new Error('host'); } }).info('m'); // prettier-ignore
    new Logger({ apiKey: 'k', endpoint: 'nonsense', onDrop: () => { throw new Error('host'); }, onError: () => undefined }).info('m'); // prettier-ignore
  });

  it('warns once per kind of failure when the host listens to none', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { server, logger } = createLogger({ onError: undefined, batchSize: 1 });
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
    const { logger, server, errors } = createLogger({ apiKey: undefined });
    process.env = saved;
    logger.info('m');
    expect(errors).toMatchObject([{ code: 'config' }]);
    expect(server.requests).toHaveLength(0);
    expect(logger.stats()).toMatchObject({ dropped: 1, droppedByReason: { config: 1 } });
  });
});

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, item) => sum + 1 + countKeys(item), 0);
}
