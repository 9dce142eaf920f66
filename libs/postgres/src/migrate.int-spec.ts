import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@logstead/testing';
import { migrate } from './migrate';

let test: TestDatabase;
let folder: string;

beforeAll(async () => {
  test = await createTestDatabase();
  await test.ownerPool.query('TRUNCATE schema_migrations');
});
afterAll(() => test.stop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logstead migrations '));
  await test.ownerPool.query('TRUNCATE schema_migrations');
  await test.ownerPool.query('DROP TABLE IF EXISTS first, second');
});
afterEach(() => rm(folder, { recursive: true }));

const add = (name: string, sql: string): Promise<void> => writeFile(join(folder, name), sql);

describe('migrate', () => {
  it('applies each file once, in order, also when several processes start together', async () => {
    await add('0002_create_second.sql', 'CREATE TABLE second (id integer REFERENCES first (id))');
    await add('0001_create_first.sql', 'CREATE TABLE first (id integer PRIMARY KEY)');
    await add('notes.txt', 'not SQL');
    const results = await Promise.all([1, 2, 3].map(() => migrate(test.url, folder)));
    expect(results.filter(({ length }) => length > 0)).toEqual([
      ['0001_create_first.sql', '0002_create_second.sql'],
    ]);
    await expect(migrate(test.url, folder)).resolves.toEqual([]);
  });

  it('refuses when an applied file was edited', async () => {
    await add('0001_create_first.sql', 'CREATE TABLE first (id integer)');
    await migrate(test.url, folder);
    await add('0001_create_first.sql', 'CREATE TABLE first (id bigint)');
    await expect(migrate(test.url, folder)).rejects.toThrow(
      /0001_create_first\.sql was applied .* changed since/,
    );
  });

  it('refuses a database of a newer version', async () => {
    await add('0001_create_first.sql', 'CREATE TABLE first (id integer)');
    await migrate(test.url, folder);
    await rm(join(folder, '0001_create_first.sql'));
    await expect(migrate(test.url, folder)).rejects.toThrow(/belongs to a newer Logstead/);
  });

  it('undoes a file that fails half-way and names it', async () => {
    await add('0001_create_first.sql', 'CREATE TABLE first (id integer)');
    await add('0002_create_second.sql', 'CREATE TABLE second (id integer); SELECT broken');
    await expect(migrate(test.url, folder)).rejects.toThrow(
      /0002_create_second\.sql failed: column "broken"/,
    );
    const { rows } = await test.ownerPool.query(
      `SELECT to_regclass('first') IS NOT NULL AS first, to_regclass('second') IS NULL AS undone`,
    );
    expect(rows).toEqual([{ first: true, undone: true }]);
  });
});
