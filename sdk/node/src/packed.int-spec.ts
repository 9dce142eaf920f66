import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE_FOLDER, ensureBuilt } from './testing/built-package.ts';
import { startHttpServer } from './testing/http-server.ts';
import type { HttpServer } from './testing/http-server.ts';

const USE = `
  const logger = new Logger({ apiKey: 'k', service: 'consumer', endpoint: process.argv[2] });
  const transport = new LogsteadTransport({ apiKey: 'k', endpoint: process.argv[2] });
  if (typeof pinoTransport !== 'function') throw new Error('no pino transport');
  logger.child({ metadata: { a: 1 } }).error('from ' + process.argv[3], new Error('x'));
  logger.close().then(() => transport.close());
`;
/** In two parts: in this file it would be a directive to count. */
const EXPECT_ERROR = ['@ts', 'expect-error'].join('-');
const TYPES = `
import { Logger, LoggerError } from '@logstead/logger';
import type { Drop, LoggerOptions, LoggerStats } from '@logstead/logger';
import pinoTransport from '@logstead/logger/pino';
import { LogsteadTransport } from '@logstead/logger/winston';

const options: LoggerOptions = {
  apiKey: 'k',
  level: 'info',
  onError: (error: LoggerError) => void error.rejections.length,
  onDrop: (drop: Drop) => void drop.reason,
};
const logger = new Logger(options);
logger.info('m', { a: 1 });
logger.error('m', new Error('x'), { a: 1 });
const stats: LoggerStats = logger.stats();
// ${EXPECT_ERROR} a level must be one of the five
logger.log('loud', 'm');
// ${EXPECT_ERROR} options are checked
new Logger({ nothing: stats });
export const flushed: Promise<boolean> = logger.flush();
export const transport = new LogsteadTransport({ service: 's', level: 'warn' });
export const stream = pinoTransport({ service: 's' });
`;

/** npm as the tests were started with, or the one beside node; always with the running node. */
function npm(args: string[], cwd: string): string {
  const cli = process.env['npm_execpath'];
  const [file, first] = cli?.endsWith('.js') === true ? [process.execPath, [cli]] : ['npm', []];
  return execFileSync(file, [...first, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('the packed tarball in an empty project', () => {
  let folder: string;
  let server: HttpServer;
  const run = (file: string): Promise<unknown> =>
    promisify(execFile)(process.execPath, [join(folder, file), server.endpoint, file], { cwd: folder });

  beforeAll(async () => {
    await ensureBuilt();
    server = await startHttpServer();
    folder = mkdtempSync(join(tmpdir(), 'logstead consumer '));
    npm(['pack', '--pack-destination', folder], PACKAGE_FOLDER);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
    writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true }');
    npm(['install', `./${tarball}`, '--offline', '--no-audit', '--no-fund'], folder);
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings no dependencies and only built files', () => {
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      '@logstead',
    ]);
    const installed = join(folder, 'node_modules/@logstead/logger');
    expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    expect(readdirSync(join(installed, 'dist/esm')).filter((name) => name.includes('spec'))).toEqual([]);
  });

  it('runs as CommonJS', async () => {
    const head = `
      const { Logger } = require('@logstead/logger');
      const { LogsteadTransport } = require('@logstead/logger/winston');
      const pinoTransport = require('@logstead/logger/pino').default;`;
    writeFileSync(join(folder, 'use.cjs'), head + USE);
    await run('use.cjs');
    expect(server.records.at(-1)).toMatchObject({
      service: 'consumer',
      message: 'from use.cjs',
      metadata: { a: 1 },
    });
  });

  it('runs as an ES module', async () => {
    const head = `
      import { Logger } from '@logstead/logger';
      import { LogsteadTransport } from '@logstead/logger/winston';
      import pinoTransport from '@logstead/logger/pino';`;
    writeFileSync(join(folder, 'use.mjs'), head + USE);
    await run('use.mjs');
    expect(server.records.at(-1)).toMatchObject({
      service: 'consumer',
      message: 'from use.mjs',
      metadata: { a: 1 },
    });
  });

  it('type-checks for consumers in CommonJS and ES modules', () => {
    const files = ['consumer.cts', 'consumer.mts'];
    // The compiler and the types of Node.js are this repository's; nothing is downloaded.
    const types = join(folder, 'node_modules/@types');
    mkdirSync(types, { recursive: true });
    for (const name of ['@types/node', 'undici-types']) {
      symlinkSync(dirname(require.resolve(`${name}/package.json`)), join(folder, 'node_modules', name));
    }
    for (const file of files) writeFileSync(join(folder, file), TYPES);
    const tsconfig = {
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: false,
        target: 'es2022',
        lib: ['es2023'],
        types: ['node'],
        module: 'node16',
        moduleResolution: 'node16',
      },
      files,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    const tsc = require.resolve('typescript/lib/tsc.js');
    let output = '';
    try {
      execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      output = String((error as { stdout?: unknown }).stdout);
    }
    const own = output
      .split('\n')
      .filter((line) => !line.includes('@types/node') && !line.includes('undici-types'));
    expect(own.join('\n').trim()).toBe('');
  }, 60_000);
});
