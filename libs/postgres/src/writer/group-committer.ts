import { decodeRows, type EncodedBatch, type RowNames } from '@logstead/pipeline';
import type { CommittedBlock, PublishResult } from '@logstead/ports';
import type { Pool, PoolClient } from 'pg';
import { type Block, BlockBuilder } from './block-builder';
import { CommitStatement, type CopyPart } from './commit-statement';
import { BLOCK_COLUMNS, blockTuple } from './copy-tuples';
import { rollupStatements } from './rollup-statements';

export interface PendingBatch {
  readonly tenantNo: number;
  readonly bytes: number;
  readonly batch: EncodedBatch;
  readonly idempotencyKey: string | null;
  readonly answer: string;
  resolve(result: PublishResult): void;
  reject(error: Error): void;
}

export interface CommitResult {
  /** The earlier answer of each batch that had been accepted before, else undefined. */
  readonly answers: (string | undefined)[];
  readonly blocks: CommittedBlock[];
}

const LOG_COLUMNS =
  'ts, tenant_no, service_id, env_id, level, id, trace_id, message, metadata, trace_text, span_id';
/** Numbers taken from the database's sequence at a time; a restart leaves a gap, order stays. */
const SEQ_STEP = 10_000;
const DAY_US = 86_400_000_000;
/** A commit that takes longer is given up: the database is stuck and the clients must know. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** Writes groups of batches, each in one transaction: rows, blocks, rollups and idempotency keys together or not at all. */
export class GroupCommitter {
  private readonly builder = new BlockBuilder();
  /** Days (since the epoch) whose partitions exist, by retention class. */
  private readonly partitions = new Set<string>();
  private nextSeq = 0;
  private lastSeq = -1;
  private refill: Promise<void> | null = null;

  /** @param namesOf the registered names of a tenant, by its number */
  constructor(
    private readonly pool: Pool,
    private readonly namesOf: (tenantNo: number) => RowNames | undefined,
  ) {}

  async commit(group: readonly PendingBatch[]): Promise<CommitResult> {
    // Positions are taken before anything is awaited that could let a later group overtake.
    const positions = await this.positions(group);
    const client = await this.pool.connect();
    let broken = true;
    try {
      const hasKeys = group.some((item) => item.idempotencyKey !== null);
      for (const item of group) await this.ensurePartitions(client, item.batch);
      let answers: (string | undefined)[] = [];
      if (hasKeys) {
        await client.query(`BEGIN; SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
        answers = await claimKeys(client, group);
      }
      const batches = group.filter((_, i) => answers[i] === undefined).map((item) => item.batch);
      const blocks = this.builder.build(batches, positions);
      const begin = hasKeys ? '' : `BEGIN; SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS};`;
      await run(
        client,
        `${begin}${copyStatements(batches)}${rollupStatements(batches)}COMMIT`,
        copyParts(batches, blocks),
      );
      broken = false;
      return { answers, blocks: blocks.map((block) => this.announcement(block)) };
    } catch (error) {
      broken = !(await client.query('ROLLBACK').then(
        () => true,
        () => false,
      ));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  private announcement({ tenantNo, seq, rowCount, rows }: Block): CommittedBlock {
    return {
      tenantNo,
      seq,
      rowCount,
      records: () => {
        const names = this.namesOf(tenantNo);
        if (names === undefined) return [];
        return rows.flatMap(({ tuples, start, end }) => decodeRows(tuples, start, end, names));
      },
    };
  }

  private async positions(group: readonly PendingBatch[]): Promise<() => number> {
    let needed = 0;
    for (const item of group) needed += item.batch.segments.length;
    while (this.lastSeq - this.nextSeq + 1 < needed) {
      this.refill ??= this.takeRange(needed).finally(() => (this.refill = null));
      await this.refill;
    }
    let seq = this.nextSeq;
    this.nextSeq += needed;
    return () => seq++;
  }

  private async takeRange(needed: number): Promise<void> {
    const steps = Math.ceil(needed / SEQ_STEP);
    const { rows } = await this.pool.query<{ last: number }>(
      `SELECT max(nextval('log_block_seq')) AS last FROM generate_series(1, $1)`,
      [steps],
    );
    const last = Number(rows[0]!.last);
    this.nextSeq = (last - steps + 1) * SEQ_STEP;
    this.lastSeq = (last + 1) * SEQ_STEP - 1;
  }

  private async ensurePartitions(client: PoolClient, batch: EncodedBatch): Promise<void> {
    const buckets = batch.rollups.map((cell) => cell.bucket * 10_000_000);
    if (buckets.length === 0) return;
    let first = Infinity;
    let last = -Infinity;
    let missing = false;
    for (const us of buckets) {
      first = Math.min(first, us);
      last = Math.max(last, us);
      missing ||= !this.partitions.has(`${batch.retentionDays}:${Math.floor(us / DAY_US)}`);
    }
    if (!missing) return;
    await client.query('SELECT ensure_partitions($1, to_timestamp($2), to_timestamp($3))', [
      batch.retentionDays,
      first / 1e6,
      last / 1e6,
    ]);
    for (let day = Math.floor(first / DAY_US); day <= Math.floor(last / DAY_US); day++) {
      this.partitions.add(`${batch.retentionDays}:${day}`);
    }
  }
}

/** Registers the group's idempotency keys. @returns the earlier answer for each batch whose key was known */
async function claimKeys(
  client: PoolClient,
  group: readonly PendingBatch[],
): Promise<(string | undefined)[]> {
  const first = new Map<string, PendingBatch>();
  for (const item of group) {
    const name = keyName(item);
    if (name !== null && !first.has(name)) first.set(name, item);
  }
  // Sorted, so that commits that share keys wait for each other instead of dead-locking.
  const names = [...first.keys()].sort();
  const items = names.map((name) => first.get(name)!);
  const { rows } = await client.query<{ tenant_no: number; key: string }>(
    `INSERT INTO idempotency_keys (tenant_no, key, answer)
     SELECT * FROM unnest($1::int[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING RETURNING tenant_no, key`,
    [
      items.map((item) => item.tenantNo),
      items.map((item) => item.idempotencyKey),
      items.map((item) => item.answer),
    ],
  );
  const claimed = new Set(rows.map((row) => `${row.tenant_no}:${row.key}`));
  const known = new Map<string, string>();
  const missing = names.filter((name) => !claimed.has(name)).map((name) => first.get(name)!);
  if (missing.length > 0) {
    const earlier = await client.query<{ tenant_no: number; key: string; answer: string }>(
      `SELECT k.tenant_no, k.key, k.answer FROM idempotency_keys k
         JOIN unnest($1::int[], $2::text[]) AS x(t, key) ON k.tenant_no = x.t AND k.key = x.key`,
      [missing.map((item) => item.tenantNo), missing.map((item) => item.idempotencyKey)],
    );
    for (const row of earlier.rows) known.set(`${row.tenant_no}:${row.key}`, row.answer);
  }
  return group.map((item) => {
    const name = keyName(item);
    if (name === null) return undefined;
    // The same key twice in one group: the first is stored, the second gets its answer.
    return known.get(name) ?? (first.get(name) === item ? undefined : first.get(name)!.answer);
  });
}

function keyName(item: PendingBatch): string | null {
  return item.idempotencyKey === null ? null : `${item.tenantNo}:${item.idempotencyKey}`;
}

function classesOf(batches: readonly EncodedBatch[]): number[] {
  return [...new Set(batches.filter((batch) => batch.rowCount > 0).map((batch) => batch.retentionDays))];
}

function copyStatements(batches: readonly EncodedBatch[]): string {
  return classesOf(batches)
    .map(
      (days) =>
        `COPY logs_${days}d (${LOG_COLUMNS}) FROM STDIN (FORMAT binary);` +
        `COPY log_blocks_${days}d (${BLOCK_COLUMNS}) FROM STDIN (FORMAT binary);`,
    )
    .join('');
}

function copyParts(batches: readonly EncodedBatch[], blocks: readonly Block[]): CopyPart[] {
  return classesOf(batches).flatMap((days) => {
    const own = batches.filter((batch) => batch.retentionDays === days && batch.rowCount > 0);
    const tenants = new Set(own.map((batch) => batch.tenantNo));
    return [
      { tuples: own.map((batch) => batch.rows) },
      { tuples: [Buffer.concat(blocks.filter((block) => tenants.has(block.tenantNo)).map(blockTuple))] },
    ];
  });
}

async function run(client: PoolClient, statements: string, parts: readonly CopyPart[]): Promise<void> {
  const statement = new CommitStatement(statements, parts);
  client.query(statement);
  await statement.done;
}
