#!/usr/bin/env node
// Posts the lines of a text file as logs:
//   LOGSTEAD_API_KEY=lsk_… node tools/examples/send-file.mjs /var/log/dpkg.log [service]
// A line keeps the time at its beginning when it has one (2026-11-21 03:12:28, 2026-11-21T03:12:28Z, …).
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const [file, service = basename(file ?? '', '.log')] = process.argv.slice(2);
const { LOGSTEAD_API_KEY: key, LOGSTEAD_ENDPOINT: endpoint = 'http://localhost:4600' } = process.env;
if (file === undefined || key === undefined)
  throw new Error('usage: LOGSTEAD_API_KEY=… send-file.mjs <file> [service]');
const lines = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '');
for (let i = 0; i < lines.length; i += 1000) {
  const logs = lines.slice(i, i + 1000).map((message) => {
    const time = Date.parse(
      /^\[?(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)/
        .exec(message)?.[1]
        ?.replace(',', '.') ?? '',
    );
    const level = /\b(fatal|panic|error|err|warn|warning|debug)\b/i.exec(message)?.[1] ?? 'info';
    return { message, level, ...(Number.isNaN(time) ? {} : { timestamp: time }) };
  });
  const body = JSON.stringify({ service, environment: 'file', logs });
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const response = await fetch(`${endpoint}/api/v1/logs/ingest`, { method: 'POST', headers, body });
  const { accepted, rejectedCount, rejected, detail } = await response.json();
  console.log(response.status, detail ?? { accepted, rejectedCount, first: rejected[0] });
}
