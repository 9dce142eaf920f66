import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@logstead/config';
import type { Logger } from '@logstead/telemetry';

const FILE = 'admin-link';

/**
 * Keeps a one-time sign-in link in the data folder, readable by its owner only, so that tools of the same checkout
 * (`npm run demo`) get in without a password. Whoever may read it may read the database anyway.
 */
export function writeLocalLink(config: Config, port: number, token: string | null, logger: Logger): void {
  const file = join(config.dataDir, FILE);
  try {
    mkdirSync(config.dataDir, { recursive: true });
    // A file left by an earlier start keeps its mode when it is only written over.
    rmSync(file, { force: true });
    if (token === null) return;
    writeFileSync(file, `${config.baseUrl(port)}/sign-in?token=${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (err) {
    logger.warn({ err, file }, 'The sign-in link for local tools could not be written');
  }
}
