import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './console.mjs';
import { environment, ROOT, runNpm } from './runtime.mjs';

/** Installs the packages of the lock file unless they are there already. Needs no network when they are. */
export async function ensurePackages() {
  const reason = whyInstall();
  if (reason === null) return;
  say(`installing packages (${reason}); this takes about a minute`);
  await runNpm(['ci', '--no-audit', '--no-fund', '--ignore-scripts'], ROOT, environment());
}

/** npm writes the tree it installed to a hidden lock file, last: comparing the two also notices an install cut short. */
function whyInstall() {
  const hiddenLock = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(hiddenLock)) return 'first run';
  const wanted = readLock(join(ROOT, 'package-lock.json'));
  const installed = readLock(hiddenLock);
  for (const [path, { version, optional, link, devOptional }] of Object.entries(wanted)) {
    if (path === '' || link || !path.includes('node_modules/')) continue;
    const present = installed[path];
    // Optional packages of other platforms are in the lock but never installed.
    if (present === undefined && (optional || devOptional)) continue;
    if (present?.version !== version) return 'the lock file changed';
  }
  return null;
}

function readLock(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}
