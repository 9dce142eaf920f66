import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { createTailTicket } from '../api/logs-api';
import { LiveBuffer, type LiveSnapshot } from './live-buffer';
import { TailClient, type TailState } from './tail-client';

/** Rows kept while live: what one can still read back, at a bounded memory. */
export const LIVE_CAPACITY = 5000;
const RATE_SPAN_MS = 5000;

export interface LiveTail {
  readonly snapshot: LiveSnapshot;
  readonly state: TailState;
  readonly problem: string | null;
  /** Logs per second over the last five. */
  readonly rate: number;
  readonly paused: boolean;
  readonly setPaused: (paused: boolean) => void;
  /** Shows what was held back. */
  readonly flush: () => void;
  /** Whether new logs wait behind the banner. */
  readonly setHold: (hold: boolean) => void;
  /** Names the logs that are on the page already. */
  readonly exclude: (ids: ReadonlySet<string>) => void;
}

/**
 * Follows the logs that match `params` while `enabled`.
 * @param onFresh called when the tail begins anew: what was loaded before must be loaded again to connect
 */
export function useLiveTail(tenant: string, params: string, enabled: boolean, onFresh: () => void): LiveTail {
  const [buffer] = useState(() => new LiveBuffer(LIVE_CAPACITY));
  const [state, setState] = useState<TailState>('connecting');
  const [problem, setProblem] = useState<string | null>(null);
  const [rate, setRate] = useState(0);
  const [paused, setPausedState] = useState(false);
  const hold = useRef(false);
  const client = useRef<TailClient | null>(null);
  const fresh = useRef(onFresh);
  useEffect(() => {
    fresh.current = onFresh;
  });
  const snapshot = useSyncExternalStore(buffer.subscribe, buffer.getSnapshot);

  useEffect(() => {
    if (!enabled) return undefined;
    buffer.clear();
    setPausedState(false);
    const arrivals: { at: number; count: number }[] = [];
    const tail = new TailClient({
      address: async (signal) => {
        const ticket = await createTailTicket(tenant, signal);
        const url = new URL('/api/v1/logs/tail', window.location.href);
        url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
        url.search = params;
        url.searchParams.set('ticket', ticket);
        return url.href;
      },
      listener: {
        onFresh: () => {
          buffer.clear();
          fresh.current();
        },
        onLogs: (rows) => {
          arrivals.push({ at: performance.now(), count: rows.length });
          buffer.add(rows, hold.current);
        },
        onDropped: (count) => buffer.noteDropped(count),
        onState: (next, why) => {
          setState(next);
          setProblem(why);
        },
      },
    });
    client.current = tail;
    tail.start();
    const timer = window.setInterval(() => {
      const since = performance.now() - RATE_SPAN_MS;
      while (arrivals[0] !== undefined && arrivals[0].at < since) arrivals.shift();
      setRate(arrivals.reduce((sum, each) => sum + each.count, 0) / (RATE_SPAN_MS / 1000));
    }, 1000);
    return () => {
      window.clearInterval(timer);
      tail.stop();
      client.current = null;
      setRate(0);
    };
  }, [buffer, tenant, params, enabled]);

  return {
    snapshot,
    state,
    problem,
    rate,
    paused,
    setPaused: useCallback((next: boolean) => {
      setPausedState(next);
      client.current?.setPaused(next);
    }, []),
    flush: useCallback(() => buffer.flush(), [buffer]),
    setHold: useCallback((next: boolean) => {
      hold.current = next;
    }, []),
    exclude: useCallback((ids: ReadonlySet<string>) => buffer.exclude(ids), [buffer]),
  };
}
