import { Config } from '@logstead/config';
import { ProblemFilter } from '@logstead/errors';
import { Database, PostgresFirstRunStore } from '@logstead/postgres';
import { createLogger, Logger, NestLogger, requestIdOf } from '@logstead/telemetry';
import { ensureFirstRun, RequireScope } from '@logstead/tenancy';
import { createTestDatabase, type TestDatabase } from '@logstead/testing';
import { Controller, Get, Global, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ControlModule } from './control.module';

/** Stands for the read and ingest routes of other apps. */
@Controller('probe')
class ProbeController {
  @RequireScope('query')
  @Get('query')
  query(): object {
    return { ok: true };
  }

  @RequireScope('ingest')
  @Post('ingest')
  @HttpCode(200)
  ingest(): object {
    return { ok: true };
  }

  /** Declares nothing, so nobody gets in. */
  @Get('undeclared')
  undeclared(): object {
    return { ok: true };
  }
}

export const OWNER = { email: 'owner@example.com', password: 'correct horse battery' };

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Record<string, string | string[] | number | undefined>;
  readonly body: T;
  readonly text: string;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly cookie?: string;
  readonly csrf?: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
}

/** The control plane on a database of its own, called without a socket. */
export class ControlApp {
  private constructor(
    readonly db: TestDatabase,
    readonly app: NestFastifyApplication,
    readonly config: Config,
    readonly logLines: string[],
    /** One-time link of the owner made by the first run. */
    readonly linkToken: string,
  ) {}

  static async start(environment: Record<string, string> = {}, shared?: TestDatabase): Promise<ControlApp> {
    const config = Config.parse({
      LOGSTEAD_ADMIN_EMAIL: OWNER.email,
      LOGSTEAD_ADMIN_PASSWORD: OWNER.password,
      ...environment,
    });
    const db = shared ?? (await createTestDatabase());
    const { signInToken } = await ensureFirstRun(config, new PostgresFirstRunStore(db.url));
    const logLines: string[] = [];
    const logger = createLogger({ level: 'trace', destination: { write: (line) => logLines.push(line) } });

    @Global()
    @Module({
      providers: [
        { provide: Config, useValue: config },
        { provide: Database, useValue: db.database },
        { provide: Logger, useValue: logger },
      ],
      exports: [Config, Database, Logger],
    })
    class TestCoreModule {}

    @Module({ imports: [TestCoreModule, ControlModule], controllers: [ProbeController] })
    class TestModule {}

    const app = await NestFactory.create<NestFastifyApplication>(
      TestModule,
      new FastifyAdapter({ genReqId: requestIdOf, bodyLimit: 1024 * 1024 }),
      { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
    );
    app.useGlobalFilters(
      new ProblemFilter(({ error, ...rest }) => logger.error({ ...rest, err: error }, 'Request failed')),
    );
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new ControlApp(db, app, config, logLines, signInToken ?? '');
  }

  async call<T = Record<string, unknown>>(
    method: string,
    url: string,
    options: CallOptions = {},
  ): Promise<Answer<T>> {
    const response = await this.app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
        ...(options.cookie !== undefined && { cookie: `logstead_session=${options.cookie}` }),
        ...(options.csrf !== undefined && { 'x-csrf-token': options.csrf }),
        ...(options.key !== undefined && { 'x-api-key': options.key }),
        ...options.headers,
      },
      ...(options.body !== undefined && {
        payload: typeof options.body === 'string' ? options.body : JSON.stringify(options.body),
      }),
    });
    const json = String(response.headers['content-type']).includes('json');
    const body = (json ? JSON.parse(response.body) : {}) as T;
    return { status: response.statusCode, headers: response.headers, body, text: response.body };
  }

  /** Signs a person in with the password. */
  async signIn(email = OWNER.email, password = OWNER.password): Promise<{ cookie: string; csrf: string }> {
    const answer = await this.call<{ csrfToken: string }>('POST', '/api/v1/session', {
      body: { email, password },
    });
    if (answer.status !== 200) throw new Error(`Sign-in failed: ${answer.text}`);
    return { cookie: cookieValue(answer), csrf: answer.body.csrfToken };
  }

  async createKey(
    person: { cookie: string; csrf: string },
    scopes: string[],
    tenant?: string,
  ): Promise<{ id: string; secret: string; prefix: string }> {
    const answer = await this.call<{ key: { id: string; prefix: string }; secret: string }>(
      'POST',
      '/api/v1/keys',
      {
        ...person,
        body: { name: 'test', scopes },
        ...(tenant !== undefined && { headers: { 'x-logstead-tenant': tenant } }),
      },
    );
    if (answer.status !== 201) throw new Error(`No key was made: ${answer.text}`);
    return { id: answer.body.key.id, prefix: answer.body.key.prefix, secret: answer.body.secret };
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.db.stop();
  }
}

export function setCookieOf(answer: Answer<unknown>): string {
  const header = answer.headers['set-cookie'];
  return Array.isArray(header) ? header.join('\n') : String(header ?? '');
}

export function cookieValue(answer: Answer<unknown>): string {
  return /logstead_session=([^;]*)/.exec(setCookieOf(answer))?.[1] ?? '';
}
