import type { Level, LogRecord } from '@logstead/contracts';

export interface StoredLogFields {
  readonly id: string;
  /** RFC 3339 UTC with six fraction digits. */
  readonly timestamp: string;
  readonly service_id: number;
  readonly service: string;
  readonly environment: string;
  readonly level: Level;
  readonly message: string;
  /** JSON source text as it was sent; null when the log has no metadata. */
  readonly metadataText: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
}

/**
 * A log whose metadata stays the text that was sent: 64-bit integers and the order of keys survive only there.
 * Answers are written from `metadataText`; `metadata` is parsed when something asks for it.
 */
export class StoredLog implements LogRecord {
  readonly id: string;
  readonly timestamp: string;
  readonly service_id: number;
  readonly service: string;
  readonly environment: string;
  readonly level: Level;
  readonly message: string;
  /** JSON source text of the metadata as it was sent. */
  declare readonly metadataText?: string;
  declare readonly metadata?: Record<string, unknown>;
  declare readonly trace_id?: string;
  declare readonly span_id?: string;

  constructor(fields: StoredLogFields) {
    this.id = fields.id;
    this.timestamp = fields.timestamp;
    this.service_id = fields.service_id;
    this.service = fields.service;
    this.environment = fields.environment;
    this.level = fields.level;
    this.message = fields.message;
    const mutable: { metadataText?: string; trace_id?: string; span_id?: string } = this;
    if (fields.metadataText !== null) mutable.metadataText = fields.metadataText;
    if (fields.trace_id !== null) mutable.trace_id = fields.trace_id;
    if (fields.span_id !== null) mutable.span_id = fields.span_id;
  }
}

Object.defineProperty(StoredLog.prototype, 'metadata', {
  get(this: StoredLog) {
    const value: unknown = this.metadataText === undefined ? undefined : JSON.parse(this.metadataText);
    Object.defineProperty(this, 'metadata', { value, enumerable: false, configurable: true });
    return value;
  },
  configurable: true,
});
