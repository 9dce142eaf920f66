import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { PostgresStartError } from './postgres-start-error';
import { canRun, identity, type ServerUser } from './unprivileged-user';

export const OWNER_ROLE = 'logstead';

/**
 * How the server's programs are told where the cluster is. As root we enter the folder before the child drops its
 * rights, and it keeps using the folder it stands in: so a cluster below a folder that only root may enter works.
 * Elsewhere than on Linux the plain path is used.
 */
export function clusterArgument(clusterDir: string, user: ServerUser): string {
  return user !== null && process.platform === 'linux' ? '/proc/self/cwd' : clusterDir;
}

/**
 * Makes the cluster when there is none. It is made under another name and renamed when whole, so that a run killed
 * half-way leaves nothing that looks like one.
 */
export function prepareCluster(
  binaries: string,
  clusterDir: string,
  user: ServerUser,
  durable: boolean,
): void {
  if (!existsSync(clusterDir)) createCluster(binaries, clusterDir, user, durable);
  if (!mayHoldCluster(clusterDir)) {
    throw new PostgresStartError(
      `${clusterDir} exists but holds no database. Move it away, or set LOGSTEAD_DATA_DIR to another folder.`,
    );
  }
  checkOwner(clusterDir, user);
  checkVersion(binaries, clusterDir);
}

function createCluster(binaries: string, clusterDir: string, user: ServerUser, durable: boolean): void {
  const fresh = `${clusterDir}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  chmodSync(fresh, 0o700);
  if (user !== null) chownSync(fresh, user.uid, user.gid);
  if (user !== null && process.platform !== 'linux' && !canRun('/bin/sh', ['-c', `cd "$0"`, fresh], user)) {
    throw new PostgresStartError(
      `User ${user.uid}, which PostgreSQL runs as, cannot enter ${fresh}. ` +
        'Set LOGSTEAD_DATA_DIR to a folder below one that every user may enter, or start as an ordinary user.',
    );
  }
  const args = [
    '-D',
    clusterArgument(fresh, user),
    '-U',
    OWNER_ROLE,
    '--locale=C',
    // A checksum finds a disk that lies; it also makes the first read after a write log every page once more.
    '--no-data-checksums',
    '--encoding=UTF8',
    '--auth=trust',
  ];
  if (!durable) args.push('--no-sync');
  const result = spawnSync(join(binaries, 'bin', 'initdb'), args, {
    ...identity(user),
    cwd: fresh,
    encoding: 'utf8',
    env: serverEnvironment(),
  });
  if (result.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    const reason =
      result.error?.message ?? `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-20).join('\n');
    throw new PostgresStartError(`The database cluster could not be created in ${clusterDir}:\n${reason}`);
  }
  renameSync(fresh, clusterDir);
}

function checkOwner(clusterDir: string, user: ServerUser): void {
  const owner = statSync(clusterDir).uid;
  const expected = user?.uid ?? process.getuid?.();
  if (expected === undefined || owner === expected) return;
  throw new PostgresStartError(
    `The database folder ${clusterDir} belongs to user ${owner}, but PostgreSQL would run as user ${expected}. ` +
      `Start Logstead as the user who started it before, or give the folder over: sudo chown -R ${expected} "${clusterDir}"`,
  );
}

/** True also for a folder that another user closed to us: that is reported as a question of its owner. */
function mayHoldCluster(clusterDir: string): boolean {
  try {
    return readdirSync(clusterDir).includes('PG_VERSION');
  } catch {
    return true;
  }
}

function checkVersion(binaries: string, clusterDir: string): void {
  const stored = readFileSync(join(clusterDir, 'PG_VERSION'), 'utf8').trim();
  const programs = /\d+/.exec(
    spawnSync(join(binaries, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' }).stdout,
  )?.[0];
  if (programs !== undefined && stored !== programs) {
    throw new PostgresStartError(
      `The database in ${clusterDir} was made by PostgreSQL ${stored}, this version of Logstead brings PostgreSQL ${programs}. ` +
        'See docs/operations.md, section Upgrade.',
    );
  }
}

/** Nothing of ours reaches the server: PGHOST, PGDATA and the like would change what it does. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}
