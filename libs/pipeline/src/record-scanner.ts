import { JsonCursor } from './json-cursor';

export const ABSENT = 0;
export const STRING = 1;
export const NUMBER = 2;
export const OBJECT = 3;
export const OTHER = 4;

/** A field's place in the body; `start`/`end` are inside the quotes for strings. */
export class FieldRange {
  kind = ABSENT;
  start = 0;
  end = 0;
  escaped = false;
  unstorable = false;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const LEVEL = bytesOf('level');
const MESSAGE = bytesOf('message');
const SPAN_ID = bytesOf('span_id');
const SERVICE = bytesOf('service');
const METADATA = bytesOf('metadata');
const TRACE_ID = bytesOf('trace_id');
const TIMESTAMP = bytesOf('timestamp');
const ENVIRONMENT = bytesOf('environment');

/** Metadata keys read as a latency in ms; documented in docs/api.md. */
export const LATENCY_KEYS: readonly string[] = [
  'duration_ms',
  'durationMs',
  'latency_ms',
  'latencyMs',
  'response_time_ms',
  'responseTimeMs',
  'responseTime',
  'elapsed_ms',
  'elapsedMs',
];
const LATENCY_KEY_BYTES = LATENCY_KEYS.map(bytesOf);

export function sameBytes(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

/** Reads one log object to the ranges of its fields, without building anything. */
export class RecordScanner extends JsonCursor {
  readonly timestamp = new FieldRange();
  readonly level = new FieldRange();
  readonly message = new FieldRange();
  readonly metadata = new FieldRange();
  readonly traceId = new FieldRange();
  readonly spanId = new FieldRange();
  readonly service = new FieldRange();
  readonly environment = new FieldRange();
  metadataKeys = 0;
  metadataDepth = 0;
  /** ms, or -1 */
  latencyMs = -1;
  /** Members of the record that are no known field, as [start of key's quote, end of value] pairs. */
  readonly extras: number[] = [];

  /** @param at position of the `{` @returns the position after the object, or -1 */
  scanRecord(at: number): number {
    const bytes = this.bytes;
    this.timestamp.kind = ABSENT;
    this.level.kind = ABSENT;
    this.message.kind = ABSENT;
    this.metadata.kind = ABSENT;
    this.traceId.kind = ABSENT;
    this.spanId.kind = ABSENT;
    this.service.kind = ABSENT;
    this.environment.kind = ABSENT;
    this.latencyMs = -1;
    this.extras.length = 0;
    at = this.skipSpace(at + 1);
    if (bytes[at] === 0x7d) return at + 1;
    for (;;) {
      if (bytes[at] !== 0x22) return this.fail(at, 'a key was expected');
      const key = at + 1;
      this.unstorable = false;
      const keyEnd = this.skipString(key);
      if (keyEnd < 0) return -1;
      const field = this.fieldOf(key, keyEnd - key);
      at = this.skipSpace(keyEnd + 1);
      if (bytes[at] !== 0x3a) return this.fail(at, '":" was expected');
      at = this.skipSpace(at + 1);
      if (field === this.metadata && bytes[at] === 0x7b) {
        at = this.scanMetadata(at);
      } else if (field !== null) {
        at = this.scanField(at, field);
      } else {
        at = this.skipValue(at, 0);
        if (at >= 0) this.extras.push(key - 1, at);
      }
      if (at < 0) return -1;
      at = this.skipSpace(at);
      const c = bytes[at];
      if (c === 0x7d) return at + 1;
      if (c !== 0x2c) return this.fail(at, '"," or "}" was expected');
      at = this.skipSpace(at + 1);
    }
  }

  private fieldOf(key: number, length: number): FieldRange | null {
    const bytes = this.bytes;
    switch (length) {
      case 5:
        return sameBytes(bytes, key, LEVEL) ? this.level : null;
      case 7:
        if (sameBytes(bytes, key, MESSAGE)) return this.message;
        if (sameBytes(bytes, key, SPAN_ID)) return this.spanId;
        return sameBytes(bytes, key, SERVICE) ? this.service : null;
      case 8:
        if (sameBytes(bytes, key, METADATA)) return this.metadata;
        return sameBytes(bytes, key, TRACE_ID) ? this.traceId : null;
      case 9:
        return sameBytes(bytes, key, TIMESTAMP) ? this.timestamp : null;
      case 11:
        return sameBytes(bytes, key, ENVIRONMENT) ? this.environment : null;
      default:
        return null;
    }
  }

  private scanField(at: number, field: FieldRange): number {
    const c = this.bytes[at]!;
    this.unstorable = false;
    if (c === 0x22) {
      const close = this.skipString(at + 1);
      if (close < 0) return -1;
      field.kind = STRING;
      field.start = at + 1;
      field.end = close;
      field.escaped = this.escaped;
      field.unstorable = this.unstorable;
      return close + 1;
    }
    const after = this.skipValue(at, 0);
    if (after < 0) return -1;
    field.kind = c === 0x6e ? ABSENT : c === 0x2d || (c >= 0x30 && c <= 0x39) ? NUMBER : OTHER;
    field.start = at;
    field.end = after;
    field.escaped = false;
    field.unstorable = this.unstorable;
    return after;
  }

  private scanMetadata(at: number): number {
    const bytes = this.bytes;
    const field = this.metadata;
    field.kind = OBJECT;
    field.start = at;
    this.keys = 0;
    this.deepest = 1;
    this.unstorable = false;
    this.latencyMs = -1;
    at = this.skipSpace(at + 1);
    if (bytes[at] === 0x7d) {
      at++;
    } else {
      for (;;) {
        if (bytes[at] !== 0x22) return this.fail(at, 'a key was expected');
        const key = at + 1;
        const keyEnd = this.skipString(key);
        if (keyEnd < 0) return -1;
        this.keys++;
        at = this.skipSpace(keyEnd + 1);
        if (bytes[at] !== 0x3a) return this.fail(at, '":" was expected');
        at = this.skipSpace(at + 1);
        const value = at;
        at = this.skipValue(value, 1);
        if (at < 0) return -1;
        const first = bytes[value]!;
        if (first >= 0x30 && first <= 0x39 && this.isLatencyKey(key, keyEnd))
          this.latencyMs = this.readNumber(value, at);
        at = this.skipSpace(at);
        const c = bytes[at];
        if (c === 0x7d) break;
        if (c !== 0x2c) return this.fail(at, '"," or "}" was expected');
        at = this.skipSpace(at + 1);
      }
      at++;
    }
    field.end = at;
    field.unstorable = this.unstorable;
    this.metadataKeys = this.keys;
    this.metadataDepth = this.deepest;
    return at;
  }

  private isLatencyKey(key: number, keyEnd: number): boolean {
    const c = this.bytes[key];
    if (c !== 0x64 && c !== 0x6c && c !== 0x72 && c !== 0x65) return false;
    for (const name of LATENCY_KEY_BYTES) {
      if (name.length === keyEnd - key && sameBytes(this.bytes, key, name)) return true;
    }
    return false;
  }

  private readNumber(at: number, end: number): number {
    let value = 0;
    for (let i = at; i < end; i++) {
      const digit = this.bytes[i]! - 0x30;
      if (digit < 0 || digit > 9) return Number(this.text(at, end));
      value = value * 10 + digit;
    }
    return value;
  }

  /** Decodes a range; the hot path calls it only for names it has not just seen. */
  text(start: number, end: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString('utf8');
  }
}
