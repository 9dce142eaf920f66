import type { LogRecord } from '@logstead/contracts';
import { AppError, toAppError } from '@logstead/errors';
import type { LogReader, TenantContext } from '@logstead/ports';
import { compileMatcher } from '@logstead/query-language';
import {
  type AuthenticatedRequest,
  authorize,
  limitsOf,
  type Principal,
  RequestAuthenticator,
  tenantOf,
} from '@logstead/tenancy';
import { readFilter, type TimelessFilter } from '../params/filter-params';
import { type RawQuery, RequestParams } from '../params/request-params';
import type { QueryMetrics } from '../query-metrics';
import { clientLeft } from '../request-scope';
import { TailCursors, type TailPosition } from './tail-cursor';
import type { TailHub } from './tail-hub';
import type { TailSink } from './tail-sink';
import { credentialsOf, type TailTickets } from './tail-tickets';
import { TailViewer, type ViewerLimits } from './tail-viewer';

const HEARTBEAT_MS = 15_000;
/** A revoked key or an ended session closes its tails within this time. */
const RECHECK_MS = 3_000;
const CATCH_UP_DEADLINE_MS = 30_000;

interface Parts {
  readonly hub: TailHub;
  readonly reader: LogReader;
  readonly cursors: TailCursors;
  readonly tickets: TailTickets;
  readonly authenticator: RequestAuthenticator;
  readonly metrics: QueryMetrics;
  readonly limits: ViewerLimits;
}

/** Somebody who may watch a tenant's logs, for as long as their credential holds. */
export interface Watcher {
  readonly tenant: TenantContext;
  readonly maxViewers: number;
  /** What to ask again whether the credential still holds. */
  readonly credentials: AuthenticatedRequest;
}

/** Live tails: who may watch, and what each viewer is sent. */
export class TailService {
  private readonly open = new Map<TailViewer, TailSink>();

  constructor(private readonly parts: Parts) {}

  /**
   * Whom a ticket, key or session stands for.
   * @throws AppError `unauthenticated`, `forbidden`
   */
  async authenticate(request: AuthenticatedRequest, ticket: string | undefined): Promise<Watcher> {
    const holder = ticket === undefined ? credentialsOf(request) : this.parts.tickets.use(ticket);
    if (holder === null) {
      throw new AppError({
        code: 'unauthenticated',
        message: 'The ticket is unknown, used or older than 30 s. Ask for a new one.',
      });
    }
    const principal = await this.check(holder);
    return { tenant: tenantOf(principal)!, maxViewers: limitsOf(principal)!.tails, credentials: holder };
  }

  private async check(credentials: AuthenticatedRequest): Promise<Principal> {
    const principal = await this.parts.authenticator.authenticate(credentials);
    authorize(principal, { kind: 'scope', scope: 'query' });
    return principal;
  }

  /**
   * Serves a viewer until it leaves. Errors in its parameters are told over the connection itself, because a browser
   * cannot read the answer to a refused socket.
   */
  async serve(
    watcher: Watcher,
    query: RawQuery,
    sink: TailSink,
    requestId: string,
    lastEventId?: string,
  ): Promise<void> {
    const { hub, cursors, metrics, limits } = this.parts;
    const { tenant } = watcher;
    const cursorOf = (position: TailPosition): string => cursors.seal(tenant, position);
    let matches: (log: LogRecord) => boolean = () => false;
    // Until the parameters are understood the viewer can only be told of errors.
    const base = { sink, limits, metrics, requestId, cursorOf, matches: (log: LogRecord) => matches(log) };
    let viewer = new TailViewer(base, { seq: 0, offset: 0 });
    const abort = new AbortController();
    let leave = (): void => {};
    sink.onClose = () => {
      abort.abort(clientLeft());
      viewer.close();
      leave();
    };
    try {
      const params = new RequestParams(query);
      params.text('ticket');
      const cursor = params.text('cursor') ?? lastEventId;
      const filter = readFilter(params);
      params.refuseUnread();
      this.refuseTooMany(watcher);
      const resumeAt = cursor === undefined ? null : cursors.open(tenant, cursor);
      matches = matcherOf(filter);
      const options = { signal: abort.signal, deadlineMs: CATCH_UP_DEADLINE_MS };
      const start = resumeAt ?? {
        seq: (hub.announcedSeq || (await this.parts.reader.latestSeq(tenant, options))) + 1,
        offset: 0,
      };
      viewer = new TailViewer(base, start);
      if (abort.signal.aborted) return;
      leave = this.enter(watcher, viewer, sink);
      viewer.heartbeat();
      const left = leave;
      await this.catchUp(tenant, viewer, abort.signal, () => {
        const remove = hub.add(tenant, viewer);
        leave = () => {
          left();
          remove();
        };
      });
    } catch (error) {
      if (!abort.signal.aborted) viewer.fail(toAppError(error));
      leave();
    }
  }

  /** Pauses and resumes come from the client while the viewer is served. */
  control(sink: TailSink, action: 'pause' | 'resume'): void {
    for (const [viewer, own] of this.open) if (own === sink) viewer[action]();
  }

  private refuseTooMany({ tenant, maxViewers }: Watcher): void {
    const viewers = this.viewersOf.get(tenant.tenantNo) ?? 0;
    if (viewers < maxViewers) return;
    throw new AppError({
      code: 'rate_limited',
      message: `This tenant already has ${viewers} live tails; its plan allows ${maxViewers}. Close one first.`,
      details: { observed: viewers, limit: maxViewers },
    });
  }

  private readonly viewersOf = new Map<number, number>();

  private enter({ tenant, credentials }: Watcher, viewer: TailViewer, sink: TailSink): () => void {
    const { metrics } = this.parts;
    this.open.set(viewer, sink);
    this.count(tenant, 1);
    metrics.tailViewers.inc();
    const heartbeat = setInterval(() => viewer.heartbeat(), HEARTBEAT_MS);
    const recheck = setInterval(() => {
      this.check(credentials).catch((error: unknown) => {
        const reason = toAppError(error);
        // A database that is away says nothing about the credential.
        if (reason.code === 'unauthenticated' || reason.code === 'forbidden') viewer.fail(reason);
      });
    }, RECHECK_MS);
    heartbeat.unref();
    recheck.unref();
    let entered = true;
    return () => {
      if (!entered) return;
      entered = false;
      clearInterval(heartbeat);
      clearInterval(recheck);
      this.open.delete(viewer);
      this.count(tenant, -1);
      metrics.tailViewers.dec();
    };
  }

  private count({ tenantNo }: TenantContext, change: number): void {
    const now = (this.viewersOf.get(tenantNo) ?? 0) + change;
    if (now === 0) this.viewersOf.delete(tenantNo);
    else this.viewersOf.set(tenantNo, now);
  }

  /**
   * Reads what was committed since the viewer's position, up to what has been announced, then joins the feed.
   * Positions rise in the order of announcements, not of commits, so nothing beyond the announced one is read: a
   * commit before it could still be under way.
   * @param join called in the same instant in which nothing is left to read
   */
  private async catchUp(
    tenant: TenantContext,
    viewer: TailViewer,
    signal: AbortSignal,
    join: () => void,
  ): Promise<void> {
    const { hub, reader } = this.parts;
    const options = { signal, deadlineMs: CATCH_UP_DEADLINE_MS };
    while (!viewer.isClosed) {
      // Until this process has announced something, all there is was committed before it started.
      const stored = hub.announcedSeq === 0 ? await reader.latestSeq(tenant, options) : 0;
      const to = hub.announcedSeq || stored;
      const from = viewer.next.seq;
      if (from > to) return join();
      for await (const { seq, records } of reader.committed(tenant, { from, to }, options)) {
        viewer.acceptStored(seq, records);
        await viewer.drained();
        if (viewer.isClosed) return;
      }
      viewer.skipTo(to + 1);
    }
  }

  /** Ends all viewers, which resume elsewhere from their cursors. */
  shutDown(): void {
    for (const [viewer, sink] of this.open) {
      viewer.close();
      sink.close('shutdown');
    }
  }
}

/** The filter as a test on logs in memory. */
export function matcherOf(filter: TimelessFilter): (log: LogRecord) => boolean {
  const { services, serviceIds, environments, levels, traceId, query } = filter;
  const sets = {
    services: services && new Set(services),
    serviceIds: serviceIds && new Set(serviceIds),
    environments: environments && new Set(environments),
    levels: levels && new Set<string>(levels),
  };
  const matchesQuery = query === undefined ? () => true : compileMatcher(query);
  return (log) =>
    (sets.levels?.has(log.level) ?? true) &&
    (sets.services?.has(log.service) ?? true) &&
    (sets.serviceIds?.has(log.service_id) ?? true) &&
    (sets.environments?.has(log.environment) ?? true) &&
    (traceId === undefined || log.trace_id === traceId) &&
    matchesQuery(log);
}
