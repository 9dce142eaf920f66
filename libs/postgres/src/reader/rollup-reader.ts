import { ROLLUP_MS } from '@logstead/contracts';
import type { TenantContext } from '@logstead/ports';
import type { ReadSession } from './read-session';
import type { ScanFilter } from './scan-filter';
import { microsOf, SqlParams, timeText } from './sql-params';
import { tablesOf } from './tables';
import type { Order, Span } from './time-span';

export const BUCKET_US = ROLLUP_MS * 1000;
export const MINUTE_US = 60_000_000;
export const HOUR_US = 3_600_000_000;

/** A 10-second bucket with the number of stored rows that fit the filter's service, environment and level. */
export interface BucketCount {
  readonly startUs: number;
  readonly kept: number;
}

export function floorTo(us: number, widthUs: number): number {
  return Math.floor(us / widthUs) * widthUs;
}

export function ceilTo(us: number, widthUs: number): number {
  return Math.ceil(us / widthUs) * widthUs;
}

/** Which ranges hold rows of a service, environment or level, without reading rows. */
export class RollupReader {
  private readonly table: string;

  constructor(
    private readonly session: ReadSession,
    private readonly tenant: TenantContext,
    private readonly filter: ScanFilter,
  ) {
    this.table = tablesOf(tenant).rollups;
  }

  /** Starts of the hours that touch `span` and hold matching rows, in reading order. */
  async hours(span: Span, order: Order): Promise<number[]> {
    const params = new SqlParams([this.tenant.tenantNo]);
    const sql =
      `SELECT ${microsOf('bucket')} FROM rollups_1h WHERE tenant_no = $1 ` +
      `AND bucket >= ${params.addTime(floorTo(span.lo, HOUR_US))} AND bucket < ${params.addTime(span.hi)} AND kept > 0` +
      `${this.filter.dimensionConditions(params)} GROUP BY bucket ORDER BY bucket ${order}`;
    const rows = await this.session.query<[number]>(sql, params.values);
    return rows.map(([us]) => us);
  }

  /** The buckets of the given hours that touch `span` and hold matching rows, in reading order. */
  async buckets(hours: readonly number[], span: Span, order: Order): Promise<BucketCount[]> {
    const params = new SqlParams([this.tenant.tenantNo, hours.map(timeText)]);
    const sql =
      `SELECT ${microsOf('b.bucket')}, b.kept FROM unnest($2::timestamptz[]) AS h(start) CROSS JOIN LATERAL (` +
      `SELECT bucket, sum(kept::float8) AS kept FROM ${this.table} WHERE tenant_no = $1 ` +
      `AND bucket >= h.start AND bucket < h.start + interval '1 hour' ` +
      `AND bucket >= ${params.addTime(floorTo(span.lo, BUCKET_US))} AND bucket < ${params.addTime(span.hi)} ` +
      `AND kept > 0${this.filter.dimensionConditions(params)} GROUP BY bucket OFFSET 0) b ORDER BY b.bucket ${order}`;
    const rows = await this.session.query<[number, number]>(sql, params.values);
    return rows.map(([startUs, kept]) => ({ startUs, kept }));
  }
}

/** Buckets, in reading order, as ranges clipped to `span`; neighbours are joined. */
export function rangesOf(buckets: readonly BucketCount[], span: Span): Span[] {
  const ranges: { lo: number; hi: number }[] = [];
  for (const { startUs } of buckets) {
    const lo = Math.max(startUs, span.lo);
    const hi = Math.min(startUs + BUCKET_US, span.hi);
    const last = ranges.at(-1);
    if (last !== undefined && last.lo === hi) last.lo = lo;
    else if (last !== undefined && last.hi === lo) last.hi = hi;
    else if (lo < hi) ranges.push({ lo, hi });
  }
  return ranges;
}
