import type { RejectCode } from '@logstead/contracts';

/** Limits of one record; over any of them the record is rejected with a code, never cut. */
export interface RecordLimits {
  /** Bytes of UTF-8 after decoding. */
  readonly maxMessageBytes: number;
  /** Bytes of the JSON source text. */
  readonly maxMetadataBytes: number;
  readonly maxMetadataKeys: number;
  readonly maxMetadataDepth: number;
  readonly maxBatchLogs: number;
  /** How far ahead of the receiver's clock a timestamp may be, ms. */
  readonly maxFutureMs: number;
}

/** Numbers of names already registered for the tenant; unknown names are collected and registered by the caller. */
/** Number of a name the tenant has no room for: its logs are rejected as `too_many_services`. */
export const REFUSED_NAME = -1;

export interface NameNumbers {
  get(name: string): number | undefined;
}

/** Which share of a service's logs at a level is kept; `undefined` keeps all. Errors and fatals are always kept. */
export type SamplingRate = (serviceName: string, level: number) => number | undefined;

export interface EncodeContext {
  readonly tenantNo: number;
  readonly retentionDays: number;
  readonly receivedMs: number;
  readonly limits: RecordLimits;
  readonly services: NameNumbers;
  readonly environments: NameNumbers;
  readonly sampling: SamplingRate | null;
}

export interface Rejection {
  index: number;
  code: RejectCode;
  message: string;
  bytes: number;
  /** The first bytes of the record, for the tenant's list of what was turned away. */
  sample: string;
}

/** A run of consecutive rows with the distinct tokens in it. */
export interface Segment {
  rowCount: number;
  minUs: number;
  maxUs: number;
  /** Index in the batch of the first and last row. */
  firstIndex: number;
  lastIndex: number;
  /** Where its tuples stand in the batch's `rows`. */
  rowsStart: number;
  rowsEnd: number;
  tokens: Uint32Array;
}

/** What one batch adds to the rollups of one (bucket, service, environment); arrays by level, debug to fatal. */
export interface RollupCell {
  /** Start of the 10-second bucket, s since the epoch divided by 10. */
  bucket: number;
  serviceId: number;
  envId: number;
  count: number[];
  kept: number[];
  bytes: number[];
  /** (level index * 256 + bin) → count; null when no latency was seen. */
  latency: Map<number, number> | null;
}

/** A batch ready for the store: rows as PostgreSQL binary COPY tuples. */
export interface EncodedBatch {
  readonly tenantNo: number;
  readonly retentionDays: number;
  /** UUIDv7 with zero in the last 16 bits. */
  readonly batchId: Buffer;
  readonly accepted: number;
  /** Rows in `rows`: accepted less those sampled away. */
  readonly rowCount: number;
  readonly rows: Buffer;
  readonly segments: Segment[];
  readonly rollups: RollupCell[];
  readonly rejections: Rejection[];
}

export type EncodeResult =
  | { kind: 'ok'; batch: EncodedBatch }
  | { kind: 'unknown_names'; services: string[]; environments: string[] }
  | { kind: 'too_many_logs'; limit: number }
  | { kind: 'undecodable'; message: string; position: number };

/** Names a request gives beside its body (NDJSON) or none. */
export interface DefaultNames {
  readonly service: string | null;
  readonly environment: string | null;
}
