import { createHash, randomBytes } from 'node:crypto';
import type { Config } from '@logstead/config';
import type { Database } from '@logstead/postgres';

/** The key cursors are signed with: of the configuration, else one that all processes share through the database. */
export async function cursorKey(config: Config, database: Database): Promise<Buffer> {
  if (config.cursorSecret !== undefined) return createHash('sha256').update(config.cursorSecret).digest();
  const { rows } = await database.control.query<{ secret: Buffer }>(
    'SELECT installation_secret($1, $2) AS secret',
    ['cursor', randomBytes(32)],
  );
  return rows[0]!.secret;
}
