import { resolve } from 'node:path';
import type { Config } from '@logstead/config';
import type { Access } from './access';
import { VERSION } from './version';

export interface Announcement {
  readonly config: Config;
  /** The port really listened on. */
  readonly port: number;
  readonly access: Access;
}

/** Tells the person at the terminal where to go on, once everything is ready. */
export function announceReady(announcement: Announcement): void {
  process.stdout.write(announcementText(announcement));
}

export function announcementText({ config, port, access }: Announcement): string {
  const base = config.baseUrl(port);
  const link = access.linkToken === null ? base : `${base}/sign-in?token=${access.linkToken}`;
  const lines = ['', `Logstead ${VERSION} is ready.`, '', `  Explorer   ${link}`];
  if (access.linkToken !== null) lines.push('             (signs you in; works once)');
  if (access.ingestKey !== null) {
    lines.push(`  API key    ${access.ingestKey}`, '             (for sending logs; shown only now)');
    lines.push('', '  Send the first log:', '', `  ${firstLogCommand(base, access.ingestKey)}`);
  } else {
    lines.push(`  API keys   ${base}/settings/keys`);
  }
  lines.push('', `  API        ${base}/api/docs`);
  if (config.databaseUrl === undefined) lines.push(`  Data       ${resolve(config.dataDir)}`);
  lines.push('', 'Ctrl-C stops it.', '');
  return `${lines.join('\n')}\n`;
}

function firstLogCommand(base: string, key: string): string {
  const body = {
    service: 'hello',
    environment: 'dev',
    logs: [{ level: 'info', message: 'Hello, Logstead' }],
  };
  return (
    `curl -sS -H 'X-API-Key: ${key}' -H 'Content-Type: application/json' ` +
    `-d '${JSON.stringify(body)}' '${base}/api/v1/logs/ingest'`
  );
}
