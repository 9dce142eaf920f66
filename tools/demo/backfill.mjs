import { randomUUID } from 'node:crypto';
import { Traffic } from './traffic.mjs';
import { dayCurve } from './world.mjs';

/** @typedef {{ sent: number, accepted: number, rejected: number, retried: number, ms: number }} BackfillResult */

const BATCH_LOGS = 1000;
/** Requests under way at once, all tenants together. */
const CONCURRENCY = 8;
/** History is made in steps of this length: the day curve is read, and logs are put in order of time, per step. */
const STEP_MS = 60_000;
/** The oldest logs stay this far from the edge of the retention, so that none expires on its way. */
const EDGE_MS = 3_600_000;
const MAX_TRIES = 50;

/**
 * Sends history up to now with its own timestamps, oldest first.
 * @param {import('./tenants.mjs').DemoTenant[]} tenants @param {import('./options.mjs').DemoOptions} options
 * @param {(progress: { done: number, accepted: number }) => void} onProgress @param {AbortSignal} signal
 * @returns {Promise<BackfillResult>}
 */
export async function backfill(tenants, options, onProgress, signal) {
  const started = Date.now();
  const result = { sent: 0, accepted: 0, rejected: 0, retried: 0, ms: 0 };
  /** @type {Set<Promise<void>>} */
  const underway = new Set();
  /** @type {unknown} */
  let failure;
  for (const { key, body, count, position } of batches(tenants, options, started)) {
    if (signal.aborted || failure !== undefined) break;
    const request = post(options.endpoint, key, body, signal, result)
      .then(({ accepted, rejectedCount }) => {
        result.sent += count;
        result.accepted += accepted;
        result.rejected += rejectedCount;
        onProgress({ done: position, accepted: result.accepted });
      })
      .catch((error) => {
        if (!signal.aborted) failure ??= error;
      })
      .finally(() => underway.delete(request));
    underway.add(request);
    if (underway.size >= CONCURRENCY) await Promise.race(underway);
  }
  await Promise.all(underway);
  if (failure !== undefined) throw failure;
  result.ms = Date.now() - started;
  return result;
}

/**
 * Batches of NDJSON, oldest first, tenants in turn.
 * @param {import('./tenants.mjs').DemoTenant[]} tenants @param {import('./options.mjs').DemoOptions} options @param {number} now
 */
export function* batches(tenants, options, now) {
  const shares = tenants.reduce((sum, { company }) => sum + company.share, 0);
  const sources = tenants.map(({ company, key, retentionDays }) => ({
    key,
    from: now - Math.min(options.backfillMs, retentionDays * 86_400_000 - EDGE_MS),
    perMs: (options.backfillRate * company.share) / shares / 1000,
    traffic: new Traffic(company, `${options.seed}/history`),
    owed: 0,
    /** @type {string[]} */
    lines: [],
  }));
  const first = Math.min(...sources.map(({ from }) => from));
  const span = now - first;
  for (let at = first; at < now; at += STEP_MS) {
    const length = Math.min(STEP_MS, now - at);
    const curve = options.flat ? 1 : dayCurve(at);
    for (const source of sources) {
      if (at < source.from) continue;
      source.owed += source.perMs * curve * length;
      /** @type {{ time: number, line: string }[]} */
      const step = [];
      while (source.owed > 0) {
        const start = at + source.traffic.random.unit() * length;
        const logs = source.traffic.next();
        source.owed -= logs.length;
        for (const log of logs) {
          const time = Math.min(now, start + log.offsetMs);
          step.push({ time, line: lineOf(log, time) });
        }
      }
      step.sort((a, b) => a.time - b.time);
      for (const { line } of step) source.lines.push(line);
      while (source.lines.length >= BATCH_LOGS) yield cut(source, (at - first) / span);
    }
  }
  for (const source of sources) if (source.lines.length > 0) yield cut(source, 1);
}

/** @param {{ key: string, lines: string[] }} source @param {number} position */
function cut(source, position) {
  const lines = source.lines.splice(0, BATCH_LOGS);
  return { key: source.key, body: lines.join(''), count: lines.length, position };
}

/** @param {import('./traffic.mjs').DemoLog} log @param {number} time */
function lineOf(log, time) {
  const { service, environment, level, message, metadata, traceId, spanId } = log;
  const timestamp = new Date(time).toISOString();
  return `${JSON.stringify({ timestamp, service, environment, level, message, metadata, trace_id: traceId, span_id: spanId })}\n`;
}

/**
 * @param {string} endpoint @param {string} key @param {string} body @param {AbortSignal} signal @param {{ retried: number }} counts
 * @returns {Promise<{ accepted: number, rejectedCount: number }>}
 */
async function post(endpoint, key, body, signal, counts) {
  const headers = {
    'x-api-key': key,
    'content-type': 'application/x-ndjson',
    'idempotency-key': randomUUID(),
  };
  for (let tries = 1; ; tries++) {
    const response = await fetch(`${endpoint}/api/v1/logs/ingest`, { method: 'POST', headers, body, signal });
    if (response.status === 202) {
      return /** @type {{ accepted: number, rejectedCount: number }} */ (await response.json());
    }
    const text = await response.text();
    if ((response.status !== 429 && response.status !== 503) || tries === MAX_TRIES) {
      throw new Error(`the back-fill was answered with ${response.status}: ${text}`);
    }
    counts.retried++;
    const seconds = Number(response.headers.get('retry-after') ?? 1);
    await new Promise((resolve) => setTimeout(resolve, Math.max(100, seconds * 1000)));
  }
}
