import type { Level, TotalRelation } from '@logstead/contracts';
import { readEnvelope, type LogRow } from '../explorer/log-row';
import { requestJson, requestText } from './http-client';

export interface Total {
  readonly total: number;
  readonly totalRelation: TotalRelation;
  readonly asOf: string;
}

export interface RowPage extends Total {
  readonly rows: readonly LogRow[];
  readonly nextCursor: string | null;
  /** Per log id, extents of the message that match the query, in UTF-16 units. */
  readonly highlights: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

export type HistogramBucket = { readonly time: string; readonly total: number } & Readonly<
  Record<Level, number>
>;

export interface Histogram extends Total {
  readonly interval: string | number;
  readonly buckets: readonly HistogramBucket[];
}

export interface FieldFacet {
  readonly field: string;
  readonly values: readonly { readonly value: string; readonly count: number }[];
  readonly totalRelation: TotalRelation;
}

export interface LogContext {
  readonly before: readonly LogRow[];
  readonly log: LogRow;
  readonly after: readonly LogRow[];
}

interface Scoped {
  readonly tenant: string;
  readonly params: URLSearchParams;
  readonly signal: AbortSignal;
}

export async function fetchRows(
  { tenant, params, signal }: Scoped,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<RowPage> {
  const all = new URLSearchParams(params);
  all.set('limit', String(page.limit));
  if (page.cursor !== null) all.set('cursor', page.cursor);
  const searching = all.has('q');
  if (searching) all.set('highlights', 'true');
  const text = await requestText(`/api/v1/logs${searching ? '/search' : ''}?${all.toString()}`, {
    tenant,
    signal,
  });
  const { rows, rest } = readEnvelope(text, { rows: ['logs'] });
  return {
    rows: rows.get('logs') ?? [],
    nextCursor: typeof rest['nextCursor'] === 'string' ? rest['nextCursor'] : null,
    total: Number(rest['total'] ?? 0),
    totalRelation: rest['totalRelation'] as TotalRelation,
    asOf: String(rest['asOf'] ?? ''),
    highlights: (rest['highlights'] ?? {}) as RowPage['highlights'],
  };
}

export function fetchHistogram({ tenant, params, signal }: Scoped): Promise<Histogram> {
  return requestJson(`/api/v1/logs/histogram?${params.toString()}`, { tenant, signal });
}

export async function fetchFields(
  { tenant, params, signal }: Scoped,
  limit: number,
): Promise<readonly FieldFacet[]> {
  const all = new URLSearchParams(params);
  all.set('limit', String(limit));
  return (
    await requestJson<{ fields: FieldFacet[] }>(`/api/v1/logs/fields?${all.toString()}`, { tenant, signal })
  ).fields;
}

export async function fetchLog(tenant: string, id: string, signal: AbortSignal): Promise<LogRow | null> {
  const text = await requestText(`/api/v1/logs/${encodeURIComponent(id)}`, { tenant, signal });
  return readEnvelope(text, { rows: [], row: 'log' }).row;
}

export async function fetchContext(
  tenant: string,
  id: string,
  size: number,
  signal: AbortSignal,
): Promise<LogContext> {
  const text = await requestText(
    `/api/v1/logs/${encodeURIComponent(id)}/context?before=${size}&after=${size}`,
    { tenant, signal },
  );
  const { rows, row } = readEnvelope(text, { rows: ['before', 'after'], row: 'log' });
  if (row === null) throw new SyntaxError('the context has no log');
  return { before: rows.get('before') ?? [], log: row, after: rows.get('after') ?? [] };
}

/** Whether the tenant has ever sent a log: its first one registers a service. */
export async function fetchHasLogs(tenant: string, signal: AbortSignal): Promise<boolean> {
  const answer = await requestJson<{ services: readonly unknown[] }>('/api/v1/services', { tenant, signal });
  return answer.services.length > 0;
}

export async function createTailTicket(tenant: string, signal: AbortSignal): Promise<string> {
  const answer = await requestJson<{ ticket: string }>('/api/v1/logs/tail/ticket', {
    method: 'POST',
    tenant,
    signal,
    body: {},
  });
  return answer.ticket;
}

/** Address that streams the whole result as a file; the browser opens it by itself, so the tenant goes along. */
export function exportAddress(tenant: string, params: URLSearchParams, format: 'ndjson' | 'csv'): string {
  const all = new URLSearchParams(params);
  all.set('format', format);
  all.set('tenant', tenant);
  return `/api/v1/logs/export?${all.toString()}`;
}
