import type { TenantContext } from '@logstead/ports';
import type { ReadSession } from './read-session';
import { BUCKET_US, ceilTo, floorTo } from './rollup-reader';
import { type DimensionColumn, intervalSql } from './rollup-sums';
import type { ScanFilter } from './scan-filter';
import { microsOf, SqlParams } from './sql-params';
import type { Span } from './time-span';

export interface GroupedValue {
  readonly timeUs: number;
  readonly keys: readonly (number | string | null)[];
  /** Logs with a value. */
  readonly count: number;
  readonly value: number;
}

/** Middle of a latency bin in ms, by ratio: see the table latency_10s for the bins. */
export function binMiddleMs(bin: number): number {
  return bin === 0 ? 0.5 : 2 ** ((bin - 0.5) / 8);
}

/** The value below which `share` of the counts lie. @param bins counts by bin, in rising order of the bin */
export function percentileOfBins(
  bins: readonly { readonly bin: number; readonly count: number }[],
  share: number,
): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  let seen = 0;
  for (const { bin, count } of bins) {
    seen += count;
    if (seen >= total * share) return binMiddleMs(bin);
  }
  return 0;
}

/**
 * Percentiles of the latency found at ingest, from its histogram: within half a bin (4.5 %), over whole 10-second
 * buckets, all accepted logs counted.
 */
export async function latencyPercentiles(
  session: ReadSession,
  tenant: TenantContext,
  filter: ScanFilter,
  span: Span,
  request: {
    readonly columns: readonly DimensionColumn[];
    readonly intervalUs?: number;
    readonly share: number;
  },
): Promise<GroupedValue[]> {
  if (filter.matchesNothing || span.lo >= span.hi) return [];
  const params = new SqlParams([tenant.tenantNo]);
  const keys = request.columns.map((column, i) => `${column} AS k${i}`);
  const names = request.columns.map((_, i) => `k${i}`);
  const sql =
    `SELECT ${[microsOf('t'), ...names, 'bin', 'n'].join(', ')} FROM (` +
    `SELECT ${[`${intervalSql('bucket', request.intervalUs)} AS t`, ...keys, 'bin', 'sum(h.count::float8) AS n'].join(', ')} ` +
    `FROM latency_10s, unnest(bins, counts) AS h(bin, count) WHERE tenant_no = $1 AND bucket >= ${params.addTime(floorTo(span.lo, BUCKET_US))} ` +
    `AND bucket < ${params.addTime(ceilTo(span.hi, BUCKET_US))}${filter.dimensionConditions(params)} ` +
    `GROUP BY ${['t', ...names, 'bin'].join(', ')}) x ORDER BY bin`;
  const rows = await session.query<number[]>(sql, params.values);
  const groups = new Map<
    string,
    { timeUs: number; keys: number[]; bins: { bin: number; count: number }[] }
  >();
  for (const row of rows) {
    const [bin, count] = row.slice(-2) as [number, number];
    const head = row.slice(0, -2);
    const name = head.join();
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = { timeUs: head[0]!, keys: head.slice(1), bins: [] }));
    group.bins.push({ bin, count });
  }
  return [...groups.values()].map(({ timeUs, keys: values, bins }) => ({
    timeUs,
    keys: values,
    count: bins.reduce((sum, { count }) => sum + count, 0),
    value: percentileOfBins(bins, request.share),
  }));
}
