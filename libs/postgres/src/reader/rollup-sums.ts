import type { TenantContext } from '@logstead/ports';
import type { ReadSession } from './read-session';
import { BUCKET_US, ceilTo, floorTo, HOUR_US } from './rollup-reader';
import type { ScanFilter } from './scan-filter';
import { microsOf, SqlParams } from './sql-params';
import { tablesOf } from './tables';
import type { Span } from './time-span';

/** A range as the tables that count it: whole hours, whole 10-second buckets around them, rows at the ragged ends. */
export interface CountingPlan {
  readonly hours: Span | null;
  readonly buckets: readonly Span[];
  readonly rows: readonly Span[];
}

/** Ranges from which whole hours are counted from the hourly rollups. */
const MIN_SPAN_FOR_HOURS_US = 2 * HOUR_US;

/** @param widthUs results are grouped by this width, which rollups wider than it cannot tell apart */
export function countingPlan(span: Span, widthUs?: number): CountingPlan {
  const rows: Span[] = [];
  const buckets: Span[] = [];
  const lo = ceilTo(span.lo, BUCKET_US);
  const hi = floorTo(span.hi, BUCKET_US);
  if (lo >= hi) return { hours: null, buckets, rows: span.lo < span.hi ? [span] : [] };
  if (span.lo < lo) rows.push({ lo: span.lo, hi: lo });
  if (hi < span.hi) rows.push({ lo: hi, hi: span.hi });
  const firstHour = ceilTo(lo, HOUR_US);
  const lastHour = floorTo(hi, HOUR_US);
  const canUseHours = widthUs === undefined || widthUs % HOUR_US === 0;
  if (!canUseHours || lastHour - firstHour < MIN_SPAN_FOR_HOURS_US)
    return { hours: null, buckets: [{ lo, hi }], rows };
  if (lo < firstHour) buckets.push({ lo, hi: firstHour });
  if (lastHour < hi) buckets.push({ lo: lastHour, hi });
  return { hours: { lo: firstHour, hi: lastHour }, buckets, rows };
}

/** One group's share of a sum. */
export interface SumRow {
  /** Start of the interval, µs; 0 without an interval. */
  readonly timeUs: number;
  /** Numbers of the grouped columns in the order asked for. */
  readonly keys: readonly number[];
  readonly count: number;
  readonly errors: number;
}

export type DimensionColumn = 'service_id' | 'env_id' | 'level';

interface SumRequest {
  readonly columns: readonly DimensionColumn[];
  readonly intervalUs?: number;
  /** `count`: logs accepted, before sampling; `kept`: rows stored. The ragged ends are counted from rows in any case. */
  readonly measure: 'count' | 'kept';
}

const FIRST_ERROR_LEVEL = 40;

/** Sums of a filter that asks for service, environment and level only: exact, without reading rows but at the ends. */
export async function sumRollups(
  session: ReadSession,
  tenant: TenantContext,
  filter: ScanFilter,
  span: Span,
  request: SumRequest,
): Promise<SumRow[]> {
  if (filter.matchesNothing || span.lo >= span.hi) return [];
  const { logs, rollups } = tablesOf(tenant);
  const plan = countingPlan(span, request.intervalUs);
  const params = new SqlParams([tenant.tenantNo]);
  const parts: string[] = [];
  const dimensions = filter.dimensionConditions(params);
  const add = (table: string, column: string, measure: string, spans: readonly Span[]): void => {
    for (const { lo, hi } of spans) {
      const time = intervalSql(column, request.intervalUs);
      parts.push(
        `SELECT ${[time, ...request.columns, `${measure} AS n`, 'level AS l'].join(', ')} FROM ${table} ` +
          `WHERE tenant_no = $1 AND ${column} >= ${params.addTime(lo)} AND ${column} < ${params.addTime(hi)}${dimensions}`,
      );
    }
  };
  if (plan.hours) add('rollups_1h', 'bucket', `${request.measure}::float8`, [plan.hours]);
  add(rollups, 'bucket', `${request.measure}::float8`, plan.buckets);
  add(logs, 'ts', '1::float8', plan.rows);
  if (parts.length === 0) return [];
  const keys = ['t', ...request.columns.map((_, i) => `k${i}`)];
  const sql =
    `SELECT ${[microsOf('t'), ...keys.slice(1)].join(', ')}, sum(n), coalesce(sum(n) FILTER (WHERE l >= ${FIRST_ERROR_LEVEL}), 0) ` +
    `FROM (${parts.join(' UNION ALL ')}) AS x(${[...keys, 'n', 'l'].join(', ')}) ` +
    `GROUP BY ${keys.join(', ')}`;
  const rows = await session.query<number[]>(sql, params.values);
  return rows.map((row) => ({
    timeUs: row[0]!,
    keys: row.slice(1, 1 + request.columns.length),
    count: row[1 + request.columns.length]!,
    errors: row[2 + request.columns.length]!,
  }));
}

/** SQL for the start of the interval a time lies in; intervals are aligned to the epoch. */
export function intervalSql(column: string, intervalUs: number | undefined): string {
  const epoch = `'epoch'::timestamptz`;
  return intervalUs === undefined
    ? epoch
    : `date_bin(interval '${intervalUs} microseconds', ${column}, ${epoch})`;
}
