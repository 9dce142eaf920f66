import type { AggregateBucket, TotalRelation } from '@logstead/contracts';
import { formatTimestamp, LATENCY_KEYS } from '@logstead/pipeline';
import type { AggregateRequest, AggregateResult, TenantContext } from '@logstead/ports';
import { GroupColumns, type GroupValue } from './group-columns';
import { type GroupedValue, latencyPercentiles } from './latency-percentiles';
import type { NameDirectory } from './name-directory';
import type { ReadSession } from './read-session';
import { countRows } from './row-aggregate';
import { rowPercentiles } from './row-percentiles';
import { BUCKET_US } from './rollup-reader';
import { sumRollups } from './rollup-sums';
import { ScanFilter } from './scan-filter';

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

interface Grouped {
  readonly values: readonly GroupedValue[];
  readonly relation: TotalRelation;
}

/** Answers aggregates from the rollups when they can tell, else from rows. */
export class Aggregator {
  constructor(
    private readonly session: ReadSession,
    private readonly tenant: TenantContext,
    private readonly names: NameDirectory,
  ) {}

  async run(request: AggregateRequest): Promise<Omit<AggregateResult, 'asOfUs'>> {
    const filter = await ScanFilter.resolve(this.names, this.tenant, request.filter);
    const columns = new GroupColumns(request.groupBy);
    const { values, relation } = await this.grouped(request, filter, columns);
    const total = values.reduce((sum, { count }) => sum + count, 0);
    const kept = limited(values, request);
    const nameOf = await columns.namer(
      this.names,
      this.tenant,
      kept.map(({ keys }) => keys),
    );
    const buckets = kept.map(({ timeUs, keys, value }): AggregateBucket => ({
      ...nameOf(keys),
      ...(request.intervalUs === undefined ? {} : { time: formatTimestamp(timeUs) }),
      value,
    }));
    return { buckets, total, totalRelation: relation };
  }

  private async grouped(
    request: AggregateRequest,
    filter: ScanFilter,
    columns: GroupColumns,
  ): Promise<Grouped> {
    const { metric, intervalUs, field } = request;
    const span = { lo: request.filter.fromUs, hi: request.filter.toUs };
    const interval = intervalUs === undefined ? {} : { intervalUs };
    const { dimensions } = columns;
    // Rollups count whole 10-second buckets, so they can only tell apart intervals made of those.
    const fromRollups =
      dimensions !== null &&
      !filter.hasRowConditions &&
      (intervalUs === undefined || intervalUs % BUCKET_US === 0);
    if (metric === 'count' || metric === 'error_rate') {
      const { groups, relation } = fromRollups
        ? {
            groups: await sumRollups(this.session, this.tenant, filter, span, {
              columns: dimensions,
              measure: 'count',
              ...interval,
            }),
            relation: 'exact' as const,
          }
        : await countRows(this.session, this.tenant, filter, span, { columns, ...interval });
      const values = groups.map(({ timeUs, keys, count, errors }) => ({
        timeUs,
        keys,
        count,
        value: metric === 'count' ? count : errors / count,
      }));
      return { values, relation };
    }
    const share = SHARES[metric];
    if (field === undefined && fromRollups) {
      const request = { columns: dimensions, share, ...interval };
      return {
        values: await latencyPercentiles(this.session, this.tenant, filter, span, request),
        relation: 'estimate',
      };
    }
    const fields = field === undefined ? LATENCY_KEYS : [field];
    const rows = await rowPercentiles(this.session, this.tenant, filter, span, {
      columns,
      share,
      fields,
      ...interval,
    });
    return { values: rows, relation: 'exact' };
  }
}

function compareKeys(a: readonly GroupValue[], b: readonly GroupValue[]): number {
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    if (x === y) continue;
    if (x === null || y === null) return x === null ? 1 : -1;
    return x < y ? -1 : 1;
  }
  return 0;
}

/** The largest groups; with an interval every point of the largest groups, in order of time. */
function limited(values: readonly GroupedValue[], { intervalUs, limit }: AggregateRequest): GroupedValue[] {
  if (intervalUs === undefined) {
    return values.toSorted((a, b) => b.value - a.value || compareKeys(a.keys, b.keys)).slice(0, limit);
  }
  const counts = new Map<string, number>();
  const nameOf = (keys: readonly GroupValue[]): string => JSON.stringify(keys);
  for (const { keys, count } of values) counts.set(nameOf(keys), (counts.get(nameOf(keys)) ?? 0) + count);
  const chosen = new Set(
    [...counts]
      .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, limit)
      .map(([name]) => name),
  );
  return values
    .filter(({ keys }) => chosen.has(nameOf(keys)))
    .toSorted((a, b) => a.timeUs - b.timeUs || compareKeys(a.keys, b.keys));
}
