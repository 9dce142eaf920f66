import type { AddressInfo } from 'node:net';
import { Config } from '@logstead/config';
import { ProblemFilter } from '@logstead/errors';
import { COMMIT_FEED, type TenantContext } from '@logstead/ports';
import { Database, POSTGRES_TENANCY } from '@logstead/postgres';
import { createLogger, Logger, Metrics, NestLogger, requestIdOf } from '@logstead/telemetry';
import { newApiKey, type Scope } from '@logstead/tenancy';
import { createTestDatabase, type TestDatabase, TestLogs } from '@logstead/testing';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { QueryModule } from './query.module';

/** A tenant with a key that may read. */
export interface Reader {
  readonly tenant: TenantContext;
  readonly key: string;
}

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Record<string, string | string[] | number | undefined>;
  readonly body: T;
  readonly text: string;
}

export interface FoundLog {
  readonly id: string;
  readonly timestamp: string;
  readonly service: string;
  readonly service_id: number;
  readonly environment: string;
  readonly level: string;
  readonly message: string;
  readonly metadata?: Record<string, unknown>;
  readonly trace_id?: string;
  readonly span_id?: string;
}

export interface Page {
  readonly logs: FoundLog[];
  readonly nextCursor: string | null;
  readonly total: number;
  readonly totalRelation: string;
  readonly asOf: string;
  readonly highlights?: Record<string, [number, number][]>;
}

/** The query service on a database of its own, with logs written by the product's writer. */
export class QueryApp {
  private constructor(
    readonly db: TestDatabase,
    readonly logs: TestLogs,
    readonly app: NestFastifyApplication,
    readonly metrics: Metrics,
    readonly logLines: string[],
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<QueryApp> {
    const db = await createTestDatabase();
    const logs = new TestLogs(db);
    const metrics = new Metrics();
    const logLines: string[] = [];
    const logger = createLogger({ level: 'warn', destination: { write: (line) => logLines.push(line) } });
    const core = [
      { provide: Config, useValue: Config.parse(environment) },
      { provide: Database, useValue: db.database },
      { provide: Logger, useValue: logger },
      { provide: Metrics, useValue: metrics },
      { provide: COMMIT_FEED, useValue: logs.feed },
    ];

    @Global()
    @Module({ providers: core, exports: core })
    class TestCoreModule {}

    @Module({ imports: [TestCoreModule, POSTGRES_TENANCY, QueryModule] })
    class TestModule {}

    const app = await NestFactory.create<NestFastifyApplication>(
      TestModule,
      new FastifyAdapter({ genReqId: requestIdOf, forceCloseConnections: true }),
      { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
    );
    app.useGlobalFilters(
      new ProblemFilter(({ error, ...rest }) => logger.error({ ...rest, err: error }, 'Request failed')),
    );
    await app.listen(0, '127.0.0.1');
    return new QueryApp(db, logs, app, metrics, logLines);
  }

  get port(): number {
    return (this.app.getHttpServer().address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async createReader(scopes: readonly Scope[] = ['query'], slug?: string): Promise<Reader> {
    const tenant = await this.db.createTenant(slug === undefined ? {} : { slug });
    return { tenant, key: await this.createKey(tenant, scopes) };
  }

  async createKey(tenant: TenantContext, scopes: readonly Scope[]): Promise<string> {
    const { key, prefix, hash } = newApiKey();
    await this.db.ownerPool.query(
      `INSERT INTO api_keys (tenant_id, name, prefix, secret_hash, scopes) VALUES ($1, 'test', $2, $3, $4)`,
      [tenant.tenantId, prefix, hash, scopes],
    );
    return key;
  }

  async get<T = Page>(reader: Reader | null, path: string, params: Params = {}): Promise<Answer<T>> {
    const response = await this.app.inject({
      method: 'GET',
      url: withParams(path, params),
      headers: reader === null ? {} : { 'x-api-key': reader.key },
    });
    const json = String(response.headers['content-type']).includes('json');
    const body = (json && !path.includes('export') ? JSON.parse(response.body) : {}) as T;
    return { status: response.statusCode, headers: response.headers, body, text: response.body };
  }

  /** Every page of a walk. */
  async walk(reader: Reader, path: string, params: Params = {}): Promise<FoundLog[]> {
    const logs: FoundLog[] = [];
    let cursor: string | null = null;
    do {
      const answer: Answer<Page> = await this.get(reader, path, {
        ...params,
        ...(cursor !== null && { cursor }),
      });
      if (answer.status !== 200) throw new Error(answer.text);
      const page = answer.body;
      logs.push(...page.logs);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return logs;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.logs.stop();
    await this.db.stop();
  }
}

export type Params = Readonly<Record<string, string | number | readonly string[]>>;

export function withParams(path: string, params: Params): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const item of Array.isArray(value) ? (value as string[]) : [String(value)])
      search.append(name, item);
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
