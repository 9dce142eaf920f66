import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';

/** The role all pools use. It owns nothing, so row-level security binds it. */
export const APP_ROLE = 'logstead_app';

const MIGRATION_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;
/** Any number will do, as long as every process of ours takes the same. */
const ADVISORY_LOCK_KEY = 4_600_110_533;

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/** A migration cannot be applied; the message names it and says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * Brings the schema up to date: each file of timescale/migrations once, in order, each in a transaction of its own.
 * Processes that start together wait for each other.
 * @returns the names of the migrations applied by this call
 * @throws MigrationError when an applied file has changed or is missing, or a file fails
 */
export async function migrate(ownerUrl: string, directory = findMigrations(__dirname)): Promise<string[]> {
  const migrations = readMigrations(directory);
  const client = new Client({ connectionString: ownerUrl, application_name: 'logstead-migrate' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK_KEY]);
    await createAppRole(client);
    await client.query(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query<{ name: string; sha256: string }>(
      'SELECT name, sha256 FROM schema_migrations',
    );
    const applied = new Map(rows.map((row) => [row.name, row.sha256]));
    checkApplied(applied, migrations);
    const pending = migrations.filter(({ name }) => !applied.has(name));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

export function readMigrations(directory: string): Migration[] {
  return readdirSync(directory)
    .filter((name) => MIGRATION_NAME.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(directory, name), 'utf8');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    });
}

function checkApplied(applied: Map<string, string>, migrations: Migration[]): void {
  for (const { name, sha256 } of migrations) {
    const recorded = applied.get(name);
    if (recorded !== undefined && recorded !== sha256) {
      throw new MigrationError(
        `The migration ${name} was applied to this database and has been changed since. ` +
          'Applied migrations are never edited: restore the file and add a new one.',
      );
    }
  }
  const known = new Set(migrations.map(({ name }) => name));
  for (const name of applied.keys()) {
    if (known.has(name)) continue;
    throw new MigrationError(
      `The database has the migration ${name}, which this version does not know: it belongs to a newer Logstead. ` +
        'Run that version, or restore a backup from before the upgrade.',
    );
  }
}

async function apply(client: Client, { name, sql, sha256 }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)', [name, sha256]);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {});
    throw new MigrationError(
      `The migration ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** Roles belong to the whole server; two databases migrated at once may both try. */
async function createAppRole(client: Client): Promise<void> {
  await client.query(`DO $$
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${APP_ROLE}') THEN
        CREATE ROLE ${APP_ROLE} NOLOGIN;
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$`);
  const { rows } = await client.query<{ member: boolean }>(
    `SELECT pg_has_role(current_user, '${APP_ROLE}', 'SET') AS member`,
  );
  if (rows[0]?.member !== true) await client.query(`GRANT ${APP_ROLE} TO CURRENT_USER`);
}

/** Looks upwards from the source file as well as from the bundle in dist. */
function findMigrations(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'timescale', 'migrations');
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder))
      throw new MigrationError(`The folder timescale/migrations was not found above ${from}.`);
  }
}
