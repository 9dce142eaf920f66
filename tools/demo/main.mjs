// npm run demo: see --help. Uses the built SDK, as an application would.
import { existsSync } from 'node:fs';
import { backfill } from './backfill.mjs';
import { sendLive } from './live.mjs';
import { HELP, parseOptions } from './options.mjs';
import { findTenants } from './tenants.mjs';

const SDK = new URL('../../sdk/node/dist/esm/index.js', import.meta.url);
const REPORT_EVERY_MS = 10_000;

/** @param {string} line */
const say = (line) => void process.stdout.write(`${line}\n`);
/** @param {number} value */
const figure = (value) => Math.round(value).toLocaleString('en-US');

/** @param {string[]} args */
async function main(args) {
  const options = parseOptions(args, process.env);
  if (options.help) {
    say(HELP);
    return;
  }
  if (!existsSync(SDK)) throw new Error('the SDK is not built: npm run build -w sdk/node');
  /** @type {{ Logger: typeof import('@logstead/logger').Logger }} */
  const { Logger } = await import(SDK.href);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());

  const tenants = await findTenants(options);
  say(
    `Sending to ${options.endpoint} for ${tenants.map(({ company }) => company.slug).join(', ')} (seed ${options.seed})`,
  );
  if (options.backfillMs > 0) await sendHistory(tenants, options, stop.signal);
  if (!stop.signal.aborted && options.durationMs > 0) await sendNow(tenants, options, Logger, stop.signal);
}

/** @param {import('./tenants.mjs').DemoTenant[]} tenants @param {import('./options.mjs').DemoOptions} options @param {AbortSignal} signal */
async function sendHistory(tenants, options, signal) {
  const days = Math.min(
    options.backfillMs / 86_400_000,
    Math.max(...tenants.map(({ retentionDays }) => retentionDays)),
  );
  say(`History of ${Math.round(days * 100) / 100} days at ${options.backfillRate} logs/s`);
  const started = Date.now();
  let reported = started;
  const onProgress = (/** @type {{ done: number, accepted: number }} */ { done, accepted }) => {
    if (Date.now() - reported < REPORT_EVERY_MS / 2) return;
    reported = Date.now();
    say(
      `  ${Math.round(done * 100)} %: ${figure(accepted)} logs, ${figure((accepted * 1000) / (reported - started))} logs/s`,
    );
  };
  const { sent, accepted, rejected, retried, ms } = await backfill(tenants, options, onProgress, signal);
  const rate = figure((accepted * 1000) / Math.max(1, ms));
  say(
    `History: ${figure(sent)} sent, ${figure(accepted)} accepted, ${figure(rejected)} rejected, ${figure(retried)} requests repeated; ${(ms / 1000).toFixed(1)} s, ${rate} logs/s`,
  );
}

/**
 * @param {import('./tenants.mjs').DemoTenant[]} tenants @param {import('./options.mjs').DemoOptions} options
 * @param {typeof import('@logstead/logger').Logger} Logger @param {AbortSignal} signal
 */
async function sendNow(tenants, options, Logger, signal) {
  say(`Live: ${figure(options.rate)} logs/s on the average of a day. Ctrl-C ends it.`);
  const started = Date.now();
  let reported = started;
  let sentBefore = 0;
  let lastError = '';
  const results = await sendLive(
    tenants,
    options,
    Logger,
    {
      onError(error) {
        if (error.message !== lastError) say(`  ${error.message}`);
        lastError = error.message;
      },
      onIncident: (on) => say(on ? '  incident: payments fail' : '  incident over'),
      onTick(loggers) {
        const now = Date.now();
        if (now - reported < REPORT_EVERY_MS) return;
        const stats = [...loggers.values()].flat().map((logger) => logger.stats());
        const sent = total(stats, 'sent');
        const rate = ((sent - sentBefore) * 1000) / (now - reported);
        say(
          `  ${figure(sent)} accepted, ${figure(rate)} logs/s, ${figure(total(stats, 'dropped'))} dropped, ${figure(total(stats, 'buffered'))} waiting`,
        );
        sentBefore = sent;
        reported = now;
      },
    },
    signal,
  );
  const seconds = (Date.now() - started) / 1000;
  say('');
  for (const { slug, stats } of results) {
    const [sent, dropped, retried] = [total(stats, 'sent'), total(stats, 'dropped'), total(stats, 'retried')];
    say(
      `${slug.padEnd(12)} ${figure(sent + dropped)} sent, ${figure(sent)} accepted, ${figure(dropped)} dropped, ${figure(retried)} requests repeated`,
    );
  }
  const all = results.flatMap(({ stats }) => stats);
  say(
    `${'together'.padEnd(12)} ${figure(total(all, 'sent'))} accepted in ${seconds.toFixed(1)} s, ${figure(total(all, 'sent') / seconds)} logs/s`,
  );
  if (total(all, 'sent') === 0) throw new Error('the server took no log');
}

/** @param {import('@logstead/logger').LoggerStats[]} stats @param {'sent' | 'dropped' | 'retried' | 'buffered'} field */
function total(stats, field) {
  return stats.reduce((sum, entry) => sum + entry[field], 0);
}

main(process.argv.slice(2)).catch((error) => {
  const cause =
    error?.cause?.code === undefined ? '' : ` (${error.cause.code}): is the product running? npm start`;
  process.stderr.write(`demo: ${error?.message ?? error}${cause}\n`);
  process.exitCode = 1;
});
