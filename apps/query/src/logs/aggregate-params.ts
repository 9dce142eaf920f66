import { AppError } from '@logstead/errors';
import type { AggregateRequest } from '@logstead/ports';
import { readFilter } from '../params/filter-params';
import { readInterval } from '../params/interval';
import { invalid, type RequestParams, shown } from '../params/request-params';
import { nowUs, readTimeRange } from '../params/time-params';

const METRICS = ['count', 'error_rate', 'p50', 'p95', 'p99'] as const;
const PLAIN_GROUPS = new Set(['level', 'service', 'environment']);
const METADATA = /^metadata\.(.{1,512})$/s;
const MAX_GROUP_FIELDS = 4;
const MAX_GROUPS = 1_000;
const DEFAULT_GROUPS = 100;

/** @throws AppError `invalid_parameter`, `invalid_query` */
export function readAggregateRequest(params: RequestParams): AggregateRequest {
  const groupBy = params.list('group_by') ?? [];
  const metric = params.choice('metric', METRICS, 'count');
  const field = readField(params, metric);
  const limit = params.integer('limit', { min: 1, max: MAX_GROUPS, fallback: DEFAULT_GROUPS });
  const filter = readFilter(params);
  const range = readTimeRange(params, nowUs());
  const intervalUs = readInterval(params, range.toUs - range.fromUs);
  params.refuseUnread();
  if (groupBy.length > MAX_GROUP_FIELDS) {
    throw invalid(
      'group_by',
      `group_by names ${groupBy.length} fields; the limit is ${MAX_GROUP_FIELDS}.`,
      groupBy.length,
    );
  }
  for (const name of groupBy) {
    if (PLAIN_GROUPS.has(name) || METADATA.test(name)) continue;
    throw invalid(
      'group_by',
      `group_by takes level, service, environment and metadata.<key>, not ${shown(name)}.`,
      name,
    );
  }
  return {
    filter: { ...filter, ...range },
    groupBy,
    metric,
    limit,
    ...(field !== undefined && { field }),
    ...(intervalUs !== undefined && { intervalUs }),
  };
}

function readField(params: RequestParams, metric: string): string | undefined {
  const text = params.text('field');
  if (text === undefined) return undefined;
  const path = METADATA.exec(text)?.[1];
  if (path === undefined)
    throw invalid('field', `field must be metadata.<key> of a number, not ${shown(text)}.`, text);
  if (metric === 'count' || metric === 'error_rate') {
    throw new AppError({
      code: 'invalid_parameter',
      message: `field is for the metrics p50, p95 and p99; the metric is ${metric}.`,
      details: { parameter: 'field' },
    });
  }
  return path;
}
