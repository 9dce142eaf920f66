import { Config } from '@logstead/config';
import { ProblemFilter } from '@logstead/errors';
import { createLogger } from '@logstead/telemetry';
import { undeclaredRoutes } from '@logstead/tenancy';
import { createTestDatabase, type TestDatabase } from '@logstead/testing';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Lifecycle } from './lifecycle';
import { StandaloneModule } from './standalone.module';

/** What anybody may call without a credential. */
const PUBLIC = ['GET /health', 'GET /health/live', 'GET /metrics'];

describe('the routes of the whole product', () => {
  let db: TestDatabase;
  let app: NestFastifyApplication;
  const routes: string[] = [];

  beforeAll(async () => {
    db = await createTestDatabase();
    const adapter = new FastifyAdapter();
    adapter.getInstance().addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) if (one !== 'HEAD') routes.push(`${one} ${url}`);
    });
    const parts = {
      config: Config.parse({}),
      database: db.database,
      logger: createLogger({ level: 'silent' }),
      lifecycle: new Lifecycle(),
    };
    app = await NestFactory.create<NestFastifyApplication>(StandaloneModule.with(parts), adapter, {
      bodyParser: false,
      logger: false,
      abortOnError: false,
    });
    app.useGlobalFilters(new ProblemFilter());
    await app.init();
    await adapter.getInstance().ready();
  });
  afterAll(async () => {
    await app.close();
    await db.stop();
  });

  it('each declare a permission', () => {
    const { routes: controllerRoutes, undeclared } = undeclaredRoutes(app);
    expect(undeclared).toEqual([]);
    expect(controllerRoutes).toBeGreaterThan(16);
  });

  it('are refused without a credential, the hand-written ones too', async () => {
    expect(routes.length).toBeGreaterThan(16);
    const open: string[] = [];
    for (const route of routes) {
      const [method, url = ''] = route.split(' ');
      const { statusCode } = await app.inject({
        method: method as 'GET',
        url: url.replace(/:\w+/g, '00000000-0000-4000-8000-000000000000'),
      });
      if (statusCode !== 401) open.push(route);
    }
    // Sign-in answers 400 to an empty body, readiness 503 before the start.
    const expected = [...PUBLIC, 'GET /health/ready', 'POST /api/v1/session', 'POST /api/v1/session/link'];
    expect(open.sort()).toEqual(expected.sort());
  });
});
