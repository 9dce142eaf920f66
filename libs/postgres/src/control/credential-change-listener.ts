import { setTimeout as sleep } from 'node:timers/promises';
import type { CredentialChange, CredentialChangeFeed } from '@logstead/tenancy';
import type { Notification, PoolClient } from 'pg';
import type { Database } from '../database';

const CHANNEL = 'logstead_credentials';
/** Well below the second within which a revocation must be known everywhere. */
const HEARTBEAT_MS = 300;
const RECONNECT_MS = 500;
/** Longest wait for one answer; a connection that is silent for longer is given up. */
const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Hears of changed keys and tenants on one connection of the control pool. A heartbeat on the same connection proves
 * that nothing was missed: notifications of earlier commits are delivered before its answer.
 */
export class CredentialChangeListener implements CredentialChangeFeed {
  completeUntilMs = Number.NEGATIVE_INFINITY;
  private readonly stopping = new AbortController();
  private readonly loop: Promise<void>;

  constructor(
    private readonly database: Database,
    private readonly listener: (change: CredentialChange) => void,
  ) {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      // While the database is away keys are looked up again each second at most; those look-ups say what is wrong.
      await this.listen(signal).catch(() => {});
      await pause(RECONNECT_MS, signal);
    }
  }

  private async listen(signal: AbortSignal): Promise<void> {
    const client = await this.database.control.connect();
    const onNotification = (notification: Notification) => this.receive(notification);
    client.on('notification', onNotification);
    try {
      await answered(client, `LISTEN ${CHANNEL}`);
      // Whatever happened while nobody listened was missed.
      this.listener({ kind: 'all' });
      while (!signal.aborted) {
        const askedMs = performance.now();
        await answered(client, 'SELECT 1');
        this.completeUntilMs = askedMs;
        await pause(HEARTBEAT_MS, signal);
      }
    } finally {
      client.off('notification', onNotification);
      client.release(true);
    }
  }

  private receive({ channel, payload = '' }: Notification): void {
    if (channel !== CHANNEL) return;
    const [kind, value = ''] = payload.split(':');
    if (kind === 'key') this.listener({ kind, hashHex: value });
    else if (kind === 'tenant') this.listener({ kind, tenantId: value });
    else this.listener({ kind: 'all' });
  }
}

async function answered(client: PoolClient, sql: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The database does not answer')), ANSWER_TIMEOUT_MS).unref();
  });
  const query = client.query(sql);
  // The loser of the race may fail later, when the connection is closed.
  query.catch(() => {});
  try {
    await Promise.race([query, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => {});
}
