import type { ErrorCode } from '@logstead/contracts';

const STATUS = {
  bad_request: 400,
  invalid_parameter: 400,
  invalid_query: 400,
  invalid_cursor: 400,
  invalid_body: 400,
  invalid_encoding: 400,
  unauthenticated: 401,
  csrf_failed: 403,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  unsupported_encoding: 415,
  rate_limited: 429,
  overloaded: 503,
  store_unavailable: 503,
  query_timeout: 504,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

const TITLE = {
  bad_request: 'Bad request',
  invalid_parameter: 'Invalid parameter',
  invalid_query: 'Invalid query',
  invalid_cursor: 'Invalid cursor',
  invalid_body: 'Invalid body',
  invalid_encoding: 'Invalid encoding',
  unauthenticated: 'Not signed in',
  csrf_failed: 'CSRF token missing or wrong',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'Conflict',
  body_too_large: 'Body too large',
  unsupported_media_type: 'Unsupported media type',
  unsupported_encoding: 'Unsupported encoding',
  rate_limited: 'Too many requests',
  overloaded: 'Overloaded',
  store_unavailable: 'Store unavailable',
  query_timeout: 'Query timed out',
  internal: 'Internal error',
} as const satisfies Record<ErrorCode, string>;

export function httpStatusOf(code: ErrorCode): number {
  return STATUS[code];
}

/** Short, the same for every occurrence of the code. */
export function titleOf(code: ErrorCode): string {
  return TITLE[code];
}
