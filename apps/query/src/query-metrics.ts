import type { Metrics } from '@logstead/telemetry';

export type QueryOutcome = 'ok' | 'refused' | 'failed' | 'left';

/** What the query service counts; routes are a closed list, tenants are never labels. */
export class QueryMetrics {
  readonly seconds;
  readonly cacheLookups;
  readonly tailViewers;
  readonly tailLogs;
  readonly tailDropped;
  readonly exportedLogs;

  constructor(metrics: Metrics) {
    this.seconds = metrics.histogram<'route' | 'outcome'>({
      name: 'query_request_seconds',
      help: 'Time from a read request to its answer, by route and outcome',
      labelNames: ['route', 'outcome'],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    });
    this.cacheLookups = metrics.counter<'result'>({
      name: 'query_cache_lookups_total',
      help: 'Answers asked of the cache: hit, joined (an identical request was running) or miss',
      labelNames: ['result'],
    });
    this.tailViewers = metrics.gauge({ name: 'query_tail_viewers', help: 'Live-tail viewers connected' });
    this.tailLogs = metrics.counter({
      name: 'query_tail_logs_total',
      help: 'Logs sent to live-tail viewers',
    });
    this.tailDropped = metrics.counter({
      name: 'query_tail_dropped_logs_total',
      help: 'Logs left out because a live-tail viewer was too slow',
    });
    this.exportedLogs = metrics.counter({
      name: 'query_exported_logs_total',
      help: 'Logs written by exports',
    });
  }
}
