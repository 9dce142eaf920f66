import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendLogs } from './client';
import type { ProductProcess } from './product';

const RETRY_MS = 50;
/** Longer than any restart in these tests. */
const GIVE_UP_MS = 60_000;

/**
 * A client as the SDK behaves: each batch has a key of its own and is sent again, unchanged, until it is answered
 * with 202. Several batches are under way at once.
 */
export class SteadySender {
  /** Messages of the batches answered with 202. */
  readonly acknowledged: string[] = [];
  /** Statuses of answers that were not 202; 0 stands for no answer at all. */
  readonly failures = new Map<number, number>();
  private running = true;
  private readonly lanes: Promise<void>[];

  constructor(
    private readonly product: ProductProcess,
    private readonly options: { lanes?: number; logsPerBatch?: number; service?: string } = {},
  ) {
    this.lanes = Array.from({ length: options.lanes ?? 4 }, (_value, lane) => this.run(lane));
  }

  /** Begins no further batch and waits until those under way are answered. */
  async finish(): Promise<void> {
    this.running = false;
    await Promise.all(this.lanes);
  }

  private async run(lane: number): Promise<void> {
    for (let batch = 0; this.running; batch++) {
      const messages = Array.from(
        { length: this.options.logsPerBatch ?? 100 },
        (_value, index) => `lane-${lane} batch-${batch} log-${index}`,
      );
      await this.deliver(messages, randomUUID());
      this.acknowledged.push(...messages);
    }
  }

  private async deliver(messages: string[], idempotencyKey: string): Promise<void> {
    const logs = messages.map((message) => ({ level: 'info', message }));
    const service = this.options.service ?? 'steady';
    const deadline = Date.now() + GIVE_UP_MS;
    while (Date.now() < deadline) {
      const status = await sendLogs(this.product, logs, { idempotencyKey, service }).then(
        async (response) => {
          await response.text();
          return response.status;
        },
        () => 0,
      );
      if (status === 202) return;
      this.failures.set(status, (this.failures.get(status) ?? 0) + 1);
      await sleep(RETRY_MS);
    }
    throw new Error(
      `A batch was not accepted within ${GIVE_UP_MS / 1000} s: ${JSON.stringify([...this.failures])}`,
    );
  }
}
