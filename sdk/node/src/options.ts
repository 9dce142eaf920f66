import type { Drop } from './delivery-stats.ts';
import { readEnvironment } from './environment.ts';
import { isLevel } from './levels.ts';
import type { Level } from './levels.ts';
import type { LoggerError } from './logger-error.ts';
import type { Transport } from './transport.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const INGEST_PATH = '/api/v1/logs/ingest';

export interface LoggerOptions {
  /** Ingest key (`lsk_…`). Default: MONITORING_API_KEY, then LOGSTEAD_API_KEY. */
  apiKey?: string | undefined;
  /** Name of the service. Default: LOGSTEAD_SERVICE, then the package's name under npm. */
  service?: string | undefined;
  /** `production`, `staging`, … Default: LOGSTEAD_ENVIRONMENT, NODE_ENV, `development`. */
  environment?: string | undefined;
  /** Address of the server. Default: LOGSTEAD_ENDPOINT, then http://localhost:4600. */
  endpoint?: string | undefined;
  /** Lowest level that is sent. Default: debug, everything. */
  level?: Level | undefined;
  /** Added to every record. */
  metadata?: Record<string, unknown> | undefined;
  /** Metadata paths whose values are replaced: `password`, `*.token`, `headers.authorization`, `**.secret`. */
  redact?: readonly string[] | undefined;
  /** Records that make a batch. Default 100, at most 1,000. */
  batchSize?: number | undefined;
  /** Longest time a record waits for its batch to fill, in ms. Default 5,000. */
  flushIntervalMs?: number | undefined;
  /** Memory for records not yet delivered, in bytes. Default 16 MiB. When full the oldest debug records go first. */
  maxBufferBytes?: number | undefined;
  /** Batches under way at once. Default 4. */
  maxInFlight?: number | undefined;
  /** Tries after the first. Default: as many as fit into the deadline. */
  maxRetries?: number | undefined;
  /** How long one batch is tried, in ms. Default one hour; the buffer's bound holds meanwhile. */
  retryDeadlineMs?: number | undefined;
  /** Time without an answer after which a request counts as failed, in ms. Default 10,000. */
  requestTimeoutMs?: number | undefined;
  /** Longest time flush(), close() and the exit wait, in ms. Default 5,000. */
  flushTimeoutMs?: number | undefined;
  /** gzip bodies larger than this many bytes; false: never. Default 1,024. */
  compression?: boolean | number | undefined;
  /** Send what is buffered when the process ends (exit, SIGTERM, SIGINT, uncaught exception). Default true. */
  flushOnExit?: boolean | undefined;
  /** Told about failures. Default: one process warning per kind of failure. */
  onError?: ((error: LoggerError) => void) | undefined;
  /** Told about every record given up. */
  onDrop?: ((drop: Drop) => void) | undefined;
  /** An http.Agent or https.Agent of the host, for a proxy or own certificates. */
  agent?: unknown;
  /** Replaces HTTP altogether; then nothing is sent once the process is in its exit handlers. */
  transport?: Transport | undefined;
}

/** Options with every default applied. */
export interface ResolvedOptions {
  readonly apiKey: string;
  readonly service: string;
  readonly environment: string;
  readonly url: URL;
  readonly level: Level;
  readonly batchSize: number;
  readonly maxBatchBytes: number;
  readonly flushIntervalMs: number;
  readonly maxBufferBytes: number;
  readonly maxInFlight: number;
  readonly maxRetries: number;
  readonly retryDeadlineMs: number;
  readonly requestTimeoutMs: number;
  readonly flushTimeoutMs: number;
  readonly gzipAboveBytes: number;
  readonly flushOnExit: boolean;
  /** Why nothing can be sent; undefined when all is well. */
  readonly problem: string | undefined;
}

/** Applies environment and defaults; a value out of range becomes the nearest one in range. Never throws. */
export function resolveOptions(options: LoggerOptions): ResolvedOptions {
  const env = readEnvironment();
  const apiKey = text(options.apiKey) ?? env.apiKey ?? '';
  const endpoint = text(options.endpoint) ?? env.endpoint ?? 'http://localhost:4600';
  const url = ingestUrl(endpoint);
  let problem: string | undefined;
  if (apiKey === '') problem = 'no API key: pass apiKey or set LOGSTEAD_API_KEY';
  else if (!/^[\x21-\x7e]+$/.test(apiKey))
    problem = 'the API key has characters that no HTTP header can carry';
  else if (url === undefined)
    problem = `the endpoint ${JSON.stringify(endpoint)} is no http or https address`;
  const { compression } = options;
  return {
    apiKey,
    service: text(options.service) ?? env.service ?? 'unknown-service',
    environment: text(options.environment) ?? env.environment ?? 'development',
    url: url ?? new URL('http://localhost'),
    level: isLevel(options.level) ? options.level : 'debug',
    batchSize: number(options.batchSize, 100, 1, 1000),
    // Well under the server's limit on a decompressed body.
    maxBatchBytes: MIB,
    flushIntervalMs: number(options.flushIntervalMs, 5000, 1, 3_600_000),
    maxBufferBytes: number(options.maxBufferBytes, 16 * MIB, KIB, Number.MAX_SAFE_INTEGER),
    maxInFlight: number(options.maxInFlight, 4, 1, 64),
    maxRetries: number(options.maxRetries, Infinity, 0, Infinity),
    retryDeadlineMs: number(options.retryDeadlineMs, 3_600_000, 0, Infinity),
    requestTimeoutMs: number(options.requestTimeoutMs, 10_000, 1, 600_000),
    flushTimeoutMs: number(options.flushTimeoutMs, 5000, 0, 600_000),
    gzipAboveBytes:
      compression === false
        ? Infinity
        : typeof compression === 'number'
          ? number(compression, KIB, 0, Infinity)
          : KIB,
    flushOnExit: options.flushOnExit !== false,
    problem,
  };
}

function ingestUrl(endpoint: string): URL | undefined {
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(INGEST_PATH) ? path : path + INGEST_PATH;
  url.hash = '';
  return url;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function number(value: unknown, fallback: number, min: number, max: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) return fallback;
  return Math.min(max, Math.max(min, value === Infinity ? value : Math.floor(value)));
}
