import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, isSameProcessAlive, type ProcessIdentity } from './process-identity';
import { PostgresStartError } from './postgres-start-error';

/** Says which Logstead process owns a data folder. A killed owner leaves it behind; the next start takes it over. */
export const LOCK_FILE = 'logstead.lock';

/**
 * Takes the data folder for this process.
 * @returns a function that gives it back
 * @throws PostgresStartError when another living process owns it
 */
export function lockDataDir(dataDir: string): () => void {
  const lockPath = join(dataDir, LOCK_FILE);
  const own = JSON.stringify(identityOf(process.pid));
  const candidate = `${lockPath}.${process.pid}`;
  writeFileSync(candidate, own);
  try {
    for (let attempt = 0; ; attempt++) {
      if (tryLink(candidate, lockPath)) break;
      const owner = readOwner(lockPath);
      if (owner !== null && isSameProcessAlive(owner)) {
        throw new PostgresStartError(
          `Another Logstead process (pid ${owner.pid}) already uses the data folder ${dataDir}. ` +
            'Stop it first, or set LOGSTEAD_DATA_DIR to another folder.',
        );
      }
      if (attempt > 5)
        throw new PostgresStartError(`The lock file ${lockPath} cannot be taken. Delete it and start again.`);
      discardStaleLock(lockPath, owner);
    }
  } finally {
    rmSync(candidate, { force: true });
  }
  return () => {
    if (readFileOrNull(lockPath) === own) rmSync(lockPath, { force: true });
  };
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the stale file aside first: a rival that locked in between gets its file back instead of losing it. */
function discardStaleLock(lockPath: string, stale: ProcessIdentity | null): void {
  const aside = `${lockPath}.stale.${process.pid}`;
  try {
    renameSync(lockPath, aside);
  } catch {
    return;
  }
  const moved = readOwner(aside);
  if (moved !== null && stale !== null && moved.pid !== stale.pid) tryLink(aside, lockPath);
  rmSync(aside, { force: true });
}

function readOwner(path: string): ProcessIdentity | null {
  const text = readFileOrNull(path);
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Partial<ProcessIdentity>;
    return typeof value.pid === 'number' ? { pid: value.pid, startedAt: value.startedAt ?? null } : null;
  } catch {
    return null;
  }
}

function readFileOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
