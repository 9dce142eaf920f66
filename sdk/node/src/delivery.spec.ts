import { createLogger, settle, useFakeTime } from './testing/create-logger.ts';

describe('delivery', () => {
  useFakeTime();

  it('sends a full batch at once and the rest after the interval', async () => {
    const { logger, server } = createLogger({ batchSize: 100, flushIntervalMs: 5000 });
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

  it('retries with the same key and body, waiting as Retry-After says', async () => {
    const { logger, server, errors } = createLogger();
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

  it('tells of each outage once', async () => {
    const { logger, server, errors } = createLogger({ batchSize: 1 });
    for (let outage = 0; outage < 2; outage++) {
      server.script.push({ status: 503 }, { status: 503 });
      logger.info('m');
      for (let i = 0; i < 3; i++) {
        await settle();
        jest.advanceTimersByTime(1000);
      }
    }
    expect(logger.stats()).toMatchObject({ sent: 2, retried: 4 });
    expect(errors.map(({ code }) => code)).toEqual(['retrying', 'retrying']);
  });

  it('gives up at the deadline, and after maxRetries', async () => {
    const byDeadline = createLogger({ retryDeadlineMs: 60_000 });
    byDeadline.server.script.push({ status: 503, retryAfter: '3600' });
    byDeadline.logger.info('m');
    void byDeadline.logger.flush();
    await settle();
    expect(byDeadline.logger.stats()).toMatchObject({ dropped: 1, droppedByReason: { deadline: 1 } });
    expect(byDeadline.errors.map(({ code }) => code)).toEqual(['deadline']);

    const byCount = createLogger({ maxRetries: 1 });
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
    const { logger, server } = createLogger({ batchSize: 1 });
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
    const { logger, server } = createLogger({ batchSize: 1, maxInFlight: 3 });
    server.hold = true;
    for (let i = 0; i < 10; i++) logger.info('m');
    await settle();
    expect(server.requests).toHaveLength(3);
    server.release();
    await settle();
    expect(server.requests).toHaveLength(10);
  });

  it('takes other 4xx as final and tells', async () => {
    const { logger, server, errors, drops } = createLogger();
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
    const { logger, server, errors } = createLogger();
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
    const { logger, server } = createLogger();
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
    const small = createLogger({ compression: 10_000 });
    small.logger.info('m');
    void small.logger.flush();
    const large = createLogger({ compression: 100 });
    large.logger.info('m'.repeat(200));
    void large.logger.flush();
    const never = createLogger({ compression: false });
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
    const { logger, server, drops } = createLogger({ maxBufferBytes: 2000, batchSize: 1000 });
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
    const { logger, server } = createLogger();
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
    const { logger, server } = createLogger();
    logger.info('before');
    await logger.close();
    logger.info('after');
    logger.child().info('child');
    expect(server.records.map(({ message }) => message)).toEqual(['before']);
    expect(logger.stats()).toMatchObject({ sent: 1, dropped: 2, droppedByReason: { closed: 2 } });
    await logger.close();
  });

  it('close gives up when the server does not answer', async () => {
    const { logger, server } = createLogger({ batchSize: 1 });
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
});
