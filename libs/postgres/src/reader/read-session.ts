import type { ReadOptions, TenantContext } from '@logstead/ports';
import { AppError } from '@logstead/errors';
import type { PoolClient, QueryResult } from 'pg';
import type { Database } from '../database';
import { asStoreError, isStoreUnavailable } from '../store-error';
import { cancelStatement } from './cancel-request';
import type { ReaderSlots } from './reader-slots';
import { microsOf } from './sql-params';

/** A statement reached its time limit; the caller answers with what it has or with `query_timeout`. */
export class StatementTimeout extends Error {
  override readonly name = 'StatementTimeout';
}

const QUERY_CANCELED = '57014';
/** A statement that has not ended this long after its cancellation loses its connection. */
const CANCEL_WAIT_MS = 2_000;
/** A limit from which on a longer one is not worth a round trip. */
const AMPLE_TIMEOUT_MS = 4_000;
/** How much longer than asked a statement's time limit may be. */
const TIMEOUT_SLACK = 1.02;
/** Shortest time limit given to a statement: 0 would switch the limit off. */
const MIN_TIMEOUT_MS = 5;

/**
 * One connection lent to one read: every statement ends by the read's deadline and is cancelled in the database when
 * the caller leaves.
 */
export class ReadSession {
  /** The database's clock before the snapshot was taken, µs: what was committed before it is seen by all statements. */
  asOfUs = 0;
  private readonly endsAt: number;
  private broken = false;
  private timeoutMs = 0;
  private softEndsAt = Infinity;
  private failed = false;
  private running: Promise<unknown> | undefined;

  private constructor(
    private readonly client: PoolClient,
    readonly signal: AbortSignal,
    deadlineMs: number,
    startedAt: number,
  ) {
    this.endsAt = startedAt + deadlineMs;
  }

  /**
   * Runs `read` with a connection of its own.
   * @param firstLimitMs time limit of the first statements when it is known to be shorter than the deadline
   * @throws AppError `overloaded`, `query_timeout`, `store_unavailable`; the signal's reason when the caller left
   */
  static async run<T>(
    database: Database,
    slots: ReaderSlots,
    tenant: TenantContext,
    options: ReadOptions,
    read: (session: ReadSession) => Promise<T>,
    firstLimitMs = Infinity,
  ): Promise<T> {
    const startedAt = performance.now();
    const release = await slots.take(tenant.tenantNo, options.signal, options.deadlineMs);
    let session: ReadSession | undefined;
    try {
      const client = await database.reader.connect();
      session = new ReadSession(client, options.signal, options.deadlineMs, startedAt);
      await session.begin(firstLimitMs);
      return await read(session);
    } catch (error) {
      if (error instanceof StatementTimeout) throw timeoutError(options.deadlineMs);
      throw asStoreError(error);
    } finally {
      // The answer does not wait for the end of the transaction; the slot does.
      if (session === undefined) release();
      else void session.end().finally(release);
    }
  }

  get remainingMs(): number {
    return Math.min(this.endsAt, this.softEndsAt) - performance.now();
  }

  /** Whether further statements can run: not after one that was cut off. */
  get isUsable(): boolean {
    return !this.failed && this.endsAt - performance.now() > MIN_TIMEOUT_MS;
  }

  /** Ends the statements of `work` earlier than the deadline of the whole read. */
  async within<T>(budgetMs: number, work: () => Promise<T>): Promise<T> {
    this.softEndsAt = performance.now() + budgetMs;
    try {
      return await work();
    } finally {
      this.softEndsAt = Infinity;
    }
  }

  /**
   * Runs one statement and returns its rows as arrays, columns in the order selected.
   * @throws StatementTimeout; no further statement can run then
   */
  async query<Row extends unknown[]>(text: string, values: readonly unknown[]): Promise<Row[]> {
    this.signal.throwIfAborted();
    const timeoutMs = this.remainingMs;
    if (timeoutMs < MIN_TIMEOUT_MS) throw new StatementTimeout();
    await this.limitTime(Math.ceil(timeoutMs));
    return this.cancellable(async () => {
      const result = await this.client.query<Row>({ text, values: [...values], rowMode: 'array' });
      return result.rows;
    });
  }

  /** One snapshot for all statements of the read: pages, totals and edges of parts agree with each other. */
  private async begin(firstLimitMs: number): Promise<void> {
    this.timeoutMs = Math.max(MIN_TIMEOUT_MS, Math.ceil(Math.min(this.remainingMs, firstLimitMs)));
    // Several statements in one simple query take one round trip and answer with one result each.
    const text =
      'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ' +
      // Starting parallel workers costs more than most reads take; the few that gain from them ask for them.
      `SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL client_connection_check_interval = 1000; SET LOCAL statement_timeout = ${this.timeoutMs}; SELECT ${microsOf('statement_timestamp()')} AS us`;
    const results = (await this.cancellable(() => this.client.query(text))) as unknown as QueryResult<{
      us: number;
    }>[];
    this.asOfUs = results.at(-1)!.rows[0]!.us;
  }

  /** From here on statements may use parallel workers. */
  async allowParallel(): Promise<void> {
    await this.client.query('RESET max_parallel_workers_per_gather');
  }

  /** Ends the transaction and gives the connection back; never throws. */
  private async end(): Promise<void> {
    try {
      if (!this.broken) await this.client.query('ROLLBACK');
    } catch {
      this.broken = true;
    }
    this.client.release(this.broken);
  }

  /** Setting it costs a round trip, so it is set again only when the limit in force is too long or much too short. */
  private async limitTime(timeoutMs: number): Promise<void> {
    const isShortEnough = this.timeoutMs <= timeoutMs * TIMEOUT_SLACK;
    if (isShortEnough && this.timeoutMs >= Math.min(timeoutMs * 0.7, AMPLE_TIMEOUT_MS)) return;
    await this.client.query(`SET LOCAL statement_timeout = ${timeoutMs}`);
    this.timeoutMs = timeoutMs;
  }

  private async cancellable<T>(run: () => Promise<T>): Promise<T> {
    let cancelling: Promise<void> | undefined;
    const onAbort = (): void => {
      cancelling = this.cancel();
    };
    this.signal.addEventListener('abort', onAbort, { once: true });
    try {
      this.running = run();
      return (await this.running) as T;
    } catch (error) {
      this.failed = true;
      if (this.signal.aborted) throw this.signal.reason;
      if ((error as { code?: unknown }).code === QUERY_CANCELED) throw new StatementTimeout();
      if (isStoreUnavailable(error)) this.broken = true;
      throw error;
    } finally {
      this.signal.removeEventListener('abort', onAbort);
      // The cancellation must have been delivered before the connection runs anybody else's statement.
      await cancelling;
    }
  }

  /** A statement that goes on nevertheless ends with its connection, which the server looks after every second. */
  private async cancel(): Promise<void> {
    const cutOff = setTimeout(() => this.disconnect(), CANCEL_WAIT_MS);
    cutOff.unref();
    void this.running?.finally(() => clearTimeout(cutOff)).catch(() => {});
    try {
      await cancelStatement(this.client);
    } catch {
      this.disconnect();
    }
  }

  private disconnect(): void {
    this.broken = true;
    (this.client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

function timeoutError(deadlineMs: number): AppError {
  return new AppError({
    code: 'query_timeout',
    message: `The query did not end within ${deadlineMs} ms and was cancelled. Narrow the time range or add filters.`,
    details: { deadlineMs },
  });
}
