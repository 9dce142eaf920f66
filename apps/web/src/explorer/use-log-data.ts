import {
  keepPreviousData,
  type InfiniteData,
  useInfiniteQuery,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import {
  fetchFields,
  fetchHasLogs,
  fetchHistogram,
  fetchRows,
  type FieldFacet,
  type RowPage,
} from '../api/logs-api';
import { serverNow } from '../api/http-client';
import { windowedParams, type LogScope } from './log-params';
import { windowOf, type TimeRange, type TimeWindow } from './time-range';

/** The first page is small so that answers are there first; the following ones are worth their way. */
const FIRST_PAGE = 100;
const NEXT_PAGE = 500;
const FACET_VALUES = 10;
/** How often volume and fields move along while live. */
const LIVE_STATS_MS = 5000;
/** Loaded rows may be many: they leave memory soon after their view was left. */
const ROWS_GC_MS = 60_000;
/** How often an empty tenant is looked at again. */
const FIRST_LOG_MS = 1000;
/** Fields whose values stay on offer while they are filtered by, so that several can be picked. */
const PICKABLE = ['service', 'level', 'environment'];

/** A window with the count of times it was fixed: the same window asked again is another question. */
export interface Anchor {
  readonly window: TimeWindow;
  readonly version: number;
}

/** A window that is fixed anew whenever what is asked changes, or on demand. */
export function useAnchor(range: TimeRange, scopeKey: string): [Anchor, () => void] {
  const [version, setVersion] = useState(0);
  const rangeKey = JSON.stringify(range);
  const anchor = useMemo(
    () => ({ window: windowOf(JSON.parse(rangeKey) as TimeRange, serverNow()), version }),
    // The scope is not read, but a change of it means "as of now".
    [rangeKey, scopeKey, version],
  );
  return [anchor, useCallback(() => setVersion((value) => value + 1), [])];
}

/** While live, an anchor that follows the clock; otherwise the given one. */
export function useFollowingAnchor(range: TimeRange, fixed: Anchor, live: boolean): Anchor {
  const [moving, setMoving] = useState<Anchor | null>(null);
  useEffect(() => {
    if (!live) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return;
      setMoving((last) => ({ window: windowOf(range, serverNow()), version: (last?.version ?? 0) + 1 }));
    }, LIVE_STATS_MS);
    return () => {
      clearInterval(timer);
      setMoving(null);
    };
  }, [live, range]);
  return live && moving !== null ? moving : fixed;
}

export function useRows(tenant: string, scope: LogScope, { window, version }: Anchor) {
  const params = windowedParams(scope, window);
  return useInfiniteQuery<
    RowPage,
    Error,
    InfiniteData<RowPage, string | null>,
    readonly unknown[],
    string | null
  >({
    queryKey: ['rows', tenant, params.toString(), version],
    queryFn: ({ signal, pageParam }) =>
      fetchRows(
        { tenant, params, signal },
        { limit: pageParam === null ? FIRST_PAGE : NEXT_PAGE, cursor: pageParam },
      ),
    initialPageParam: null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: ROWS_GC_MS,
  });
}

export function useHistogram(tenant: string, scope: LogScope, { window, version }: Anchor) {
  const params = windowedParams(scope, window);
  return useQuery({
    queryKey: ['histogram', tenant, params.toString(), version],
    queryFn: ({ signal }) => fetchHistogram({ tenant, params, signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: ROWS_GC_MS,
  });
}

/** A facet with the number of logs its counts are shares of. */
export interface WeighedFacet extends FieldFacet {
  readonly whole: number;
}

export interface Facets {
  readonly facets: readonly WeighedFacet[] | null;
  readonly error: Error | null;
  readonly refetch: () => void;
}

function sum(facet: FieldFacet | undefined): number {
  return facet?.values.reduce((total, each) => total + each.count, 0) ?? 0;
}

/** Levels are few, so their counts are those of all logs; of metadata only a sample is counted. */
function weigh(facet: FieldFacet, all: readonly FieldFacet[]): WeighedFacet {
  const own = sum(facet);
  const logs = PICKABLE.includes(facet.field) ? sum(all.find((each) => each.field === 'level')) : 0;
  return { ...facet, whole: Math.max(own, logs) };
}

/**
 * Values and counts of the fields. A field that is filtered by is asked for without its own filter, so that its other
 * values can still be picked.
 */
export function useFacets(tenant: string, scope: LogScope, { window, version }: Anchor): Facets {
  const open = PICKABLE.filter((field) =>
    scope.filters.some((filter) => filter.field === field && filter.mode === 'include'),
  );
  const query = (without: string | null) => {
    const params = windowedParams(
      { ...scope, filters: scope.filters.filter((filter) => filter.field !== without) },
      window,
    );
    return {
      queryKey: ['fields', tenant, without, params.toString(), version],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchFields({ tenant, params, signal }, FACET_VALUES),
      placeholderData: keepPreviousData as <T>(previous: T) => T,
      staleTime: Infinity,
      gcTime: ROWS_GC_MS,
    };
  };
  const all = useQuery(query(null));
  const unfiltered = useQueries({ queries: open.map(query) });
  const facets =
    all.data?.map((facet) => {
      const wider = unfiltered[open.indexOf(facet.field)]?.data;
      const found = wider?.find((each) => each.field === facet.field);
      return found === undefined || wider === undefined ? weigh(facet, all.data) : weigh(found, wider);
    }) ?? null;
  return { facets, error: all.error, refetch: () => void all.refetch() };
}

/** Whether the tenant has ever sent a log; asked only while nothing is on screen, and again until the first one. */
export function useHasLogs(tenant: string, enabled: boolean): boolean | null {
  const client = useQueryClient();
  const key = ['has-logs', tenant];
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => fetchHasLogs(tenant, signal),
    enabled: enabled && client.getQueryData(key) !== true,
    refetchInterval: (state) => (state.state.data === false ? FIRST_LOG_MS : false),
    staleTime: 0,
  });
  return query.data ?? null;
}
