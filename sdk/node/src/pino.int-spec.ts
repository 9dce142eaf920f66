import { ensureBuilt } from './testing/built-package.ts';
import { startHttpServer } from './testing/http-server.ts';
import type { HttpServer } from './testing/http-server.ts';
import { runScript } from './testing/run-script.ts';

describe('@logstead/logger/pino with the real pino', () => {
  let server: HttpServer;
  beforeAll(ensureBuilt, 90_000);
  beforeEach(async () => {
    server = await startHttpServer();
  });
  afterEach(() => server.stop());

  const PROGRAM = `
    const pino = require('pino');
    const transport = pino.transport({ target: '@logstead/logger/pino', options: { service: 'fallback', redact: ['password'] } });
    const log = pino({ name: 'payment', level: 'trace' }, transport);
    log.trace('t'); log.debug('d'); log.info({ a: 1, password: 'x' }, 'i'); log.warn('w');
    log.error(new TypeError('boom', { cause: new Error('root') }), 'e'); log.fatal('f');
    log.child({ requestId: 7 }).info({ big: 9007199254740993n, trace_id: '${'a'.repeat(32)}' }, 'child');
  `;

  it('sends every log with level, time, error and service when the process ends', async () => {
    const ended = await runScript(PROGRAM, server.endpoint);
    expect(ended).toMatchObject({ code: 0, output: '' });
    expect(server.records.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'debug t',
      'debug d',
      'info i',
      'warn w',
      'error e',
      'fatal f',
      'info child',
    ]);
    const [, , info, , error, , child] = server.records;
    expect(info).toMatchObject({
      service: 'payment',
      metadata: { a: 1, password: '[Redacted]', pid: expect.any(Number) as number },
    });
    expect(Math.abs(Date.parse(info?.timestamp ?? '') - Date.now())).toBeLessThan(60_000);
    expect(error?.metadata?.['error']).toMatchObject({
      name: 'TypeError',
      message: 'boom: root',
      stack: expect.stringContaining('TypeError: boom') as string,
    });
    expect(child).toMatchObject({ trace_id: 'a'.repeat(32), metadata: { requestId: 7 } });
  });

  it('sends them at process.exit too', async () => {
    const ended = await runScript(`${PROGRAM} setTimeout(() => process.exit(5), 300);`, server.endpoint);
    expect(ended.code).toBe(5);
    expect(server.records).toHaveLength(7);
  });

  it("takes over the pino logger's own keys and levels", async () => {
    await runScript(
      `const pino = require('pino');
       const log = pino({ messageKey: 'text', errorKey: 'problem', customLevels: { critical: 55 } },
         pino.transport({ target: '@logstead/logger/pino' }));
       log.critical({ problem: new Error('x') }, 'own keys');`,
      server.endpoint,
    );
    expect(server.records).toMatchObject([
      { level: 'fatal', message: 'own keys', service: 'child', metadata: { error: { message: 'x' } } },
    ]);
  });
});
