import { Pool, types, type CustomTypesConfig, type PoolClient, type PoolConfig } from 'pg';
import { APP_ROLE } from './migrate';
import { asStoreError } from './store-error';

export interface DatabaseOptions {
  /** Connection string; its user must be a member of the role `logstead_app`. */
  readonly url: string;
  /** Told when an idle connection breaks, for the log. */
  readonly onConnectionError?: (pool: string, error: Error) => void;
}

const CONTROL_CONNECTIONS = 8;
const READER_CONNECTIONS = 6;
const WRITER_CONNECTIONS = 3;
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 60_000;
const INT8_OID = 20;

/** 64-bit integers come as numbers while a number holds them exactly, else as the decimal text. */
const typeParsers: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): unknown =>
    oid === INT8_OID && format !== 'binary' ? parseInt8 : types.getTypeParser(oid, format),
};

/**
 * Connections to the store, in pools that cannot starve each other. All of them act as the role `logstead_app`, which
 * owns nothing, so row-level security binds every statement. A server that goes away fails the statements under way
 * with `store_unavailable`; the pools connect again by themselves.
 */
export class Database {
  /** Tenants, sessions, keys and other small statements. */
  readonly control: Pool;
  /** Reads of logs, which may take seconds. */
  readonly reader: Pool;
  /** Group commits of the writer. */
  readonly writer: Pool;

  private ending = false;

  constructor({ url, onConnectionError }: DatabaseOptions) {
    const options: DatabaseOptions = {
      url,
      // Connections that the server closes while we close them ourselves are nobody's concern.
      onConnectionError: (pool, error) => {
        if (!this.ending) onConnectionError?.(pool, error);
      },
    };
    this.control = createPool(options, 'control', CONTROL_CONNECTIONS);
    this.reader = createPool(options, 'reader', READER_CONNECTIONS);
    this.writer = createPool(options, 'writer', WRITER_CONNECTIONS);
  }

  /**
   * Runs `fn` in a transaction that sees and changes the rows of one tenant only. Rolled back when `fn` throws.
   * @throws AppError `store_unavailable` when the database is away
   */
  async withTenant<T>(tenantId: string, fn: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.control.connect();
    let broken = true;
    try {
      await client.query('BEGIN');
      await client.query(`SELECT set_config('logstead.tenant_id', $1, true)`, [tenantId]);
      const result = await fn(client);
      await client.query('COMMIT');
      broken = false;
      return result;
    } catch (error) {
      broken = !(await rollBack(client));
      throw asStoreError(error);
    } finally {
      client.release(broken);
    }
  }

  /** @throws AppError `store_unavailable` */
  async ping(): Promise<void> {
    await this.control.query('SELECT 1');
  }

  async end(): Promise<void> {
    this.ending = true;
    await Promise.all([this.control.end(), this.reader.end(), this.writer.end()]);
  }
}

/** Errors of the pool itself, connecting included, carry our code; those of a client taken from it stay pg's own. */
class StorePool extends Pool {
  override connect(): Promise<PoolClient>;
  override connect(
    callback: (error: Error | undefined, client: PoolClient | undefined, done: () => void) => void,
  ): void;
  override connect(callback?: Parameters<Pool['connect']>[0]): Promise<PoolClient> | void {
    if (callback !== undefined) return super.connect(callback);
    return super.connect().catch((error: unknown) => {
      throw asStoreError(error);
    });
  }

  override query(...args: unknown[]): never {
    const result = (super.query as (...all: unknown[]) => unknown).apply(this, args);
    if (!(result instanceof Promise)) return result as never;
    return result.catch((error: unknown) => {
      throw asStoreError(error);
    }) as never;
  }
}

function createPool({ url, onConnectionError }: DatabaseOptions, name: string, max: number): Pool {
  const config: PoolConfig = {
    connectionString: url,
    max,
    application_name: `logstead-${name}`,
    options: `-c role=${APP_ROLE}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    keepAlive: true,
    types: typeParsers,
  };
  const pool = new StorePool(config);
  // Without listeners a server that goes away would end the process.
  pool.on('error', (error) => onConnectionError?.(name, error));
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

async function rollBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

function parseInt8(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}
