import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate, startEmbeddedPostgres } from '@logstead/postgres';
import { Client } from 'pg';

export const TEMPLATE_DATABASE = 'logstead_template';
const POLL_MS = 50;
const START_TIMEOUT_MS = 120_000;

/**
 * One server for all test files of a run, started by the first that needs it. Nobody can know which file is the
 * last, so a small shell process watches the run and removes server and folder when it has ended, however it ended.
 * @returns the owner's connection string of the migrated template database
 */
export async function sharedServerUrl(): Promise<string> {
  const runPid = Number(process.env['LOGSTEAD_TEST_RUN_PID'] ?? process.pid);
  const folder = join(tmpdir(), `logstead-test-${runPid}`);
  const readyFile = join(folder, 'ready.json');
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return waitForUrl(readyFile);
  }
  const outcome = await startServer(join(folder, 'data'), runPid).then(
    (url) => ({ url }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  writeFileSync(`${readyFile}.new`, JSON.stringify(outcome));
  renameSync(`${readyFile}.new`, readyFile);
  return urlOf(outcome);
}

/** The connection string of another database on the same server. */
export function withDatabase(url: string, database: string): string {
  return url.replace(/@([^/]*)\/[^?]*/, (_match, host: string) => `@${host}/${database}`);
}

async function startServer(dataDir: string, runPid: number): Promise<string> {
  const server = await startEmbeddedPostgres({
    dataDir,
    database: TEMPLATE_DATABASE,
    durable: false,
    sharedBuffersMb: 64,
    maxConnections: 200,
  });
  removeWhenRunEnds(runPid, server.pid() ?? 0, server.url, join(dataDir, '..'));
  await migrate(server.url);
  return server.url;
}

function removeWhenRunEnds(runPid: number, serverPid: number, url: string, folder: string): void {
  const socketDir = decodeURIComponent(/host=([^&]+)/.exec(url)?.[1] ?? '');
  const script =
    'while kill -0 "$0" 2>/dev/null; do sleep 1; done; kill -QUIT "$1"; ' +
    'while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; rm -rf "$2" "$3"';
  spawn('/bin/sh', ['-c', script, String(runPid), String(serverPid), folder, socketDir], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  }).unref();
}

async function waitForUrl(readyFile: string): Promise<string> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (existsSync(readyFile))
      return urlOf(JSON.parse(readFileSync(readyFile, 'utf8')) as { url?: string; error?: string });
    await sleep(POLL_MS);
  }
  throw new Error(`The test server was not ready within ${START_TIMEOUT_MS / 1000} s`);
}

function urlOf(outcome: { url?: string; error?: string }): string {
  if (outcome.url === undefined)
    throw new Error(`The test server did not start: ${outcome.error ?? 'no reason given'}`);
  return outcome.url;
}

/** Runs one statement as the owner, on a connection of its own. */
export async function runAsOwner(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
