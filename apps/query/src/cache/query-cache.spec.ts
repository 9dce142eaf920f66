import {
  type CommitFeed,
  type LogReader,
  MemoryCache,
  type TenantContext,
  type TenantId,
} from '@logstead/ports';
import { Metrics } from '@logstead/telemetry';
import { QueryMetrics } from '../query-metrics';
import { QueryCache } from './query-cache';

const tenantOf = (n: number): TenantContext => ({
  tenantId: `tenant-${n}` as TenantId,
  tenantNo: n,
  retentionDays: 30,
});
const A = tenantOf(1);
const B = tenantOf(2);
const HOUR_US = 3_600_000_000;

interface Fixture {
  readonly cache: QueryCache;
  readonly feed: { announcedSeq: number };
  touched: boolean;
  readonly asked: number[];
}

function fixture(): Fixture {
  const feed = { announcedSeq: 5 };
  const asked: number[] = [];
  const made: Fixture = { feed, asked, touched: false, cache: undefined as never };
  const reader = {
    hasCommitsAfter: (_tenant: TenantContext, seq: number) => {
      asked.push(seq);
      return Promise.resolve(made.touched);
    },
  } as unknown as LogReader;
  const metrics = new QueryMetrics(new Metrics());
  return Object.assign(made, {
    cache: new QueryCache(new MemoryCache(1e6), reader, feed as CommitFeed, metrics),
  });
}

/** A read that says which run it was and takes `costMs` of the fake clock. */
function counted(costMs: number, range = { fromUs: 0, toUs: HOUR_US }) {
  const read = {
    range,
    runs: 0,
    run: async () => {
      const n = ++read.runs;
      await jest.advanceTimersByTimeAsync(costMs);
      return { json: `run ${n}`, asOfUs: 0 };
    },
  };
  return read;
}

const options = () => ({ signal: new AbortController().signal, deadlineMs: 1_000 });

describe('QueryCache', () => {
  beforeEach(() => jest.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
  afterEach(() => jest.useRealTimers());

  it('keeps a costly answer about a closed range, and drops it when a commit touches the range', async () => {
    const it = fixture();
    const read = counted(100);
    expect(await it.cache.answer(A, 'q', read, options())).toBe('run 1');
    expect(await it.cache.answer(A, 'q', read, options())).toBe('run 1');
    jest.advanceTimersByTime(2_000);
    expect(await it.cache.answer(A, 'q', read, options())).toBe('run 1');
    expect(it.asked).toEqual([5]);
    it.touched = true;
    expect(await it.cache.answer(A, 'q', read, options())).toBe('run 2');
    jest.advanceTimersByTime(61_000);
    it.touched = false;
    expect(await it.cache.answer(A, 'q', read, options())).toBe('run 3');
  });

  it('keeps an answer about now for a second only', async () => {
    const it = fixture();
    const read = counted(100, { fromUs: 0, toUs: Date.now() * 1000 });
    await it.cache.answer(A, 'q', read, options());
    jest.advanceTimersByTime(900);
    expect(await it.cache.answer(A, 'q', read, options())).toBe('run 1');
    jest.advanceTimersByTime(200);
    expect(await it.cache.answer(A, 'q', read, options())).toBe('run 2');
    expect(it.asked).toEqual([]);
  });

  it('does not keep what is cheap to read again', async () => {
    const it = fixture();
    const read = counted(5);
    await it.cache.answer(A, 'q', read, options());
    expect(await it.cache.answer(A, 'q', read, options())).toBe('run 2');
  });

  it('never gives one tenant the answer of another', async () => {
    const it = fixture();
    expect(await it.cache.answer(A, 'q', counted(100), options())).toBe('run 1');
    const other = counted(100);
    await it.cache.answer(B, 'q', other, options());
    expect(other.runs).toBe(1);
  });

  it('runs identical requests once, and stops when the last caller has left', async () => {
    const it = fixture();
    let signal: AbortSignal | undefined;
    let runs = 0;
    let finish: (json: string) => void = () => {};
    const read = {
      range: { fromUs: 0, toUs: 1 },
      run: (given: { signal: AbortSignal }) => {
        runs++;
        signal = given.signal;
        return new Promise<{ json: string; asOfUs: number }>((resolve) => {
          finish = (json) => resolve({ json, asOfUs: 0 });
        });
      },
    };
    const callers = [1, 2, 3].map(() => new AbortController());
    const answers = callers.map(({ signal: own }) =>
      it.cache.answer(A, 'q', read, { signal: own, deadlineMs: 1_000 }),
    );
    const foreign = it.cache.answer(B, 'q', read, options());
    await jest.advanceTimersByTimeAsync(0);
    expect(runs).toBe(2);
    runs = 0;
    const left = expect(answers[0]).rejects.toThrow('gone');
    callers[0]!.abort(new Error('gone'));
    await left;
    expect(signal!.aborted).toBe(false);
    const others = [expect(answers[1]).rejects.toThrow('gone'), expect(answers[2]).rejects.toThrow('gone')];
    callers[1]!.abort(new Error('gone'));
    callers[2]!.abort(new Error('gone'));
    await Promise.all(others);
    finish('late');
    expect(await foreign).toBe('late');
  });
});
