import { setTimeout as sleep } from 'node:timers/promises';
import { createTenant, signInByLink } from './harness/admin';
import { getJson, sendLogs } from './harness/client';
import { startProduct, type ProductProcess } from './harness/product';

jest.setTimeout(60_000);

const BATCHES = 60;
const FLOODERS = 4;
/** Four senders of 1,000 logs every 20 ms: 200,000 logs/s where the plan allows 20,000. */
const FLOOD_PAUSE_MS = 20;
/** p95 of the quiet tenant while another floods; printed, and bounded only against being starved outright. */
const STARVED_MS = 2_000;

const p95 = (times: number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;

describe('a tenant that floods at ten times its limit', () => {
  let product: ProductProcess;
  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(() => product.dispose());

  it('is told to wait and costs its neighbour nothing', async () => {
    const admin = await signInByLink(product);
    const quiet = await createTenant(product, admin, 'quiet');
    const flood = await createTenant(product, admin, 'flood', 'pro');
    const logs = (count: number, text: string): { message: string }[] =>
      Array.from({ length: count }, (_, i) => ({ message: `${text} ${i}` }));

    const sendQuietly = async (): Promise<number[]> => {
      const times: number[] = [];
      for (let i = 0; i < BATCHES; i++) {
        const startedMs = performance.now();
        const response = await sendLogs(product, logs(50, 'quiet'), { key: quiet.key, service: 'quiet' });
        times.push(performance.now() - startedMs);
        expect(response.status).toBe(202);
        await sleep(20);
      }
      return times;
    };
    await sendQuietly();
    const alone = p95(await sendQuietly());

    let stop = false;
    const statuses = new Map<number, number>();
    let acceptedLogs = 0;
    const flooders = Array.from({ length: FLOODERS }, async () => {
      while (!stop) {
        const response = await sendLogs(product, logs(1000, 'flood'), { key: flood.key, service: 'flood' });
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        const body = (await response.json()) as { accepted?: number };
        acceptedLogs += body.accepted ?? 0;
        if (response.status === 429)
          expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        await sleep(FLOOD_PAUSE_MS);
      }
    });
    await sleep(500);
    const beside = p95(await sendQuietly());
    stop = true;
    await Promise.all(flooders);

    process.stdout.write(
      `quiet tenant's p95: ${alone.toFixed(1)} ms alone, ${beside.toFixed(1)} ms beside the flood\n`,
    );
    expect(beside).toBeLessThan(STARVED_MS);
    expect([...statuses.keys()].sort()).toEqual([202, 429]);
    const count = (key: string): Promise<{ total: number }> =>
      getJson(product, '/api/v1/logs/aggregate', { group_by: 'service', time_range: '1h' }, key);
    expect((await count(quiet.key)).total).toBe(3 * BATCHES * 50);
    expect((await count(flood.key)).total).toBe(acceptedLogs);
  });
});
