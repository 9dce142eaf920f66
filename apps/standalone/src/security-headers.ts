import type { FastifyInstance } from 'fastify';

/**
 * The explorer runs scripts and applies style sheets of our own origin only. It sets styles on elements through the
 * CSSOM, which needs no permission; a style attribute or element smuggled in with a log has no effect.
 * Connections include the live tail's WebSocket, which 'self' covers in current browsers.
 */
const EXPLORER_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The interactive reference of the API brings its own styles along in the page. */
const DOCS_PATH = '/api/docs';
const DOCS_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};
/** A year; only sent where browsers reach us by https. */
const STRICT_TRANSPORT = 'max-age=31536000';

/** Adds protective headers to every answer, and those that concern pages to pages. */
export function addSecurityHeaders(server: FastifyInstance, https: boolean): void {
  server.addHook('onSend', (request, reply, _payload, done) => {
    reply.headers(HEADERS);
    if (https) reply.header('strict-transport-security', STRICT_TRANSPORT);
    if (String(reply.getHeader('content-type') ?? '').startsWith('text/html')) {
      reply.headers(PAGE_HEADERS);
      const policy = request.url.startsWith(DOCS_PATH) ? DOCS_POLICY : EXPLORER_POLICY;
      reply.header('content-security-policy', policy);
    }
    done();
  });
}
