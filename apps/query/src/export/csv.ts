import type { LogRecord } from '@logstead/contracts';
import { metadataJson } from '../json/log-json.serializer';

const COLUMNS = [
  'timestamp',
  'level',
  'service',
  'environment',
  'message',
  'metadata',
  'trace_id',
  'span_id',
  'id',
] as const;

export const CSV_HEADER = `${COLUMNS.join(',')}\r\n`;

/** Programs that open CSV files as spreadsheets take a field that begins like this for a formula. */
const FORMULA_START = /^[=+\-@\t\r]/;

/**
 * A field as RFC 4180 writes it. A text that a spreadsheet would run as a formula gets a leading apostrophe, which
 * spreadsheets hide; NDJSON exports are verbatim.
 */
function field(text: string): string {
  const safe = FORMULA_START.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One log as a line of CSV; the metadata is its JSON text. */
export function csvLine(log: LogRecord): string {
  const { timestamp, level, service, environment, message, trace_id, span_id, id } = log;
  const values = [
    timestamp,
    level,
    service,
    environment,
    message,
    metadataJson(log) ?? '',
    trace_id ?? '',
    span_id ?? '',
    id,
  ];
  return `${values.map(field).join(',')}\r\n`;
}
