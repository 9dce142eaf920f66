/**
 * Texts of the demo's logs, by kind of service and level. A template gets the generator and the request's context.
 *
 * @typedef {import('./random.mjs').Random} Random
 * @typedef {{ method: string, path: string, status: number, durationMs: number, user: string, service: string }} Context
 * @typedef {(random: Random, context: Context) => string} Template
 * @typedef {'debug' | 'info' | 'warn' | 'error' | 'fatal'} Level
 */

/** @type {Record<Level, Template[]>} */
const COMMON = {
  debug: [
    (r) => `cache ${r.chance(0.8) ? 'hit' : 'miss'} for session:${r.hex(8)}`,
    (r) => `connection ${r.int(1, 40)} of 40 taken from the pool after ${r.latency(0.4)} ms`,
    (r) =>
      `feature flag ${r.pick(['new-checkout', 'fast-refund', 'beta-search'])} is ${r.pick(['on', 'off'])}`,
    (r, c) => `token of ${c.user} verified, key ${r.hex(6)}`,
    (r) => `decoded payload of ${r.int(40, 9000)} bytes, schema v${r.int(1, 6)}`,
  ],
  info: [
    (_r, c) => `${c.method} ${c.path} ${c.status} in ${c.durationMs} ms`,
    (r, c) => `request of ${c.user} completed with ${c.status}, ${r.int(200, 48000)} bytes sent`,
  ],
  warn: [
    (r) => `slow answer from db-${r.int(1, 6)}: ${r.int(800, 4800)} ms`,
    (r, c) => `retrying ${c.method} ${c.path}, attempt ${r.int(2, 4)} of 5`,
    (r) => `connection pool nearly exhausted: ${r.int(36, 40)} of 40 in use`,
    (r) => `memory at ${r.int(81, 94)} % of the limit`,
    (r, c) => `deprecated client version ${r.int(1, 3)}.${r.int(0, 20)} calls ${c.path}`,
  ],
  error: [
    (r) => `connection to db-${r.int(1, 6)} refused`,
    (r, c) => `${c.method} ${c.path} failed after ${r.int(5000, 30000)} ms: upstream timeout`,
    (r) => `unexpected answer from cache-${r.int(1, 4)}: connection reset by peer`,
    (r, c) => `cannot read the profile of ${c.user}: record ${r.hex(8)} not found`,
  ],
  fatal: [
    (r) => `out of memory: ${r.int(1900, 2048)} MiB of 2048 MiB, process ends`,
    (r) => `database db-${r.int(1, 6)} unreachable after ${r.int(5, 9)} attempts, shutting down`,
    (r) => `configuration key ${r.pick(['payment.provider', 'db.url', 'auth.issuer'])} missing, cannot start`,
  ],
};

/** @type {Record<import('./world.mjs').Kind, Partial<Record<Level, Template[]>>>} */
const BY_KIND = {
  edge: {
    info: [
      (r, c) =>
        `${c.method} ${c.path} ${c.status} ${c.durationMs} ms from 10.${r.int(0, 31)}.${r.int(0, 255)}.${r.int(1, 254)}`,
    ],
    warn: [(r) => `rate limit of client ${r.hex(6)} reached: ${r.int(100, 500)} requests a minute`],
  },
  http: {
    debug: [
      (r) =>
        `calling http://${r.pick(['users', 'limits', 'pricing', 'accounts'])}.internal with timeout ${r.int(1, 30)} s`,
    ],
    info: [(r, c) => `${c.service} answered ${c.user} with ${r.int(1, 60)} results`],
  },
  money: {
    info: [
      (r) => `payment ${r.uuid()} authorised, ${amount(r)} ${r.pick(['EUR', 'USD', 'GBP'])}`,
      (r) => `refund ${r.uuid()} issued, ${amount(r)} EUR`,
    ],
    warn: [
      (r) =>
        `card of ${r.pick(['visa', 'mastercard', 'amex'])} declined: ${r.pick(['insufficient_funds', 'expired_card', 'do_not_honor'])}`,
    ],
    error: [
      (r) => `payment ${r.uuid()} failed: provider answered ${r.pick([500, 502, 503])}`,
      (r) => `settlement of ${r.int(20, 900)} payments rolled back: deadlock detected`,
    ],
  },
  data: {
    debug: [
      (r) =>
        `SELECT * FROM ${r.pick(['orders', 'items', 'accounts', 'entries'])} WHERE id = ${r.int(1, 999999)} took ${r.latency(3)} ms`,
    ],
    info: [
      (r) =>
        `${r.int(1, 400)} rows written to ${r.pick(['orders', 'items', 'accounts', 'entries'])} in ${r.latency(12)} ms`,
    ],
    error: [
      (r) =>
        `duplicate key value violates unique constraint "${r.pick(['orders', 'items', 'accounts'])}_pkey" (id=${r.int(1, 999999)})`,
    ],
  },
  queue: {
    info: [
      (r) => `message ${r.uuid()} delivered in ${r.latency(30)} ms`,
      (r) => `consumed ${r.int(1, 300)} messages, lag ${r.int(0, 400)}`,
    ],
    warn: [(r) => `consumer lag of ${r.int(1000, 40000)} messages above the threshold of 1000`],
  },
  job: {
    info: [
      (r) =>
        `job ${r.pick(['nightly-reconcile', 'invoice-render', 'session-sweep', 'thumbnail-build'])} #${r.int(1, 99999)} processed ${r.int(10, 40000)} items`,
    ],
    error: [
      (r) => `job #${r.int(1, 99999)} failed after ${r.int(2, 5)} attempts, exit code ${r.int(1, 137)}`,
    ],
  },
};

/** @param {Random} random @param {import('./world.mjs').Kind} kind @param {Level} level @param {Context} context */
export function messageFor(random, kind, level, context) {
  const own = BY_KIND[kind][level];
  const templates = own !== undefined && random.chance(0.6) ? own : COMMON[level];
  return random.pick(templates)(random, context);
}

const ERRORS = [
  { name: 'TimeoutError', code: 'ETIMEDOUT' },
  { name: 'ConnectionError', code: 'ECONNREFUSED' },
  { name: 'TypeError', code: undefined },
  { name: 'DatabaseError', code: '40P01' },
  { name: 'ValidationError', code: 'E_VALIDATION' },
];
const FUNCTIONS = ['handle', 'process', 'execute', 'commit', 'validate', 'dispatch', 'load', 'charge'];

/**
 * An error as Node.js services log it, with a stack that leads through the service's own files.
 * @param {Random} random @param {string} message @param {string} service
 */
export function errorFor(random, message, service) {
  const { name, code } = random.pick(ERRORS);
  const folder = `/srv/${service}/src`;
  const frames = Array.from({ length: random.int(4, 9) }, () => {
    const fn = random.pick(FUNCTIONS);
    return `    at ${service.replace(/-(\w)/g, (_all, letter) => letter.toUpperCase())}.${fn} (${folder}/${fn}.js:${random.int(10, 400)}:${random.int(5, 40)})`;
  });
  frames.push('    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)');
  return {
    name,
    message,
    ...(code === undefined ? {} : { code }),
    stack: `${name}: ${message}\n${frames.join('\n')}`,
  };
}

/** @param {Random} random */
function amount(random) {
  return (random.int(99, 49_900) / 100).toFixed(2);
}
