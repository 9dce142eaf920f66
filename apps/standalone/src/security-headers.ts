import type { FastifyInstance } from 'fastify';

/**
 * Pages run only scripts of our own origin. Styles may be inline: Mantine and ECharts set them on elements.
 * Connections include the live tail's WebSocket, which 'self' covers in current browsers.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
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
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};
/** A year; only sent where browsers reach us by https. */
const STRICT_TRANSPORT = 'max-age=31536000';

/** Adds protective headers to every answer, and those that concern pages to pages. */
export function addSecurityHeaders(server: FastifyInstance, https: boolean): void {
  server.addHook('onSend', (_request, reply, _payload, done) => {
    reply.headers(HEADERS);
    if (https) reply.header('strict-transport-security', STRICT_TRANSPORT);
    if (String(reply.getHeader('content-type') ?? '').startsWith('text/html')) reply.headers(PAGE_HEADERS);
    done();
  });
}
