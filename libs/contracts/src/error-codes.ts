/** Closed list of request-level error codes; `libs/errors` maps each to one HTTP status. */
export const ERROR_CODES = [
  'bad_request',
  'invalid_parameter',
  'invalid_query',
  'invalid_cursor',
  'invalid_body',
  'invalid_encoding',
  'unauthenticated',
  'csrf_failed',
  'forbidden',
  'not_found',
  'conflict',
  'body_too_large',
  'unsupported_media_type',
  'unsupported_encoding',
  'rate_limited',
  'overloaded',
  'store_unavailable',
  'query_timeout',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** RFC 9457 problem details as every failing route answers, content type `application/problem+json`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  requestId: string;
  /** Names the field, the observed value, the limit, or the position in a query. */
  details?: Record<string, unknown>;
}
