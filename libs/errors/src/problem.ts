import { ERROR_CODES, type ErrorCode, type Problem } from '@logstead/contracts';
import { AppError } from './app-error';
import { httpStatusOf, titleOf } from './status';

const CODES: ReadonlySet<string> = new Set(ERROR_CODES);

/** Codes of Fastify errors that tell more than their status. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_body',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_body',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_body',
};

/** Nest passes Fastify's errors on without their code. */
const FASTIFY_BODY_MESSAGES =
  /^(?:Body is not valid JSON|Body cannot be empty|Request body size did not match)/;

/** SQLSTATE classes and socket errors that mean the database is away or cannot take more. */
const STORE_AWAY =
  /^(?:08...|53...|57P0[123]|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

function ofStatus(status: number): ErrorCode {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 405) return 'not_found';
  if (status === 409) return 'conflict';
  if (status === 413) return 'body_too_large';
  if (status === 415) return 'unsupported_media_type';
  if (status === 429) return 'rate_limited';
  if (status === 503) return 'overloaded';
  return status >= 400 && status < 500 ? 'bad_request' : 'internal';
}

interface Shape {
  code?: unknown;
  message?: unknown;
  details?: unknown;
  retryAfterMs?: unknown;
  statusCode?: unknown;
  getStatus?: unknown;
  getResponse?: unknown;
}

function statusOf(error: Shape): number | undefined {
  if (typeof error.getStatus === 'function') return Number(Reflect.apply(error.getStatus, error, []));
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/**
 * Makes an AppError of whatever was thrown. Only messages written for clients survive: those of AppErrors and of
 * HTTP errors below 500 (Nest, Fastify). Anything else is `internal` (or `store_unavailable` when the database
 * could not be reached) with the original as `cause`.
 */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (typeof thrown !== 'object' || thrown === null) return internal(thrown);
  const error: Shape = thrown;
  const message = typeof error.message === 'string' ? error.message : '';
  if (typeof error.code === 'string') {
    if (CODES.has(error.code)) return fromForeign(error.code as ErrorCode, message, error, thrown);
    const fastify = FASTIFY_CODES[error.code];
    if (fastify !== undefined) return new AppError({ code: fastify, message, cause: thrown });
    if (STORE_AWAY.test(error.code)) return storeAway(thrown);
  }
  const status = statusOf(error);
  if (status !== undefined && status >= 400 && status < 500) {
    const badBody = status === 400 && (thrown instanceof SyntaxError || FASTIFY_BODY_MESSAGES.test(message));
    const code = badBody ? 'invalid_body' : ofStatus(status);
    return new AppError({
      code,
      message: code === 'not_found' ? 'There is nothing here.' : message,
      cause: thrown,
    });
  }
  if (
    /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
      message,
    )
  ) {
    return storeAway(thrown);
  }
  return internal(thrown);
}

function fromForeign(code: ErrorCode, message: string, error: Shape, cause: unknown): AppError {
  const details =
    typeof error.details === 'object' && error.details !== null ? { ...error.details } : undefined;
  return new AppError({
    code,
    message: code === 'internal' ? 'Something went wrong on our side.' : message,
    cause,
    ...(details && { details }),
    ...(typeof error.retryAfterMs === 'number' && { retryAfterMs: error.retryAfterMs }),
  });
}

function storeAway(cause: unknown): AppError {
  return new AppError({
    code: 'store_unavailable',
    message: 'The database cannot be reached or cannot take more; nothing was changed. Try again shortly.',
    retryAfterMs: 1000,
    cause,
  });
}

function internal(cause: unknown): AppError {
  return new AppError({
    code: 'internal',
    message: 'Something went wrong on our side. The request id leads to the details in the server log.',
    cause,
  });
}

/** RFC 9457 problem details of an error. */
export function problemOf(error: AppError, requestId: string): Problem {
  return {
    type: `urn:logstead:problem:${error.code}`,
    title: titleOf(error.code),
    status: httpStatusOf(error.code),
    code: error.code,
    detail: error.message,
    requestId,
    ...(error.details && { details: error.details }),
  };
}

/** Value of `Retry-After` in whole seconds, or undefined when the error names no time. */
export function retryAfterSeconds(error: AppError): number | undefined {
  return error.retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(error.retryAfterMs / 1000));
}
