import { spawnSync } from 'node:child_process';
import { childEnvironment } from './environment.ts';

/** What the child sends: one entry per batch, in order. */
export interface ExitRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The child's whole program, given inline so that it survives bundling. It reads the requests from its input (a key
 * must not show in a process list) and posts them one after the other; 429 and 503 are tried again until time is up,
 * an unreachable server is not.
 */
const PROGRAM = `
const http = require('node:http'), https = require('node:https');
let input = '';
process.stdin.setEncoding('utf8').on('data', (text) => { input += text; }).on('end', async () => {
  const { url, requests, timeoutMs } = JSON.parse(input);
  const end = Date.now() + timeoutMs;
  setTimeout(() => process.exit(1), timeoutMs);
  const client = url.startsWith('https:') ? https : http;
  const agent = new client.Agent({ keepAlive: true });
  const post = ({ headers, body }) => new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const request = client.request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': bytes.length } },
      (response) => { response.resume(); response.on('end', () => resolve(response.statusCode)); response.on('error', reject); });
    request.on('error', reject);
    request.end(bytes);
  });
  for (const request of requests) {
    for (;;) {
      let status;
      try { status = await post(request); } catch { process.exit(1); }
      if ((status !== 429 && status !== 503) || Date.now() + 200 > end) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  process.exit(0);
});
`;

/**
 * Sends from a child process and waits for it: in an exit handler nothing asynchronous runs any more.
 * @returns true when the child delivered everything; never throws
 */
export function sendAtExit(url: URL, requests: readonly ExitRequest[], timeoutMs: number): boolean {
  try {
    const { status } = spawnSync(process.execPath, ['-e', PROGRAM], {
      input: JSON.stringify({ url: url.href, requests, timeoutMs }),
      stdio: ['pipe', 'ignore', 'ignore'],
      // The start of the child, about 50 ms, on top.
      timeout: timeoutMs + 1000,
      env: childEnvironment(),
      windowsHide: true,
    });
    return status === 0;
  } catch {
    return false;
  }
}
