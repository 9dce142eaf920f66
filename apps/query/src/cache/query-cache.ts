import { createHash } from 'node:crypto';
import type { Cache, CommitFeed, LogReader, ReadOptions, TenantContext } from '@logstead/ports';
import type { CacheableRead } from '../logs/aggregate.service';
import type { QueryMetrics } from '../query-metrics';
import { clientLeft } from '../request-scope';

interface Entry {
  readonly json: string;
  readonly fromUs: number;
  readonly toUs: number;
  /** Every commit up to here is part of the answer; 0: not known. */
  readonly seq: number;
  readonly madeAtMs: number;
}

interface Flight {
  readonly result: Promise<string>;
  readonly abort: AbortController;
  callers: number;
}

/** Answers made in less are not kept: reading them again costs about as much as asking the cache. */
const MIN_COST_MS = 50;
/** A kept answer is given out unchecked for this long; its `asOf` says how old it is. */
const UNCHECKED_MS = 1_000;
/** Longest life of an answer about a range that no commit has touched since. */
const MAX_AGE_MS = 60_000;
/** Logs are late by less than this as a rule; only ranges older than it are kept beyond `UNCHECKED_MS`. */
const LATE_ARRIVAL_MS = 600_000;

/**
 * Keeps costly answers and lets identical requests in flight share one execution, always within one tenant. An answer
 * about a closed range is kept up to a minute, and only as long as no commit has touched the range: late logs show at
 * once.
 */
export class QueryCache {
  private readonly flights = new Map<string, Flight>();

  constructor(
    private readonly cache: Cache,
    private readonly reader: LogReader,
    private readonly feed: CommitFeed,
    private readonly metrics: QueryMetrics,
  ) {}

  /** @param inputs everything the answer depends on besides the tenant */
  async answer(
    tenant: TenantContext,
    inputs: unknown,
    read: CacheableRead,
    options: ReadOptions,
  ): Promise<string> {
    const key = createHash('sha256').update(JSON.stringify(inputs)).digest('base64url');
    const kept = await this.kept(tenant, key, options);
    if (kept !== null) {
      this.metrics.cacheLookups.inc({ result: 'hit' });
      return kept;
    }
    const flightKey = `${tenant.tenantId} ${key}`;
    let flight = this.flights.get(flightKey);
    if (flight === undefined) {
      this.metrics.cacheLookups.inc({ result: 'miss' });
      flight = this.launch(tenant, key, flightKey, read, options.deadlineMs);
    } else {
      this.metrics.cacheLookups.inc({ result: 'joined' });
    }
    return this.join(flight, options.signal);
  }

  private launch(
    tenant: TenantContext,
    key: string,
    flightKey: string,
    read: CacheableRead,
    deadlineMs: number,
  ): Flight {
    const abort = new AbortController();
    const result = this.compute(tenant, key, read, { signal: abort.signal, deadlineMs });
    const flight = { result, abort, callers: 0 };
    this.flights.set(flightKey, flight);
    const land = (): void => {
      if (this.flights.get(flightKey) === flight) this.flights.delete(flightKey);
    };
    result.then(land, land);
    return flight;
  }

  private async compute(
    tenant: TenantContext,
    key: string,
    read: CacheableRead,
    options: ReadOptions,
  ): Promise<string> {
    const { fromUs, toUs } = read.range;
    const seq = this.feed.announcedSeq;
    const startedAt = performance.now();
    const { json } = await read.run(options);
    if (performance.now() - startedAt < MIN_COST_MS) return json;
    const entry: Entry = { json, fromUs, toUs, seq, madeAtMs: Date.now() };
    await this.cache.set(tenant, key, JSON.stringify(entry), seq === 0 ? UNCHECKED_MS : MAX_AGE_MS);
    return json;
  }

  /** The work is cancelled when the last of its callers has left, never before. */
  private async join(flight: Flight, signal: AbortSignal): Promise<string> {
    flight.callers++;
    let onAbort: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason as Error);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort);
    });
    try {
      return await Promise.race([flight.result, left]);
    } finally {
      signal.removeEventListener('abort', onAbort!);
      flight.callers--;
      if (flight.callers === 0) flight.abort.abort(clientLeft());
    }
  }

  private async kept(tenant: TenantContext, key: string, options: ReadOptions): Promise<string | null> {
    const text = await this.cache.get(tenant, key);
    if (text === undefined) return null;
    const entry = JSON.parse(text) as Entry;
    const ageMs = Date.now() - entry.madeAtMs;
    if (ageMs < UNCHECKED_MS) return entry.json;
    if (entry.seq === 0 || entry.toUs / 1000 > entry.madeAtMs - LATE_ARRIVAL_MS) return null;
    return (await this.reader.hasCommitsAfter(tenant, entry.seq, entry, options)) ? null : entry.json;
  }
}
