import { Logger } from './logger.ts';
import { startHttpServer } from './testing/http-server.ts';
import type { HttpServer } from './testing/http-server.ts';

describe('Logger over HTTP', () => {
  let server: HttpServer;
  let loggers: Logger[] = [];
  const create = (options: ConstructorParameters<typeof Logger>[0] = {}): Logger => {
    const logger = new Logger({
      apiKey: 'key',
      service: 's',
      endpoint: server.endpoint,
      onError: () => undefined,
      ...options,
    });
    loggers.push(logger);
    return logger;
  };
  beforeEach(async () => {
    server = await startHttpServer();
  });
  afterEach(async () => {
    await Promise.all(loggers.map((logger) => logger.close({ timeoutMs: 0 })));
    loggers = [];
    await server.stop();
  });

  it('delivers compressed batches over kept-alive connections', async () => {
    const logger = create({ maxInFlight: 2 });
    for (let i = 0; i < 5000; i++) logger.info(`log ${i}`, { i });
    expect(await logger.flush()).toBe(true);
    const position = ({ timestamp }: { timestamp: string }): string => timestamp.slice(0, -1).padEnd(26, '0');
    const ordered = [...server.records].sort((a, b) => (position(a) < position(b) ? -1 : 1));
    expect(ordered.map(({ message }) => message)).toEqual(Array.from({ length: 5000 }, (_, i) => `log ${i}`));
    expect(server.keys).toHaveLength(50);
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  it('loses and doubles nothing when the server is away for a while', async () => {
    const { port } = server;
    const logger = create({ batchSize: 10 });
    for (let i = 0; i < 100; i++) logger.info(String(i));
    await logger.flush();
    const before = server.records.length;
    await server.stop();
    for (let i = 100; i < 300; i++) logger.info(String(i));
    expect(await logger.flush({ timeoutMs: 300 })).toBe(false);
    server = await startHttpServer(port);
    // The first back-offs are 0.5 and 1 s at most.
    expect(await logger.flush({ timeoutMs: 10_000 })).toBe(true);
    expect(before).toBe(100);
    expect(server.records.map(({ message }) => Number(message)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 200 }, (_, i) => i + 100),
    );
    expect(logger.stats()).toMatchObject({ sent: 300, dropped: 0 });
  }, 20_000);

  it('repeats a batch under the same key when the answer got lost', async () => {
    server.script.push({ status: 503, headers: { 'retry-after': '0.05' } }, { status: 202, hang: true });
    const logger = create({ requestTimeoutMs: 200 });
    logger.info('m');
    expect(await logger.flush({ timeoutMs: 5000 })).toBe(true);
    expect(server.keys).toHaveLength(3);
    expect(new Set(server.keys).size).toBe(1);
    expect(server.records).toHaveLength(1);
  });

  it('obeys Retry-After in seconds', async () => {
    server.script.push({ status: 429, headers: { 'retry-after': '1' } });
    const logger = create();
    logger.info('m');
    const started = Date.now();
    expect(await logger.flush()).toBe(true);
    expect(Date.now() - started).toBeGreaterThanOrEqual(995);
  });

  it('uses an agent of the host', async () => {
    const { Agent } = await import('node:http');
    const agent = new Agent();
    const create2 = jest.spyOn(agent, 'createConnection' as never);
    const logger = create({ agent });
    logger.info('m');
    expect(await logger.flush()).toBe(true);
    expect(create2).toHaveBeenCalledTimes(1);
  });

  it('leaves no listeners behind after many requests', async () => {
    const warnings: Error[] = [];
    const collect = (warning: Error): void => void warnings.push(warning);
    process.on('warning', collect);
    const logger = create({ batchSize: 1, maxInFlight: 16 });
    for (let i = 0; i < 200; i++) logger.info('m');
    await logger.flush();
    await new Promise((resolve) => setImmediate(resolve));
    process.removeListener('warning', collect);
    expect(warnings).toEqual([]);
  });
});
