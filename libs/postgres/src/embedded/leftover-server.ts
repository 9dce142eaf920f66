import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, programOf, workingDirectoryOf } from './process-identity';
import { PostgresStartError } from './postgres-start-error';

export const SOCKET_DIR_PREFIX = 'logstead-pg-';
const FAST_SHUTDOWN_MS = 60_000;
const POLL_MS = 25;

/**
 * Stops the server that a killed earlier run left behind. The caller holds the lock of the data folder, so nobody
 * else uses that server. A pid file of a dead server is left to PostgreSQL, which handles it.
 */
export async function stopLeftoverServer(
  clusterDir: string,
  onEvent: (message: string) => void,
): Promise<void> {
  const lines = readPidFile(clusterDir);
  if (lines === null) return;
  const pid = Number(lines[0]);
  if (Number.isInteger(pid) && pid > 1 && isServerOf(pid, clusterDir)) {
    onEvent(`stopping the database server (pid ${pid}) that an earlier run left behind`);
    await shutDown(pid);
  }
  const socketDir = lines[4] ?? '';
  if (basename(socketDir).startsWith(SOCKET_DIR_PREFIX)) rmSync(socketDir, { recursive: true, force: true });
}

/** Fast shutdown (SIGINT: roll back, checkpoint, exit), then immediate (SIGQUIT: recovery at the next start). */
export async function shutDown(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!signalProcess(pid, signal)) return;
    const deadline = Date.now() + FAST_SHUTDOWN_MS;
    while (Date.now() < deadline) {
      if (!isAlive(pid)) return;
      await sleep(POLL_MS);
    }
  }
  throw new PostgresStartError(`The database server with pid ${pid} does not stop.`);
}

function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

function isServerOf(pid: number, clusterDir: string): boolean {
  if (!isAlive(pid) || programOf(pid) !== 'postgres') return false;
  const cwd = workingDirectoryOf(pid);
  return cwd === null || cwd === realpathSync(clusterDir);
}

function readPidFile(clusterDir: string): string[] | null {
  try {
    return readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
}
