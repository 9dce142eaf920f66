import type { Pool } from 'pg';

interface Tally {
  tenantNo: number;
  code: string;
  hour: number;
  count: number;
  bytes: number;
  sample: string;
}

const FLUSH_MS = 1_000;
const HOUR_MS = 3_600_000;

/** Counts what was turned away per tenant, hour and reason, and writes the counts once a second. */
export class RejectionLog {
  private tallies = new Map<string, Tally>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly onError: (error: unknown) => void,
  ) {}

  add(tenantNo: number, code: string, count: number, bytes: number, sample: string): void {
    const hour = Math.floor(Date.now() / HOUR_MS);
    const key = `${tenantNo}:${hour}:${code}`;
    const tally = this.tallies.get(key);
    if (tally === undefined) this.tallies.set(key, { tenantNo, code, hour, count, bytes, sample });
    else {
      tally.count += count;
      tally.bytes += bytes;
      tally.sample = sample;
    }
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.flush().catch(this.onError);
    }, FLUSH_MS).unref();
  }

  /** Writes what has been counted; on failure the counts are kept for the next time. */
  async flush(): Promise<void> {
    if (this.tallies.size === 0) return;
    const all = [...this.tallies.values()];
    this.tallies = new Map();
    try {
      await this.pool.query(
        `INSERT INTO ingest_rejections AS r (bucket, tenant_no, code, count, bytes, sample)
         SELECT to_timestamp(h * 3600::bigint), t, c, n, b, s
           FROM unnest($1::int[], $2::int[], $3::text[], $4::bigint[], $5::bigint[], $6::text[]) AS x(h, t, c, n, b, s)
         ORDER BY t, h, c
         ON CONFLICT (tenant_no, bucket, code)
         DO UPDATE SET count = r.count + excluded.count, bytes = r.bytes + excluded.bytes, sample = excluded.sample`,
        [
          all.map((tally) => tally.hour),
          all.map((tally) => tally.tenantNo),
          all.map((tally) => tally.code),
          all.map((tally) => tally.count),
          all.map((tally) => tally.bytes),
          all.map((tally) => tally.sample.replaceAll('\u0000', '\ufffd').toWellFormed()),
        ],
      );
    } catch (error) {
      for (const tally of all) this.add(tally.tenantNo, tally.code, tally.count, tally.bytes, tally.sample);
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    await this.flush().catch(this.onError);
  }
}
