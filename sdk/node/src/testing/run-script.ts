import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from './built-package.ts';

const LONGEST_RUN_MS = 10_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly ms: number;
}

/** Runs a CommonJS program that can `require('@logstead/logger')`, with the endpoint in its environment. */
export function runScript(
  program: string,
  endpoint: string,
  onOutput: (output: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const started = Date.now();
  // A file inside the repository, so that package names resolve; pino looks its targets up from the calling file.
  const cache = join(PACKAGE_FOLDER, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'script-'));
  const file = join(folder, 'program.cjs');
  writeFileSync(file, program);
  const child = spawn(process.execPath, [file], {
    cwd: PACKAGE_FOLDER,
    env: {
      PATH: process.env['PATH'],
      LOGSTEAD_API_KEY: 'test',
      LOGSTEAD_ENDPOINT: endpoint,
      LOGSTEAD_SERVICE: 'child',
    },
  });
  // A program that does not end by itself fails its test instead of outliving it.
  const limit = setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN_MS);
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    onOutput(output, child);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      rmSync(folder, { recursive: true, force: true });
      resolve({ code, signal, output, ms: Date.now() - started });
    });
  });
}
