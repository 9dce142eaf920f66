import { LEVEL_NUMBERS } from '@logstead/contracts';
import type { RollupCell } from './encode-context';

const BUCKET_US = 10_000_000;
const MAX_BIN = 255;

/** Histogram bin of a latency: bin 0 is below 1 ms, bin b covers [2^((b-1)/8), 2^(b/8)) ms. */
export function latencyBin(ms: number): number {
  return ms < 1 ? 0 : Math.min(MAX_BIN, Math.floor(Math.log2(ms) * 8) + 1);
}

/** Counts a batch per (10-second bucket, service, environment, level), before sampling. */
export class RollupCollector {
  private cells = new Map<number, Map<number, RollupCell>>();
  private last: RollupCell | null = null;

  start(): void {
    this.cells = new Map();
    this.last = null;
  }

  add(
    tsUs: number,
    serviceId: number,
    envId: number,
    level: number,
    bytes: number,
    kept: boolean,
    latencyMs: number,
  ): void {
    const bucket = Math.floor(tsUs / BUCKET_US);
    let cell = this.last;
    if (cell === null || cell.bucket !== bucket || cell.serviceId !== serviceId || cell.envId !== envId) {
      cell = this.cell(bucket, serviceId, envId);
      this.last = cell;
    }
    const i = level / LEVEL_NUMBERS.debug - 1;
    cell.count[i]!++;
    cell.bytes[i]! += bytes;
    if (kept) cell.kept[i]!++;
    if (latencyMs >= 0) {
      const key = i * 256 + latencyBin(latencyMs);
      cell.latency ??= new Map();
      cell.latency.set(key, (cell.latency.get(key) ?? 0) + 1);
    }
  }

  private cell(bucket: number, serviceId: number, envId: number): RollupCell {
    const names = serviceId * 0x400000 + envId;
    let byBucket = this.cells.get(names);
    if (byBucket === undefined) this.cells.set(names, (byBucket = new Map<number, RollupCell>()));
    let cell = byBucket.get(bucket);
    if (cell === undefined) {
      cell = {
        bucket,
        serviceId,
        envId,
        count: [0, 0, 0, 0, 0],
        kept: [0, 0, 0, 0, 0],
        bytes: [0, 0, 0, 0, 0],
        latency: null,
      };
      byBucket.set(bucket, cell);
    }
    return cell;
  }

  take(): RollupCell[] {
    const all: RollupCell[] = [];
    for (const byBucket of this.cells.values()) all.push(...byBucket.values());
    return all;
  }
}
