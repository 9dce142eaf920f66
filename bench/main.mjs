#!/usr/bin/env node
// `npm run bench`: our own figures on the corpus of the side-by-side comparison, with the machine beside them.
//   npm run bench -- [--n 1000000] [--reps 3] [--sustain 60] [--quick] [--save]
// --quick: one repetition, 20 s sustained. --save: keep the figures as the baseline later runs are compared with.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { walkPages } from './page-walk.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '..');
const BASELINE = join(HERE, 'baseline.json');
/** Older corpora lie outside the windows of some questions. */
const CORPUS_MAX_AGE_MS = 90 * 60_000;
const API_KEY = 'bench_0123456789_0123456789_0123456789';

const { values: options } = parseArgs({
  options: {
    n: { type: 'string', default: '1000000' },
    reps: { type: 'string', default: '3' },
    sustain: { type: 'string', default: '60' },
    quick: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    port: { type: 'string', default: '4690' },
  },
});
const logs = Number(options.n);
const data = resolve(process.env.BENCH_DATA ?? join(ROOT, '.cache', 'bench'));
const dataDir = join(data, 'product');
const out = join(data, `results-${Date.now()}.jsonl`);

const environment = {
  ...process.env,
  BENCH_DATA: data,
  LOGSTEAD_CMD: `"${process.execPath}" "${join(ROOT, 'dist', 'apps', 'standalone', 'main.js')}"`,
  LOGSTEAD_CWD: ROOT,
  LOGSTEAD_DATA_DIR: dataDir,
  LOGSTEAD_API_KEY: API_KEY,
  LOGSTEAD_URL: `http://127.0.0.1:${options.port}`,
  LOGSTEAD_NOTES:
    'embedded PostgreSQL, fsync on, acknowledged after commit; one B-tree (tenant, ts, id), token blooms, rollups',
};

function run(script, args) {
  const { status } = spawnSync(process.execPath, [join(HERE, script), ...args], {
    stdio: 'inherit',
    env: environment,
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
}

function prepareCorpus() {
  mkdirSync(data, { recursive: true });
  const oracle = join(data, 'oracle.json');
  const fresh = existsSync(oracle) && Date.now() - statSync(oracle).mtimeMs < CORPUS_MAX_AGE_MS;
  if (fresh && JSON.parse(readFileSync(oracle, 'utf8')).n === logs) return;
  // One million an hour keeps timestamps unique to the millisecond, which the checks rely on.
  run('corpus.mjs', ['--n', String(logs), '--minutes', String(Math.max(60, Math.round((60 * logs) / 1e6)))]);
}

function lines() {
  return readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];

/** name → [value, unit, floor, whether more is better] */
function figuresOf(main, small, walk) {
  const q = main.query;
  const ms = (id) => q[id].p50;
  return {
    'ingest, batches of 1,000': [median(main.ingest.map((r) => r.logsPerSec)), 'logs/s', 150_000, true],
    'ingest, batches of 100': [median(small.ingest.map((r) => r.logsPerSec)), 'logs/s', 60_000, true],
    'acknowledged p99, batches of 1,000': [median(main.ingest.map((r) => r.ackP99)), 'ms', null, false],
    'server CPU per million, settled': [main.ingest.at(-1).serverCpuSettledPer1M, 's', 10, false],
    'peak memory (PSS) during ingest': [Math.max(...main.ingest.map((r) => r.peakPssMB)), 'MB', 800, false],
    'disk in tables, settled': [main.ingest.at(-1).disk.tables, 'B/log', 400, false],
    'disk with write-ahead log, settled': [main.ingest.at(-1).diskPerLog, 'B/log', null, false],
    sustained: [main.sustain.logsPerSec, 'logs/s', 130_000, true],
    'sustained, worst second': [main.sustain.worstSecond, 'logs/s', 100_000, true],
    'latest 100 of a service': [ms('q1'), 'ms', 5, false],
    'latest 100 errors with a common word': [ms('q2'), 'ms', 15, false],
    'rare word over everything': [ms('q3'), 'ms', 40, false],
    'count by level per minute': [ms('q4'), 'ms', 10, false],
    'top 10 services by errors': [ms('q5'), 'ms', 5, false],
    'by trace id': [ms('q6'), 'ms', 10, false],
    'substring in any case, count': [ms('q7'), 'ms', 400, false],
    'regular expression, count': [ms('q7b'), 'ms', 800, false],
    'page 50 by cursor': [ms('q8'), 'ms', 5, false],
    'acknowledged → visible, p50': [main.fresh.p50, 'ms', null, false],
    'restart → ready': [main.afterRestart.startMs / 1000, 's', 5, false],
    'pages walked': [walk.pages, 'pages', null, true],
  };
}

function print(figures, baseline, problems) {
  const cpu = os.cpus()[0]?.model ?? '?';
  const memory = Math.round(os.totalmem() / 2 ** 30);
  process.stdout.write(
    `\n${logs.toLocaleString('en')} logs · ${os.cpus().length} × ${cpu}, ${memory} GiB · Node ${process.version}\n`,
  );
  process.stdout.write(
    `${environment.LOGSTEAD_NOTES}\n\n| what | measured | floor | baseline |\n|---|---|---|---|\n`,
  );
  for (const [name, [value, unit, floor, more]] of Object.entries(figures)) {
    const missed = floor !== null && (more ? value < floor : value > floor);
    const before = baseline?.figures[name]?.[0];
    const columns = [
      name,
      `${value} ${unit}${missed ? ' (below the floor)' : ''}`,
      floor ?? '–',
      before ?? '–',
    ];
    process.stdout.write(`| ${columns.join(' | ')} |\n`);
  }
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`);
}

prepareCorpus();
rmSync(dataDir, { recursive: true, force: true });
const reps = options.quick ? '1' : options.reps;
const common = ['--peer', 'logstead', '--out', out];
run('peer.mjs', [...common, '--phases', 'ingest', '--batch', '100', '--reps', '1']);
run('peer.mjs', [
  ...common,
  '--phases',
  'ingest,query,fresh,sustain',
  '--reps',
  reps,
  '--sustain',
  options.quick ? '20' : options.sustain,
]);
const [small, main] = lines();
const oracle = JSON.parse(readFileSync(join(data, 'oracle.json'), 'utf8'));
const walk = await walkPages({ environment, port: Number(options.port), apiKey: API_KEY, oracle });

const problems = [];
for (const [id, query] of Object.entries(main.query)) {
  if (!id.startsWith('_') && query.correct !== true)
    problems.push(`${id}: ${JSON.stringify(query.error ?? query.bad)}`);
}
if (!main.ingest.every((r) => r.countOk) || !main.sustain.countOk || main.afterRestart.count !== logs)
  problems.push('a count differs from what was sent');
if (walk.distinct !== logs || walk.rows !== logs)
  problems.push(`the walk returned ${walk.rows} logs, ${walk.distinct} distinct, of ${logs}`);

const figures = figuresOf(main, small, walk);
const baseline = existsSync(BASELINE) ? JSON.parse(readFileSync(BASELINE, 'utf8')) : null;
print(figures, baseline, problems);
if (options.save) {
  writeFileSync(
    BASELINE,
    `${JSON.stringify({ date: new Date().toISOString(), logs, cores: os.cpus().length, cpu: os.cpus()[0]?.model, figures }, null, 2)}\n`,
  );
}
process.exit(problems.length === 0 ? 0 : 1);
