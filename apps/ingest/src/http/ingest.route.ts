import type { Config } from '@logstead/config';
import { MAX_NAME_BYTES } from '@logstead/contracts';
import { AppError, sendProblem, toAppError } from '@logstead/errors';
import type { RateDecision, RateLimiter } from '@logstead/ports';
import type { LogWriter, RejectionLog } from '@logstead/postgres';
import { apiKeyOf, type Credential, type KeyAuthenticator } from '@logstead/tenancy';
import type { Logger } from '@logstead/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IngestMetrics } from '../ingest-metrics';
import type { IngestService } from '../ingest.service';
import { encodingOf, readBody } from './body-reader';

export interface IngestRouteParts {
  readonly config: Config;
  readonly keys: KeyAuthenticator;
  readonly limiter: RateLimiter;
  readonly writer: LogWriter;
  readonly service: IngestService;
  readonly rejections: RejectionLog;
  readonly metrics: IngestMetrics;
  readonly logger: Logger;
}

/** A tenant may send this many seconds of its rate at once. */
const BURST_SECONDS = 2;
const SAMPLE_OF_REFUSED = '(whole request)';

/**
 * `POST /api/v1/logs/ingest` as a plain Fastify route in a scope of its own, where bodies stay streams.
 */
export class IngestRoute {
  constructor(private readonly parts: IngestRouteParts) {}

  register(server: FastifyInstance): void {
    void server.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, payload, ready) => ready(null, payload));
      scope.post('/api/v1/logs/ingest', (request, reply) => this.handle(request, reply));
      done();
    });
  }

  private async handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const startedMs = performance.now();
    const { metrics, logger } = this.parts;
    try {
      const answer = await this.ingest(request, reply);
      void reply.status(202).header('content-type', 'application/json; charset=utf-8').send(answer);
    } catch (error) {
      const failure = toAppError(error);
      if (failure.code === 'internal') logger.error({ err: error, requestId: request.id }, 'Ingest failed');
      sendProblem(reply, failure, request.id);
    }
    metrics.requests.inc({ status: String(reply.statusCode) });
    metrics.seconds.observe((performance.now() - startedMs) / 1000);
    return reply;
  }

  private async ingest(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const { config, writer, service, metrics } = this.parts;
    const credential = await this.authenticate(request);
    const { tenant } = credential;
    const format = formatOf(request.headers['content-type']);
    const encoding = encodingOf(request.headers['content-encoding']);
    const idempotencyKey = idempotencyKeyOf(request.headers['idempotency-key']);
    const names = namesOf(request.query as Record<string, unknown>, format);
    const declared = request.headers['content-length'];
    const declaredBytes = declared === undefined ? undefined : Number(declared);
    if (writer.queuedBytes > 0 && writer.isFull(tenant.tenantNo, declaredBytes ?? 0)) {
      throw this.refused(
        tenant.tenantNo,
        'overloaded',
        'Too much is waiting to be stored. Send the batch again later.',
        1000,
        declaredBytes ?? 0,
      );
    }
    if (!writer.isAvailable) {
      throw this.refused(
        tenant.tenantNo,
        'store_unavailable',
        'The log store is not available at the moment.',
        1000,
        declaredBytes ?? 0,
      );
    }
    await this.admit(credential, reply, declaredBytes ?? 0);
    const prepared = await service.prepare(tenant);
    const { chunks, length } = await readBody(request.raw, encoding, declaredBytes, {
      maxBodyBytes: config.ingestMaxBodyBytes,
      maxDecompressedBytes: config.ingestMaxDecompressedBytes,
    });
    metrics.bytes.inc(length);
    await this.charge(credential, 'bytes', length);
    const batch = await service.encode(prepared, { chunks, length, format, names });
    setRateHeaders(reply, await this.charge(credential, 'logs', batch.accepted));
    return service.store(batch, idempotencyKey);
  }

  private async authenticate(request: FastifyRequest): Promise<Credential> {
    const key = apiKeyOf(request);
    const credential = key === undefined ? null : await this.parts.keys.authenticate(key);
    if (credential === null) {
      throw new AppError({
        code: 'unauthenticated',
        message:
          key === undefined
            ? 'No API key: send it in the X-API-Key header.'
            : 'The API key is unknown, revoked or expired.',
      });
    }
    if (!credential.scopes.includes('ingest')) {
      throw new AppError({ code: 'forbidden', message: 'The API key lacks the scope ingest.' });
    }
    return credential;
  }

  /**
   * Refuses a request of a tenant that has used up its rate, before its body is read: a flood costs little.
   * @throws AppError `rate_limited`
   */
  private async admit(credential: Credential, reply: FastifyReply, bytes: number): Promise<void> {
    for (const unit of ['logs', 'bytes'] as const) {
      const decision = await this.charge(credential, unit, 0);
      if (decision.allowed) continue;
      setRateHeaders(reply, decision);
      throw this.refused(
        credential.tenant.tenantNo,
        'rate_limited',
        `The tenant's rate of ${rateOf(credential, unit)} ${unit}/s is used up. Send the batch again after the time in Retry-After.`,
        decision.resetMs,
        bytes,
      );
    }
  }

  private charge(
    credential: Credential,
    unit: 'logs' | 'bytes',
    tokens: number,
  ): RateDecision | Promise<RateDecision> {
    const perSecond = rateOf(credential, unit);
    return this.parts.limiter.take(credential.tenant, `ingest_${unit}`, tokens, {
      capacity: perSecond * BURST_SECONDS,
      refillPerSecond: perSecond,
    });
  }

  private refused(
    tenantNo: number,
    code: 'rate_limited' | 'overloaded' | 'store_unavailable',
    message: string,
    retryAfterMs: number,
    bytes: number,
  ): AppError {
    this.parts.rejections.add(tenantNo, code, 1, bytes, SAMPLE_OF_REFUSED);
    return new AppError({ code, message, retryAfterMs });
  }
}

function rateOf({ limits }: Credential, unit: 'logs' | 'bytes'): number {
  return unit === 'logs' ? limits.logsPerSecond : limits.bytesPerSecond;
}

function setRateHeaders(reply: FastifyReply, decision: RateDecision): void {
  void reply.header('x-ratelimit-limit', String(decision.limit));
  void reply.header('x-ratelimit-remaining', String(decision.remaining));
  void reply.header('x-ratelimit-reset', String(Math.ceil(decision.resetMs / 1000)));
}

function formatOf(header: string | undefined): 'json' | 'ndjson' {
  const type = (header ?? 'application/json').split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/json') return 'json';
  if (type === 'application/x-ndjson' || type === 'application/ndjson' || type === 'application/jsonl')
    return 'ndjson';
  throw new AppError({
    code: 'unsupported_media_type',
    message: `Content-Type "${type.slice(0, 80)}" is not known; send application/json or application/x-ndjson.`,
    details: { field: 'Content-Type', observed: type.slice(0, 80) },
  });
}

function idempotencyKeyOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,128}$/.test(header)) return header;
  throw new AppError({
    code: 'invalid_parameter',
    message: 'Idempotency-Key must be 1 to 128 printable ASCII characters without spaces.',
    details: { field: 'Idempotency-Key', observed: String(header).length, limit: 128 },
  });
}

function namesOf(
  query: Record<string, unknown>,
  format: 'json' | 'ndjson',
): { service: string | null; environment: string | null } {
  const allowed = format === 'ndjson' ? ['service', 'environment'] : [];
  for (const name of Object.keys(query)) {
    if (!allowed.includes(name)) {
      throw new AppError({
        code: 'invalid_parameter',
        message: `Unknown parameter ${JSON.stringify(name.slice(0, 60))}; ${format === 'ndjson' ? 'known are service and environment' : 'a JSON body names service and environment itself'}.`,
        details: { field: name.slice(0, 60) },
      });
    }
  }
  return { service: nameOf(query, 'service'), environment: nameOf(query, 'environment') };
}

function nameOf(query: Record<string, unknown>, field: string): string | null {
  const value = query[field];
  if (value === undefined) return null;
  if (
    typeof value === 'string' &&
    value.length > 0 &&
    Buffer.byteLength(value) <= MAX_NAME_BYTES &&
    !/\p{Cc}/u.test(value)
  ) {
    return value;
  }
  throw new AppError({
    code: 'invalid_parameter',
    message: `${field} must be given once, 1 to ${MAX_NAME_BYTES} bytes without control characters.`,
    details: { field, limit: MAX_NAME_BYTES },
  });
}
