import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signInByLink } from './harness/admin';
import { getJson, walkLogs } from './harness/client';
import { startProduct, type ProductProcess } from './harness/product';

jest.setTimeout(90_000);

const ROOT = resolve(__dirname, '../..');

interface Run {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program of the repository with the built SDK. */
function run(args: string[], env: Record<string, string>): Promise<Run> & { readonly output: () => string } {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { PATH: process.env['PATH'], ...env } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<Run>((done) => child.on('close', (code) => done({ code, output })));
  return Object.assign(ended, { output: () => output });
}

/** Sums up the logs of a tenant as the rollups know them. */
async function count(product: ProductProcess, key: string, filter: Record<string, string>): Promise<number> {
  const answer = await getJson<{ total: number; totalRelation: string }>(
    product,
    '/api/v1/logs/aggregate',
    { group_by: 'service', metric: 'count', limit: '1000', time_range: '7d', ...filter },
    key,
  );
  expect(answer.totalRelation).toBe('exact');
  return answer.total;
}

const figures = (text: string, pattern: RegExp): number =>
  Number(pattern.exec(text)?.[1]?.replaceAll(',', ''));

describe('the SDK against the product', () => {
  let product: ProductProcess;
  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(() => product.dispose());

  it('delivers every log once although the product is killed and started again', async () => {
    const program = `
      const { Logger } = require('@logstead/logger');
      const logger = new Logger({ service: 'sdk-kill', environment: 'test', batchSize: 20, onError() {} });
      let i = 0;
      const timer = setInterval(() => {
        for (let k = 0; k < 10; k++) logger.info('log ' + i, { n: 9007199254740993n, i: i++ });
        if (i % 100 === 0) console.log('sent ' + i);
        if (i >= 2000) { clearInterval(timer); logger.close({ timeoutMs: 60000 }).then(() => console.log(JSON.stringify(logger.stats()))); }
      }, 10);`;
    const running = run(['-e', program], { LOGSTEAD_API_KEY: product.key, LOGSTEAD_ENDPOINT: product.url });
    while (!running.output().includes('sent 500')) await sleep(20);
    await product.kill();
    await product.start();
    const { code, output } = await running;
    expect(code).toBe(0);
    expect(output).toMatch(/"sent":2000,"dropped":0,/);
    const found = await walkLogs(product, { service: 'sdk-kill', order: 'asc' });
    expect(found.map(({ message }) => message)).toEqual(Array.from({ length: 2000 }, (_, i) => `log ${i}`));
  });

  it('keeps integers beyond 2^53 and errors as they were', async () => {
    const program = `
      const { Logger } = require('@logstead/logger');
      const logger = new Logger({ service: 'sdk-values' });
      logger.error('failed \\ud83d\\ude00 \\u0000 \\ud800', new TypeError('boom', { cause: new Error('root') }), { big: 12345678901234567890n });
      logger.close();`;
    await run(['-e', program], { LOGSTEAD_API_KEY: product.key, LOGSTEAD_ENDPOINT: product.url });
    const response = await fetch(`${product.url}/api/v1/logs?service=sdk-values`, {
      headers: { 'x-api-key': product.key },
    });
    const text = await response.text();
    expect(text).toContain('"big":12345678901234567890');
    const { logs } = JSON.parse(text) as { logs: { message: string; metadata: { error: object } }[] };
    expect(logs[0]?.message).toBe('failed \ud83d\ude00 \u0000 \ud800');
    expect(logs[0]?.metadata.error).toMatchObject({
      name: 'TypeError',
      message: 'boom',
      cause: { message: 'root' },
    });
  });

  it('runs the demo: tenants made by itself, history and live logs all stored', async () => {
    const common = ['--endpoint', product.url, '--data-dir', product.dataDir, '--seed', '7'];
    const history = [
      '--backfill',
      '2d',
      '--backfill-rate',
      '0.05',
      '--duration',
      '2s',
      '--rate',
      '300',
      '--flat',
    ];
    const first = await run(['tools/demo/main.mjs', ...common, ...history], {});
    expect(first).toMatchObject({ code: 0 });
    const sentBefore = figures(first.output, /History: ([\d,]+) sent/);
    const live = figures(first.output, /together +([\d,]+) accepted/);
    expect(sentBefore).toBeGreaterThan(7000);
    expect(live).toBeGreaterThan(300);
    expect(first.output).toMatch(/History: ([\d,]+) sent, \1 accepted, 0 rejected/);

    const file = join(product.dataDir, 'demo-keys.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const keys = (JSON.parse(readFileSync(file, 'utf8')) as { key: string }[]).map(({ key }) => key);
    expect(keys).toHaveLength(3);
    const totals = await Promise.all(keys.map((key) => count(product, key, {})));
    expect(totals.reduce((sum, total) => sum + total, 0)).toBe(sentBefore + live);

    // It used a link of its own: the printed one is still good.
    expect(statSync(join(product.dataDir, 'admin-link')).mode & 0o777).toBe(0o600);
    await signInByLink(product);

    // The second run finds its keys again and needs no way in.
    const second = await run(
      ['tools/demo/main.mjs', ...common, '--duration', '1s', '--rate', '100', '--flat'],
      {},
    );
    expect(second).toMatchObject({ code: 0 });
  });
});
