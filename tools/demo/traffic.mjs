import { Random } from './random.mjs';
import { errorFor, messageFor } from './messages.mjs';

/**
 * @typedef {{
 *   offsetMs: number, service: string, environment: string, level: import('./messages.mjs').Level, message: string,
 *   metadata: Record<string, unknown>, traceId: string, spanId: string,
 * }} DemoLog  `offsetMs` counts from the beginning of its request
 */

const LEVELS = /** @type {const} */ (['debug', 'info', 'warn', 'error', 'fatal']);
/** Shares in percent. */
const LEVEL_WEIGHTS = [25, 60, 10, 4, 1];
/** How the payment service looks while its provider is down. */
const INCIDENT_WEIGHTS = [5, 15, 15, 60, 5];
const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1'];
/** Services that fail along with the payment service, because they call it. */
const NEIGHBOURS = new Set(['checkout', 'billing', 'transfers', 'cards', 'subscriptions', 'api-gateway']);

/**
 * Requests of one company, one after the other, each with its logs in the order of their time. The content
 * depends on the seed and the company alone, so two runs differ in their timestamps only.
 */
export class Traffic {
  /** @param {import('./world.mjs').Company} company @param {string | number} seed */
  constructor(company, seed) {
    this.company = company;
    this.random = new Random(`${seed}/${company.slug}`);
    this.services = new Map(company.services.map((service) => [service.name, service]));
    /** While true, payments fail. */
    this.incident = false;
  }

  /** The logs of the next request. @returns {DemoLog[]} */
  next() {
    const { random } = this;
    const journey = random.pick(this.company.journeys);
    const path = journey.path.replace('{n}', () => String(random.int(1000, 99_999)));
    const request = {
      traceId: random.hex(32),
      method: journey.method,
      path,
      user: `u_${random.int(10_000, 49_999)}`,
      environment: random.chance(0.93) ? 'production' : 'staging',
      region: random.pick(REGIONS),
      requestId: random.hex(12),
    };
    /** @type {DemoLog[]} */
    const logs = [];
    let at = 0;
    for (const name of journey.chain) {
      const span = { id: random.hex(16), host: `${name}-${random.int(1, 4)}` };
      for (let count = random.int(1, 3); count > 0; count--) {
        const log = this.log(name, request, span, at);
        at += Math.min(400, Number(log.metadata['duration_ms'] ?? 1) / 2) + random.unit() * 3;
        logs.push(log);
      }
    }
    return logs;
  }

  /**
   * @param {string} name @param {{ traceId: string, method: string, path: string, user: string, environment: string, region: string, requestId: string }} request
   * @param {{ id: string, host: string }} span @param {number} offsetMs @returns {DemoLog}
   */
  log(name, request, span, offsetMs) {
    const { random } = this;
    const { kind, medianMs } = this.services.get(name) ?? { kind: 'http', medianMs: 20 };
    const down = this.incident && (name === 'payment' || (NEIGHBOURS.has(name) && random.chance(0.3)));
    const level = LEVELS[random.weighted(down ? INCIDENT_WEIGHTS : LEVEL_WEIGHTS)] ?? 'info';
    const bad = level === 'error' || level === 'fatal';
    const status = bad
      ? random.pick([500, 502, 503, 504])
      : random.pick([200, 200, 200, 200, 201, 204, 304, 404]);
    const durationMs = random.latency(down ? medianMs * 25 : bad ? medianMs * 6 : medianMs);
    const context = { ...request, status, durationMs, service: name };
    const message =
      down && bad
        ? `payment provider unreachable: connection to acquirer-${random.int(1, 3)} timed out after ${random.int(5000, 9000)} ms`
        : messageFor(random, kind, level, context);
    /** @type {Record<string, unknown>} */
    const metadata = {
      host: span.host,
      region: request.region,
      version: `2.${name.length}.${medianMs % 7}`,
    };
    if (level !== 'debug') {
      metadata['duration_ms'] = durationMs;
      metadata['http'] = { method: request.method, path: request.path, status };
      metadata['user_id'] = request.user;
    }
    if (random.chance(0.3)) metadata['request_id'] = request.requestId;
    if (bad && random.chance(0.7)) metadata['error'] = errorFor(random, message, name);
    return {
      offsetMs: Math.round(offsetMs * 1000) / 1000,
      service: name,
      environment: request.environment,
      level,
      message,
      metadata,
      traceId: request.traceId,
      spanId: span.id,
    };
  }
}
