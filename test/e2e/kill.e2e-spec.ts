import { setTimeout as sleep } from 'node:timers/promises';
import { exportLogs, getJson, walkLogs } from './harness/client';
import { startProduct, type ProductProcess } from './harness/product';
import { SteadySender } from './harness/steady-sender';

jest.setTimeout(180_000);

const ROUNDS = 10;
/** Every third kill takes the database server as well. */
const DATABASE_TOO_EVERY = 3;

describe('killed ten times while logs arrive', () => {
  let product: ProductProcess;
  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(() => product.dispose());

  it('finds every acknowledged log exactly once, retried batches included', async () => {
    const sender = new SteadySender(product);
    for (let round = 0; round < ROUNDS; round++) {
      await sleep(100 + Math.random() * 500);
      await product.kill({ database: round % DATABASE_TOO_EVERY === DATABASE_TOO_EVERY - 1 });
      await product.start();
    }
    await sleep(200);
    await sender.finish();

    // The test is worth something only if kills met batches under way.
    expect(sender.failures.get(0) ?? 0).toBeGreaterThan(ROUNDS);
    expect([...sender.failures.keys()].filter((status) => status !== 0 && status !== 503)).toEqual([]);

    const found = (await walkLogs(product, { service: 'steady' })).map(({ message }) => message);
    expect(found).toHaveLength(sender.acknowledged.length);
    expect(found.sort()).toEqual(sender.acknowledged.sort());

    const exported = await exportLogs(product, { service: 'steady' });
    expect(new Set(exported.map(({ id }) => id)).size).toBe(sender.acknowledged.length);
    expect(exported).toHaveLength(sender.acknowledged.length);

    const { total, totalRelation } = await getJson<{ total: number; totalRelation: string }>(
      product,
      '/api/v1/logs/aggregate',
      {
        group_by: 'service',
        metric: 'count',
        time_range: '24h',
      },
    );
    expect({ total, totalRelation }).toEqual({ total: sender.acknowledged.length, totalRelation: 'exact' });
  });
});
