import { Module, type Provider } from '@nestjs/common';
import { Config } from '@logstead/config';
import { MIB } from '@logstead/contracts';
import { CACHE, type Cache, LOG_READER, type LogReader, MemoryCache } from '@logstead/ports';
import { Database, NameDirectory, PostgresLogReader, ReaderSlots } from '@logstead/postgres';
import { Metrics } from '@logstead/telemetry';
import { QueryCache } from './cache/query-cache';
import { cursorKey } from './cursor/cursor-key';
import { PageCursors } from './cursor/page-cursor';
import { SignedTokens } from './cursor/signed-token';
import { AggregateService } from './logs/aggregate.service';
import { ListService } from './logs/list.service';
import { LogQueries } from './logs/log-queries.service';
import { LogsController } from './logs/logs.controller';
import { SingleLogService } from './logs/single-log.service';
import { QueryMetrics } from './query-metrics';
import { ServicesController } from './services/services.controller';

const CACHE_BYTES = 64 * MIB;
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
    inject: [Config, LOG_READER, CACHE, SignedTokens, QueryMetrics],
    useFactory: (
      config: Config,
      reader: LogReader,
      cache: Cache,
      tokens: SignedTokens,
      metrics: QueryMetrics,
    ) =>
      new LogQueries({
        list: new ListService(reader, new PageCursors(tokens)),
        single: new SingleLogService(reader),
        aggregates: new AggregateService(reader),
        cache: new QueryCache(cache, reader, metrics),
        metrics,
        timeoutMs: config.queryTimeoutMs,
      }),
  },
];

/** Everything that reads logs over HTTP. `Config`, `Database`, `Logger` and the commit feed come from a global module. */
@Module({ controllers: [LogsController, ServicesController], providers })
export class QueryModule {}
