import { ApiError, errorOf, networkError } from './api-error';

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** Slug of the tenant the request is about. */
  readonly tenant?: string;
  readonly signal?: AbortSignal;
}

let csrfToken: string | null = null;
let clockSkewMs = 0;
let onSessionLost: () => void = () => undefined;

/** The token that unsafe requests carry; it comes with the session. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Called when an answer says that the session has ended. */
export function setSessionLostHandler(handler: () => void): void {
  onSessionLost = handler;
}

/** The server's clock as far as its answers tell (whole seconds): a wrong laptop clock must not hide new logs. */
export function serverNow(): number {
  return Date.now() + clockSkewMs;
}

function noteServerTime(response: Response): void {
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) return;
  const skew = date - Date.now();
  // The header has no fractions, and the answer was under way: below two seconds it says nothing.
  clockSkewMs = Math.abs(skew) > 2000 ? skew : 0;
}

/** Sends a request and returns the body's text. @throws ApiError, or the signal's AbortError */
export async function requestText(path: string, options: RequestOptions = {}): Promise<string> {
  const method = options.method ?? 'GET';
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.tenant !== undefined) headers['x-logstead-tenant'] = options.tenant;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET' && csrfToken !== null) headers['x-csrf-token'] = csrfToken;
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    text = await response.text();
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw networkError();
  }
  noteServerTime(response);
  if (!response.ok) {
    const error = errorOf(response, text);
    if (error.status === 401 && !path.startsWith('/api/v1/session')) onSessionLost();
    throw error;
  }
  return text;
}

export async function requestJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return JSON.parse(await requestText(path, options)) as T;
}

/** Whether asking again may help: no answer, overload, a store that is away. Never for a fault of the request. */
export function shouldRetry(failures: number, error: unknown): boolean {
  if (!(error instanceof ApiError) || failures >= 2) return false;
  return error.status === 0 || error.status === 429 || error.status === 502 || error.status === 503;
}

export function retryDelayMs(failures: number, error: unknown): number {
  const asked = error instanceof ApiError ? error.retryAfterMs : null;
  return Math.min(asked ?? 500 * 2 ** failures, 10_000);
}
