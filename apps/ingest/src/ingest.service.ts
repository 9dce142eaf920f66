import { type IngestAnswer, MAX_LISTED_REJECTIONS, MIB } from '@logstead/contracts';
import type { Config } from '@logstead/config';
import { AppError } from '@logstead/errors';
import {
  BatchEncoder,
  type DefaultNames,
  type EncodedBatch,
  formatUuid,
  type NameNumbers,
  type RecordLimits,
  REFUSED_NAME,
  type SamplingRate,
} from '@logstead/pipeline';
import type { LogBus, TenantContext } from '@logstead/ports';
import type {
  EncodedBatchWithKey,
  NameRegistry,
  RejectionLog,
  SamplingRules,
  TenantNames,
} from '@logstead/postgres';
import type { IngestMetrics } from './ingest-metrics';

export interface IngestBody {
  readonly chunks: readonly Buffer[];
  /** Bytes in all chunks. */
  readonly length: number;
  readonly format: 'json' | 'ndjson';
  readonly names: DefaultNames;
}

/** What encoding a tenant's logs needs, loaded ahead. */
export interface PreparedTenant {
  readonly tenant: TenantContext;
  readonly names: TenantNames;
  readonly sampling: SamplingRate | null;
}

/** Scratch memory above this is given back after a large body. */
const KEPT_SCRATCH_BYTES = 4 * MIB;

/** Registered names, and for one request those the tenant has no room for. */
class LimitedNames implements NameNumbers {
  private refused: Set<string> | null = null;

  constructor(private readonly registered: NameNumbers) {}

  refuse(names: readonly string[]): void {
    if (names.length > 0) this.refused = new Set([...(this.refused ?? []), ...names]);
  }

  get(name: string): number | undefined {
    return this.refused?.has(name) === true ? REFUSED_NAME : this.registered.get(name);
  }
}

/** Takes decoded bodies: checks and encodes their logs, and answers when they are durable. */
export class IngestService {
  private readonly encoder = new BatchEncoder();
  private scratch = Buffer.allocUnsafeSlow(MIB);
  private readonly limits: RecordLimits;

  constructor(
    config: Config,
    private readonly bus: LogBus<EncodedBatchWithKey>,
    private readonly names: NameRegistry,
    private readonly sampling: SamplingRules,
    private readonly rejections: RejectionLog,
    private readonly metrics: IngestMetrics,
  ) {
    this.limits = {
      maxMessageBytes: config.ingestMaxMessageBytes,
      maxMetadataBytes: config.ingestMaxMetadataBytes,
      maxMetadataKeys: config.ingestMaxMetadataKeys,
      maxMetadataDepth: config.ingestMaxMetadataDepth,
      maxBatchLogs: config.ingestMaxBatchLogs,
      maxFutureMs: config.ingestFutureMs,
    };
  }

  /** @throws AppError `store_unavailable` */
  async prepare(tenant: TenantContext): Promise<PreparedTenant> {
    const [names, sampling] = await Promise.all([this.names.of(tenant), this.sampling.of(tenant)]);
    return { tenant, names, sampling };
  }

  /**
   * Turns a body into rows; registers names seen for the first time.
   * @throws AppError `invalid_body`, `body_too_large`, `store_unavailable`
   */
  async encode({ tenant, names, sampling }: PreparedTenant, body: IngestBody): Promise<EncodedBatch> {
    const context = {
      tenantNo: tenant.tenantNo,
      retentionDays: tenant.retentionDays,
      receivedMs: Date.now(),
      limits: this.limits,
      services: new LimitedNames(names.services),
      environments: new LimitedNames(names.environments),
      sampling,
    };
    for (;;) {
      // Joined and encoded without a pause in between: the scratch buffer serves all requests of the process.
      const result = this.encoder.encode(this.join(body), body.length, body.format, body.names, context);
      switch (result.kind) {
        case 'ok':
          return result.batch;
        case 'unknown_names':
          context.services.refuse(await this.names.register(tenant, 'services', result.services));
          context.environments.refuse(await this.names.register(tenant, 'environments', result.environments));
          break;
        case 'too_many_logs':
          throw new AppError({
            code: 'body_too_large',
            message: `The batch has more than ${result.limit} logs. Send smaller batches.`,
            details: { field: 'logs', limit: result.limit },
          });
        case 'undecodable':
          throw new AppError({
            code: 'invalid_body',
            message: `The body cannot be read at byte ${result.position}: ${result.message}.`,
            details: { position: result.position },
          });
      }
    }
  }

  private join({ chunks, length }: IngestBody): Buffer {
    let buffer = this.scratch;
    if (length + 1 > buffer.length) {
      buffer = Buffer.allocUnsafeSlow(length + 1);
      if (length < KEPT_SCRATCH_BYTES) this.scratch = buffer;
    }
    let at = 0;
    for (const chunk of chunks) at += chunk.copy(buffer, at);
    buffer[at] = 0;
    return buffer;
  }

  /** @returns the JSON answer once the batch is durable @throws AppError `overloaded`, `store_unavailable` */
  async store(batch: EncodedBatch, idempotencyKey: string | null): Promise<string> {
    this.countRejections(batch);
    const answer = JSON.stringify(answerOf(batch));
    if (batch.accepted === 0 && idempotencyKey === null) return answer;
    const { earlierAnswer } = await this.bus.publish({ batch, idempotencyKey, answer });
    if (earlierAnswer !== null) return earlierAnswer;
    this.metrics.accepted.inc(batch.accepted);
    return answer;
  }

  private countRejections(batch: EncodedBatch): void {
    if (batch.rejections.length === 0) return;
    const byCode = new Map<string, { count: number; bytes: number; sample: string }>();
    for (const { code, bytes, sample } of batch.rejections) {
      const tally = byCode.get(code);
      if (tally === undefined) byCode.set(code, { count: 1, bytes, sample });
      else {
        tally.count++;
        tally.bytes += bytes;
      }
    }
    for (const [code, { count, bytes, sample }] of byCode) {
      this.rejections.add(batch.tenantNo, code, count, bytes, sample);
      this.metrics.rejected.inc({ code }, count);
    }
  }
}

function answerOf(batch: EncodedBatch): IngestAnswer {
  return {
    accepted: batch.accepted,
    rejected: batch.rejections
      .slice(0, MAX_LISTED_REJECTIONS)
      .map(({ index, code, message }) => ({ index, code, message })),
    rejectedCount: batch.rejections.length,
    batchId: formatUuid(batch.batchId),
  };
}
