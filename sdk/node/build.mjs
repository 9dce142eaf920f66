// Builds dist/esm and dist/cjs with plain tsc and marks each with its module type.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');

rmSync(join(here, 'dist'), { recursive: true, force: true });
for (const [config, folder, type] of [
  ['tsconfig.json', 'esm', 'module'],
  ['tsconfig.cjs.json', 'cjs', 'commonjs'],
]) {
  execFileSync(process.execPath, [tsc, '-p', join(here, config)], { stdio: 'inherit' });
  writeFileSync(join(here, 'dist', folder, 'package.json'), `{ "type": "${type}" }\n`);
  // tsc rewrites the .ts of imports in code but not in declarations, which older compilers refuse to read.
  for (const name of readdirSync(join(here, 'dist', folder))) {
    if (!name.endsWith('.d.ts')) continue;
    const file = join(here, 'dist', folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'"));
  }
}
