import { MAX_BLOCK_TOKENS, TokenSet, traceCheckHash } from './bloom';
import type { JsonCursor } from './json-cursor';

/** Rows of a segment before it is closed; a rare word then costs a read of at most this many rows. */
export const MAX_SEGMENT_ROWS = 256;

/** 2000-01-01 in µs since 1970: PostgreSQL's epoch. */
const POSTGRES_EPOCH_US = 946_684_800_000_000;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const MAX_TOKEN_BYTES = 64;

/** For each byte: itself folded (ASCII upper to lower case) when it belongs to a word, else 0. */
const WORD_BYTE = new Uint8Array(256);
for (let c = 0; c < 256; c++) {
  const isUpper = c >= 0x41 && c <= 0x5a;
  const isWord = isUpper || (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || c === 0x5f || c >= 0x80;
  WORD_BYTE[c] = isWord ? (isUpper ? c + 32 : c) : 0;
}

/** Byte offsets of the fields in the fixed part of a COPY tuple; see `writeTemplate`. */
const TS_AT = 6;
const SERVICE_AT = 26;
const ENV_AT = 34;
const LEVEL_AT = 42;
const INDEX_AT = 62;
const FIXED_BYTES = 64;
const COLUMN_COUNT = 11;

/**
 * Writes tuples of the log tables in PostgreSQL's binary COPY format (documentation of COPY, "Binary Format") into a
 * buffer that is reused from batch to batch, and collects the tokens of what it writes.
 */
export class RowWriter {
  buffer = Buffer.allocUnsafeSlow(1 << 20);
  at = 0;
  readonly tokens = new TokenSet();
  private readonly template = Buffer.alloc(FIXED_BYTES);
  private view = new DataView(this.buffer.buffer);

  startBatch(tenantNo: number, batchId: Buffer): void {
    const t = this.template;
    t.writeInt16BE(COLUMN_COUNT, 0);
    t.writeInt32BE(8, 2);
    t.writeInt32BE(4, 14);
    t.writeInt32BE(tenantNo, 18);
    t.writeInt32BE(4, 22);
    t.writeInt32BE(4, 30);
    t.writeInt32BE(2, 38);
    t.writeInt32BE(16, 44);
    batchId.copy(t, 48);
    this.at = 0;
    this.tokens.clear();
  }

  /** Makes room for `bytes` more; call before each row with an upper bound of its size. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.at + bytes));
    this.buffer.copy(grown, 0, 0, this.at);
    this.buffer = grown;
    this.view = new DataView(grown.buffer);
  }

  writeFixed(tsUs: number, serviceId: number, envId: number, level: number, index: number): void {
    const { buffer, at, template } = this;
    for (let i = 0; i < FIXED_BYTES; i++) buffer[at + i] = template[i]!;
    const micros = tsUs - POSTGRES_EPOCH_US;
    const high = Math.floor(micros / 0x1_0000_0000);
    const view = this.view;
    view.setInt32(at + TS_AT, high);
    view.setUint32(at + TS_AT + 4, micros - high * 0x1_0000_0000);
    view.setInt32(at + SERVICE_AT, serviceId);
    view.setInt32(at + ENV_AT, envId);
    view.setInt16(at + LEVEL_AT, level);
    view.setUint16(at + INDEX_AT, index);
    this.at = at + FIXED_BYTES;
  }

  writeNull(): void {
    this.view.setInt32(this.at, -1);
    this.at += 4;
  }

  /** Writes 32 lower-case hex digits as a uuid and adds them as a token; @returns false when they are anything else */
  writeHexUuid(bytes: Uint8Array, start: number): boolean {
    const { buffer, at } = this;
    let hash = FNV_OFFSET;
    for (let i = 0; i < 16; i++) {
      const a = bytes[start + 2 * i]!;
      const b = bytes[start + 2 * i + 1]!;
      const high = a >= 0x30 && a <= 0x39 ? a - 0x30 : a >= 0x61 && a <= 0x66 ? a - 0x57 : -1;
      const low = b >= 0x30 && b <= 0x39 ? b - 0x30 : b >= 0x61 && b <= 0x66 ? b - 0x57 : -1;
      if (high < 0 || low < 0) return false;
      buffer[at + 4 + i] = (high << 4) | low;
      hash = Math.imul(Math.imul(hash ^ a, FNV_PRIME) ^ b, FNV_PRIME);
    }
    this.view.setInt32(at, 16);
    this.at = at + 20;
    this.tokens.add(hash);
    this.tokens.add(traceCheckHash(hash));
    return true;
  }

  /** Writes bytes as they are. */
  writeBytes(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.view.setInt32(this.at, length);
    const { buffer, at } = this;
    if (length < 48) for (let i = 0; i < length; i++) buffer[at + 4 + i] = bytes[start + i]!;
    else buffer.set(bytes.subarray(start, end), at + 4);
    this.at = at + 4 + length;
  }

  writeText(text: string): void {
    const length = Buffer.byteLength(text);
    this.reserve(length + 256);
    this.view.setInt32(this.at, length);
    this.buffer.write(text, this.at + 4, 'utf8');
    this.at += 4 + length;
  }

  /** Writes a JSON string without escapes and adds its words to the tokens. */
  writePlainMessage(bytes: Uint8Array, start: number, end: number): void {
    const { buffer, tokens } = this;
    let out = this.at + 4;
    let hash = FNV_OFFSET;
    let word = 0;
    for (let i = start; i < end; i++) {
      const c = bytes[i]!;
      buffer[out++] = c;
      const folded = WORD_BYTE[c]!;
      if (folded !== 0) {
        hash = Math.imul(hash ^ folded, FNV_PRIME);
        word++;
      } else if (word !== 0) {
        if (word <= MAX_TOKEN_BYTES) tokens.add(hash);
        hash = FNV_OFFSET;
        word = 0;
      }
    }
    if (word !== 0 && word <= MAX_TOKEN_BYTES) tokens.add(hash);
    this.view.setInt32(this.at, end - start);
    this.at = out;
  }

  /** Decodes a JSON string into UTF-8, escaping what cannot be stored, and adds its words to the tokens. */
  writeEscapedMessage(cursor: JsonCursor, start: number, end: number): void {
    const { bytes } = cursor;
    const { buffer } = this;
    const first = this.at + 4;
    let out = first;
    let i = start;
    while (i < end) {
      const c = bytes[i]!;
      if (c !== 0x5c) {
        buffer[out++] = c;
        i++;
        continue;
      }
      const kind = bytes[i + 1]!;
      if (kind !== 0x75) {
        buffer[out++] = SIMPLE_ESCAPES[kind]!;
        i += 2;
        continue;
      }
      const unit = cursor.hex4(i + 2);
      i += 6;
      if (unit >= 0xd800 && unit <= 0xdbff && bytes[i] === 0x5c && bytes[i + 1] === 0x75) {
        const low = cursor.hex4(i + 2);
        if (low >= 0xdc00 && low <= 0xdfff) {
          const point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
          buffer[out++] = 0xf0 | (point >> 18);
          buffer[out++] = 0x80 | ((point >> 12) & 0x3f);
          buffer[out++] = 0x80 | ((point >> 6) & 0x3f);
          buffer[out++] = 0x80 | (point & 0x3f);
          i += 6;
          continue;
        }
      }
      if (unit === 0 || unit === 0x1a || (unit >= 0xd800 && unit <= 0xdfff)) {
        buffer[out++] = 0x1a;
        out += buffer.write(unit.toString(16).padStart(4, '0'), out, 'latin1');
      } else if (unit < 0x80) {
        buffer[out++] = unit;
      } else if (unit < 0x800) {
        buffer[out++] = 0xc0 | (unit >> 6);
        buffer[out++] = 0x80 | (unit & 0x3f);
      } else {
        buffer[out++] = 0xe0 | (unit >> 12);
        buffer[out++] = 0x80 | ((unit >> 6) & 0x3f);
        buffer[out++] = 0x80 | (unit & 0x3f);
      }
    }
    this.view.setInt32(this.at, out - first);
    this.at = out;
    this.addTokens(buffer, first, out);
  }

  /** Adds the words of UTF-8 text to the tokens. */
  addTokens(bytes: Uint8Array, start: number, end: number): void {
    let hash = FNV_OFFSET;
    let word = 0;
    for (let i = start; i < end; i++) {
      const folded = WORD_BYTE[bytes[i]!]!;
      if (folded !== 0) {
        hash = Math.imul(hash ^ folded, FNV_PRIME);
        word++;
      } else if (word !== 0) {
        if (word <= MAX_TOKEN_BYTES) this.tokens.add(hash);
        hash = FNV_OFFSET;
        word = 0;
      }
    }
    if (word !== 0 && word <= MAX_TOKEN_BYTES) this.tokens.add(hash);
  }

  /** Adds a trace id of any form as a token, whatever characters it has. */
  addTraceId(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > MAX_TOKEN_BYTES || end === start) return;
    let hash = FNV_OFFSET;
    for (let i = start; i < end; i++) {
      const c = bytes[i]!;
      hash = Math.imul(hash ^ (c >= 0x41 && c <= 0x5a ? c + 32 : c), FNV_PRIME);
    }
    this.tokens.add(hash);
    this.tokens.add(traceCheckHash(hash));
  }

  segmentIsFull(rowCount: number): boolean {
    return rowCount >= MAX_SEGMENT_ROWS || this.tokens.count >= MAX_BLOCK_TOKENS;
  }

  /** The rows since `startBatch`, in memory of their own. */
  takeRows(): Buffer {
    const rows = Buffer.allocUnsafeSlow(this.at);
    this.buffer.copy(rows, 0, 0, this.at);
    return rows;
  }
}

/** What the character after a backslash stands for (RFC 8259 section 7). */
const SIMPLE_ESCAPES = new Uint8Array(256);
for (const [name, value] of [
  ['"', 0x22],
  ['\\', 0x5c],
  ['/', 0x2f],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
] as const) {
  SIMPLE_ESCAPES[name.charCodeAt(0)] = value;
}
