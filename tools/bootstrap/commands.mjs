import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { say } from './console.mjs';
import { ensurePackages } from './packages.mjs';
import { run } from './processes.mjs';
import { environment, ROOT } from './runtime.mjs';
import { runTests } from './tests.mjs';

const PRODUCT = join('dist', 'apps', 'standalone', 'main.js');

async function ready({ build = true } = {}) {
  await ensurePackages();
  if (build) await ensureBuilt();
}

function node(args) {
  // Compiled code is kept from run to run: a start is a fifth faster, and so are the first requests after it.
  const env = { NODE_COMPILE_CACHE: join(ROOT, '.cache', 'compile'), ...environment() };
  return run(process.execPath, args, { cwd: ROOT, env });
}

/** The data folder and other relative paths count from the repository, wherever npm was called from. */
async function start(args) {
  await ready();
  return node(['--enable-source-maps', PRODUCT, ...args]);
}

/** The first file that exists, run with this Node, which strips types by itself. */
function script(what, candidates) {
  return async (args) => {
    await ready();
    const file = candidates.find((candidate) => existsSync(join(ROOT, candidate)));
    if (file === undefined)
      throw new Error(`${what} is not part of this checkout (${candidates.join(', ')})`);
    return node(['--disable-warning=ExperimentalWarning', file, ...args]);
  };
}

async function build(args) {
  await ensurePackages();
  await ensureBuilt({ force: args.includes('--force') });
  return 0;
}

/** All checks that need no database, cheapest first; ends at the first that fails. */
async function lint() {
  await ready({ build: false });
  const bin = (path) => join(ROOT, 'node_modules', path);
  const checks = [
    ['format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
    ['escape hatches', [join(ROOT, 'tools', 'ratchet.mjs')]],
    [
      'import directions',
      [
        bin('dependency-cruiser/bin/dependency-cruiser.mjs'),
        '--config',
        '.dependency-cruiser.cjs',
        'apps',
        'libs',
      ],
    ],
    ['dead code', [bin('knip/bin/knip.js')]],
    ['types', [bin('typescript/bin/tsc'), '--noEmit', '-p', '.']],
    ['types of the end-to-end tests', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'test']],
    ['types of the web app', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'apps/web']],
    ['types of the SDK', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'sdk/node/tsconfig.spec.json']],
    ['types of the demo', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tools/demo']],
    [
      'lint rules',
      [
        bin('eslint/bin/eslint.js'),
        '--max-warnings',
        '0',
        '--cache',
        '--cache-location',
        '.cache/eslint',
        '.',
      ],
    ],
  ];
  for (const [what, args] of checks) {
    say(`checking ${what}`);
    const code = await node(args);
    if (code !== 0) return code;
  }
  return 0;
}

async function format() {
  await ready({ build: false });
  return node([join(ROOT, 'node_modules/prettier/bin/prettier.cjs'), '--write', '--log-level', 'warn', '.']);
}

async function test(args) {
  await ready();
  return runTests(args);
}

function ci(args) {
  return run('bash', [join(ROOT, '.ci', 'run'), ...args], { cwd: ROOT, env: environment() });
}

/** For a shell: eval "$(node tools/bootstrap.mjs env)" */
function env() {
  const folders = [dirname(process.execPath), join(ROOT, 'node_modules', '.bin')].join(delimiter);
  process.stdout.write(`export PATH='${folders.replaceAll("'", `'\\''`)}':"$PATH"\n`);
  return 0;
}

function help() {
  process.stdout.write(`Commands: ${Object.keys(commands).join(', ')}\n`);
  return 0;
}

export const commands = {
  start,
  test,
  bench: script('the benchmark', ['bench/main.mjs']),
  demo: script('the demo', [
    'tools/demo/main.mjs',
    'tools/demo/main.ts',
    'tools/demo/demo.mjs',
    'tools/demo/index.mjs',
  ]),
  build,
  lint,
  format,
  ci,
  env,
  help,
};
