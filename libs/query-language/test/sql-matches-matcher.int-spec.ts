import fc from 'fast-check';
import { escapeMetadata } from '@logstead/pipeline';
import type { TestDatabase } from '@logstead/testing';
import { createTestDatabase } from '@logstead/testing';
import { LEVEL_NUMBERS, LEVELS } from '@logstead/contracts';
import type { MatchableLog, QueryNode } from '../src/index';
import { compileMatcher, compileToSql, formatQuery, logColumns, parseQuery } from '../src/index';
import { storedText } from '../src/stored-text';
import { levelName, metadataText, service, text, timestamp, traceId } from './log-arbitraries';
import { query, regexSource, isValidRegex } from './query-arbitraries';

const LOGS = 400;
const NAMES = ['payment', 'Payment', 'pay-api', 'auth', '100%_x'];

const log = fc.record({
  timestamp,
  service,
  environment: fc.constantFrom('prod', 'dev'),
  level: levelName,
  message: text,
  metadata: fc.option(metadataText),
  trace_id: fc.option(traceId),
  span_id: fc.option(fc.constantFrom('00f067aa0ba902b7', 'span')),
});

describe('SQL against the matcher', () => {
  let db: TestDatabase;
  const logs: MatchableLog[] = [];

  beforeAll(async () => {
    db = await createTestDatabase();
    await db.ownerPool.query('CREATE TABLE matched (LIKE logs_30d)');
    const generated = fc.sample(log, { numRuns: LOGS });
    for (const [i, one] of generated.entries()) {
      const id = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
      const { metadata, trace_id, span_id, ...rest } = one;
      logs.push({
        id,
        ...rest,
        ...(metadata === null
          ? {}
          : { metadata: JSON.parse(metadata) as Record<string, unknown>, metadataText: metadata }),
        ...(trace_id === null ? {} : { trace_id }),
        ...(span_id === null ? {} : { span_id }),
      });
      const isHex = trace_id !== null && /^[0-9a-f]{32}$/.test(trace_id);
      await db.ownerPool.query(
        `INSERT INTO matched (ts, tenant_no, service_id, env_id, level, id, trace_id, trace_text, span_id, message, metadata)
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          one.timestamp,
          NAMES.indexOf(one.service) + 1,
          one.environment === 'prod' ? 1 : 2,
          LEVEL_NUMBERS[one.level],
          id,
          isHex ? trace_id : null,
          isHex ? null : trace_id,
          span_id,
          storedText(one.message),
          metadata === null ? null : escapeMetadata(metadata),
        ],
      );
    }
  });
  afterAll(() => db.stop());

  async function idsFromSql(node: QueryNode, negate = ''): Promise<string[]> {
    const find = (names: string[]) => (matches: (name: string) => boolean) =>
      names.flatMap((name, i) => (matches(name) ? [i + 1] : []));
    const { text: where, values } = compileToSql(node, {
      columns: logColumns('m'),
      firstParam: 2,
      resolveServices: find(NAMES),
      resolveEnvironments: find(['prod', 'dev']),
    });
    const result = await db.ownerPool.query<{ id: string }>(
      `SELECT id FROM matched m WHERE tenant_no = $1 AND ${negate} ${where} ORDER BY id`,
      [1, ...values],
    );
    return result.rows.map((row) => row.id);
  }

  function idsFromMatcher(node: QueryNode): string[] {
    const matches = compileMatcher(node);
    return logs.filter(matches).map(({ id }) => id);
  }

  /** The logs on which the two disagree, so that a failure shows them. */
  async function disagreement(node: QueryNode): Promise<unknown[]> {
    const inSql = new Set(await idsFromSql(node));
    const inMemory = new Set(idsFromMatcher(node));
    return logs
      .filter(({ id }) => inSql.has(id) !== inMemory.has(id))
      .map((one) => ({ onlyIn: inSql.has(one.id) ? 'SQL' : 'memory', one }));
  }

  it('returns the same logs for generated queries', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(query, async (generated) => {
        const node = parseQuery(formatQuery(generated));
        expect(await disagreement(node)).toEqual([]);
        const ids = idsFromMatcher(node);
        expect(await idsFromSql(node, 'NOT')).toHaveLength(LOGS - ids.length);
        if (ids.length > 0 && ids.length < LOGS) found++;
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(100);
  }, 60_000);

  it('returns the same logs for generated regular expressions', async () => {
    await fc.assert(
      fc.asyncProperty(regexSource.filter(isValidRegex), fc.boolean(), async (source, ignoreCase) => {
        const span = { start: 0, end: 0 };
        const node: QueryNode = { type: 'regex', field: { name: 'message' }, source, ignoreCase, span };
        expect(await disagreement(node)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('answers hostile and very large queries in time', async () => {
    const long = [
      'ab '.repeat(20_000) + 'qxxxyz a b c zP Z',
      'x'.repeat(50_000) + 'a b c',
      'a'.repeat(50_000) + '!',
    ];
    await db.ownerPool.query('CREATE TABLE hostile (LIKE logs_30d)');
    await db.ownerPool.query(
      `INSERT INTO hostile (ts, tenant_no, service_id, env_id, level, id, message)
       SELECT now(), 1, 1, 1, 20, gen_random_uuid(), m FROM unnest($1::text[]) m`,
      [long],
    );
    const queries = [
      '/(a*)*b$/',
      '/(a|a|a)+$x/',
      '/(.*)(.*)(.*)(.*)[xyz]q/',
      '/a.{0,400}b.{0,400}c/',
      '/(a?){50}a{50}!x/',
      '/(x+x+)+y/',
      '/\\pL{1,100}\\pN/',
      '/.{1,255}.{1,255}.{1,255}Z/',
      'a*a*a*a*a*a*z',
      Array.from({ length: 200 }, (_, i) => `metadata.k${i}:${i}`).join(' OR '),
      Array.from({ length: 200 }, (_, i) => `-/${i}[a-z]/`).join(' '),
    ];
    const client = await db.ownerPool.connect();
    try {
      await client.query('SET statement_timeout = 5000');
      for (const one of queries) {
        const none = (): number[] => [];
        const target = {
          columns: logColumns(),
          firstParam: 1,
          resolveServices: none,
          resolveEnvironments: none,
        };
        const { text: where, values } = compileToSql(parseQuery(one), target);
        await expect(
          client.query(`SELECT count(*) FROM hostile WHERE ${where}`, values),
        ).resolves.toBeDefined();
      }
    } finally {
      client.release(true);
    }
  }, 60_000);

  it('orders levels by severity', async () => {
    for (const [i, level] of LEVELS.entries()) {
      const ids = await idsFromSql(parseQuery(`level>=${level}`));
      expect(ids).toEqual(logs.filter((one) => LEVELS.indexOf(one.level) >= i).map(({ id }) => id));
    }
  });
});
