import type { ServerResponse } from 'node:http';
import type { ReadOptions, TenantContext } from '@logstead/ports';
import type { PlanLimits } from '@logstead/tenancy';
import type { QueryCache } from '../cache/query-cache';
import type { RawQuery } from '../params/request-params';
import type { QueryMetrics, QueryOutcome } from '../query-metrics';
import { readOptions, signalOf } from '../request-scope';
import type { AggregateService } from './aggregate.service';
import type { ListService } from './list.service';
import type { SingleLogService } from './single-log.service';

interface Parts {
  readonly list: ListService;
  readonly single: SingleLogService;
  readonly aggregates: AggregateService;
  readonly cache: QueryCache;
  readonly metrics: QueryMetrics;
  /** Longest a read may take, ms. */
  readonly timeoutMs: number;
}

/** Runs the reads of the HTTP routes: with a deadline, measured, and cancelled when the client leaves. */
export class LogQueries {
  readonly list: ListService;
  readonly single: SingleLogService;

  constructor(private readonly parts: Parts) {
    this.list = parts.list;
    this.single = parts.single;
  }

  async read<T>(
    route: string,
    response: ServerResponse,
    limits: PlanLimits,
    run: (options: ReadOptions) => Promise<T>,
  ): Promise<T> {
    const options = readOptions(signalOf(response), this.parts.timeoutMs, limits);
    const startedAt = performance.now();
    let outcome: QueryOutcome = 'failed';
    try {
      const answer = await run(options);
      outcome = 'ok';
      return answer;
    } catch (error) {
      if (options.signal.aborted) outcome = 'left';
      else if (isRefusal(error)) outcome = 'refused';
      throw error;
    } finally {
      this.parts.metrics.seconds.observe({ route, outcome }, (performance.now() - startedAt) / 1000);
    }
  }

  /** Answers that identical requests share. */
  readCached(
    route: 'aggregate' | 'histogram' | 'fields',
    response: ServerResponse,
    limits: PlanLimits,
    tenant: TenantContext,
    query: RawQuery,
  ): Promise<string> {
    return this.read(route, response, limits, (options) => {
      const read = this.parts.aggregates[route](tenant, query);
      const inputs = [route, Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))];
      return this.parts.cache.answer(tenant, inputs, read, options);
    });
  }
}

const REFUSALS: ReadonlySet<unknown> = new Set([
  'invalid_parameter',
  'invalid_query',
  'invalid_cursor',
  'overloaded',
]);

function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && REFUSALS.has(error.code);
}
