import type { Position, TenantContext } from '@logstead/ports';
import type { BlockIndex, BlockRange } from './block-index';
import { LOG_COLUMNS, type LogRow } from './log-row';
import type { ReadSession } from './read-session';
import type { ScanFilter } from './scan-filter';
import { SqlParams, timeText } from './sql-params';
import { tablesOf } from './tables';
import type { Order, Span } from './time-span';

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
    return this.run(params, `${this.from(params)} AND ${this.within(params, span)}`, limit);
  }

  /** Like `direct`, through about the first `blocks` blocks of `span`. */
  firstBlocks(index: BlockIndex, span: Span, blocks: number, limit: number): Promise<LogRow[]> {
    const params = new SqlParams();
    const [outer, inner] = this.order === 'desc' ? [span.lo, '>='] : [span.hi, '<'];
    const edge = `coalesce((${index.edgeSql(params, span, blocks, this.order)}), ${params.addTime(outer)})`;
    return this.run(
      params,
      `${this.from(params)} AND ${this.within(params, span)} AND ts ${inner} ${edge}`,
      limit,
    );
  }

  /** Only in the given blocks, as far as they reach into `span`. */
  async inBlocks(blocks: readonly BlockRange[], span: Span, limit: number): Promise<LogRow[]> {
    const params = new SqlParams();
    const arrays = [
      params.add(blocks.map(({ loUs }) => timeText(loUs))),
      params.add(blocks.map(({ hiUs }) => timeText(hiUs))),
      params.add(blocks.map(({ idMin }) => idMin)),
      params.add(blocks.map(({ idMax }) => idMax)),
    ];
    const sql =
      `FROM unnest(${arrays[0]}::timestamptz[], ${arrays[1]}::timestamptz[], ${arrays[2]}::uuid[], ${arrays[3]}::uuid[]) ` +
      `AS b(lo, hi, id_min, id_max) CROSS JOIN LATERAL (SELECT * ${this.from(params)} ` +
      `AND ts >= b.lo AND ts <= b.hi AND id >= b.id_min AND id <= b.id_max AND ${this.within(params, span)} OFFSET 0) l`;
    return this.run(params, sql, limit);
  }

  /** Only in the given ranges, which do not overlap. */
  async inRanges(ranges: readonly Span[], limit: number): Promise<LogRow[]> {
    const params = new SqlParams();
    const lows = params.add(ranges.map(({ lo }) => timeText(lo)));
    const highs = params.add(ranges.map(({ hi }) => timeText(hi)));
    const sql =
      `FROM unnest(${lows}::timestamptz[], ${highs}::timestamptz[]) AS r(lo, hi) ` +
      `CROSS JOIN LATERAL (SELECT * ${this.from(params)} AND ts >= r.lo AND ts < r.hi ` +
      `ORDER BY ${this.ordering} LIMIT ${limit}) l`;
    return this.run(params, sql, limit);
  }

  private get ordering(): string {
    return this.order === 'desc' ? 'ts DESC, id DESC' : 'ts, id';
  }

  private from(params: SqlParams): string {
    const keyset =
      this.after === undefined
        ? ''
        : ` AND (ts, id) ${this.order === 'desc' ? '<' : '>'} (${params.addTime(this.after.tsUs)}, ${params.add(this.after.id)}::uuid)`;
    return (
      `FROM ${this.table} WHERE tenant_no = ${params.add(this.tenant.tenantNo)}${keyset}` +
      this.filter.conditions(params)
    );
  }

  private within(params: SqlParams, span: Span): string {
    return `ts >= ${params.addTime(span.lo)} AND ts < ${params.addTime(span.hi)}`;
  }

  private run(params: SqlParams, source: string, limit: number): Promise<LogRow[]> {
    return this.session.query<LogRow>(
      `SELECT ${LOG_COLUMNS} ${source} ORDER BY ${this.ordering} LIMIT ${limit}`,
      params.values,
    );
  }
}
