import type { TenantContext } from '@logstead/ports';
import { BlockIndex } from './block-index';
import type { GroupColumns } from './group-columns';
import type { GroupedValue } from './latency-percentiles';
import { metadataNumber } from './query-condition';
import type { ReadSession } from './read-session';
import { blocksWorthReading, countSource } from './row-aggregate';
import { intervalSql } from './rollup-sums';
import type { ScanFilter } from './scan-filter';
import { microsOf, SqlParams } from './sql-params';
import type { Span } from './time-span';

/** Exact percentiles of a numeric metadata field over the stored rows; logs without a number there do not count. */
export async function rowPercentiles(
  session: ReadSession,
  tenant: TenantContext,
  filter: ScanFilter,
  span: Span,
  request: {
    readonly columns: GroupColumns;
    readonly intervalUs?: number;
    readonly share: number;
    /** Metadata paths; the first that holds a number counts. */
    readonly fields: readonly string[];
  },
): Promise<GroupedValue[]> {
  if (filter.matchesNothing || span.lo >= span.hi) return [];
  const blocks = await blocksWorthReading(new BlockIndex(session, tenant), filter, span);
  if (blocks?.length === 0) return [];
  if (blocks === null) await session.allowParallel();
  const params = new SqlParams();
  const { columns, share } = request;
  const keys = columns.expressions(params).map((expression, i) => `${expression} AS k${i}`);
  const names = columns.fields.map((_, i) => `k${i}`);
  const value = `coalesce(${request.fields.map((field) => metadataNumber(field, params)).join(', ')})`;
  const source = countSource(tenant, filter, params, span, blocks);
  const sql =
    `SELECT ${[microsOf('t'), ...names].join(', ')}, count(v), ` +
    `percentile_cont(${params.add(share)}::float8) WITHIN GROUP (ORDER BY v) FROM (` +
    `SELECT ${[`${intervalSql('ts', request.intervalUs)} AS t`, ...keys].join(', ')}, ${value} AS v ${source}) x ` +
    `WHERE v IS NOT NULL GROUP BY ${['t', ...names].join(', ')}`;
  const rows = await session.query<(number | string | null)[]>(sql, params.values);
  const width = columns.fields.length;
  return rows.map((row) => ({
    timeUs: row[0] as number,
    keys: row.slice(1, 1 + width),
    count: row[1 + width] as number,
    value: row[2 + width] as number,
  }));
}
