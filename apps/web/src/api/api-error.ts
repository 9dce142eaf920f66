import type { ErrorCode, Problem } from '@logstead/contracts';

/** A request that got no good answer: a problem of the API, or no answer at all (`network`). */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: ErrorCode | 'network',
    /** 0 when there was no answer. */
    readonly status: number,
    message: string,
    readonly requestId: string | null,
    readonly details: Readonly<Record<string, unknown>>,
    readonly retryAfterMs: number | null,
  ) {
    super(message);
  }
}

const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'body_too_large',
  429: 'rate_limited',
  503: 'overloaded',
};

function readProblem(text: string): Partial<Problem> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** Reads a failing answer; one that is not problem+json (a proxy's page) still becomes a sentence. */
export function errorOf(response: Response, text: string): ApiError {
  const problem = readProblem(text);
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiError(
    problem.code ?? CODE_BY_STATUS[response.status] ?? 'internal',
    response.status,
    problem.detail ?? problem.title ?? `The server answered ${response.status}.`,
    problem.requestId ?? response.headers.get('x-request-id'),
    problem.details ?? {},
    Number.isFinite(retryAfter) ? retryAfter * 1000 : null,
  );
}

export function networkError(): ApiError {
  return new ApiError('network', 0, 'The server cannot be reached. Is it running?', null, {}, null);
}

/** Where a query went wrong, in UTF-16 units of the text that was sent. */
export interface QueryFault {
  readonly message: string;
  readonly position: number;
  readonly length: number;
}

/** The fault of an `invalid_query` error, its position moved back by what was put before the reader's text. */
export function queryFaultOf(error: unknown, shift: number, textLength: number): QueryFault | null {
  if (!(error instanceof ApiError) || error.code !== 'invalid_query') return null;
  const position = Number(error.details['position'] ?? shift) - shift;
  const length = Number(error.details['length'] ?? 1);
  const start = Math.min(Math.max(0, Number.isFinite(position) ? position : 0), textLength);
  return {
    message: error.message,
    position: start,
    length: Math.max(1, Math.min(Number.isFinite(length) ? length : 1, Math.max(1, textLength - start))),
  };
}
