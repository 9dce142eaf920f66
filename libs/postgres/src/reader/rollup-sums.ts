import type { TenantContext } from '@logstead/ports';
import type { ReadSession } from './read-session';
import { BUCKET_US, ceilTo, floorTo, HOUR_US, MINUTE_US } from './rollup-reader';
import type { ScanFilter } from './scan-filter';
import { microsOf, SqlParams } from './sql-params';
import { tablesOf } from './tables';
import type { Span } from './time-span';

/** A range as the tables that count it: the widest whole buckets inside, finer ones around, rows at the ragged ends. */
export interface CountingPlan {
  readonly hours: readonly Span[];
  readonly minutes: readonly Span[];
  readonly buckets: readonly Span[];
  readonly rows: readonly Span[];
}

/** @param widthUs results are grouped by this width, which rollups that do not divide it cannot tell apart */
export function countingPlan(span: Span, widthUs?: number): CountingPlan {
  const plan = { hours: [] as Span[], minutes: [] as Span[], buckets: [] as Span[], rows: [] as Span[] };
  const steps = [
    { spans: plan.hours, us: HOUR_US },
    { spans: plan.minutes, us: MINUTE_US },
    { spans: plan.buckets, us: BUCKET_US },
    { spans: plan.rows, us: 1 },
  ].filter(({ us }) => us === 1 || widthUs === undefined || widthUs % us === 0);
  let open = span.lo < span.hi ? [span] : [];
  for (const { spans, us } of steps) {
    const left: Span[] = [];
    for (const { lo, hi } of open) {
      const first = ceilTo(lo, us);
      const last = floorTo(hi, us);
      if (first >= last) {
        left.push({ lo, hi });
        continue;
      }
      spans.push({ lo: first, hi: last });
      if (lo < first) left.push({ lo, hi: first });
      if (last < hi) left.push({ lo: last, hi });
    }
    open = left;
  }
  return plan;
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
  const { logs, rollups, minutes } = tablesOf(tenant);
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
  add('rollups_1h', 'bucket', `${request.measure}::float8`, plan.hours);
  add(minutes, 'bucket', `${request.measure}::float8`, plan.minutes);
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
