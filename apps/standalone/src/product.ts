import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '@logstead/config';
import { createValidationPipe, ProblemFilter } from '@logstead/errors';
import { createLogger, type Logger, metrics, NestLogger, requestIdOf } from '@logstead/telemetry';
import { announceReady } from './announcement';
import { prepareAccess } from './access';
import { Lifecycle } from './lifecycle';
import { serveOpenApi } from './open-api';
import { writeLocalLink } from './local-link';
import { OperatorError } from './operator-error';
import { addSecurityHeaders } from './security-headers';
import { StandaloneModule } from './standalone.module';
import { openStore, type Store } from './store';
import { answerUnknown, serveWeb, webFolder } from './web-assets';

export interface Product {
  /** Drains what was accepted, then closes everything, the database last. */
  stop(): Promise<void>;
}

/** Requests under way at a stop get this long; a client that never finishes must not hold the process. */
const DRAIN_TIMEOUT_MS = 30_000;
/** Limit of JSON bodies of control routes; ingest reads its body itself, with limits of its own. */
const CONTROL_BODY_BYTES = 1024 * 1024;

/** Starts the whole product in this process. `signal` ends waiting for the database early. */
export async function startProduct(config: Config, signal: AbortSignal): Promise<Product> {
  const logger = createLogger({ level: config.logLevel });
  metrics.collectProcess();
  const store = await openStore(config, logger, signal);
  try {
    const access = await prepareAccess(config, store);
    const lifecycle = new Lifecycle();
    const app = await createApp(config, store, logger, lifecycle);
    const port = await listen(app, config);
    writeLocalLink(config, port, access.localToken, logger);
    lifecycle.ready();
    announceReady({ config, port, access });
    return { stop: () => stopProduct(app, store, lifecycle, logger) };
  } catch (error) {
    await store.stop();
    throw error;
  }
}

async function createApp(
  config: Config,
  store: Store,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: CONTROL_BODY_BYTES,
    genReqId: requestIdOf,
    trustProxy: config.trustedProxies ?? false,
    // Idle connections are closed at a stop; those with a request under way finish it.
    forceCloseConnections: 'idle',
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    StandaloneModule.with({ config, database: store.database, logger, lifecycle }),
    adapter,
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  app.useGlobalFilters(
    new ProblemFilter(({ requestId, code, error }) =>
      logger.error({ requestId, code, err: error }, 'Request failed'),
    ),
  );
  app.useGlobalPipes(createValidationPipe());
  const server = adapter.getInstance();
  server.addHook('onSend', (request, reply, _payload, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  addSecurityHeaders(server, config.https);
  serveOpenApi(app);
  const folder = webFolder();
  const served = await serveWeb(server, folder);
  server.get('/*', answerUnknown(served ? folder : null));
  return app;
}

async function listen(app: NestFastifyApplication, config: Config): Promise<number> {
  try {
    await app.listen(config.port, config.host);
  } catch (error) {
    await app.close().catch(() => {});
    throw explainListenError(error, config);
  }
  return (app.getHttpServer().address() as AddressInfo).port;
}

function explainListenError(error: unknown, config: Config): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const where = `port ${config.port} of ${config.host}`;
  if (code === 'EADDRINUSE') {
    return new OperatorError(
      `Another program already listens on ${where}. Stop it, or set LOGSTEAD_PORT to a free port.`,
    );
  }
  if (code === 'EACCES') {
    return new OperatorError(
      `This user may not listen on ${where}. Set LOGSTEAD_PORT to a port from 1024 on.`,
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new OperatorError(
      `This machine has no address ${config.host}. Set LOGSTEAD_HOST to one it has, such as 127.0.0.1 or 0.0.0.0.`,
    );
  }
  return error;
}

async function stopProduct(
  app: NestFastifyApplication,
  store: Store,
  lifecycle: Lifecycle,
  logger: Logger,
): Promise<void> {
  lifecycle.stopping();
  logger.info('Stopping: finishing what was accepted');
  const timer = setTimeout(() => {
    logger.warn({ timeoutMs: DRAIN_TIMEOUT_MS }, 'Requests did not end in time and are cut off');
    app.getHttpServer().closeAllConnections();
  }, DRAIN_TIMEOUT_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
    await store.stop();
    logger.info('Stopped');
  }
}
