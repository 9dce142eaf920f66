import type { Position, TenantContext } from '@logstead/ports';
import type { BlockIndex, BlockRange } from './block-index';
import { LOG_COLUMNS, type LogRow } from './log-row';
import type { ReadSession } from './read-session';
import type { ScanFilter } from './scan-filter';
import { SqlParams, timeText } from './sql-params';
import { tablesOf } from './tables';
import type { Order, Span } from './time-span';

/** Pages a block's rows fill at most when they lie together; more, and the index is the shorter way. */
const MAX_RUN_PAGES = 40;
/** Blocks that are read along the index without asking where their pages are. */
const MAX_BLOCKS_ALONG_INDEX = 8;

/** Reads matching rows of one tenant in order; every method differs only in where it looks. */
export class RowSource {
  private readonly table: string;

  constructor(
    private readonly session: ReadSession,
    private readonly tenant: TenantContext,
    private readonly filter: ScanFilter,
    private readonly order: Order,
    private readonly after: Position | undefined,
  ) {
    this.table = tablesOf(tenant).logs;
  }

  /** Along the index through the whole of `span`. */
  direct(span: Span, limit: number): Promise<LogRow[]> {
    const params = new SqlParams();
    return this.run(params, `${this.from(params)} AND ${within(params, span)}`, limit);
  }

  /** Like `direct`, through about the first `blocks` blocks of `span`. */
  firstBlocks(index: BlockIndex, span: Span, blocks: number, limit: number): Promise<LogRow[]> {
    const params = new SqlParams();
    const [outer, inner] = this.order === 'desc' ? [span.lo, '>='] : [span.hi, '<'];
    const edge = `coalesce((${index.edgeSql(params, span, blocks, this.order)}), ${params.addTime(outer)})`;
    return this.run(
      params,
      `${this.from(params)} AND ${within(params, span)} AND ts ${inner} ${edge}`,
      limit,
    );
  }

  /**
   * Only in the given blocks, as far as they reach into `span`. A block's rows were written together, so as a rule
   * they fill a run of pages: the rows with its first and last timestamp, found by the index, say which. The run is
   * taken only when it holds all rows of the block; the blocks that lie scattered are read along the index, and so are
   * a few blocks from the start: planning the other way costs more than it saves on them.
   */
  async inBlocks(blocks: readonly BlockRange[], span: Span, limit: number): Promise<LogRow[]> {
    if (blocks.length <= MAX_BLOCKS_ALONG_INDEX) return this.alongIndex(blocks, span, limit);
    const params = new SqlParams();
    const source = `${unnestBlocks(params, blocks)} ${this.pageRuns(params, blocks, span)}`;
    const rows = await this.session.query<[...LogRow, no: number, isWhole: boolean]>(
      `SELECT ${LOG_COLUMNS}, no, is_whole ${source} ORDER BY is_whole, ${this.ordering} LIMIT ${limit + blocks.length}`,
      params.values,
    );
    const scattered = rows.filter((row) => !row[11]).map((row) => blocks[row[10] - 1]!);
    const found = rows.slice(scattered.length).map((row) => row.slice(0, 10) as LogRow);
    if (scattered.length === 0) return found.slice(0, limit);
    const others = await this.alongIndex(scattered, span, limit);
    return mergeRows(found, others, this.order).slice(0, limit);
  }

  /** One row per match, and one without a log for each block whose run of pages is not whole. */
  private pageRuns(params: SqlParams, blocks: readonly BlockRange[], span: Span): string {
    const tenantNo = params.add(this.tenant.tenantNo);
    const ofBlock = `tenant_no = ${tenantNo} AND ${within(params, coverOf(blocks))} AND id >= b.id_min AND id <= b.id_max`;
    const pageOf = (bound: string): string =>
      `(SELECT (ctid::text::point)[0]::bigint AS page FROM ${this.table} WHERE ${ofBlock} AND ts = ${bound} LIMIT 1)`;
    const tid = (page: string): string => `('(' || ${page} || ',0)')::tid`;
    const matches = `${this.keyset(params)}${this.filter.conditions(params)} AND ${within(params, span)}`;
    return (
      `CROSS JOIN LATERAL (SELECT min(page) AS first, max(page) AS last ` +
      `FROM (${pageOf('b.lo')} UNION ALL ${pageOf('b.hi')}) e) p ` +
      `CROSS JOIN LATERAL (SELECT count(*) = b.row_count AS is_whole, array_agg(l) FILTER (WHERE true${matches}) AS found ` +
      `FROM ${this.table} l WHERE p.last - p.first <= ${MAX_RUN_PAGES} ` +
      `AND ctid >= ${tid('greatest(p.first - 1, 0)')} AND ctid < ${tid('p.last + 2')} ` +
      `AND ${ofBlock} AND ts >= b.lo AND ts <= b.hi OFFSET 0) r ` +
      `LEFT JOIN LATERAL unnest(CASE WHEN r.is_whole THEN r.found END) f ON true ` +
      `WHERE f.id IS NOT NULL OR NOT r.is_whole`
    );
  }

  private alongIndex(blocks: readonly BlockRange[], span: Span, limit: number): Promise<LogRow[]> {
    const params = new SqlParams();
    const sql =
      `${unnestBlocks(params, blocks)} CROSS JOIN LATERAL (SELECT * ${this.from(params)} ` +
      `AND ts >= b.lo AND ts <= b.hi AND id >= b.id_min AND id <= b.id_max AND ${within(params, span)} OFFSET 0) l`;
    return this.run(params, sql, limit);
  }

  /** Only in the given ranges, which do not overlap. */
  async inRanges(ranges: readonly Span[], limit: number): Promise<LogRow[]> {
    const params = new SqlParams();
    const lows = params.add(ranges.map(({ lo }) => timeText(lo)));
    const highs = params.add(ranges.map(({ hi }) => timeText(hi)));
    const cover = {
      lo: Math.min(...ranges.map(({ lo }) => lo)),
      hi: Math.max(...ranges.map(({ hi }) => hi)),
    };
    const sql =
      `FROM unnest(${lows}::timestamptz[], ${highs}::timestamptz[]) AS r(lo, hi) ` +
      `CROSS JOIN LATERAL (SELECT * ${this.from(params)} AND ${within(params, cover)} AND ts >= r.lo AND ts < r.hi ` +
      `ORDER BY ${this.ordering} LIMIT ${limit}) l`;
    return this.run(params, sql, limit);
  }

  private get ordering(): string {
    return this.order === 'desc' ? 'ts DESC, id DESC' : 'ts, id';
  }

  private from(params: SqlParams): string {
    return (
      `FROM ${this.table} WHERE tenant_no = ${params.add(this.tenant.tenantNo)}` +
      this.keyset(params) +
      this.filter.conditions(params)
    );
  }

  private keyset(params: SqlParams): string {
    if (this.after === undefined) return '';
    const beyond = this.order === 'desc' ? '<' : '>';
    return ` AND (ts, id) ${beyond} (${params.addTime(this.after.tsUs)}, ${params.add(this.after.id)}::uuid)`;
  }

  private run(params: SqlParams, source: string, limit: number): Promise<LogRow[]> {
    return this.session.query<LogRow>(
      `SELECT ${LOG_COLUMNS} ${source} ORDER BY ${this.ordering} LIMIT ${limit}`,
      params.values,
    );
  }
}

/** Blocks as a relation `b`, numbered from 1 in the order given. */
export function unnestBlocks(params: SqlParams, blocks: readonly BlockRange[]): string {
  const arrays = [
    `${params.add(blocks.map(({ loUs }) => timeText(loUs)))}::timestamptz[]`,
    `${params.add(blocks.map(({ hiUs }) => timeText(hiUs)))}::timestamptz[]`,
    `${params.add(blocks.map(({ idMin }) => idMin))}::uuid[]`,
    `${params.add(blocks.map(({ idMax }) => idMax))}::uuid[]`,
    `${params.add(blocks.map(({ rowCount }) => rowCount))}::int[]`,
  ];
  return `FROM unnest(${arrays.join(', ')}) WITH ORDINALITY AS b(lo, hi, id_min, id_max, row_count, no)`;
}

/** The range that holds all rows of the blocks: known to the planner, it leaves out the partitions beyond. */
export function coverOf(blocks: readonly { readonly loUs: number; readonly hiUs: number }[]): Span {
  return {
    lo: blocks.reduce((lo, { loUs }) => Math.min(lo, loUs), Infinity),
    hi: blocks.reduce((hi, { hiUs }) => Math.max(hi, hiUs + 1), -Infinity),
  };
}

export function within(params: SqlParams, span: Span): string {
  return `ts >= ${params.addTime(span.lo)} AND ts < ${params.addTime(span.hi)}`;
}

/** Two lists that are each in order, as one. */
export function mergeRows(a: readonly LogRow[], b: readonly LogRow[], order: Order): LogRow[] {
  const sign = order === 'desc' ? -1 : 1;
  const compare = (x: LogRow, y: LogRow): number =>
    sign * (x[0] - y[0] || (x[1] < y[1] ? -1 : x[1] > y[1] ? 1 : 0));
  return [...a, ...b].sort(compare);
}
