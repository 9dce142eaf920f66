import type { Level } from './levels';

/** One log as every read API returns it. Fields of a log are snake_case everywhere. */
export interface LogRecord {
  /** UUID; the first 48 bits are the time of receipt in ms (UUIDv7). Unique within a tenant. */
  id: string;
  /** RFC 3339 UTC with exactly six fraction digits: `2026-11-21T03:12:28.123456Z`. */
  timestamp: string;
  service_id: number;
  service: string;
  environment: string;
  level: Level;
  message: string;
  /** Present when the log was sent with metadata; its text is what was sent, numbers included. */
  metadata?: Record<string, unknown>;
  trace_id?: string;
  span_id?: string;
}

/** How far a total can be trusted. */
export type TotalRelation = 'exact' | 'at_least' | 'estimate';

export interface LogPage {
  logs: LogRecord[];
  /** Opaque; null when the last matching log has been returned. */
  nextCursor: string | null;
  total: number;
  totalRelation: TotalRelation;
  /** RFC 3339: everything acknowledged before this instant is part of the answer. */
  asOf: string;
}

export interface AggregateBucket {
  time?: string;
  value: number;
  [group: string]: string | number | null | undefined;
}

export interface AggregateAnswer {
  buckets: AggregateBucket[];
  total: number;
  totalRelation: TotalRelation;
  asOf: string;
}

export interface IngestRejection {
  /** Position in the request: index in `logs`, or line of an NDJSON body, both from 0. */
  index: number;
  code: RejectCode;
  message: string;
}

export interface IngestAnswer {
  accepted: number;
  /** The first 100 rejections; `rejectedCount` counts all of them. */
  rejected: IngestRejection[];
  rejectedCount: number;
  batchId: string;
}

export const REJECT_CODES = [
  'not_an_object',
  'invalid_json',
  'message_missing',
  'message_not_a_string',
  'message_too_long',
  'timestamp_invalid',
  'timestamp_too_old',
  'timestamp_in_future',
  'metadata_not_an_object',
  'metadata_too_large',
  'metadata_too_many_keys',
  'metadata_too_deep',
  'trace_id_invalid',
  'span_id_invalid',
  'service_missing',
  'service_invalid',
  'environment_invalid',
  'too_many_services',
] as const;
export type RejectCode = (typeof REJECT_CODES)[number];
