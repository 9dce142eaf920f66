import { AppError } from '@logstead/errors';

/** How long a client should wait before it asks again while the database is away. */
const RETRY_AFTER_MS = 2_000;

/** SQLSTATE classes and codes that say the server cannot serve now, while the request itself was fine. */
const UNAVAILABLE_STATES = /^(08|53)|^57P0[1-5]$|^58030$|^XX000$|^25006$/;
const UNAVAILABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAGAIN',
]);
/** node-postgres gives these conditions no code. */
const UNAVAILABLE_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after|Client was closed|timeout expired)/;

/** Whether the database is away, starting, full or out of connections: worth another try later. */
export function isStoreUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isStoreUnavailable);
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') {
    if (code === 'store_unavailable') return true;
    if (UNAVAILABLE_SYSTEM_CODES.has(code) || UNAVAILABLE_STATES.test(code)) return true;
  }
  return UNAVAILABLE_MESSAGES.test(error.message);
}

/** @returns an AppError `store_unavailable` with a retry time for conditions that pass, else the error itself */
export function asStoreError(error: unknown): unknown {
  if (!isStoreUnavailable(error) || error instanceof AppError) return error;
  return new AppError({
    code: 'store_unavailable',
    message: 'The log store is not available at the moment. Send the request again later.',
    cause: error,
    retryAfterMs: RETRY_AFTER_MS,
  });
}
