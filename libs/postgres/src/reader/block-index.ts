import { MAX_SEGMENT_SPAN_US } from '@logstead/pipeline';
import type { TenantContext } from '@logstead/ports';
import { bloomCondition } from './bloom-sql';
import type { ReadSession } from './read-session';
import { microsOf, SqlParams } from './sql-params';
import { tablesOf } from './tables';
import type { Order, Span } from './time-span';

/** Where the rows of one block lie: both bounds are inclusive. */
export interface BlockRange {
  readonly loUs: number;
  readonly hiUs: number;
  readonly idMin: string;
  readonly idMax: string;
  readonly rowCount: number;
}

/** Blocks of one tenant: how dense its logs are, and which blocks can hold given tokens. */
export class BlockIndex {
  private readonly table: string;

  constructor(
    private readonly session: ReadSession,
    private readonly tenant: TenantContext,
  ) {
    this.table = tablesOf(tenant).blocks;
  }

  /**
   * Cuts off the part of `span` that is read first and holds the beginnings of about `blocks` blocks.
   * @returns the inner edge of that part, or null when it would be the whole span
   */
  async edge(span: Span, blocks: number, order: Order): Promise<number | null> {
    const params = new SqlParams();
    const sql = `SELECT ${microsOf('e')} FROM (${this.edgeSql(params, span, blocks, order)}) x(e)`;
    const [row] = await this.session.query<[number]>(sql, params.values);
    return row?.[0] ?? null;
  }

  /** The same edge as a sub-query of one timestamptz, for a statement that may not need to know it. */
  edgeSql(params: SqlParams, span: Span, blocks: number, order: Order): string {
    // The edge must lie strictly inside the span, or a caller would not get any further.
    const [lower, direction] = order === 'desc' ? ['>=', 'DESC'] : ['>', 'ASC'];
    return (
      `SELECT ts FROM ${this.table} WHERE tenant_no = ${params.add(this.tenant.tenantNo)} ` +
      `AND ts ${lower} ${params.addTime(span.lo)} AND ts < ${params.addTime(span.hi)} ` +
      `ORDER BY ts ${direction} OFFSET ${blocks} LIMIT 1`
    );
  }

  /** The blocks that reach into `span` and, as far as their blooms tell, hold all tokens of one of the alternatives. */
  async withTokens(span: Span, alternatives: readonly (readonly number[])[]): Promise<BlockRange[]> {
    const params = new SqlParams();
    const overlap = this.overlapSql(params, span);
    const sql =
      `SELECT ${microsOf('ts')}, ${microsOf('ts_max')}, id_min, id_max, row_count FROM ${this.table} ` +
      `WHERE ${overlap} AND (${alternatives.map((hashes) => bloomCondition(hashes)).join(' OR ')})`;
    const rows = await this.session.query<[number, number, string, string, number]>(sql, params.values);
    return rows.map(([loUs, hiUs, idMin, idMax, rowCount]) => ({ loUs, hiUs, idMin, idMax, rowCount }));
  }

  /**
   * Cuts off a part like `edge` and finds its blocks like `withTokens`, in one round trip.
   * @returns the inner edge, null when the part is the whole span, and the blocks of the part
   */
  async firstWithTokens(
    span: Span,
    blocks: number,
    order: Order,
    alternatives: readonly (readonly number[])[],
  ): Promise<{ edge: number | null; candidates: BlockRange[] }> {
    const params = new SqlParams();
    const edge = this.edgeSql(params, span, blocks, order);
    const overlap = this.overlapSql(params, span);
    // Bounds that depend on the edge, which is known by the time the index is asked.
    const inPart =
      order === 'desc'
        ? `ts >= coalesce(e.at - interval '${MAX_SEGMENT_SPAN_US} microseconds', '-infinity') ` +
          `AND ts_max >= coalesce(e.at, '-infinity')`
        : `ts < coalesce(e.at, 'infinity')`;
    const bloom = alternatives.map((hashes) => bloomCondition(hashes)).join(' OR ');
    const sql =
      `SELECT ${microsOf('e.at')}, ${microsOf('b.ts')}, ${microsOf('b.ts_max')}, b.id_min, b.id_max, b.row_count ` +
      `FROM (SELECT (${edge}) AS at OFFSET 0) e LEFT JOIN LATERAL (SELECT ts, ts_max, id_min, id_max, row_count ` +
      `FROM ${this.table} WHERE ${overlap} AND ${inPart} AND (${bloom}) OFFSET 0) b ON true`;
    const rows = await this.session.query<[number | null, number | null, number, string, string, number]>(
      sql,
      params.values,
    );
    const candidates: BlockRange[] = [];
    for (const [, loUs, hiUs, idMin, idMax, rowCount] of rows) {
      if (loUs !== null) candidates.push({ loUs, hiUs, idMin, idMax, rowCount });
    }
    return { edge: rows[0]?.[0] ?? null, candidates };
  }

  async countIn(span: Span): Promise<number> {
    const params = new SqlParams();
    const overlap = this.overlapSql(params, span);
    const [row] = await this.session.query<[number]>(
      `SELECT count(*) FROM ${this.table} WHERE ${overlap}`,
      params.values,
    );
    return row?.[0] ?? 0;
  }

  private overlapSql(params: SqlParams, span: Span): string {
    return (
      `tenant_no = ${params.add(this.tenant.tenantNo)} AND ts >= ${params.addTime(span.lo - MAX_SEGMENT_SPAN_US)} ` +
      `AND ts < ${params.addTime(span.hi)} AND ts_max >= ${params.addTime(span.lo)}`
    );
  }

  /** The block whose id range holds `id`; rows of it may still lack that id. */
  async ofId(id: string): Promise<BlockRange | null> {
    const receivedUs = parseInt(id.replaceAll('-', '').slice(0, 12), 16) * 1000;
    // Nearly every log is about the time it was received in: look there before every partition is searched.
    const near = await this.firstFrom(id, { lo: receivedUs - NEAR_PAST_US, hi: receivedUs + NEAR_FUTURE_US });
    return near ?? (await this.firstFrom(id, null));
  }

  private async firstFrom(id: string, span: Span | null): Promise<BlockRange | null> {
    const params = new SqlParams([this.tenant.tenantNo, id]);
    const range =
      span === null ? '' : `AND ts >= ${params.addTime(span.lo)} AND ts < ${params.addTime(span.hi)}`;
    const sql =
      `SELECT ${microsOf('ts')}, ${microsOf('ts_max')}, id_min, id_max, row_count FROM ${this.table} ` +
      `WHERE tenant_no = $1 AND id_max >= $2::uuid ${range} ORDER BY id_max LIMIT 1`;
    const [row] = await this.session.query<[number, number, string, string, number]>(sql, params.values);
    if (row === undefined || row[2] > id) return null;
    return { loUs: row[0], hiUs: row[1], idMin: row[2], idMax: row[3], rowCount: row[4] };
  }
}

const DAY_US = 86_400_000_000;
const NEAR_PAST_US = DAY_US;
const NEAR_FUTURE_US = DAY_US / 24 + DAY_US;
