import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { toAppError } from './problem';
import { sendProblem } from './send-problem';

/** Told of every failure that is ours (status 500 and above), with the original error. */
export type FailureLog = (failure: { requestId: string; code: string; error: unknown }) => void;

/** Global exception filter: every failing route answers problem+json. Nothing of an unknown error reaches the client. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly onFailure: FailureLog = () => undefined) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = toAppError(thrown);
    if (error.code === 'internal' || error.code === 'store_unavailable') {
      this.onFailure({ requestId: reply.request.id, code: error.code, error: error.cause ?? error });
    }
    // A streamed answer that has begun cannot turn into a problem: cutting the connection tells the client.
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    sendProblem(reply, error);
  }
}
