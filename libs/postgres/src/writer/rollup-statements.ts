import { LEVEL_NUMBERS, LEVELS } from '@logstead/contracts';
import type { EncodedBatch, RollupCell } from '@logstead/pipeline';

const BUCKETS_PER_MINUTE = 6;
const BUCKETS_PER_HOUR = 360;

interface Row {
  key: number[];
  values: number[];
}

/** Sums rows with equal keys and sorts them, so that concurrent commits take their locks in one order. */
class Sums {
  private readonly rows = new Map<string, Row>();

  add(key: number[], values: number[]): void {
    const name = key.join();
    const row = this.rows.get(name);
    if (row === undefined) this.rows.set(name, { key, values });
    else for (let i = 0; i < values.length; i++) row.values[i]! += values[i]!;
  }

  sorted(): Row[] {
    return [...this.rows.values()].sort((a, b) => {
      for (let i = 0; i < a.key.length; i++) if (a.key[i] !== b.key[i]) return a.key[i]! - b.key[i]!;
      return 0;
    });
  }
}

/**
 * The upserts that add a commit's counts to the rollups, as text: every value is a number of ours, so nothing needs
 * quoting, and the text travels in the same burst as the rows.
 */
export function rollupStatements(batches: readonly EncodedBatch[]): string {
  const byClass = new Map<number, Sums>();
  const hourly = new Sums();
  const latencies: string[] = [];
  for (const batch of batches) {
    let sums = byClass.get(batch.retentionDays);
    if (sums === undefined) byClass.set(batch.retentionDays, (sums = new Sums()));
    for (const cell of batch.rollups) addCell(cell, batch.tenantNo, sums, latencies);
  }
  let text = '';
  // Tables in one order too, whichever class a commit met first.
  for (const [days, sums] of [...byClass].sort(([a], [b]) => a - b)) {
    const rows = sums.sorted();
    text += countsUpsert(`rollups_10s_${days}d`, 10, rows);
    const minutes = new Sums();
    for (const row of rows) {
      minutes.add(widened(row.key, BUCKETS_PER_MINUTE), row.values.slice());
      hourly.add(widened(row.key, BUCKETS_PER_HOUR), row.values.slice());
    }
    text += countsUpsert(`rollups_1m_${days}d`, 60, minutes.sorted());
  }
  text += countsUpsert('rollups_1h', 3600, hourly.sorted());
  return text + latencyInsert(latencies);
}

/** The key of the wider bucket that a 10-second bucket lies in. */
function widened([tenantNo, bucket, ...rest]: number[], buckets: number): number[] {
  return [tenantNo!, Math.floor(bucket! / buckets), ...rest];
}

function addCell(cell: RollupCell, tenantNo: number, sums: Sums, latencies: string[]): void {
  const { bucket, serviceId, envId } = cell;
  for (let i = 0; i < LEVELS.length; i++) {
    const count = cell.count[i]!;
    if (count === 0) continue;
    const level = LEVEL_NUMBERS[LEVELS[i]!];
    const values = [count, cell.kept[i]!, cell.bytes[i]!];
    sums.add([tenantNo, bucket, serviceId, envId, level], values);
  }
  if (cell.latency !== null) addLatencies(cell, cell.latency, tenantNo, latencies);
}

/** One row a level, with its bins and their counts; rows are appended, so those of other commits do not matter. */
function addLatencies(
  cell: RollupCell,
  latency: Map<number, number>,
  tenantNo: number,
  rows: string[],
): void {
  const byLevel = new Map<number, { bins: number[]; counts: number[] }>();
  for (const [key, count] of latency) {
    let row = byLevel.get(key >> 8);
    if (row === undefined) byLevel.set(key >> 8, (row = { bins: [], counts: [] }));
    row.bins.push(key & 255);
    row.counts.push(count);
  }
  for (const [i, { bins, counts }] of byLevel) {
    const level = LEVEL_NUMBERS[LEVELS[i]!];
    rows.push(
      `(to_timestamp(${cell.bucket * 10}),${tenantNo},${cell.serviceId},${cell.envId},${level},'{${bins.join()}}','{${counts.join()}}')`,
    );
  }
}

function latencyInsert(rows: readonly string[]): string {
  if (rows.length === 0) return '';
  return `INSERT INTO latency_10s (bucket, tenant_no, service_id, env_id, level, bins, counts) VALUES ${rows.join()};`;
}

function countsUpsert(table: string, seconds: number, rows: Row[]): string {
  if (rows.length === 0) return '';
  return (
    `INSERT INTO ${table} AS r (tenant_no, bucket, service_id, env_id, level, count, kept, bytes) ` +
    `SELECT t, to_timestamp(b * ${seconds}::bigint), s, e, l, c, k, y ` +
    `FROM unnest(${arrays(rows)}) AS x(t, b, s, e, l, c, k, y) ` +
    `ON CONFLICT (tenant_no, bucket, service_id, env_id, level) DO UPDATE ` +
    `SET count = r.count + excluded.count, kept = r.kept + excluded.kept, bytes = r.bytes + excluded.bytes;`
  );
}

/** The rows' columns as array literals: keys are integers, values 64-bit. */
function arrays(rows: Row[]): string {
  const first = rows[0]!;
  const columns: string[] = [];
  for (let i = 0; i < first.key.length; i++)
    columns.push(`'{${rows.map((row) => row.key[i]).join()}}'::int[]`);
  for (let i = 0; i < first.values.length; i++) {
    columns.push(`'{${rows.map((row) => row.values[i]).join()}}'::bigint[]`);
  }
  return columns.join();
}
