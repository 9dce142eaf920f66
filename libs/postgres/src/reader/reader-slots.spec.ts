import { setTimeout as sleep } from 'node:timers/promises';
import { ReaderSlots } from './reader-slots';

const never = new AbortController().signal;

describe('ReaderSlots', () => {
  it('leaves room for other tenants while one takes all it may', async () => {
    const slots = new ReaderSlots({ total: 3, perTenant: 2, waitingPerTenant: 10 });
    await slots.take(1, never, 1_000);
    const release = await slots.take(1, never, 1_000);
    let third = false;
    void slots.take(1, never, 1_000).then(() => (third = true));
    await slots.take(2, never, 1_000);
    expect(third).toBe(false);
    release();
    await sleep(0);
    expect(third).toBe(true);
  });

  it('goes round the waiting tenants', async () => {
    const slots = new ReaderSlots({ total: 1, perTenant: 1, waitingPerTenant: 10 });
    let release = await slots.take(1, never, 1_000);
    const order: number[] = [];
    const wait = (tenant: number): void =>
      void slots.take(tenant, never, 1_000).then((free) => {
        order.push(tenant);
        release = free;
      });
    for (const tenant of [1, 1, 1, 2, 3, 2]) wait(tenant);
    for (let i = 0; i < 6; i++) {
      release();
      await sleep(0);
    }
    expect(order).toEqual([1, 2, 3, 1, 2, 1]);
  });

  it('refuses at once what does not fit into the queue', async () => {
    const slots = new ReaderSlots({ total: 1, perTenant: 1, waitingPerTenant: 1 });
    await slots.take(1, never, 1_000);
    const waiting = slots.take(1, never, 50);
    await expect(slots.take(1, never, 1_000)).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterMs: 1_000,
    });
    await expect(waiting).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('lets a caller leave the queue, and gives the slot to the next', async () => {
    const slots = new ReaderSlots({ total: 1, perTenant: 1, waitingPerTenant: 9 });
    const release = await slots.take(1, never, 1_000);
    const abort = new AbortController();
    const left = slots.take(1, abort.signal, 1_000);
    const next = slots.take(1, never, 1_000);
    abort.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    release();
    release();
    (await next)();
    await slots.take(2, never, 1_000);
  });
});
