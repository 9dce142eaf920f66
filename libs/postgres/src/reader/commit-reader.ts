import type { ReadOptions, StoredLog, TenantContext } from '@logstead/ports';
import type { Database } from '../database';
import { LOG_COLUMNS, type LogRow, toLogs } from './log-row';
import type { NameDirectory } from './name-directory';
import { ReadSession } from './read-session';
import type { ReaderSlots } from './reader-slots';
import { coverOf, within } from './row-source';
import { microsOf, SqlParams, timeText } from './sql-params';
import { tablesOf } from './tables';
import type { Span } from './time-span';

/** Blocks (of at most 256 rows) read at once. */
const BLOCKS_PER_READ = 32;

/** Reads what was committed, in commit order: how a live tail catches up. */
export class CommitReader {
  constructor(
    private readonly database: Database,
    private readonly slots: ReaderSlots,
    private readonly names: NameDirectory,
  ) {}

  /** 0 when the tenant has no logs. */
  latestSeq(tenant: TenantContext, options: ReadOptions): Promise<number> {
    return ReadSession.run(this.database, this.slots, tenant, options, async (session) => {
      const sql = `SELECT coalesce(max(seq), 0) FROM ${tablesOf(tenant).blocks} WHERE tenant_no = $1`;
      const [row] = await session.query<[number]>(sql, [tenant.tenantNo]);
      return row?.[0] ?? 0;
    });
  }

  /** Whether a block committed after `seq` reaches into the range. */
  touched(tenant: TenantContext, seq: number, range: Span, options: ReadOptions): Promise<boolean> {
    return ReadSession.run(this.database, this.slots, tenant, options, async (session) => {
      const params = new SqlParams([tenant.tenantNo, seq]);
      const sql =
        `SELECT EXISTS (SELECT FROM ${tablesOf(tenant).blocks} WHERE tenant_no = $1 AND seq > $2 ` +
        `AND ts < ${params.addTime(range.hi)} AND ts_max >= ${params.addTime(range.lo)})`;
      const [row] = await session.query<[boolean]>(sql, params.values);
      return row?.[0] ?? true;
    });
  }

  /** Blocks by rising seq, a few at a time, each read with a connection of its own. */
  async *between(
    tenant: TenantContext,
    { from, to }: { readonly from: number; readonly to: number },
    options: ReadOptions,
  ): AsyncGenerator<{ seq: number; records: StoredLog[] }> {
    let next = from;
    for (;;) {
      const blocks = await ReadSession.run(this.database, this.slots, tenant, options, (session) =>
        this.readBlocks(session, tenant, next, to),
      );
      for (const block of blocks) yield block;
      if (blocks.length < BLOCKS_PER_READ) return;
      next = blocks.at(-1)!.seq + 1;
    }
  }

  private async readBlocks(
    session: ReadSession,
    tenant: TenantContext,
    from: number,
    to: number,
  ): Promise<{ seq: number; records: StoredLog[] }[]> {
    const { blocks, logs } = tablesOf(tenant);
    const found = await session.query<[number, number, number, string, string]>(
      `SELECT seq, ${microsOf('ts')}, ${microsOf('ts_max')}, id_min, id_max FROM ${blocks} ` +
        `WHERE tenant_no = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq LIMIT ${BLOCKS_PER_READ}`,
      [tenant.tenantNo, from, to],
    );
    if (found.length === 0) return [];
    const cover = coverOf(found.map(([, loUs, hiUs]) => ({ loUs, hiUs })));
    const params = new SqlParams([
      tenant.tenantNo,
      found.map(([seq]) => seq),
      found.map(([, lo]) => timeText(lo)),
      found.map(([, , hi]) => timeText(hi)),
      found.map(([, , , idMin]) => idMin),
      found.map(([, , , , idMax]) => idMax),
    ]);
    const rows = await session.query<[...LogRow, number]>(
      `SELECT ${LOG_COLUMNS}, seq FROM unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::uuid[], $6::uuid[]) ` +
        `AS b(seq, lo, hi, id_min, id_max) CROSS JOIN LATERAL (SELECT * FROM ${logs} WHERE tenant_no = $1 AND ${within(params, cover)} ` +
        `AND ts >= b.lo AND ts <= b.hi AND id >= b.id_min AND id <= b.id_max OFFSET 0) l ORDER BY seq, id`,
      params.values,
    );
    const bySeq = new Map<number, LogRow[]>(found.map(([seq]) => [seq, []]));
    for (const row of rows) bySeq.get(row[10])!.push(row.slice(0, 10) as LogRow);
    return Promise.all(
      [...bySeq].map(async ([seq, some]) => ({ seq, records: await toLogs(this.names, tenant, some) })),
    );
  }
}
