import { randomUUID } from 'node:crypto';

/** Long enough for a UUID or a W3C trace id; nothing that could break a header or a log line. */
const SANE = /^[A-Za-z0-9._:-]{8,64}$/;

/** The caller's `x-request-id` when it is sane, else a new one. Fits Fastify's `genReqId`. */
export function requestIdOf(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}
