import type { AggregateBucket, Level, LogRecord, TotalRelation } from '@logstead/contracts';
import type { QueryNode } from '@logstead/query-language';
import type { TenantContext } from './tenant-context';

/** What a read is limited to. Times are µs since the epoch; the range is half open: from <= ts < to. */
export interface LogFilter {
  readonly fromUs: number;
  readonly toUs: number;
  readonly services?: readonly string[];
  readonly serviceIds?: readonly number[];
  readonly environments?: readonly string[];
  readonly levels?: readonly Level[];
  readonly traceId?: string;
  /** Conditions on metadata and message in the query language, ANDed with the rest. */
  readonly query?: QueryNode;
}

/** A position between two logs in the total order (ts, id). */
export interface Position {
  readonly tsUs: number;
  readonly id: string;
}

/** When the answer was true: everything committed before this instant of the database's clock is part of it. */
export interface AsOf {
  /** µs since the epoch. */
  readonly asOfUs: number;
}

export interface ListResult extends AsOf {
  readonly logs: LogRecord[];
  /** Where to go on; null when nothing matches beyond. */
  readonly next: Position | null;
  readonly total: number;
  readonly totalRelation: TotalRelation;
}

export interface AggregateRequest {
  readonly filter: LogFilter;
  /** `level`, `service`, `environment` or `metadata.<path>`. */
  readonly groupBy: readonly string[];
  readonly metric: 'count' | 'error_rate' | 'p50' | 'p95' | 'p99';
  /** Numeric metadata path for percentiles; absent: the latency found at ingest. */
  readonly field?: string;
  readonly intervalUs?: number;
  readonly limit: number;
}

export interface AggregateResult extends AsOf {
  readonly buckets: AggregateBucket[];
  readonly total: number;
  readonly totalRelation: TotalRelation;
}

export interface FieldFacet {
  readonly field: string;
  readonly values: { value: string; count: number }[];
  readonly totalRelation: TotalRelation;
}

export interface FieldsResult extends AsOf {
  readonly fields: FieldFacet[];
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/** The only way to read logs. @throws AppError `query_timeout`, `store_unavailable` */
export interface LogReader {
  list(
    tenant: TenantContext,
    filter: LogFilter,
    page: { limit: number; after?: Position; order: 'asc' | 'desc'; total: boolean },
    options: ReadOptions,
  ): Promise<ListResult>;
  aggregate(tenant: TenantContext, request: AggregateRequest, options: ReadOptions): Promise<AggregateResult>;
  fields(
    tenant: TenantContext,
    filter: LogFilter,
    limit: number,
    options: ReadOptions,
  ): Promise<FieldsResult>;
  get(tenant: TenantContext, id: string, options: ReadOptions): Promise<LogRecord | null>;
  context(
    tenant: TenantContext,
    id: string,
    size: { before: number; after: number },
    options: ReadOptions,
  ): Promise<{ before: LogRecord[]; log: LogRecord; after: LogRecord[] } | null>;
  /** Every matching log once, in order, in pages; ends early only by throwing. */
  export(
    tenant: TenantContext,
    filter: LogFilter,
    order: 'asc' | 'desc',
    options: ReadOptions,
  ): AsyncIterable<LogRecord[]>;
  /** Logs of the blocks with from <= seq <= to, in commit order; for resuming a live tail. */
  committed(
    tenant: TenantContext,
    range: { readonly from: number; readonly to: number },
    options: ReadOptions,
  ): AsyncIterable<{ seq: number; records: LogRecord[] }>;
  /** The seq of the newest commit of the tenant; 0 when it has none. */
  latestSeq(tenant: TenantContext, options: ReadOptions): Promise<number>;
  /** Whether a commit after `seq` holds a log of the range, as far as its blocks tell. */
  hasCommitsAfter(
    tenant: TenantContext,
    seq: number,
    range: { readonly fromUs: number; readonly toUs: number },
    options: ReadOptions,
  ): Promise<boolean>;
}
