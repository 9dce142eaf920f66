import type { Server } from 'node:http';
import { type BeforeApplicationShutdown, Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '@logstead/config';
import { MIB } from '@logstead/contracts';
import {
  CACHE,
  type Cache,
  COMMIT_FEED,
  type CommitFeed,
  LOG_READER,
  type LogReader,
  MemoryCache,
} from '@logstead/ports';
import { Database, NameDirectory, PostgresLogReader, ReaderSlots } from '@logstead/postgres';
import { Logger, Metrics } from '@logstead/telemetry';
import { RequestAuthenticator } from '@logstead/tenancy';
import { QueryCache } from './cache/query-cache';
import { cursorKey } from './cursor/cursor-key';
import { PageCursors } from './cursor/page-cursor';
import { SignedTokens } from './cursor/signed-token';
import { ExportController } from './export/export.controller';
import { ExportService } from './export/export.service';
import { AggregateService } from './logs/aggregate.service';
import { ListService } from './logs/list.service';
import { LogQueries } from './logs/log-queries.service';
import { LogsController } from './logs/logs.controller';
import { SingleLogService } from './logs/single-log.service';
import { QueryMetrics } from './query-metrics';
import { ServicesController } from './services/services.controller';
import { TailController } from './tail/tail.controller';
import { TailCursors } from './tail/tail-cursor';
import { TailHub } from './tail/tail-hub';
import { TailTickets } from './tail/tail-tickets';
import { TailUpgrade } from './tail/tail-upgrade';
import { TailService } from './tail/tail.service';

const CACHE_BYTES = 64 * MIB;
/** Bytes kept for one live-tail viewer that reads too slowly, beside the bound in logs. */
const TAIL_BUFFER_BYTES = 16 * MIB;
/** Queries of one tenant that may wait for a slot, as a multiple of those that run. */
const WAITING_PER_RUNNING = 8;

/** A tenant leaves at least this share of the connections to the others. */
const TENANT_SHARE = 2 / 3;

function slotsOf(config: Config, database: Database): ReaderSlots {
  const total = database.reader.options.max;
  const perTenant = Math.max(
    1,
    Math.min(config.queryMaxConcurrentPerTenant, Math.floor(total * TENANT_SHARE)),
  );
  return new ReaderSlots({
    total,
    perTenant,
    waitingPerTenant: config.queryMaxConcurrentPerTenant * WAITING_PER_RUNNING,
  });
}

const providers: Provider[] = [
  {
    provide: NameDirectory,
    inject: [Database],
    useFactory: (database: Database) => new NameDirectory(database),
  },
  {
    provide: LOG_READER,
    inject: [Config, Database, NameDirectory],
    useFactory: (config: Config, database: Database, names: NameDirectory) =>
      new PostgresLogReader(database, slotsOf(config, database), names),
  },
  { provide: CACHE, useFactory: () => new MemoryCache(CACHE_BYTES) },
  {
    provide: SignedTokens,
    inject: [Config, Database],
    useFactory: async (config: Config, database: Database) =>
      new SignedTokens(await cursorKey(config, database)),
  },
  { provide: QueryMetrics, inject: [Metrics], useFactory: (metrics: Metrics) => new QueryMetrics(metrics) },
  {
    provide: LogQueries,
    inject: [Config, LOG_READER, CACHE, COMMIT_FEED, SignedTokens, QueryMetrics],
    useFactory: (
      config: Config,
      reader: LogReader,
      cache: Cache,
      feed: CommitFeed,
      tokens: SignedTokens,
      metrics: QueryMetrics,
    ) =>
      new LogQueries({
        list: new ListService(reader, new PageCursors(tokens)),
        single: new SingleLogService(reader),
        aggregates: new AggregateService(reader),
        cache: new QueryCache(cache, reader, feed, metrics),
        metrics,
        timeoutMs: config.queryTimeoutMs,
      }),
  },
  {
    provide: ExportService,
    inject: [Config, LOG_READER, QueryMetrics, Logger],
    useFactory: (config: Config, reader: LogReader, metrics: QueryMetrics, logger: Logger) =>
      new ExportService(reader, metrics, logger, config.queryTimeoutMs),
  },
  { provide: TailTickets, useFactory: () => new TailTickets() },
  {
    provide: TailService,
    inject: [Config, LOG_READER, COMMIT_FEED, SignedTokens, TailTickets, RequestAuthenticator, QueryMetrics],
    useFactory: (
      config: Config,
      reader: LogReader,
      feed: CommitFeed,
      tokens: SignedTokens,
      tickets: TailTickets,
      authenticator: RequestAuthenticator,
      metrics: QueryMetrics,
    ) =>
      new TailService({
        hub: new TailHub(feed),
        reader,
        cursors: new TailCursors(tokens),
        tickets,
        authenticator,
        metrics,
        limits: { maxLogs: config.tailBufferLogs, maxBytes: TAIL_BUFFER_BYTES },
      }),
  },
  {
    provide: TailUpgrade,
    inject: [Config, TailService],
    useFactory: (config: Config, tails: TailService) =>
      new TailUpgrade(tails, config.publicUrl === undefined ? null : new URL(config.publicUrl).origin),
  },
];

/** Everything that reads logs over HTTP. `Config`, `Database`, `Logger` and the commit feed come from a global module. */
@Module({ controllers: [TailController, ExportController, LogsController, ServicesController], providers })
export class QueryModule implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly upgrade: TailUpgrade,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    this.upgrade.attach(this.adapterHost.httpAdapter.getHttpServer() as Server);
  }

  /** Viewers never leave by themselves: the server could not close while they stay. */
  beforeApplicationShutdown(): void {
    this.upgrade.close();
  }
}
