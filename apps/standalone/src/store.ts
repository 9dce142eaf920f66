import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@logstead/config';
import {
  Database,
  isStoreUnavailable,
  migrate,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '@logstead/postgres';
import type { Logger } from '@logstead/telemetry';
import { OperatorError } from './operator-error';

/** The database of the process: its own server or the one of DATABASE_URL, migrated, with its pools. */
export interface Store {
  readonly database: Database;
  /** Connection string of the owner, for what the application's role may not do. */
  readonly ownerUrl: string;
  stop(): Promise<void>;
}

/** Containers start in any order: a database that is not there yet is waited for this long. */
const REACHABLE_TIMEOUT_MS = 60_000;
const RETRY_MS = 500;

export async function openStore(config: Config, logger: Logger, signal: AbortSignal): Promise<Store> {
  const server = config.databaseUrl === undefined ? await startOwnServer(config, logger) : null;
  const ownerUrl = server?.url ?? config.databaseUrl ?? '';
  try {
    const applied = await migrateWhenReachable(ownerUrl, server === null, logger, signal);
    if (applied.length > 0) logger.info({ migrations: applied }, 'Brought the schema up to date');
    const database = new Database({
      url: ownerUrl,
      // Only the message: node-postgres hangs the whole client onto the error.
      onConnectionError: (pool, error) =>
        logger.warn({ pool, reason: error.message }, 'Lost an idle database connection'),
    });
    return {
      database,
      ownerUrl,
      stop: async () => {
        await database.end();
        await server?.stop();
      },
    };
  } catch (error) {
    await server?.stop();
    throw error;
  }
}

function startOwnServer(config: Config, logger: Logger): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    dataDir: config.dataDir,
    sharedBuffersMb: config.postgresSharedBuffersMb,
    onEvent: (event) => logger.warn({ event }, 'Database server'),
  });
}

async function migrateWhenReachable(
  url: string,
  wait: boolean,
  logger: Logger,
  signal: AbortSignal,
): Promise<string[]> {
  const deadline = Date.now() + REACHABLE_TIMEOUT_MS;
  for (let told = false; ; told = true) {
    try {
      return await migrate(url);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!wait) throw error;
      if (!isStoreUnavailable(error))
        throw new OperatorError(`The database of DATABASE_URL cannot be used: ${reason}`, { cause: error });
      if (signal.aborted || Date.now() > deadline) {
        throw new OperatorError(`The database of DATABASE_URL cannot be reached: ${reason}`, {
          cause: error,
        });
      }
      if (!told) logger.warn({ err: error }, 'Waiting for the database');
      await sleep(RETRY_MS);
    }
  }
}
