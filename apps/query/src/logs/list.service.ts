import { DEFAULT_PAGE_SIZE, type LogRecord, MAX_PAGE_SIZE } from '@logstead/contracts';
import type { LogReader, ReadOptions, TenantContext } from '@logstead/ports';
import { highlight, type QueryNode } from '@logstead/query-language';
import { AppError } from '@logstead/errors';
import { PageCursors, walkKey } from '../cursor/page-cursor';
import { pageJson } from '../json/log-json.serializer';
import { answerTime } from '../json/answer-time';
import { readFilter } from '../params/filter-params';
import { type RawQuery, RequestParams } from '../params/request-params';
import { nowUs, readTimeRange } from '../params/time-params';

/** Pages of logs. */
export class ListService {
  constructor(
    private readonly reader: LogReader,
    private readonly cursors: PageCursors,
  ) {}

  /** @param route `search` requires a query and can mark what it matched */
  async page(
    tenant: TenantContext,
    route: 'logs' | 'search',
    query: RawQuery,
    options: ReadOptions,
  ): Promise<string> {
    const params = new RequestParams(query);
    const limit = params.integer('limit', { min: 1, max: MAX_PAGE_SIZE, fallback: DEFAULT_PAGE_SIZE });
    const order = params.choice('order', ['desc', 'asc'], 'desc');
    const cursor = params.text('cursor');
    const filter = readFilter(params);
    const asked = readTimeRange(params, nowUs());
    const wantsHighlights = route === 'search' && params.flag('highlights');
    params.refuseUnread();
    if (route === 'search' && params.text('q') === undefined) {
      throw new AppError({
        code: 'invalid_parameter',
        message: 'q is missing: give a query, or list logs without one by GET /api/v1/logs.',
        details: { parameter: 'q' },
      });
    }
    const walk = walkKey(tenant, route, query);
    const state = cursor === undefined ? null : this.cursors.open(walk, cursor);
    const range = state?.range ?? asked;
    const page = { limit, order, total: state === null, ...(state && { after: state.position }) };
    const result = await this.reader.list(tenant, { ...filter, ...range }, page, options);
    const seen = (state?.seen ?? 0) + result.logs.length;
    // A walk that has reached the end has counted every log itself.
    const total =
      result.next === null && (state === null || state.totalRelation !== 'exact')
        ? { total: seen, totalRelation: 'exact' as const }
        : state === null
          ? { total: result.total, totalRelation: result.totalRelation }
          : { total: Math.max(state.total, seen), totalRelation: state.totalRelation };
    const nextCursor =
      result.next === null ? null : this.cursors.seal(walk, { position: result.next, range, seen, ...total });
    return pageJson({
      logs: result.logs,
      nextCursor,
      ...total,
      asOf: answerTime(result.asOfUs),
      ...(wantsHighlights && filter.query && { highlights: highlightsOf(filter.query, result.logs) }),
    });
  }
}

function highlightsOf(query: QueryNode, logs: readonly LogRecord[]): Record<string, [number, number][]> {
  const found: Record<string, [number, number][]> = {};
  for (const { id, message } of logs) {
    const ranges = highlight(query, message);
    if (ranges.length > 0) found[id] = ranges;
  }
  return found;
}
