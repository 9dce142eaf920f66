import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@logstead/postgres';
import { walkLogs, sendLogs } from './harness/client';
import { ProductProcess, startProduct } from './harness/product';
import { SteadySender } from './harness/steady-sender';

jest.setTimeout(120_000);

const RECOVERY_MS = 30_000;

async function until(
  what: string,
  condition: () => Promise<boolean>,
  timeoutMs = RECOVERY_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await condition()) return;
    await sleep(50);
  }
  throw new Error(`Not within ${timeoutMs / 1000} s: ${what}`);
}

async function statusOfSend(
  product: ProductProcess,
): Promise<{ status: number; retryAfter: string | null; type: string | null }> {
  const response = await sendLogs(product, [{ message: 'probe' }], { service: 'probe' });
  await response.text();
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    type: response.headers.get('content-type'),
  };
}

describe('a database that goes away and comes back', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logstead-away-'));
  const serverOptions = { dataDir: join(folder, 'server'), durable: false, sharedBuffersMb: 64 };
  let server: EmbeddedPostgres;
  let product: ProductProcess;
  const socketDir = (url: string): string => decodeURIComponent(/host=([^&]+)/.exec(url)?.[1] ?? '');

  beforeAll(async () => {
    server = await startEmbeddedPostgres(serverOptions);
    // The address must survive the server: a link to whichever private folder it uses at the moment.
    execFileSync('ln', ['-sfn', socketDir(server.url), join(folder, 's')]);
    product = await startProduct({
      env: { DATABASE_URL: `postgresql://logstead@/logstead?host=${join(folder, 's')}` },
    });
  });
  afterAll(async () => {
    await product.dispose();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers 503 with Retry-After meanwhile, and goes on without a restart', async () => {
    expect((await statusOfSend(product)).status).toBe(202);
    const pid = product.pid;
    const sender = new SteadySender(product, { service: 'away' });
    await sleep(300);
    await server.stop();

    await until('the product notices', async () => !(await product.isReady()));
    const away = await statusOfSend(product);
    expect(away).toEqual({
      status: 503,
      retryAfter: expect.stringMatching(/^[1-9]\d*$/) as string,
      type: expect.stringContaining('problem+json') as string,
    });
    const read = await fetch(`${product.url}/api/v1/logs`, { headers: { 'x-api-key': product.key } });
    expect([read.status, read.headers.get('retry-after')]).toEqual([
      503,
      expect.stringMatching(/^[1-9]\d*$/),
    ]);
    await expect(fetch(`${product.url}/health/live`).then(({ status }) => status)).resolves.toBe(200);

    server = await startEmbeddedPostgres(serverOptions);
    execFileSync('ln', ['-sfn', socketDir(server.url), join(folder, 's')]);
    await until('the product is ready again', () => product.isReady());
    await until('logs are taken again', async () => (await statusOfSend(product)).status === 202);
    await sleep(200);
    await sender.finish();
    expect(product.pid).toBe(pid);
    expect([...sender.failures.keys()]).toEqual([503]);
    const found = (await walkLogs(product, { service: 'away' })).map(({ message }) => message);
    expect(found.sort()).toEqual(sender.acknowledged.sort());
  });
});

describe('a full disk', () => {
  const mountPoint = mkdtempSync(join(tmpdir(), 'logstead-full-'));
  const SIZE_MB = 220;
  const mounted = mountTmpfs(mountPoint, SIZE_MB);
  let product: ProductProcess | undefined;
  afterAll(async () => {
    await product?.dispose();
    if (mounted) execFileSync('umount', ['-l', mountPoint]);
    rmSync(mountPoint, { recursive: true, force: true });
  });

  const test = mounted ? it : it.skip;
  if (!mounted) process.stderr.write('SKIPPED: the disk-full test needs the right to mount a file system\n');

  test('answers 503 with Retry-After, and goes on when there is room again', async () => {
    product = await startProduct({ dataDir: join(mountPoint, 'data') });
    const running = product;
    const first = new SteadySender(running, { service: 'before' });
    await sleep(300);
    await first.finish();

    const ballast = join(mountPoint, 'ballast');
    fillDisk(ballast);
    const sender = new SteadySender(running, { service: 'full', logsPerBatch: 500 });
    await until('a send is refused', async () => {
      const { status, retryAfter } = await statusOfSend(running);
      if (status !== 202)
        expect({ status, retryAfter: Number(retryAfter) > 0 }).toEqual({ status: 503, retryAfter: true });
      return status === 503;
    });
    await sleep(500);

    rmSync(ballast);
    await until('logs are taken again', async () => (await statusOfSend(running)).status === 202);
    await sender.finish();
    expect([...sender.failures.keys()]).toEqual([503]);
    for (const { acknowledged, service } of [
      { ...pick(first), service: 'before' },
      { ...pick(sender), service: 'full' },
    ]) {
      const found = (await walkLogs(running, { service })).map(({ message }) => message);
      expect(found.sort()).toEqual([...acknowledged].sort());
    }
  });
});

function pick({ acknowledged }: SteadySender): { acknowledged: readonly string[] } {
  return { acknowledged };
}

function mountTmpfs(path: string, sizeMb: number): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=755`, 'tmpfs', path], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/** Takes all the room there is. */
function fillDisk(path: string): void {
  const block = Buffer.alloc(1024 * 1024);
  try {
    for (;;) writeFileSync(path, block, { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
