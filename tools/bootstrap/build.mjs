import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './console.mjs';
import { runQuietly } from './processes.mjs';
import { environment, ROOT } from './runtime.mjs';

const STATE = join(ROOT, 'dist', '.build');
const SHARED_INPUTS = ['package-lock.json', 'tsconfig.json', 'tools/bootstrap/build.mjs'];
const IGNORED = new Set(['node_modules', 'dist', 'test', '.cache']);
const LOCK_TIMEOUT_MS = 10 * 60_000;

/** What is built, from which sources, and a file that must exist afterwards. */
const TARGETS = [
  {
    name: 'server',
    inputs: ['apps/ingest', 'apps/query', 'apps/control', 'apps/standalone', 'libs', 'nest-cli.json'],
    output: 'dist/apps/standalone/main.js',
    command: ['node_modules/@nestjs/cli/bin/nest.js', 'build', 'standalone'],
    cwd: '.',
  },
  {
    name: 'sdk',
    inputs: ['sdk/node'],
    output: 'sdk/node/dist/cjs/index.js',
    command: ['build.mjs'],
    cwd: 'sdk/node',
  },
  {
    name: 'web',
    inputs: ['apps/web', 'libs/contracts', 'libs/query-language'],
    output: 'dist/apps/web/index.html',
    command: ['../../node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'],
    cwd: 'apps/web',
  },
];

/** Builds the targets whose sources changed since their last build. */
export async function ensureBuilt({ force = false } = {}) {
  mkdirSync(STATE, { recursive: true });
  const stale = () =>
    TARGETS.map((target) => ({ ...target, hash: hashOf(target) })).filter(
      (target) => force || !isFresh(target),
    );
  if (stale().length === 0) return;
  const release = await lock();
  try {
    const targets = stale();
    if (targets.length === 0) return;
    say(`building ${targets.map(({ name }) => name).join(', ')}`);
    await Promise.all(targets.map(build));
  } finally {
    release();
  }
}

async function build({ name, command, cwd, hash, output }) {
  const marker = join(STATE, name);
  rmSync(marker, { force: true });
  await runQuietly(process.execPath, command, { cwd: join(ROOT, cwd), env: environment() });
  if (!existsSync(join(ROOT, output)))
    throw new Error(`the build of ${name} ended without an error but made no ${output}`);
  writeFileSync(marker, hash);
}

function isFresh({ name, hash, output }) {
  const marker = join(STATE, name);
  return existsSync(marker) && readFileSync(marker, 'utf8') === hash && existsSync(join(ROOT, output));
}

function hashOf({ inputs }) {
  const hash = createHash('sha256').update(process.versions.node);
  for (const input of [...inputs, ...SHARED_INPUTS]) {
    for (const file of filesBelow(join(ROOT, input)))
      hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** Tests are no input: editing one must not rebuild the product. */
function* filesBelow(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) {
    if (!/\.(spec|int-spec|e2e-spec)\.[cm]?tsx?$/.test(path)) yield path;
    return;
  }
  for (const entry of readdirSync(path).sort()) {
    if (!IGNORED.has(entry)) yield* filesBelow(join(path, entry));
  }
}

/** One build at a time in a checkout; a lock whose process is gone is taken over. */
async function lock() {
  const file = join(STATE, 'lock');
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  for (let told = false; Date.now() < deadline; told = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isAlive(readPid(file))) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) say('waiting for another build in this checkout');
    await sleep(200);
  }
  throw new Error(`another build has held ${file} for ten minutes`);
}

function readPid(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  try {
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
