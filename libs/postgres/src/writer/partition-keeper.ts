import { RETENTION_CLASSES } from '@logstead/contracts';
import type { Database } from '../database';

const HOUR_MS = 3_600_000;
/** A client retries within minutes; a day leaves room for a spool that was offline over night. */
const IDEMPOTENCY_KEY_HOURS = 24;
const DELETE_BATCH = 20_000;

/** Hourly housekeeping: partitions ahead of time, expired partitions and old idempotency keys dropped. */
export class PartitionKeeper {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.tick();
    this.timer = setInterval(() => this.tick(), HOUR_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.running;
  }

  private tick(): void {
    this.running = this.running.then(() => this.keep()).catch(this.onError);
  }

  /** One round; safe in any number of processes at once. */
  async keep(): Promise<void> {
    const { control } = this.database;
    for (const days of RETENTION_CLASSES) {
      await control.query(`SELECT ensure_partitions($1, now(), now() + interval '2 days')`, [days]);
    }
    await control.query('SELECT drop_expired_partitions()');
    for (;;) {
      const { rowCount } = await control.query(
        `DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM idempotency_keys WHERE created_at < now() - $1 * interval '1 hour' LIMIT $2))`,
        [IDEMPOTENCY_KEY_HOURS, DELETE_BATCH],
      );
      if ((rowCount ?? 0) < DELETE_BATCH) return;
    }
  }
}
