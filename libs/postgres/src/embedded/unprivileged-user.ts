import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { PostgresStartError } from './postgres-start-error';

/** Whom PostgreSQL runs as. Null: as ourselves, because we are not root (PostgreSQL refuses to run as root). */
export type ServerUser = { readonly uid: number; readonly gid: number } | null;

const NOBODY_ID = 65_534;

/**
 * Picks the user for the server: ourselves, or when we are root the owner of an existing cluster, the system's
 * `postgres`, `nobody`, or the first ordinary user the kernel lets us become (user namespaces may lack some).
 */
export function chooseServerUser(clusterDir: string): ServerUser {
  if (process.getuid?.() !== 0) return null;
  const candidates = [
    ownerOf(clusterDir),
    { uid: NOBODY_ID, gid: NOBODY_ID },
    accountNamed('postgres'),
    { uid: 1000, gid: 1000 },
    { uid: 1, gid: 1 },
  ];
  for (const user of candidates) {
    if (user !== null && user.uid !== 0 && canRun('/bin/sh', ['-c', ':'], user)) return user;
  }
  throw new PostgresStartError(
    'PostgreSQL does not run as root and no unprivileged user could be used. ' +
      'Start Logstead as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  );
}

/** Whether the user can run the program at all: it must be able to enter every folder on the way to it. */
export function canRun(program: string, args: string[], user: ServerUser): boolean {
  const result = spawnSync(program, args, {
    ...identity(user),
    cwd: '/',
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin' },
  });
  return result.status === 0;
}

/** Spawn options that make a child process run as the user. */
export function identity(user: ServerUser): { uid?: number; gid?: number } {
  return user === null ? {} : { uid: user.uid, gid: user.gid };
}

function ownerOf(path: string): ServerUser {
  try {
    const { uid, gid } = statSync(path);
    return { uid, gid };
  } catch {
    return null;
  }
}

function accountNamed(name: string): ServerUser {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    return uid !== undefined && gid !== undefined ? { uid: Number(uid), gid: Number(gid) } : null;
  } catch {
    return null;
  }
}
