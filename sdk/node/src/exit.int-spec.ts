import { ensureBuilt } from './testing/built-package.ts';
import { startHttpServer } from './testing/http-server.ts';
import type { HttpServer } from './testing/http-server.ts';
import { runScript } from './testing/run-script.ts';

const SETUP = `
const { Logger } = require('@logstead/logger');
const logger = new Logger({ flushTimeoutMs: 2000, onError() {} });
for (let i = 0; i < 3; i++) logger.info('log ' + i);
`;
const WAIT = `setInterval(() => {}, 1000); console.log('ready');`;

describe('the end of the host process', () => {
  jest.setTimeout(20_000);
  let server: HttpServer;
  beforeAll(ensureBuilt, 90_000);
  beforeEach(async () => {
    server = await startHttpServer();
  });
  afterEach(() => server.stop());

  const messages = (): string[] => server.records.map(({ message }) => message);
  const ALL = ['log 0', 'log 1', 'log 2'];

  it('sends what is buffered when the host has nothing more to do', async () => {
    const ended = await runScript(SETUP, server.endpoint);
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(messages()).toEqual(ALL);
  });

  it('sends it at process.exit, keeping the exit code', async () => {
    const ended = await runScript(`${SETUP} process.exit(3);`, server.endpoint);
    expect(ended.code).toBe(3);
    expect(messages()).toEqual(ALL);
  });

  it('sends it at an uncaught exception, the last words included', async () => {
    const program = `${SETUP} process.on('uncaughtExceptionMonitor', (error) => logger.fatal(error)); throw new Error('crash');`;
    const ended = await runScript(program, server.endpoint);
    expect(ended.code).toBe(1);
    expect(messages()).toEqual([...ALL, 'crash']);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('sends it at %s and dies by the signal', async (signal) => {
    const ended = await runScript(`${SETUP} ${WAIT}`, server.endpoint, (_output, child) =>
      child.kill(signal),
    );
    expect(ended.signal).toBe(signal);
    expect(messages()).toEqual(ALL);
  });

  it.each(['on', 'once'])("leaves the end to the host's own handler (%s)", async (method) => {
    const program = `
      process.${method}('SIGTERM', () => { logger.info('goodbye'); setTimeout(() => process.exit(7), 300); });
      ${SETUP} ${WAIT}`.replace("logger.info('goodbye')", "globalThis.logger.info('goodbye')");
    const ended = await runScript(
      program.replace('const logger =', 'const logger = globalThis.logger ='),
      server.endpoint,
      (_output, child) => child.kill('SIGTERM'),
    );
    expect(ended).toMatchObject({ code: 7, signal: null });
    expect(messages().sort()).toEqual(['goodbye', ...ALL]);
  });

  it('does not end a host that handles the signal and goes on', async () => {
    const program = `process.on('SIGTERM', () => console.log('handled')); ${SETUP} ${WAIT}`;
    let alive = false;
    const ended = await runScript(program, server.endpoint, (output, child) => {
      if (!output.includes('handled')) {
        child.kill('SIGTERM');
        return;
      }
      setTimeout(() => {
        alive = child.exitCode === null && child.signalCode === null;
        child.kill('SIGKILL');
      }, 500);
    });
    expect(alive).toBe(true);
    expect(ended.signal).toBe('SIGKILL');
    expect(messages()).toEqual(ALL);
  });

  it('works with two copies of the package in one process', async () => {
    const program = `
      import('@logstead/logger').then(({ Logger }) => {
        const other = new Logger({ onError() {} });
        other.info('from the module');
        ${WAIT}
      });
      ${SETUP}`;
    const ended = await runScript(program, server.endpoint, (_output, child) => child.kill('SIGTERM'));
    expect(ended.signal).toBe('SIGTERM');
    expect(messages().sort()).toEqual(['from the module', ...ALL]);
  });

  it('waits for a silent server no longer than it may', async () => {
    server.script.push(...Array.from({ length: 20 }, () => ({ status: 202, hang: true })));
    const natural = await runScript(SETUP.replace('2000', '500'), server.endpoint);
    expect(natural).toMatchObject({ code: 0 });
    expect(natural.ms).toBeLessThan(5000);
    const bySignal = await runScript(
      `${SETUP.replace('2000', '500')} ${WAIT}`,
      server.endpoint,
      (_output, child) => child.kill('SIGTERM'),
    );
    expect(bySignal.signal).toBe('SIGTERM');
    expect(bySignal.ms).toBeLessThan(5000);
    const byExit = await runScript(`${SETUP.replace('2000', '500')} process.exit(2)`, server.endpoint);
    expect(byExit.code).toBe(2);
    expect(byExit.ms).toBeLessThan(5000);
  }, 20_000);

  it('sends a batch that was under way at process.exit once more, under its key', async () => {
    server.script.push({ status: 202, hang: true });
    const program = `${SETUP} logger.flush(); setTimeout(() => process.exit(0), 300);`;
    await runScript(program, server.endpoint);
    expect(server.keys).toHaveLength(2);
    expect(server.keys[0]).toBe(server.keys[1]);
    expect(messages()).toEqual(ALL);
  });

  it('ends at a second signal at once', async () => {
    server.script.push(...Array.from({ length: 20 }, () => ({ status: 202, hang: true })));
    let kills = 0;
    const ended = await runScript(
      `${SETUP.replace('2000', '30000')} ${WAIT}`,
      server.endpoint,
      (_output, child) => {
        if (kills++ > 0) return;
        child.kill('SIGINT');
        setTimeout(() => child.kill('SIGINT'), 500);
      },
    );
    expect(ended.signal).toBe('SIGINT');
    expect(ended.ms).toBeLessThan(5000);
  });
});
