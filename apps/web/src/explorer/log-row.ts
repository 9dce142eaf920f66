import type { Level } from '@logstead/contracts';
import { LEVELS } from '@logstead/contracts';
import { parseJsonTree, previewJson, type JsonNode } from '../json/json-tree';
import { eachElement, eachMember, skipSpace } from '../json/json-scanner';

/** One log as the explorer keeps it: as the API sends it, with metadata still as text. */
export interface LogRow {
  readonly id: string;
  /** RFC 3339 UTC, six fraction digits. */
  readonly timestamp: string;
  readonly service: string;
  readonly environment: string;
  readonly level: Level;
  readonly message: string;
  readonly metadataText: string | null;
  readonly traceId: string | null;
  readonly spanId: string | null;
}

const PREVIEW_LENGTH = 400;
const previews = new WeakMap<LogRow, string>();

/** The metadata column's text, made when a row is first drawn. */
export function metadataPreview(row: LogRow): string {
  if (row.metadataText === null) return '';
  const known = previews.get(row);
  if (known !== undefined) return known;
  const text = previewJson(parseJsonTree(row.metadataText), PREVIEW_LENGTH);
  previews.set(row, text);
  return text;
}

export function metadataTree(row: LogRow): JsonNode | null {
  return row.metadataText === null ? null : parseJsonTree(row.metadataText);
}

function asLevel(value: unknown): Level {
  return LEVELS.find((level) => level === value) ?? 'info';
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Reads the log object at `start` of `text`. @throws SyntaxError */
export function readLogRow(text: string, start: number): LogRow {
  const fields = new Map<string, unknown>();
  let metadataText: string | null = null;
  eachMember(text, start, (name, from, to) => {
    if (name === 'metadata') metadataText = text.slice(from, to);
    else fields.set(name, JSON.parse(text.slice(from, to)));
  });
  if (metadataText === 'null') metadataText = null;
  const trace = fields.get('trace_id');
  const span = fields.get('span_id');
  return {
    id: asText(fields.get('id')),
    timestamp: asText(fields.get('timestamp')),
    service: asText(fields.get('service')),
    environment: asText(fields.get('environment')),
    level: asLevel(fields.get('level')),
    message: asText(fields.get('message')),
    metadataText,
    traceId: typeof trace === 'string' ? trace : null,
    spanId: typeof span === 'string' ? span : null,
  };
}

/** Members of an answer's envelope: log arrays and logs as rows, everything else parsed. @throws SyntaxError */
export function readEnvelope(
  text: string,
  names: { readonly rows: readonly string[]; readonly row?: string },
): { rows: Map<string, LogRow[]>; row: LogRow | null; rest: Record<string, unknown> } {
  const rows = new Map<string, LogRow[]>();
  const rest: Record<string, unknown> = {};
  let row: LogRow | null = null;
  eachMember(text, skipSpace(text, 0), (name, from, to) => {
    if (names.rows.includes(name)) {
      const list: LogRow[] = [];
      eachElement(text, from, (start) => list.push(readLogRow(text, start)));
      rows.set(name, list);
    } else if (name === names.row) {
      row = readLogRow(text, from);
    } else {
      rest[name] = JSON.parse(text.slice(from, to));
    }
  });
  return { rows, row, rest };
}

/** The log as one line of JSON with the names of the API; metadata as it was sent. */
export function printLog(row: LogRow): string {
  const members: [string, string | null][] = [
    ['id', row.id],
    ['timestamp', row.timestamp],
    ['service', row.service],
    ['environment', row.environment],
    ['level', row.level],
    ['message', row.message],
    ['trace_id', row.traceId],
    ['span_id', row.spanId],
  ];
  const parts = members.flatMap(([name, value]) =>
    value === null ? [] : [`"${name}":${JSON.stringify(value)}`],
  );
  if (row.metadataText !== null) parts.push(`"metadata":${row.metadataText}`);
  return `{${parts.join(',')}}`;
}
