import type { ProductProcess } from './product';

export interface SentLog {
  readonly timestamp?: string | number;
  readonly level?: string;
  readonly message: string;
  readonly metadata?: Record<string, unknown>;
  readonly trace_id?: string;
}

export interface StoredLog {
  readonly id: string;
  readonly timestamp: string;
  readonly service: string;
  readonly environment: string;
  readonly level: string;
  readonly message: string;
  readonly metadata?: Record<string, unknown>;
}

/** Sends one batch and gives back the whole answer, whatever its status. */
export function sendLogs(
  product: ProductProcess,
  logs: readonly SentLog[],
  options: { key?: string; service?: string; idempotencyKey?: string; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${product.url}/api/v1/logs/ingest`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': options.key ?? product.key,
      ...(options.idempotencyKey !== undefined && { 'idempotency-key': options.idempotencyKey }),
    },
    body: JSON.stringify({ service: options.service ?? 'e2e-service', environment: 'test', logs }),
    ...(options.signal && { signal: options.signal }),
  });
}

/** A read of the API, parsed. Throws on any status but 200, with the problem's text. */
export async function getJson<T>(
  product: ProductProcess,
  path: string,
  query: Record<string, string> = {},
  key = product.key,
): Promise<T> {
  const response = await fetch(`${product.url}${path}?${new URLSearchParams(query).toString()}`, {
    headers: { 'x-api-key': key },
  });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`GET ${path} answered ${response.status}: ${body}`);
  return JSON.parse(body) as T;
}

/** Every log, by walking all pages from the newest. */
export async function walkLogs(
  product: ProductProcess,
  query: Record<string, string> = {},
  key = product.key,
): Promise<StoredLog[]> {
  const all: StoredLog[] = [];
  let cursor: string | null = null;
  do {
    const page: { logs: StoredLog[]; nextCursor: string | null } = await getJson(
      product,
      '/api/v1/logs',
      { time_range: '24h', limit: '1000', ...query, ...(cursor !== null && { cursor }) },
      key,
    );
    all.push(...page.logs);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

/** Every log of the export, in its order. */
export async function exportLogs(
  product: ProductProcess,
  query: Record<string, string> = {},
  key = product.key,
): Promise<StoredLog[]> {
  const parameters = new URLSearchParams({ format: 'ndjson', time_range: '24h', ...query }).toString();
  const response = await fetch(`${product.url}/api/v1/logs/export?${parameters}`, {
    headers: { 'x-api-key': key },
  });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`The export answered ${response.status}: ${body}`);
  return body
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StoredLog);
}
