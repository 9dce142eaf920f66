import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
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
  SwaggerModule.setup('api/docs', app, () => SwaggerModule.createDocument(app, document), {
    jsonDocumentUrl: 'api/docs-json',
    yamlDocumentUrl: 'api/docs-yaml',
    customSiteTitle: 'Logstead API',
  });
}
