import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { INGEST_OPERATION } from './ingest-operation';
import { VERSION } from './version';

/** The interactive reference at /api/docs, the document itself at /api/docs-json. */
export function serveOpenApi(app: NestFastifyApplication): void {
  const description =
    'Send, search and watch logs. Errors are problem+json (RFC 9457) with a code and a request id; ' +
    'times in requests are ISO 8601 with zone or epoch s/ms/µs/ns.';
  const document = new DocumentBuilder()
    .setTitle('Logstead')
    .setDescription(description)
    .setVersion(VERSION)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .addCookieAuth('logstead_session', { type: 'apiKey', in: 'cookie' }, 'session')
    .addSecurityRequirements('apiKey')
    .addSecurityRequirements('session')
    .build();
  const create = (): OpenAPIObject => {
    const made = SwaggerModule.createDocument(app, document);
    return { ...made, paths: { ...made.paths, '/api/v1/logs/ingest': { post: INGEST_OPERATION } } };
  };
  SwaggerModule.setup('api/docs', app, create, {
    jsonDocumentUrl: 'api/docs-json',
    yamlDocumentUrl: 'api/docs-yaml',
    customSiteTitle: 'Logstead API',
  });
}
