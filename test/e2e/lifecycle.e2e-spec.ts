import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProductProcess, startProduct } from './harness/product';

jest.setTimeout(60_000);

/** The bound for a second start. */
const SECOND_START_MS = 5_000;

describe('start and stop', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logstead e2e with spaces '));
  const dataDir = join(folder, 'data dir');
  const product = new ProductProcess({ dataDir });
  afterAll(async () => {
    await product.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts on an empty folder with spaces in its path and tells where to go', async () => {
    await product.start({ LOGSTEAD_BOOTSTRAP_TENANT: undefined, LOGSTEAD_BOOTSTRAP_API_KEY: undefined });
    expect(product.output).toMatch(/Explorer {3}http:\/\/localhost:\d+\/sign-in\?token=\S+/);
    expect(product.output).toMatch(/API key {4}lsk_\S+/);
    await expect(fetch(`${product.url}/health`).then((response) => response.json())).resolves.toMatchObject({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  it('prints a curl line that works as printed', () => {
    const line = /^ +(curl .*)$/m.exec(product.output)?.[1] ?? '';
    const answer = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' })) as object;
    expect(answer).toMatchObject({ accepted: 1, rejectedCount: 0 });
  });

  it('refuses a second process on the same folder and names the first', async () => {
    const second = new ProductProcess({ dataDir });
    second.launch();
    expect((await second.exit()).code).toBe(1);
    expect(second.output).toContain(`Another Logstead process (pid ${product.pid})`);
    await expect(product.isReady()).resolves.toBe(true);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops in order on %s and starts again within 5 s',
    async (signal) => {
      expect(await product.stop(signal)).toMatchObject({ code: 0, signal: null });
      expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
      expect(existsSync(join(dataDir, 'logstead.lock'))).toBe(false);
      expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\s*$/);
      const tookMs = await product.start();
      expect(tookMs).toBeLessThan(SECOND_START_MS);
      expect(product.output).not.toContain('lsk_');
    },
  );

  it('takes one Ctrl-C that arrives twice as one', async () => {
    process.kill(product.pid, 'SIGINT');
    expect(await product.stop('SIGINT')).toMatchObject({ code: 0 });
    await product.start();
  });

  it('recovers from a kill that left the database server running', async () => {
    const orphan = product.databasePid;
    await product.kill();
    expect(runs(orphan)).toBe(true);
    const tookMs = await product.start();
    expect(tookMs).toBeLessThan(SECOND_START_MS);
    expect(product.databasePid).not.toBe(orphan);
    expect(runs(orphan)).toBe(false);
  });

  it('recovers from a kill of both processes', async () => {
    await product.kill({ database: true });
    await product.start();
  });

  it('starts with the pid files of processes that are gone', async () => {
    await product.stop();
    const gone = 4_194_300;
    writeFileSync(
      join(dataDir, 'postgres', 'postmaster.pid'),
      `${gone}\n${join(dataDir, 'postgres')}\n1700000000\n5432\n/nowhere\n\n`,
    );
    writeFileSync(join(dataDir, 'logstead.lock'), JSON.stringify({ pid: gone, startedAt: 'long ago' }));
    await product.start();
  });

  it('starts the database server again when it dies', async () => {
    const before = product.databasePid;
    process.kill(before, 'SIGKILL');
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline && (readPid(product) === before || !(await product.isReady())))
      await sleep(50);
    expect(readPid(product)).not.toBe(before);
    await expect(product.isReady()).resolves.toBe(true);
  });

  it('leaves no socket folder behind', async () => {
    const before = socketFolders();
    await product.stop();
    expect(before.length - socketFolders().length).toBeGreaterThanOrEqual(1);
    await product.start();
  });
});

describe('conditions the operator can change', () => {
  const failToStart = async (env: Record<string, string | undefined>): Promise<string> => {
    const product = new ProductProcess({ env });
    product.launch();
    const { code } = await product.exit();
    await product.dispose();
    expect(code).toBe(1);
    return product.output;
  };

  it('names each wrong variable and its rule, and never the value', async () => {
    const output = await failToStart({
      LOGSTEAD_PORT: 'eighty',
      LOGSTEAD_BOOTSTRAP_API_KEY: 'too-short-secret',
    });
    expect(output).toMatch(/LOGSTEAD_PORT must be a whole number from 0 to 65535/);
    expect(output).toMatch(/LOGSTEAD_BOOTSTRAP_API_KEY must be/);
    expect(output).not.toContain('too-short-secret');
    expect(output).not.toContain('    at ');
  });

  it('names LOGSTEAD_PORT when the port is taken, and leaves no server running', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => blocker.once('listening', done));
    const { port } = blocker.address() as AddressInfo;
    const output = await failToStart({ LOGSTEAD_PORT: String(port) });
    blocker.close();
    expect(output).toMatch(new RegExp(`already listens on port ${port} .* set LOGSTEAD_PORT`));
  });

  it('names LOGSTEAD_DATA_DIR when the folder cannot be made', async () => {
    const output = await failToStart({ LOGSTEAD_DATA_DIR: '/proc/logstead' });
    expect(output).toMatch(/\/proc\/logstead cannot be created or written .* Set LOGSTEAD_DATA_DIR/s);
  });

  it('says what to do when the data folder holds something else', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'logstead-e2e-'));
    mkdirSync(join(dataDir, 'postgres'));
    const output = await failToStart({ LOGSTEAD_DATA_DIR: dataDir });
    rmSync(dataDir, { recursive: true });
    expect(output).toMatch(/postgres exists but holds no database/);
  });
});

const asRoot = process.getuid?.() === 0 ? describe : describe.skip;
asRoot('started by root', () => {
  it('keeps data below a folder only root may enter', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'logstead-private-'));
    const product = await startProduct({ dataDir: join(folder, 'data') });
    await product.restart();
    await product.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
});

function readPid(product: ProductProcess): number {
  try {
    return product.databasePid;
  } catch {
    return 0;
  }
}

function socketFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('logstead-pg-'));
}

/** A process that has ended but was not collected by its parent yet counts as gone. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // Systems without /proc: kill alone decides.
    return (error as NodeJS.ErrnoException).syscall !== 'kill';
  }
}
