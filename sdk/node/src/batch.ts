import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { BufferedRecord } from './log-buffer.ts';

const gzipAsync = promisify(gzip);

export interface EncodedBody {
  readonly contentType: string;
  readonly contentEncoding: string | undefined;
  readonly bytes: Uint8Array;
}

/** Records that travel in one request, with the key that makes repeating it harmless. */
export class Batch {
  readonly records: readonly BufferedRecord[];
  readonly idempotencyKey = randomUUID();
  failures = 0;
  /** Time of the first try; the retry deadline counts from it. */
  startedAtMs = 0;
  private encoded: EncodedBody | undefined;

  constructor(records: readonly BufferedRecord[]) {
    this.records = records;
  }

  /** One service: the JSON envelope. Several (child loggers with their own): a line each with its service. */
  plainBody(): { contentType: string; text: string } {
    const first = this.records[0];
    if (first === undefined) return { contentType: 'application/json', text: '{"logs":[]}' };
    const { service, environment } = first;
    const head = `"service":${JSON.stringify(service)},"environment":${JSON.stringify(environment)}`;
    if (this.records.every((record) => record.service === service && record.environment === environment)) {
      return {
        contentType: 'application/json',
        text: `{${head},"logs":[${this.records.map(({ text }) => `{${text}`).join(',')}]}`,
      };
    }
    const lines = this.records.map(
      (record) =>
        `{"service":${JSON.stringify(record.service)},"environment":${JSON.stringify(record.environment)},${record.text}\n`,
    );
    return { contentType: 'application/x-ndjson', text: lines.join('') };
  }

  /** The body, compressed off the main thread when larger than the bound; kept for the next try. */
  async body(gzipAboveBytes: number): Promise<EncodedBody> {
    if (this.encoded !== undefined) return this.encoded;
    const { contentType, text } = this.plainBody();
    const plain = Buffer.from(text, 'utf8');
    if (plain.byteLength <= gzipAboveBytes) {
      return (this.encoded = { contentType, contentEncoding: undefined, bytes: plain });
    }
    // Level 1: logs shrink six times instead of seven, for a third of the CPU of the default level.
    const bytes = await gzipAsync(plain, { level: constants.Z_BEST_SPEED });
    return (this.encoded = { contentType, contentEncoding: 'gzip', bytes });
  }
}
