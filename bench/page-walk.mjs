// Walks every page of the corpus by cursor and counts what it sees: each log must come exactly once.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './lib/client.mjs';

const PAGE = 100;

export async function walkPages({ environment, port, apiKey, oracle }) {
  const product = spawn('/bin/sh', ['-c', `exec ${environment.LOGSTEAD_CMD}`], {
    env: { ...environment, LOGSTEAD_PORT: String(port) },
    cwd: environment.LOGSTEAD_CWD,
    stdio: 'ignore',
  });
  const client = new Client(environment.LOGSTEAD_URL, 1);
  const get = (path) => client.req({ path, headers: { 'x-api-key': apiKey } });
  try {
    for (let i = 0; i < 600; i++) {
      const ready = await get('/health/ready').catch(() => null);
      if (ready?.status === 200) break;
      await sleep(100);
    }
    const range = {
      start_time: new Date(oracle.start).toISOString(),
      end_time: new Date(oracle.end).toISOString(),
    };
    const seen = new Set();
    let cursor = null;
    let pages = 0;
    let rows = 0;
    const startedMs = performance.now();
    do {
      const parameters = { ...range, limit: String(PAGE), ...(cursor === null ? {} : { cursor }) };
      const { status, body } = await get(`/api/v1/logs?${new URLSearchParams(parameters)}`);
      if (status !== 200) throw new Error(`page ${pages}: ${status} ${body.toString().slice(0, 300)}`);
      const page = JSON.parse(body);
      for (const log of page.logs) seen.add(log.id);
      rows += page.logs.length;
      pages++;
      cursor = page.nextCursor;
    } while (cursor !== null);
    return { pages, rows, distinct: seen.size, seconds: (performance.now() - startedMs) / 1000 };
  } finally {
    client.close();
    product.kill('SIGTERM');
    await new Promise((resolve) => product.once('exit', resolve));
  }
}
