#!/usr/bin/env node
// The door to every command of the repository: `npm start`, `npm test` and the others come here. Runs on Node 20 and
// newer without a single package: it fetches the Node the product needs, installs packages when the lock file
// changed, builds what changed, and goes on.
import { commands } from './bootstrap/commands.mjs';
import { fail } from './bootstrap/console.mjs';
import { reexecOnOlderNode } from './bootstrap/runtime.mjs';

const [name = 'help', ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (command === undefined) fail(`unknown command "${name}". Commands: ${Object.keys(commands).join(', ')}`);
  process.exitCode = (await reexecOnOlderNode()) ?? (await command(args));
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
