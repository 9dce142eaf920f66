import { LEVELS } from '@logstead/contracts';
import type { AggregateResult, LogReader, ReadOptions, TenantContext } from '@logstead/ports';
import { answerTime } from '../json/answer-time';
import { formatDuration } from '../params/duration';
import { readFilter } from '../params/filter-params';
import { niceInterval, readInterval } from '../params/interval';
import { RequestParams, type RawQuery } from '../params/request-params';
import { nowUs, readTimeRange, type TimeRange } from '../params/time-params';
import { readAggregateRequest } from './aggregate-params';

const DEFAULT_FACET_VALUES = 10;
const MAX_FACET_VALUES = 1_000;

/** An answer that may be kept: what it covers, and the work that makes it. */
export interface CacheableRead {
  readonly range: TimeRange;
  run(options: ReadOptions): Promise<{ json: string; asOfUs: number }>;
}

/** Counts, histograms and facets. Each method checks its parameters at once and reads when it is run. */
export class AggregateService {
  constructor(private readonly reader: LogReader) {}

  aggregate(tenant: TenantContext, query: RawQuery): CacheableRead {
    const request = readAggregateRequest(new RequestParams(query));
    return {
      range: request.filter,
      run: async (options) => {
        const { asOfUs, ...answer } = await this.reader.aggregate(tenant, request, options);
        return { json: JSON.stringify({ ...answer, asOf: answerTime(asOfUs) }), asOfUs };
      },
    };
  }

  histogram(tenant: TenantContext, query: RawQuery): CacheableRead {
    const params = new RequestParams(query);
    const filter = readFilter(params);
    const range = readTimeRange(params, nowUs());
    const spanUs = range.toUs - range.fromUs;
    const intervalUs = readInterval(params, spanUs) ?? niceInterval(spanUs);
    params.refuseUnread();
    const request = {
      filter: { ...filter, ...range },
      groupBy: ['level'],
      metric: 'count',
      intervalUs,
      limit: LEVELS.length,
    } as const;
    return {
      range,
      run: async (options) => {
        const result = await this.reader.aggregate(tenant, request, options);
        return { json: histogramJson(result, range, intervalUs), asOfUs: result.asOfUs };
      },
    };
  }

  fields(tenant: TenantContext, query: RawQuery): CacheableRead {
    const params = new RequestParams(query);
    const limit = params.integer('limit', { min: 1, max: MAX_FACET_VALUES, fallback: DEFAULT_FACET_VALUES });
    const filter = readFilter(params);
    const range = readTimeRange(params, nowUs());
    params.refuseUnread();
    return {
      range,
      run: async (options) => {
        const { fields, asOfUs } = await this.reader.fields(tenant, { ...filter, ...range }, limit, options);
        return { json: JSON.stringify({ fields, asOf: answerTime(asOfUs) }), asOfUs };
      },
    };
  }
}

/** Every bucket of the range, empty ones included. */
function histogramJson(result: AggregateResult, range: TimeRange, intervalUs: number): string {
  const rows = new Map<string, Record<string, number>>();
  for (const { time, level, value } of result.buckets) {
    let row = rows.get(time!);
    if (row === undefined) rows.set(time!, (row = {}));
    row[level as string] = value;
  }
  const buckets = [];
  const first = Math.floor(range.fromUs / intervalUs) * intervalUs;
  for (let us = first; us < range.toUs; us += intervalUs) {
    const time = answerTime(us);
    const row = rows.get(time);
    const counts = Object.fromEntries(LEVELS.map((level) => [level, row?.[level] ?? 0]));
    const total = LEVELS.reduce((sum, level) => sum + counts[level]!, 0);
    buckets.push({ time, ...counts, total });
  }
  const { total, totalRelation, asOfUs } = result;
  return JSON.stringify({
    interval: formatDuration(intervalUs),
    buckets,
    total,
    totalRelation,
    asOf: answerTime(asOfUs),
  });
}
