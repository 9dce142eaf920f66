import { randomUUID } from 'node:crypto';
import { AppError } from '@logstead/errors';
import { BatchEncoder, type EncodedBatch } from '@logstead/pipeline';
import { type CommittedBlock, InMemoryCommitFeed, type TenantContext } from '@logstead/ports';
import { createTestDatabase, type TestDatabase } from '@logstead/testing';
import { LogWriter, NameRegistry } from './index';

const LIMITS = {
  maxMessageBytes: 262_144,
  maxMetadataBytes: 65_536,
  maxMetadataKeys: 1024,
  maxMetadataDepth: 32,
  maxBatchLogs: 10_000,
  maxFutureMs: 3_600_000,
};

describe('LogWriter', () => {
  let test: TestDatabase;
  let names: NameRegistry;
  let feed: InMemoryCommitFeed;
  let tenant: TenantContext;
  let other: TenantContext;
  const encoder = new BatchEncoder();
  const errors: unknown[] = [];

  beforeAll(async () => {
    test = await createTestDatabase();
    names = new NameRegistry(test.database, 100);
    feed = new InMemoryCommitFeed();
    tenant = await test.createTenant();
    other = await test.createTenant({ retentionDays: 7 });
  });
  afterAll(() => test.stop());

  function writerWith(options: Partial<ConstructorParameters<typeof LogWriter>[3]> = {}): LogWriter {
    return new LogWriter(
      test.database.writer,
      (tenantNo) => names.byTenantNo(tenantNo),
      feed,
      {
        connections: 2,
        maxRowsPerCommit: 5000,
        maxQueueBytes: 1 << 26,
        maxTenantQueueBytes: 1 << 25,
        ...options,
      },
      (error) => errors.push(error),
    );
  }

  async function encode(context: TenantContext, logs: object[], service = 'web'): Promise<EncodedBatch> {
    const body = Buffer.from(`${JSON.stringify({ service, environment: 'prod', logs })}\0`);
    for (;;) {
      const known = await names.of(context);
      const result = encoder.encode(
        body,
        body.length - 1,
        'json',
        { service: null, environment: null },
        {
          tenantNo: context.tenantNo,
          retentionDays: context.retentionDays,
          receivedMs: Date.now(),
          limits: LIMITS,
          services: known.services,
          environments: known.environments,
          sampling: null,
        },
      );
      if (result.kind === 'ok') return result.batch;
      if (result.kind !== 'unknown_names') throw new Error(JSON.stringify(result));
      await names.register(context, 'services', result.services);
      await names.register(context, 'environments', result.environments);
    }
  }

  async function publish(
    writer: LogWriter,
    batch: EncodedBatch,
    idempotencyKey: string | null = null,
  ): Promise<string | null> {
    const { earlierAnswer } = await writer.publish({
      batch,
      idempotencyKey,
      answer: `answer of ${batch.batchId.toString('hex')}`,
    });
    return earlierAnswer;
  }

  async function counts(
    context: TenantContext,
  ): Promise<{ rows: number; rollup: number; hourly: number; blocks: number }> {
    const days = context.retentionDays;
    const { rows } = await test.ownerPool.query<Record<string, string>>(
      `SELECT (SELECT count(*) FROM logs_${days}d WHERE tenant_no = $1) AS rows,
              (SELECT coalesce(sum(count), 0) FROM rollups_10s_${days}d WHERE tenant_no = $1) AS rollup,
              (SELECT coalesce(sum(count), 0) FROM rollups_1h WHERE tenant_no = $1) AS hourly,
              (SELECT coalesce(sum(row_count), 0) FROM log_blocks_${days}d WHERE tenant_no = $1) AS blocks`,
      [context.tenantNo],
    );
    const row = rows[0]!;
    return {
      rows: Number(row['rows']),
      rollup: Number(row['rollup']),
      hourly: Number(row['hourly']),
      blocks: Number(row['blocks']),
    };
  }

  it('commits rows, blocks and rollups of concurrent batches together', async () => {
    const writer = writerWith();
    const before = await counts(tenant);
    const batches = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        encode(
          tenant,
          Array.from({ length: 300 }, (_x, j) => ({
            message: `m ${i} ${j}`,
            level: j % 7 === 0 ? 'error' : 'info',
          })),
          `s${i % 4}`,
        ),
      ),
    );
    await Promise.all(batches.map((batch) => publish(writer, batch)));
    const after = await counts(tenant);
    expect(after.rows - before.rows).toBe(12_000);
    expect(after).toEqual({ rows: after.rows, rollup: after.rows, hourly: after.rows, blocks: after.rows });
    expect(errors).toEqual([]);
  });

  it('describes the rows of every block exactly by time and id range', async () => {
    const { rows } = await test.ownerPool.query(
      `SELECT b.seq FROM log_blocks_30d b WHERE b.tenant_no = $1 AND b.row_count <>
        (SELECT count(*) FROM logs_30d l WHERE l.tenant_no = b.tenant_no AND l.ts BETWEEN b.ts AND b.ts_max
           AND l.id BETWEEN b.id_min AND b.id_max)`,
      [tenant.tenantNo],
    );
    expect(rows).toEqual([]);
  });

  it('stores a batch once however often it is sent with its key, and gives the first answer again', async () => {
    const writer = writerWith();
    const before = await counts(tenant);
    const key = randomUUID();
    const send = async (): Promise<string | null> =>
      publish(writer, await encode(tenant, [{ message: 'once' }]), key);
    const answers = await Promise.all([send(), send(), send(), send()]);
    answers.push(await send());
    expect((await counts(tenant)).rows - before.rows).toBe(1);
    const repeated = answers.filter((answer) => answer !== null);
    expect(repeated).toHaveLength(4);
    expect(new Set(repeated).size).toBe(1);
    // Another tenant's key of the same text is another key.
    expect(await publish(writer, await encode(other, [{ message: 'mine' }]), key)).toBeNull();
    expect((await counts(other)).rows).toBe(1);
  });

  it('makes partitions for logs of any age within the retention', async () => {
    const writer = writerWith();
    const before = await counts(tenant);
    const day = 86_400_000;
    await publish(
      writer,
      await encode(
        tenant,
        Array.from({ length: 29 }, (_, i) => ({ message: 'old', timestamp: Date.now() - i * day })),
      ),
    );
    expect((await counts(tenant)).rows - before.rows).toBe(29);
  });

  it('announces commits in order, with the logs as they were sent', async () => {
    const writer = writerWith({ maxRowsPerCommit: 2 });
    const heard: CommittedBlock[] = [];
    const stop = feed.subscribe(tenant.tenantNo, (blocks) => heard.push(...blocks));
    const batches = await Promise.all(
      Array.from({ length: 10 }, (_, i) => encode(tenant, [{ message: `n${i}`, metadata: { big: 1 } }])),
    );
    await Promise.all([
      ...batches.map((batch) => publish(writer, batch)),
      publish(writer, await encode(other, [{ message: 'not yours' }])),
    ]);
    stop();
    const seqs = heard.map((block) => block.seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(heard.flatMap((block) => block.records()).map((log) => log.message)).toEqual(
      batches.map((_, i) => `n${i}`),
    );
  });

  it('refuses with "overloaded" at the bound of the queue, per tenant and in all, and serves tenants in turn', async () => {
    const writer = writerWith({
      connections: 1,
      maxRowsPerCommit: 1,
      maxTenantQueueBytes: 20_000,
      maxQueueBytes: 60_000,
    });
    const batch = await encode(tenant, [{ message: 'x'.repeat(1000) }]);
    const order: string[] = [];
    const flood = Array.from({ length: 20 }, () =>
      publish(writer, batch).then(
        () => order.push('flood'),
        (error: unknown) => error,
      ),
    );
    const single = publish(writer, await encode(other, [{ message: 'mine' }])).then(() =>
      order.push('single'),
    );
    const results = await Promise.all(flood);
    await single;
    const refused = results.filter((result) => result instanceof AppError);
    expect(refused.length).toBeGreaterThan(0);
    for (const error of refused) expect(error).toMatchObject({ code: 'overloaded', retryAfterMs: 1000 });
    expect(order.indexOf('single')).toBeLessThanOrEqual(2);
  });

  it('commits everything accepted before a drain ends, and nothing after', async () => {
    const writer = writerWith({ connections: 1, maxRowsPerCommit: 10 });
    const batches = await Promise.all(
      Array.from({ length: 20 }, (_, i) => encode(tenant, [{ message: `drain ${i}` }])),
    );
    const before = await counts(tenant);
    const sent = batches.map((batch) => publish(writer, batch));
    await writer.drain();
    expect((await counts(tenant)).rows - before.rows).toBe(20);
    await Promise.all(sent);
    await expect(publish(writer, batches[0]!)).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('refuses a batch the store cannot take without costing its neighbours', async () => {
    const writer = writerWith({ connections: 1 });
    const good = await Promise.all([
      encode(tenant, [{ message: 'good 1' }]),
      encode(tenant, [{ message: 'good 2' }]),
    ]);
    const bad = await encode(tenant, [{ message: 'bad' }]);
    const before = await counts(tenant);
    // A tuple with a column count that is not the table's.
    bad.rows.writeInt16BE(9, 0);
    const results = await Promise.allSettled([
      publish(writer, good[0]),
      publish(writer, bad),
      publish(writer, good[1]),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await counts(tenant)).rows - before.rows).toBe(2);
  });

  it('registers names up to the limit of a tenant and names the rest', async () => {
    const free = 100 - (await names.of(other)).services.size;
    const seen = Array.from({ length: free + 2 }, (_, i) => `extra-${i}`);
    expect(await names.register(other, 'services', seen)).toEqual([`extra-${free}`, `extra-${free + 1}`]);
    expect(await names.register(other, 'services', ['one-more'])).toEqual(['one-more']);
    expect((await names.of(other)).services.size).toBe(100);
  });
});
