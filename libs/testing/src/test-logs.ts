import { BatchEncoder, type EncodedBatch, type RecordLimits } from '@logstead/pipeline';
import { InMemoryCommitFeed, type TenantContext } from '@logstead/ports';
import { LogWriter, NameRegistry } from '@logstead/postgres';
import type { TestDatabase } from './test-database';

export interface TestLog {
  readonly timestamp?: string | number;
  readonly level?: string;
  readonly message: string;
  readonly metadata?: object;
  readonly trace_id?: string;
  readonly span_id?: string;
}

const LIMITS: RecordLimits = {
  maxMessageBytes: 262_144,
  maxMetadataBytes: 65_536,
  maxMetadataKeys: 1_024,
  maxMetadataDepth: 32,
  maxBatchLogs: 65_000,
  maxFutureMs: 3_600_000,
};

/** Sends logs the way ingest does: encoded, committed and announced by the product's own writer. */
export class TestLogs {
  readonly feed = new InMemoryCommitFeed();
  private readonly encoder = new BatchEncoder();
  private readonly names: NameRegistry;
  private readonly writer: LogWriter;

  constructor({ database }: TestDatabase) {
    this.names = new NameRegistry(database, 10_000);
    const options = {
      connections: 2,
      maxRowsPerCommit: 5_000,
      maxQueueBytes: 2 ** 28,
      maxTenantQueueBytes: 2 ** 28,
    };
    this.writer = new LogWriter(
      database.writer,
      (tenantNo) => this.names.byTenantNo(tenantNo),
      this.feed,
      options,
      () => {},
    );
  }

  /** Resolves when the logs are committed. @throws Error when one of them was rejected */
  async send(
    tenant: TenantContext,
    service: string,
    logs: readonly TestLog[],
    environment = 'production',
  ): Promise<EncodedBatch> {
    return this.sendBody(tenant, JSON.stringify({ service, environment, logs }));
  }

  /** The same for a body that is written by hand. */
  async sendBody(tenant: TenantContext, body: string): Promise<EncodedBatch> {
    const bytes = Buffer.from(`${body}\0`);
    const { services, environments } = await this.names.of(tenant);
    const context = {
      tenantNo: tenant.tenantNo,
      retentionDays: tenant.retentionDays,
      receivedMs: Date.now(),
      limits: LIMITS,
      services,
      environments,
      sampling: null,
    };
    for (;;) {
      const names = { service: null, environment: null };
      const result = this.encoder.encode(bytes, bytes.length - 1, 'json', names, context);
      if (result.kind === 'unknown_names') {
        await this.names.register(tenant, 'services', result.services);
        await this.names.register(tenant, 'environments', result.environments);
        continue;
      }
      if (result.kind !== 'ok') throw new Error(`The body was not taken: ${JSON.stringify(result)}`);
      const { batch } = result;
      if (batch.rejections.length > 0) throw new Error(`Rejected: ${JSON.stringify(batch.rejections[0])}`);
      await this.writer.publish({ batch, idempotencyKey: null, answer: '' });
      return batch;
    }
  }

  stop(): Promise<void> {
    return this.writer.drain();
  }
}
