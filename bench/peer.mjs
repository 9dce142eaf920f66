#!/usr/bin/env node
// One peer, all measures:  node run.mjs --peer victorialogs|loki|elasticsearch|logstead
//   [--conns 8] [--batch 1000] [--reps 3] [--phases ingest,query,fresh,sustain] [--sustain 60] [--limit N] [--data dir] [--out results.jsonl]
import fs from 'node:fs';
import path from 'node:path';
import os from 'node:os';
import { args, dataDir, sleep, pct, dropCaches } from './lib/util.mjs';
import { Client } from './lib/client.mjs';
import { encode, stamp } from './lib/encode.mjs';
import { cpu, Sampler } from './lib/proc.mjs';
const a = args({
  peer: '',
  conns: 8,
  batch: 1000,
  reps: 3,
  phases: 'ingest,query,fresh,sustain',
  sustain: 60,
  data: dataDir(),
  out: 'results.jsonl',
  runs: 20,
  warm: 2,
  tries: 50,
  bg: 10000,
  label: '',
});
if (!a.peer) {
  console.error('--peer needed');
  process.exit(2);
}
const work = path.join(a.data, 'work');
fs.mkdirSync(work, { recursive: true });
const oracle = JSON.parse(fs.readFileSync(path.join(a.data, 'oracle.json')));
const R = { start: oracle.start, end: oracle.end };
const o = { work, batch: +a.batch };
const mod = (await import(`./adapters/${a.peer}.mjs`)).default;
const A = mod(o);
o.client = new Client(A.url, 4);
const log = (...x) => console.error(new Date().toISOString().slice(11, 23), A.name, ...x);
const P = await encode(A, a.data, { limit: a.limit ? +a.limit : Infinity });
const N = P.batches.reduce((x, b) => x + b.n, 0);
o.n = N;
log('payload', (P.bytes / 1e6).toFixed(0), 'MB', P.batches.length, 'bodies', N, 'logs');
const res = {
  peer: A.name,
  label: a.label,
  date: new Date().toISOString(),
  logs: N,
  bodyBytesPerLog: +(P.bytes / N).toFixed(1),
  corpusBytesPerLog: +oracle.bytesPerLog.toFixed(1),
  conns: +a.conns,
  batch: A.batchSize,
  cores: os.cpus().length,
  cpuModel: os.cpus()[0].model,
  memGiB: Math.round(os.totalmem() / 2 ** 30),
};
const phases = a.phases.split(',');
const roots = () => A.roots();
async function up(fresh) {
  const t = performance.now();
  await A.start({ fresh });
  for (let i = 0; i < 1200; i++) {
    try {
      if (await A.ready()) break;
    } catch {}
    await sleep(50);
    if (i === 1199) throw new Error('not ready');
  }
  res.startMs = Math.round(performance.now() - t);
}
async function quiet(max = 90) {
  // until the server uses < 5 % of a core for 2 s
  const t0 = Date.now();
  let c = cpu(roots());
  while (Date.now() - t0 < max * 1000) {
    await sleep(2000);
    const d = cpu(roots());
    if (d - c < 0.1) return true;
    c = d;
  }
  return false;
}
async function send(cl, b, lat, st) {
  for (let k = 0; ; k++) {
    const t = performance.now();
    const r = await cl.req({ ...A.ingest(), body: b.body });
    lat?.push(performance.now() - t);
    if (A.ok(r)) return;
    if ((r.status === 429 || r.status === 503) && k < 200) {
      st.retries++;
      await sleep(Math.min(1000, 20 * 2 ** k));
      continue;
    }
    throw new Error(`ingest ${r.status} ${r.body.toString().slice(0, 400)}`);
  }
}
async function ingestOnce(settle) {
  const cl = new Client(A.url, +a.conns);
  const st = { retries: 0 };
  const lat = [];
  const s = new Sampler(roots);
  const c0 = cpu(roots()),
    u0 = process.cpuUsage();
  const t0 = performance.now();
  let i = 0;
  await Promise.all(
    Array.from({ length: +a.conns }, async () => {
      while (i < P.batches.length) await send(cl, P.batches[i++], lat, st);
    }),
  );
  const t1 = performance.now(),
    c1 = cpu(roots()),
    u1 = process.cpuUsage(u0);
  let seen;
  while ((seen = await A.count(R.start, R.end)) < N) {
    if (performance.now() - t1 > 120000) break;
    await sleep(50);
  }
  const t2 = performance.now(),
    c2 = cpu(roots());
  const early = await A.disk();
  const d = {
    ackMs: Math.round(t1 - t0),
    logsPerSec: Math.round((N / (t1 - t0)) * 1000),
    queryableMs: Math.round(t2 - t0),
    queryablePerSec: Math.round((N / (t2 - t0)) * 1000),
    countOk: seen === N,
    seen,
    retries: st.retries,
    ackP50: +pct(lat, 50).toFixed(1),
    ackP99: +pct(lat, 99).toFixed(1),
    serverCpuPer1M: +(((c1 - c0) / N) * 1e6).toFixed(2),
    serverCpuQueryablePer1M: +(((c2 - c0) / N) * 1e6).toFixed(2),
    clientCpuPer1M: +(((u1.user + u1.system) / 1e6 / N) * 1e6).toFixed(2),
  };
  cl.close();
  if (settle) {
    await A.settle();
    await quiet();
  }
  const c3 = cpu(roots());
  const disk = await A.disk();
  d.serverCpuSettledPer1M = +(((c3 - c0) / N) * 1e6).toFixed(2);
  d.diskEarlyPerLog = +(early.total.bytes / N).toFixed(1);
  d.diskPerLog = +(disk.total.bytes / N).toFixed(1);
  d.disk = Object.fromEntries(Object.entries(disk).map(([k, v]) => [k, +(v.bytes / N).toFixed(1)]));
  const pk = s.stop();
  d.peakRssMB = Math.round(pk.rss / 1e6);
  d.peakAnonMB = Math.round(pk.anon / 1e6);
  d.peakPssMB = Math.round(pk.pss / 1e6);
  log('ingest', JSON.stringify(d));
  return d;
}
const eqTs = (rows, want) => rows.length === want.length && rows.every((r, i) => r.ts === want[i]);
function checks() {
  const svcs = Object.keys(oracle.q1),
    traces = Object.keys(oracle.traces);
  const err = Object.values(oracle.errByService)
    .sort((x, y) => y - x)
    .slice(0, 10);
  const Q = {
    q1: {
      name: 'latest 100 of a service',
      v: svcs,
      ok: (rows, v) => eqTs(rows, oracle.q1[v]) && rows.every((r) => r.service === v && r.message),
    },
    q2: {
      name: 'latest 100 errors with a common word',
      v: [oracle.q2.word],
      ok: (rows) =>
        eqTs(rows, oracle.q2.ts) &&
        rows.every((r) => r.level === 'error' && r.message.includes(oracle.q2.word)),
    },
    q3: {
      name: 'rare needle, full range',
      v: [oracle.needle],
      ok: (rows) => eqTs(rows, oracle.needleTs) && rows.every((r) => r.message.includes(oracle.needle)),
    },
    q4: {
      name: 'count by level per minute',
      v: [null],
      ok: (m) => {
        let n = 0;
        for (const t in oracle.perMin)
          for (let l = 0; l < 5; l++) {
            const w = oracle.perMin[t][l];
            if (w) {
              n++;
              if (m.get(t + '|' + oracle.levels[l]) !== w) return false;
            }
          }
        return m.size === n;
      },
    },
    q5: {
      name: 'top 10 services by errors',
      v: [null],
      ok: (t) => t.length === 10 && t.every(([s, n], i) => n === err[i] && oracle.errByService[s] === n),
    },
    q6: {
      name: 'by trace_id',
      v: traces,
      ok: (rows, v) =>
        eqTs(rows, oracle.traces[v].slice(0, 100)) && rows.every((r) => !r.trace_id || r.trace_id === v),
    },
    q7: { name: 'substring, any case, count', v: Object.keys(oracle.q7), ok: (n, v) => n === oracle.q7[v] },
    q7b: { name: 'regex, any case, count', v: Object.keys(oracle.q7b), ok: (n, v) => n === oracle.q7b[v] },
  };
  return Q;
}
// every call asks for a range that starts i ms earlier (no logs there): same answer, but no cache keyed by the query can serve it
let shift = 0;
async function one(f, v) {
  const k = f({ start: R.start - (++shift % 5000), end: R.end }, v);
  const t = performance.now();
  const r = await o.client.req(k.req);
  const ms = performance.now() - t;
  if (r.status >= 300) throw new Error(r.status + ' ' + r.body.toString().slice(0, 300));
  return { ms, body: r.body, k };
}
async function queries() {
  const out = {};
  const Q = checks();
  const s = new Sampler(roots);
  for (const [id, q] of Object.entries(Q)) {
    const f = A.q[id];
    if (!f) {
      out[id] = { name: q.name, na: true };
      continue;
    }
    try {
      await A.clearCaches?.();
      dropCaches();
      const bad = [];
      let n = 0;
      const val = (x) => {
        const k = x.k;
        return k.rows
          ? k.rows(x.body)
          : k.matrix
            ? k.matrix(x.body)
            : k.top
              ? k.top(x.body)
              : k.count(x.body);
      };
      const chk = (x, v) => {
        n++;
        let ok;
        try {
          ok = q.ok(val(x), v);
        } catch (e) {
          bad.push(String(e).slice(0, 100));
          return;
        }
        if (!ok) {
          const g = val(x);
          bad.push(typeof g === 'number' ? g : `n=${g.length ?? g.size}`);
        }
      };
      const cold = await one(f, q.v[0]);
      chk(cold, q.v[0]);
      const ms = [],
        c0 = cpu(roots());
      for (let i = 0; i < +a.warm + +a.runs; i++) {
        const v = q.v[(i + 1) % q.v.length];
        const x = await one(f, v);
        chk(x, v);
        if (i >= +a.warm) ms.push(x.ms);
      }
      out[id] = {
        name: q.name,
        cold: +cold.ms.toFixed(1),
        p50: +pct(ms, 50).toFixed(1),
        p95: +pct(ms, 95).toFixed(1),
        cpuMs: +(((cpu(roots()) - c0) * 1000) / (+a.warm + +a.runs)).toFixed(1),
        correct: bad.length === 0,
        checked: n,
        ...(bad.length ? { bad: bad.slice(0, 3), wrong: bad.length } : {}),
        ...(cold.k.note ? { note: cold.k.note } : {}),
      };
    } catch (e) {
      out[id] = { name: q.name, error: String(e).slice(0, 300) };
    }
    log(id, JSON.stringify(out[id]));
  }
  // q8: walk 50 pages by cursor; latency of the deep page measured 20 times with its cursor
  if (A.q.q8)
    try {
      await A.clearCaches?.();
      dropCaches();
      let cur;
      const walk = [];
      let ok = true,
        deepCur,
        last;
      for (let p = 0; p < 50; p++) {
        if (p === 49) deepCur = cur;
        const k = A.q.q8(R, oracle.q8.service, cur);
        const t = performance.now();
        const r = await o.client.req(k.req);
        walk.push(performance.now() - t);
        const rows = k.rows(r.body);
        if (!eqTs(rows, oracle.q8.ts.slice(p * 100, p * 100 + 100))) ok = false;
        cur = k.next(rows, r.body);
        last = k;
      }
      const ms = [];
      for (let i = 0; i < +a.warm + +a.runs; i++) {
        const k = A.q.q8(R, oracle.q8.service, deepCur);
        const t = performance.now();
        const r = await o.client.req(k.req);
        const d = performance.now() - t;
        if (!eqTs(k.rows(r.body), oracle.q8.ts.slice(4900, 5000))) ok = false;
        if (i >= +a.warm) ms.push(d);
      }
      out.q8 = {
        name: 'page 50 by cursor',
        walk50Ms: Math.round(walk.reduce((x, y) => x + y, 0)),
        cold: +walk[0].toFixed(1),
        p50: +pct(ms, 50).toFixed(1),
        p95: +pct(ms, 95).toFixed(1),
        correct: ok,
        note: last.note,
      };
    } catch (e) {
      out.q8 = { name: 'page 50 by cursor', error: String(e).slice(0, 300) };
    }
  log('q8', JSON.stringify(out.q8));
  const pk = s.stop();
  out._peak = {
    rssMB: Math.round(pk.rss / 1e6),
    anonMB: Math.round(pk.anon / 1e6),
    pssMB: Math.round(pk.pss / 1e6),
  };
  return out;
}
async function freshness() {
  await A.beforeFreshness?.();
  const cl = new Client(A.url, 8),
    pc = new Client(A.url, 2);
  let stop = false,
    sent = 0;
  const st = { retries: 0 };
  let bi = 0;
  let due = performance.now();
  const inflight = new Set();
  const bg = (async () => {
    while (!stop) {
      const b = P.batches[bi++ % P.batches.length];
      stamp(P, b, Date.now());
      const p = send(cl, b, null, st)
        .then(() => {
          sent += b.n;
        })
        .finally(() => inflight.delete(p));
      inflight.add(p);
      due += (b.n / +a.bg) * 1000;
      await sleep(Math.max(0, due - performance.now()));
    }
    await Promise.all(inflight);
  })();
  await sleep(2000);
  const t00 = performance.now(),
    s0 = sent;
  const lat = [],
    ack = [];
  let missed = 0;
  for (let i = 0; i < +a.tries; i++) {
    const token = 'zq' + Math.random().toString(36).slice(2, 10) + i + 'x';
    const ms = Date.now();
    const ta = performance.now();
    const r = await pc.req({ ...A.ingest(), body: A.probe(ms, token) });
    if (!A.ok(r)) throw new Error('probe ' + r.status + r.body);
    const t = performance.now();
    ack.push(t - ta);
    let hit = false;
    while (performance.now() - t < 30000) {
      const k = A.probeQuery(ms, token);
      const x = await pc.req(k.req);
      if (x.status < 300 && k.hit(x.body)) {
        hit = true;
        break;
      }
      await sleep(5);
    }
    if (hit) lat.push(performance.now() - t);
    else missed++;
    await sleep(37 + ((i * 61) % 211));
  }
  const rate = ((sent - s0) / (performance.now() - t00)) * 1000;
  stop = true;
  await bg;
  cl.close();
  pc.close();
  await A.afterFreshness?.();
  const out = {
    p50: +pct(lat, 50)?.toFixed(1),
    p95: +pct(lat, 95)?.toFixed(1),
    max: +Math.max(...lat).toFixed(1),
    ackP50: +pct(ack, 50).toFixed(1),
    missed,
    bgLogsPerSec: Math.round(rate),
  };
  log('fresh', JSON.stringify(out));
  return out;
}
async function sustain() {
  const cl = new Client(A.url, +a.conns);
  const st = { retries: 0 };
  const lat = [];
  const s = new Sampler(roots);
  const c0 = cpu(roots()),
    u0 = process.cpuUsage();
  const begin = Date.now();
  const t0 = performance.now();
  let i = 0,
    sent = 0;
  const sec = [];
  const mid = { n: 0 };
  const tick = setInterval(() => {
    sec.push(sent - mid.n);
    mid.n = sent;
  }, 1000);
  const end = t0 + +a.sustain * 1000;
  await Promise.all(
    Array.from({ length: +a.conns }, async () => {
      while (performance.now() < end) {
        const b = P.batches[i++ % P.batches.length];
        stamp(P, b, Date.now());
        await send(cl, b, lat, st);
        sent += b.n;
      }
    }),
  );
  clearInterval(tick);
  const t1 = performance.now(),
    c1 = cpu(roots()),
    u1 = process.cpuUsage(u0);
  let seen = 0;
  const tw = performance.now();
  while (performance.now() - tw < 120000) {
    seen = await A.count(begin - 1, begin - 1 + Math.ceil((Date.now() - begin) / 1000 + 2) * 1000);
    if (seen >= sent) break;
    await sleep(200);
  }
  const pk = s.stop();
  cl.close();
  const out = {
    seconds: +((t1 - t0) / 1000).toFixed(1),
    logs: sent,
    logsPerSec: Math.round((sent / (t1 - t0)) * 1000),
    worstSecond: Math.min(...sec.slice(1, -1)),
    ackP50: +pct(lat, 50).toFixed(1),
    ackP99: +pct(lat, 99).toFixed(1),
    ackMax: +Math.max(...lat).toFixed(0),
    lagToQueryableMs: Math.round(performance.now() - tw),
    seen,
    countOk: seen === sent,
    retries: st.retries,
    serverCpuPer1M: +(((c1 - c0) / sent) * 1e6).toFixed(2),
    clientCpuPer1M: +((u1.user + u1.system) / sent).toFixed(2),
    serverCores: +(((c1 - c0) / (t1 - t0)) * 1000).toFixed(2),
    peakRssMB: Math.round(pk.rss / 1e6),
    peakAnonMB: Math.round(pk.anon / 1e6),
  };
  log('sustain', JSON.stringify(out));
  return out;
}
try {
  if (phases.includes('ingest')) {
    res.ingest = [];
    const reps = +a.reps;
    for (let k = 0; k < reps; k++) {
      await up(true);
      res.version = await A.version();
      res.notes = A.notes;
      await sleep(1000);
      res.idleRssMB = Math.round(new Sampler(roots).stop().rss / 1e6);
      res.ingest.push(await ingestOnce(k === reps - 1));
      if (k < reps - 1) {
        await A.stop('between');
        await sleep(1500);
      }
    }
  } else {
    await up(false);
    res.version = await A.version();
    res.notes = A.notes;
  }
  if (phases.includes('query')) {
    await A.stop('restart');
    dropCaches();
    await up(false);
    const got = await A.count(R.start, R.end);
    res.afterRestart = { startMs: res.startMs, count: got, ok: got === N };
    log('restarted', JSON.stringify(res.afterRestart));
    res.query = await queries();
  }
  if (phases.includes('fresh')) {
    const s = new Sampler(roots);
    res.fresh = await freshness();
    res.fresh.peakRssMB = Math.round(s.stop().rss / 1e6);
  }
  if (phases.includes('sustain')) {
    if (phases.includes('fresh')) await sleep(3000);
    res.sustain = await sustain();
  }
} finally {
  await A.stop('end');
}
fs.appendFileSync(a.out, JSON.stringify(res) + '\n');
log('written', a.out);
process.exit(0);
