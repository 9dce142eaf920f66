import { Traffic } from './traffic.mjs';
import { dayCurve } from './world.mjs';

const TICK_MS = 50;
const INCIDENT_AFTER_MS = 10_000;
const INCIDENT_MS = 60_000;
/** A pause of the process (a laptop asleep) is not made up for beyond this. */
const MAX_CATCH_UP_MS = 2000;

/**
 * Sends live logs through the SDK until the time is over or the signal fires.
 * @param {import('./tenants.mjs').DemoTenant[]} tenants @param {import('./options.mjs').DemoOptions} options
 * @param {typeof import('@logstead/logger').Logger} Logger
 * @param {{ onError(error: Error): void, onIncident(on: boolean): void, onTick(loggers: Map<string, import('@logstead/logger').Logger[]>): void }} events
 * @param {AbortSignal} signal
 * @returns {Promise<{ slug: string, stats: import('@logstead/logger').LoggerStats[] }[]>}
 */
export async function sendLive(tenants, options, Logger, events, signal) {
  const shares = tenants.reduce((sum, { company }) => sum + company.share, 0);
  const sources = tenants.map(({ company, key }) => {
    const create = (/** @type {string} */ environment) =>
      new Logger({
        apiKey: key,
        endpoint: options.endpoint,
        service: 'demo',
        environment,
        batchSize: options.rate > 5000 ? 1000 : 100,
        flushIntervalMs: 1000,
        maxBufferBytes: 64 * 1024 * 1024,
        onError: events.onError,
        // The demo ends by its own handlers.
        flushOnExit: false,
      });
    const loggers = { production: create('production'), staging: create('staging') };
    return {
      company,
      loggers,
      traffic: new Traffic(company, options.seed),
      share: company.share / shares,
      owed: 0,
    };
  });
  const byTenant = new Map(sources.map(({ company, loggers }) => [company.slug, Object.values(loggers)]));
  const started = Date.now();
  let last = started;
  let incident = false;
  while (!signal.aborted && Date.now() - started < options.durationMs) {
    const now = Date.now();
    const elapsedMs = Math.min(now - last, MAX_CATCH_UP_MS);
    last = now;
    const since = now - started - INCIDENT_AFTER_MS;
    if (options.incident && (since >= 0 && since < INCIDENT_MS) !== incident) {
      incident = !incident;
      for (const { traffic } of sources) traffic.incident = incident;
      events.onIncident(incident);
    }
    const logs = (options.rate * (options.flat ? 1 : dayCurve(now)) * elapsedMs) / 1000;
    for (const source of sources) {
      source.owed += logs * source.share;
      while (source.owed > 0) source.owed -= sendRequest(source, now);
    }
    events.onTick(byTenant);
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all([...byTenant.values()].flat().map((logger) => logger.close()));
  return [...byTenant].map(([slug, loggers]) => ({ slug, stats: loggers.map((logger) => logger.stats()) }));
}

/**
 * Sends the logs of one request that ends now. @returns {number} how many
 * @param {{ traffic: Traffic, loggers: Record<string, import('@logstead/logger').Logger> }} source @param {number} now
 */
function sendRequest({ traffic, loggers }, now) {
  const logs = traffic.next();
  const end = logs.at(-1)?.offsetMs ?? 0;
  for (const { offsetMs, environment, level, message, metadata, service, traceId, spanId } of logs) {
    loggers[environment]?.log(level, message, metadata, {
      time: now - end + offsetMs,
      service,
      traceId,
      spanId,
    });
  }
  return logs.length;
}
