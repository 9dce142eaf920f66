import type { LogRecord, TotalRelation } from '@logstead/contracts';

/** A log that may carry the source text of its metadata. */
type SerializableLog = LogRecord & { readonly metadataText?: string };

/**
 * One log as JSON. The metadata is the text that was sent, not a reprint: 64-bit integers, the order of keys and the
 * spelling of numbers survive.
 */
export function logJson(log: SerializableLog): string {
  let json =
    `{"id":"${log.id}","timestamp":"${log.timestamp}","service_id":${log.service_id},` +
    `"service":${JSON.stringify(log.service)},"environment":${JSON.stringify(log.environment)},` +
    `"level":"${log.level}","message":${JSON.stringify(log.message)}`;
  const metadata = metadataJson(log);
  if (metadata !== null) json += `,"metadata":${metadata}`;
  if (log.trace_id !== undefined) json += `,"trace_id":${JSON.stringify(log.trace_id)}`;
  if (log.span_id !== undefined) json += `,"span_id":${JSON.stringify(log.span_id)}`;
  return `${json}}`;
}

/** JSON text of a log's metadata on one line, or null. Line breaks can only stand between its tokens. */
export function metadataJson(log: SerializableLog): string | null {
  if (log.metadataText !== undefined) return log.metadataText.replace(/[\r\n]+/g, ' ');
  return log.metadata === undefined ? null : JSON.stringify(log.metadata);
}

export function logsJson(logs: readonly SerializableLog[]): string {
  return `[${logs.map(logJson).join(',')}]`;
}

export interface PageParts {
  readonly logs: readonly SerializableLog[];
  readonly nextCursor: string | null;
  readonly total: number;
  readonly totalRelation: TotalRelation;
  readonly asOf: string;
  readonly highlights?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

export function pageJson({ logs, highlights, ...rest }: PageParts): string {
  const marks = highlights === undefined ? '' : `,"highlights":${JSON.stringify(highlights)}`;
  return `{"logs":${logsJson(logs)},${JSON.stringify(rest).slice(1, -1)}${marks}}`;
}
