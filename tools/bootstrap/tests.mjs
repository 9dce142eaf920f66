import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from './processes.mjs';
import { environment, ROOT } from './runtime.mjs';

const RESULTS = join(ROOT, 'test-results');
/** Jest leaves one core free, which on two cores means no second worker; most of our time is spent waiting. */
const WORKERS = Math.max(2, availableParallelism() - 1);

/**
 * Runs every suite, or only what the arguments name (they go to jest: `npm test -- libs/pipeline`).
 * Ends with one line that sums the suites up.
 */
export async function runTests(args) {
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS);
  const suites = [{ name: 'jest', cwd: '.', config: 'jest.config.js', args }];
  if (args.length === 0) suites.push(...ownSuites());
  let code = 0;
  for (const suite of suites) code = (await runJest(suite)) || code;
  report(suites);
  return code;
}

/** Workspaces with a jest configuration of their own (other module systems, a DOM). */
function ownSuites() {
  const found = [];
  for (const [name, cwd] of [
    ['sdk', 'sdk/node'],
    ['web', 'apps/web'],
  ]) {
    const config = ['jest.config.js', 'jest.config.cjs', 'jest.config.mjs'].find((file) =>
      existsSync(join(ROOT, cwd, file)),
    );
    if (config !== undefined) found.push({ name, cwd, config, args: [] });
  }
  return found;
}

function runJest({ name, cwd, config, args }) {
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const output = join(RESULTS, `${name}.json`);
  return run(
    process.execPath,
    [jest, '--config', config, '--json', `--outputFile=${output}`, `--maxWorkers=${WORKERS}`, ...args],
    {
      cwd: join(ROOT, cwd),
      env: environment(),
      // With --json jest prints the report on stdout too; people read stderr.
      stdio: ['inherit', 'ignore', 'inherit'],
    },
  );
}

function report(suites) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { name } of suites) {
    const file = join(RESULTS, `${name}.json`);
    if (!existsSync(file)) {
      sum.failed++;
      continue;
    }
    const result = JSON.parse(readFileSync(file, 'utf8'));
    sum.passed += result.numPassedTests;
    sum.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    sum.skipped += result.numPendingTests + result.numTodoTests;
  }
  const line = `${sum.passed} passed, ${sum.failed} failed`;
  writeFileSync(join(RESULTS, 'summary.txt'), `${line}\n`);
  if (sum.skipped > 0) process.stdout.write(`${sum.skipped} skipped\n`);
  process.stdout.write(`${line}\n`);
}
