import winston from 'winston';
import { startHttpServer } from './testing/http-server.ts';
import type { HttpServer } from './testing/http-server.ts';
import { LogsteadTransport } from './winston.ts';

describe('@logstead/logger/winston with the real winston', () => {
  let server: HttpServer;
  beforeEach(async () => {
    server = await startHttpServer();
  });
  afterEach(() => server.stop());

  function transport(options: ConstructorParameters<typeof LogsteadTransport>[0] = {}): LogsteadTransport {
    return new LogsteadTransport({
      apiKey: 'k',
      service: 'shop',
      endpoint: server.endpoint,
      flushOnExit: false,
      ...options,
    });
  }
  /** Ends the logger as winston's documentation says and waits for the transport. */
  async function end(logger: winston.Logger, last: LogsteadTransport): Promise<void> {
    const finished = new Promise((resolve) => last.on('finish', resolve));
    logger.end();
    await finished;
  }

  it('sends level, message, metadata and errors; ending the logger flushes', async () => {
    const target = transport({ redact: ['password'] });
    const logger = winston.createLogger({
      level: 'silly',
      transports: [target as unknown as winston.transport],
    });
    for (const level of ['error', 'warn', 'info', 'http', 'verbose', 'debug', 'silly'])
      logger.log(level, level);
    logger.info('with metadata', { a: 1, password: 'x', big: 12n });
    logger.error('failed', new TypeError('boom'));
    logger.error(new RangeError('alone'));
    logger.child({ requestId: 7 }).warn('child');
    await end(logger, target);
    expect(server.records.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'error error',
      'warn warn',
      'info info',
      'info http',
      'debug verbose',
      'debug debug',
      'debug silly',
      'info with metadata',
      'error failed boom',
      'error alone',
      'warn child',
    ]);
    const [metadata, failed, alone, child] = server.records.slice(7).map((record) => record.metadata);
    expect(metadata).toEqual({ a: 1, password: '[Redacted]', big: 12 });
    expect(failed?.['error']).toMatchObject({
      name: 'TypeError',
      message: 'boom',
      stack: expect.any(String) as string,
    });
    expect(alone?.['error']).toMatchObject({ name: 'RangeError', message: 'alone' });
    expect(child).toEqual({ requestId: 7 });
  });

  it("obeys the logger's and its own level, formats, and silent", async () => {
    const own = transport({ level: 'error' });
    const parent = transport({
      service: 'parent',
      format: winston.format((info) => (info.message === 'skip' ? false : info))(),
    });
    const silent = transport({ service: 'silent', silent: true });
    const logger = winston.createLogger({
      level: 'info',
      format: winston.format.combine(winston.format.colorize(), winston.format.timestamp()),
      transports: [own, parent, silent] as unknown as winston.transport[],
    });
    logger.debug('below');
    logger.info('skip');
    logger.info('info');
    logger.error('error');
    await Promise.all([end(logger, parent), new Promise((resolve) => own.on('finish', resolve))]);
    expect(
      server.records.map(({ service, level, message }) => `${service} ${level} ${message}`).sort(),
    ).toEqual(['parent error error', 'parent info info', 'shop error error']);
  });

  it('knows syslog levels and keeps unknown ones in the metadata', async () => {
    const target = transport();
    const logger = winston.createLogger({
      levels: { ...winston.config.syslog.levels, audit: 8 },
      level: 'audit',
      transports: [target as unknown as winston.transport],
    });
    for (const level of ['emerg', 'crit', 'warning', 'notice', 'audit']) logger.log(level, level);
    await end(logger, target);
    expect(server.records.map(({ level }) => level)).toEqual(['fatal', 'fatal', 'warn', 'info', 'info']);
    expect(server.records[4]?.metadata).toEqual({ original_level: 'audit' });
  });
});
