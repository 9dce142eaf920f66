import { createHash } from 'node:crypto';
import type { Config } from '@logstead/config';
import { type Database, installationSecret } from '@logstead/postgres';

/** The key cursors are signed with: of the configuration, else one that all processes share through the database. */
export async function cursorKey(config: Config, database: Database): Promise<Buffer> {
  if (config.cursorSecret === undefined) return installationSecret(database, 'cursor');
  return createHash('sha256').update(config.cursorSecret).digest();
}
