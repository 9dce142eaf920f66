import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { clusterArgument, OWNER_ROLE, prepareCluster, serverEnvironment } from './cluster';
import { prepareDataDir } from './data-dir';
import { lockDataDir } from './data-dir-lock';
import { shutDown, stopLeftoverServer } from './leftover-server';
import { locateBinaries } from './platform-binaries';
import { PostgresStartError } from './postgres-start-error';
import { ServerLog } from './server-log';
import { serverSettings, type ServerTuning } from './server-settings';
import { createSocketDir } from './socket-dir';
import { chooseServerUser, identity, type ServerUser } from './unprivileged-user';

export interface EmbeddedPostgresOptions extends Partial<ServerTuning> {
  /** Folder of the product's data; the cluster lives in `postgres` below it. */
  readonly dataDir: string;
  readonly database?: string;
  /** Told about what happens outside of calls: a server taken over, stopped unexpectedly, started again. */
  readonly onEvent?: (message: string) => void;
}

export interface EmbeddedPostgres {
  /** Connection string of the owner role, over the private socket. Stays valid when the server is restarted. */
  readonly url: string;
  /** Process id of the running server. */
  pid(): number | undefined;
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. Safe to call twice. */
  stop(): Promise<void>;
}

const DEFAULT_TUNING: ServerTuning = { sharedBuffersMb: 256, durable: true, maxConnections: 60 };
/** Recovery after a kill replays up to max_wal_size; a slow disk needs its time. */
const READY_TIMEOUT_MS = 300_000;
const RESTART_DELAYS_MS = [0, 500, 1_000, 2_000, 5_000, 10_000];
const POLL_MS = 20;
/** Processes of a killed server end by themselves; until then a new one cannot start. */
const ORPHANS_GONE_TIMEOUT_MS = 15_000;
const ORPHANS_MESSAGE = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/;

/**
 * Starts a PostgreSQL server of our own in the data folder, creating it when there is none, and keeps it running:
 * when it dies it is started again until `stop()`.
 * @throws PostgresStartError saying what to do, with the end of the server's log
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  prepareDataDir(dataDir);
  const unlock = lockDataDir(dataDir);
  const server = new SupervisedServer(
    dataDir,
    { ...DEFAULT_TUNING, ...definedOnly(options) },
    options.onEvent ?? (() => {}),
  );
  try {
    await server.start();
    const database = options.database ?? 'logstead';
    await createDatabase(server.url('postgres'), database);
    return {
      url: server.url(database),
      pid: () => server.pid(),
      stop: async () => {
        await server.stop();
        unlock();
      },
    };
  } catch (error) {
    await server.stop();
    unlock();
    throw error;
  }
}

class SupervisedServer {
  private readonly clusterDir: string;
  private readonly log: ServerLog;
  private user: ServerUser = null;
  private binaries = '';
  private socketDir = '';
  private child: ChildProcess | undefined;
  private stopping: Promise<void> | undefined;
  private stopRequested = false;
  private restarting: Promise<void> | undefined;

  constructor(
    private readonly dataDir: string,
    private readonly tuning: ServerTuning,
    private readonly onEvent: (message: string) => void,
  ) {
    this.clusterDir = join(dataDir, 'postgres');
    this.log = new ServerLog(join(dataDir, 'postgres.log'));
  }

  url(database: string): string {
    return `postgresql://${OWNER_ROLE}@/${database}?host=${encodeURIComponent(this.socketDir)}`;
  }

  pid(): number | undefined {
    return this.child?.pid;
  }

  async start(): Promise<void> {
    this.user = chooseServerUser(this.clusterDir);
    this.binaries = locateBinaries(this.user, join(this.dataDir, 'engine'));
    prepareCluster(this.binaries, this.clusterDir, this.user, this.tuning.durable);
    await stopLeftoverServer(this.clusterDir, this.onEvent);
    this.socketDir = createSocketDir(this.user);
    await this.launch();
  }

  stop(): Promise<void> {
    this.stopRequested = true;
    this.stopping ??= this.shutDownAndClean();
    return this.stopping;
  }

  private async shutDownAndClean(): Promise<void> {
    await this.restarting;
    const pid = this.child?.pid;
    if (pid !== undefined && this.child?.exitCode === null && this.child.signalCode === null)
      await shutDown(pid);
    this.log.close();
    if (this.socketDir !== '') rmSync(this.socketDir, { recursive: true, force: true });
  }

  private async launch(): Promise<void> {
    const deadline = Date.now() + ORPHANS_GONE_TIMEOUT_MS;
    for (;;) {
      const { child, logOffset } = this.spawnServer();
      const failure = await this.untilReady(child, logOffset);
      if (failure === null) {
        this.child = child;
        child.once('exit', (code, signal) => this.handleExit(code, signal));
        return;
      }
      if (!ORPHANS_MESSAGE.test(failure) || Date.now() > deadline) {
        throw new PostgresStartError(
          `PostgreSQL did not start in ${this.clusterDir}. End of its log (${this.log.path}):\n${failure}`,
        );
      }
      await sleep(100);
    }
  }

  /** In a session of its own: Ctrl-C in the terminal must reach only us, who drain before stopping the server. */
  private spawnServer(): { child: ChildProcess; logOffset: number } {
    const settings = serverSettings(this.socketDir, this.tuning);
    const args = ['-D', clusterArgument(this.clusterDir, this.user)];
    for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
    const { fd, offset } = this.log.open();
    const child = spawn(join(this.binaries, 'bin', 'postgres'), args, {
      ...identity(this.user),
      cwd: this.clusterDir,
      detached: true,
      stdio: ['ignore', fd, fd],
      env: serverEnvironment(),
    });
    closeSync(fd);
    child.on('error', () => {});
    child.unref();
    return { child, logOffset: offset };
  }

  /** @returns null when the server answers, else the end of its log */
  private async untilReady(child: ChildProcess, logOffset: number): Promise<string | null> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (Date.now() < deadline && !this.stopRequested) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
        return this.log.tail(logOffset, 20);
      }
      if (await answers(this.url('postgres'))) return null;
      await sleep(POLL_MS);
    }
    if (child.pid !== undefined) await shutDown(child.pid);
    return `${this.log.tail(logOffset, 20)}\n(not ready within ${READY_TIMEOUT_MS / 1000} s, or stopped meanwhile)`;
  }

  private handleExit(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.stopRequested) return;
    this.onEvent(
      `the database server ended unexpectedly (${signal ?? `exit code ${code}`}), starting it again`,
    );
    this.restarting = this.restart();
  }

  private async restart(): Promise<void> {
    for (let attempt = 0; !this.stopRequested; attempt++) {
      await sleep(RESTART_DELAYS_MS[Math.min(attempt, RESTART_DELAYS_MS.length - 1)]);
      if (this.stopRequested) return;
      try {
        await this.launch();
        this.onEvent('the database server is running again');
        return;
      } catch (error) {
        this.onEvent(error instanceof Error ? error.message : String(error));
      }
    }
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0)
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE template0`);
  } finally {
    await client.end();
  }
}

function definedOnly(options: EmbeddedPostgresOptions): Partial<ServerTuning> {
  const { sharedBuffersMb, durable, maxConnections } = options;
  return Object.fromEntries(
    Object.entries({ sharedBuffersMb, durable, maxConnections }).filter(([, value]) => value !== undefined),
  );
}
