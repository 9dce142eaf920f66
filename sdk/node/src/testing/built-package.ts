import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PACKAGE_FOLDER = join(__dirname, '../..');
const LAST_BUILT_FILE = join(PACKAGE_FOLDER, 'dist/cjs/package.json');
/** Shared by the jest workers: whoever creates it builds. */
const LOCK = join(tmpdir(), 'logstead-logger-build.lock');
const LOCK_WAIT_MS = 60_000;

/** Builds dist/ when it is older than the sources, once for all test files. */
export async function ensureBuilt(): Promise<void> {
  const end = Date.now() + LOCK_WAIT_MS;
  while (!tryLock()) {
    if (Date.now() > end) rmdirSync(LOCK);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    if (isStale()) execFileSync(process.execPath, [join(PACKAGE_FOLDER, 'build.mjs')], { stdio: 'pipe' });
  } finally {
    rmdirSync(LOCK);
  }
}

function tryLock(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    return false;
  }
}

function isStale(): boolean {
  const sources = readdirSync(join(PACKAGE_FOLDER, 'src')).filter(
    (name) => name.endsWith('.ts') && !name.includes('spec'),
  );
  const newest = Math.max(...sources.map((name) => statSync(join(PACKAGE_FOLDER, 'src', name)).mtimeMs));
  try {
    return statSync(LAST_BUILT_FILE).mtimeMs < newest;
  } catch {
    return true;
  }
}
