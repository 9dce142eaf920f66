import { randomBytes } from 'node:crypto';
import type { Database } from '../database';

/**
 * A secret that all processes of the installation share: 32 random bytes made by whoever asks first.
 * @throws AppError `store_unavailable`
 */
export async function installationSecret(database: Database, name: string): Promise<Buffer> {
  const { rows } = await database.control.query<{ value: Buffer }>(
    'SELECT installation_secret($1, $2) AS value',
    [name, randomBytes(32)],
  );
  const value = rows[0]?.value;
  if (value === undefined) throw new Error(`The secret ${name} could not be made`);
  return value;
}
