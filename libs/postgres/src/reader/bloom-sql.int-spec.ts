import fc from 'fast-check';
import { bloomPositions, buildBloom } from '@logstead/pipeline';
import { forEachToken, tokenHash } from '@logstead/query-language';
import { createTestDatabase, type TestDatabase, TestLogs } from '@logstead/testing';
import { bloomCondition } from './bloom-sql';

const hash = fc.integer({ min: 0, max: 0xffff_ffff });

describe('bloomCondition', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.stop());

  const inSql = async (bloom: Buffer, hashes: number[]): Promise<boolean> => {
    const { rows } = await db.ownerPool.query<{ hit: boolean }>(
      `SELECT ${bloomCondition(hashes)} AS hit FROM (SELECT $1::bytea AS bloom) x`,
      [bloom],
    );
    return rows[0]!.hit;
  };

  it('says in SQL what the bits say', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(hash, { minLength: 1, maxLength: 400 }),
        fc.array(hash, { minLength: 1, maxLength: 3 }),
        async (held, asked) => {
          const bloom = buildBloom(Uint32Array.from(held), held.length);
          const holds = (value: number): boolean => {
            const { lineOffset, bits } = bloomPositions(value, bloom.length / 64);
            return bits.every((bit) => (bloom[lineOffset + (bit >> 3)]! & (1 << (bit & 7))) !== 0);
          };
          expect(await inSql(bloom, asked)).toBe(asked.every(holds));
          expect(await inSql(bloom, held.slice(0, 5))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds every word and trace id of what the writer wrote, and few others', async () => {
    const tenant = await db.createTenant();
    const logs = new TestLogs(db);
    const message = 'Connection to DB-12 refused: größe ÄÖ 日本語 order_77 \u0000 x';
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const filler = Array.from({ length: 250 }, (_, i) => ({ message: `w${i}a w${i}b w${i}c w${i}d` }));
    await logs.send(tenant, 's', [
      { message, trace_id: trace },
      { message: 'x', trace_id: 'Odd-Trace' },
      ...filler,
    ]);
    await logs.stop();
    const { rows } = await db.ownerPool.query<{ bloom: Buffer }>(`SELECT bloom FROM log_blocks_30d`);
    expect(rows).toHaveLength(1);
    const tokens: string[] = [];
    forEachToken(message.replace('\u0000', ' '), (token) => tokens.push(token));
    expect(tokens).toContain('größe');
    for (const token of [...tokens, trace, 'odd-trace'])
      expect([token, await inSql(rows[0]!.bloom, [tokenHash(token)])]).toEqual([token, true]);
    let wrong = 0;
    for (let i = 0; i < 1_000; i++) if (await inSql(rows[0]!.bloom, [tokenHash(`absent${i}`)])) wrong++;
    expect(wrong).toBeLessThan(40);
  });
});
