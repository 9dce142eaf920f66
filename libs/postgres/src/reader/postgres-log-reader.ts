import type { TotalRelation } from '@logstead/contracts';
import type {
  AggregateRequest,
  AggregateResult,
  FieldsResult,
  ListResult,
  LogFilter,
  LogReader,
  Position,
  ReadOptions,
  StoredLog,
  TenantContext,
} from '@logstead/ports';
import { isUuid } from './uuid';
import type { Database } from '../database';
import { Aggregator } from './aggregator';
import { BlockIndex } from './block-index';
import { CommitReader } from './commit-reader';
import { fieldFacets } from './field-facets';
import { type ListedRows, LogLister } from './log-lister';
import { LOG_COLUMNS, type LogRow, toLogs } from './log-row';
import type { NameDirectory } from './name-directory';
import { ReadSession } from './read-session';
import type { ReaderSlots } from './reader-slots';
import { sumRollups } from './rollup-sums';
import { ScanFilter } from './scan-filter';
import { SqlParams } from './sql-params';
import { tablesOf } from './tables';
import type { Order } from './time-span';

/** A list answers with what it has after this long, and a cursor to go on. */
const LIST_BUDGET_MS = 5_000;
const EXPORT_PAGE_ROWS = 2_000;
const DAY_US = 86_400_000_000;

/** Reads logs from PostgreSQL. Every read takes one connection, one snapshot and one of the tenant's slots. */
export class PostgresLogReader implements LogReader {
  private readonly commits: CommitReader;

  constructor(
    private readonly database: Database,
    private readonly slots: ReaderSlots,
    private readonly names: NameDirectory,
  ) {
    this.commits = new CommitReader(database, slots, names);
  }

  list(
    tenant: TenantContext,
    asked: LogFilter,
    page: { limit: number; after?: Position; order: Order; total: boolean },
    options: ReadOptions,
  ): Promise<ListResult> {
    const read = async (session: ReadSession): Promise<ListResult> => {
      const filter = retained(session, tenant, asked);
      const scan = await ScanFilter.resolve(this.names, tenant, filter);
      const budgetMs = Math.min(LIST_BUDGET_MS, options.deadlineMs);
      const listed = await this.listRows(session, tenant, scan, filter, page, budgetMs);
      const logs = await toLogs(this.names, tenant, listed.rows);
      const total = page.total ? await this.totalOf(session, tenant, scan, filter, listed, page) : NOT_ASKED;
      return { logs, next: listed.next, asOfUs: session.asOfUs, ...total };
    };
    return ReadSession.run(this.database, this.slots, tenant, options, read, LIST_BUDGET_MS);
  }

  private listRows(
    session: ReadSession,
    tenant: TenantContext,
    scan: ScanFilter,
    { fromUs, toUs }: LogFilter,
    { limit, after, order }: { limit: number; after?: Position; order: Order },
    budgetMs: number,
  ): Promise<ListedRows> {
    const page = { span: { lo: fromUs, hi: toUs }, limit, after, order };
    return new LogLister(session, tenant, scan, page, budgetMs).run();
  }

  /** Exact without reading rows where that is possible; a scan only to count would cost more than the page. */
  private async totalOf(
    session: ReadSession,
    tenant: TenantContext,
    scan: ScanFilter,
    { fromUs, toUs }: LogFilter,
    { rows, next }: ListedRows,
    page: { after?: Position },
  ): Promise<{ total: number; totalRelation: TotalRelation }> {
    if (next === null && page.after === undefined) return { total: rows.length, totalRelation: 'exact' };
    if (scan.hasRowConditions || !session.isUsable) return { total: rows.length, totalRelation: 'at_least' };
    const span = { lo: fromUs, hi: toUs };
    const sums = await sumRollups(session, tenant, scan, span, { columns: [], measure: 'kept' });
    return { total: sums[0]?.count ?? 0, totalRelation: 'exact' };
  }

  aggregate(
    tenant: TenantContext,
    request: AggregateRequest,
    options: ReadOptions,
  ): Promise<AggregateResult> {
    return this.run(tenant, options, async (session) => ({
      ...(await new Aggregator(session, tenant, this.names).run({
        ...request,
        filter: retained(session, tenant, request.filter),
      })),
      asOfUs: session.asOfUs,
    }));
  }

  fields(
    tenant: TenantContext,
    filter: LogFilter,
    limit: number,
    options: ReadOptions,
  ): Promise<FieldsResult> {
    return this.run(tenant, options, async (session) => ({
      fields: await fieldFacets(session, tenant, this.names, retained(session, tenant, filter), limit),
      asOfUs: session.asOfUs,
    }));
  }

  get(tenant: TenantContext, id: string, options: ReadOptions): Promise<StoredLog | null> {
    if (!isUuid(id)) return Promise.resolve(null);
    return this.run(tenant, options, async (session) => {
      const row = await this.rowOf(session, tenant, id);
      return row === null ? null : (await toLogs(this.names, tenant, [row]))[0]!;
    });
  }

  private async rowOf(session: ReadSession, tenant: TenantContext, id: string): Promise<LogRow | null> {
    const block = await new BlockIndex(session, tenant).ofId(id);
    if (block === null) return null;
    const params = new SqlParams([tenant.tenantNo, id]);
    const sql =
      `SELECT ${LOG_COLUMNS} FROM ${tablesOf(tenant).logs} WHERE tenant_no = $1 AND id = $2::uuid ` +
      `AND ts >= ${params.addTime(block.loUs)} AND ts <= ${params.addTime(block.hiUs)}`;
    const [row] = await session.query<LogRow>(sql, params.values);
    return row ?? null;
  }

  context(
    tenant: TenantContext,
    id: string,
    size: { before: number; after: number },
    options: ReadOptions,
  ): Promise<{ before: StoredLog[]; log: StoredLog; after: StoredLog[] } | null> {
    if (!isUuid(id)) return Promise.resolve(null);
    return this.run(tenant, options, async (session) => {
      const row = await this.rowOf(session, tenant, id);
      if (row === null) return null;
      const neighbours = async (limit: number, order: Order): Promise<StoredLog[]> => {
        if (limit === 0) return [];
        const { rows } = await this.neighbours(session, tenant, row, limit, order, options);
        return toLogs(this.names, tenant, rows);
      };
      const before = (await neighbours(size.before, 'desc')).reverse();
      const after = await neighbours(size.after, 'asc');
      const [log] = await toLogs(this.names, tenant, [row]);
      return { before, log: log!, after };
    });
  }

  private neighbours(
    session: ReadSession,
    tenant: TenantContext,
    [tsUs, logId, serviceId, envId]: LogRow,
    limit: number,
    order: Order,
    options: ReadOptions,
  ): Promise<ListedRows> {
    const reachUs = tenant.retentionDays * DAY_US;
    const filter = { fromUs: tsUs - reachUs, toUs: tsUs + reachUs };
    const scan = ScanFilter.ofNumbers(serviceId, envId);
    const page = { limit, after: { tsUs, id: logId }, order };
    return this.listRows(session, tenant, scan, filter, page, Math.min(LIST_BUDGET_MS, options.deadlineMs));
  }

  /** Each page has its own connection and snapshot, so an export holds neither while its reader is slow. */
  async *export(
    tenant: TenantContext,
    filter: LogFilter,
    order: Order,
    options: ReadOptions,
  ): AsyncGenerator<StoredLog[]> {
    let after: Position | undefined;
    for (;;) {
      const page = { limit: EXPORT_PAGE_ROWS, order, total: false, ...(after && { after }) };
      const { logs, next } = await this.list(tenant, filter, page, options);
      if (logs.length > 0) yield logs;
      if (next === null) return;
      after = next;
    }
  }

  committed(
    tenant: TenantContext,
    range: { readonly from: number; readonly to: number },
    options: ReadOptions,
  ): AsyncIterable<{ seq: number; records: StoredLog[] }> {
    return this.commits.between(tenant, range, options);
  }

  latestSeq(tenant: TenantContext, options: ReadOptions): Promise<number> {
    return this.commits.latestSeq(tenant, options);
  }

  hasCommitsAfter(
    tenant: TenantContext,
    seq: number,
    range: { readonly fromUs: number; readonly toUs: number },
    options: ReadOptions,
  ): Promise<boolean> {
    return this.commits.touched(tenant, seq, { lo: range.fromUs, hi: range.toUs }, options);
  }

  private run<T>(
    tenant: TenantContext,
    options: ReadOptions,
    read: (session: ReadSession) => Promise<T>,
  ): Promise<T> {
    return ReadSession.run(this.database, this.slots, tenant, options, read);
  }
}

/**
 * The part of a range whose rows are kept: hourly counts outlive them, and rows go a day at a time, so without this
 * totals, charts and lists would differ about the days at the end.
 */
function retained(session: ReadSession, tenant: TenantContext, filter: LogFilter): LogFilter {
  const oldestUs = session.asOfUs - tenant.retentionDays * DAY_US;
  return filter.fromUs >= oldestUs ? filter : { ...filter, fromUs: Math.min(oldestUs, filter.toUs) };
}

const NOT_ASKED = { total: 0, totalRelation: 'at_least' } as const;
