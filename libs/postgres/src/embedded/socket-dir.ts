import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SOCKET_DIR_PREFIX } from './leftover-server';
import { PostgresStartError } from './postgres-start-error';
import { canRun, type ServerUser } from './unprivileged-user';

/** sun_path holds 104 bytes on macOS, 108 on Linux, with the final NUL. */
const MAX_SOCKET_PATH_BYTES = 103;
const SOCKET_NAME = '.s.PGSQL.5432.lock';

/** Makes a short folder for the server's socket that only the server's user (and root) can enter. */
export function createSocketDir(user: ServerUser): string {
  const bases = [...new Set([tmpdir(), '/tmp', '/var/tmp'])];
  for (const base of bases) {
    const dir = tryCreate(base, user);
    if (dir !== null) return dir;
  }
  throw new PostgresStartError(
    `No short folder for the database's socket could be made in ${bases.join(', ')}. Point TMPDIR at a writable folder with a short path.`,
  );
}

function tryCreate(base: string, user: ServerUser): string | null {
  if (Buffer.byteLength(join(base, `${SOCKET_DIR_PREFIX}XXXXXX`, SOCKET_NAME)) > MAX_SOCKET_PATH_BYTES)
    return null;
  let dir: string | null = null;
  try {
    dir = mkdtempSync(join(base, SOCKET_DIR_PREFIX));
    chmodSync(dir, 0o700);
    if (user !== null) chownSync(dir, user.uid, user.gid);
    if (canRun('/bin/sh', ['-c', 'cd "$0"', dir], user)) return dir;
  } catch {
    // The next base is tried.
  }
  if (dir !== null) rmSync(dir, { recursive: true, force: true });
  return null;
}
