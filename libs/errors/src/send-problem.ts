import type { FastifyReply } from 'fastify';
import type { AppError } from './app-error';
import { problemOf, retryAfterSeconds } from './problem';

/** Answers a raw Fastify request with the error as problem+json; used by the filter and by hand-written routes. */
export function sendProblem(
  reply: FastifyReply,
  error: AppError,
  requestId: string = reply.request.id,
): void {
  const problem = problemOf(error, requestId);
  const retryAfter = retryAfterSeconds(error);
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  void reply
    .status(problem.status)
    .header('x-request-id', requestId)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem));
}
