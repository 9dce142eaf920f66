import {
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '@logstead/config';
import { COMMIT_FEED, type CommitFeed, RATE_LIMITER, type RateLimiter } from '@logstead/ports';
import {
  Database,
  LogWriter,
  NameRegistry,
  PartitionKeeper,
  RejectionLog,
  SamplingRules,
} from '@logstead/postgres';
import { Logger, Metrics } from '@logstead/telemetry';
import { KeyAuthenticator } from '@logstead/tenancy';
import type { FastifyInstance } from 'fastify';
import { IngestRoute } from './http/ingest.route';
import { IngestMetrics } from './ingest-metrics';
import { IngestService } from './ingest.service';

/** Receiver and embedded writer: takes logs over HTTP and acknowledges them when they are committed. */
@Module({})
export class IngestModule implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly writer: LogWriter;
  private readonly rejections: RejectionLog;
  private readonly partitions: PartitionKeeper;
  private readonly route: IngestRoute;

  constructor(
    config: Config,
    database: Database,
    metrics: Metrics,
    keys: KeyAuthenticator,
    private readonly logger: Logger,
    private readonly adapterHost: HttpAdapterHost,
    @Inject(COMMIT_FEED) feed: CommitFeed,
    @Inject(RATE_LIMITER) limiter: RateLimiter,
  ) {
    const onError = (error: unknown): void =>
      this.logger.error({ err: error }, 'Writing to the store failed');
    const names = new NameRegistry(database, config.ingestMaxServicesPerTenant);
    const ingestMetrics = new IngestMetrics(metrics);
    this.writer = new LogWriter(
      database.writer,
      (tenantNo) => names.byTenantNo(tenantNo),
      feed,
      {
        connections: config.writerConnections,
        maxRowsPerCommit: config.writerMaxRows,
        maxQueueBytes: config.ingestQueueBytes,
        maxTenantQueueBytes: config.ingestTenantQueueBytes,
      },
      onError,
    );
    this.rejections = new RejectionLog(database.control, onError);
    this.partitions = new PartitionKeeper(database, onError);
    const service = new IngestService(
      config,
      this.writer,
      names,
      new SamplingRules(database),
      this.rejections,
      ingestMetrics,
    );
    this.route = new IngestRoute({
      config,
      keys,
      limiter,
      writer: this.writer,
      service,
      rejections: this.rejections,
      metrics: ingestMetrics,
      logger,
    });
    const queued = metrics.gauge({
      name: 'ingest_queue_bytes',
      help: 'Bytes of encoded rows waiting for a commit',
    });
    (queued as unknown as { collect: () => void }).collect = () => queued.set(this.writer.queuedBytes);
  }

  onModuleInit(): void {
    this.route.register(this.adapterHost.httpAdapter.getInstance<FastifyInstance>());
  }

  onApplicationBootstrap(): void {
    this.partitions.start();
  }

  /** Called when the server takes no more requests. */
  async onApplicationShutdown(): Promise<void> {
    await this.writer.drain();
    await this.rejections.stop();
    await this.partitions.stop();
  }
}
