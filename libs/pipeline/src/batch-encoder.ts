import { isUtf8 } from 'node:buffer';
import { MAX_NAME_BYTES } from '@logstead/contracts';
import type { DefaultNames, EncodeContext, EncodeResult } from './encode-context';
import { MAX_BATCH_LOGS, newBatchId } from './log-id';
import { isName, RecordEncoder } from './record-encoder';

/** Where logs are filed whose sender names no environment. */
const DEFAULT_ENVIRONMENT = 'default';

/**
 * Turns request bodies into rows. One instance serves a process: bodies are encoded one after the other, without a
 * pause inside one, so scratch memory is shared.
 */
export class BatchEncoder {
  private readonly records = new RecordEncoder();
  private context!: EncodeContext;

  /**
   * @param body the decoded body, followed by one byte 0x00 that is not counted in `length`
   * @param format `json`: one envelope; `ndjson`: one log a line
   */
  encode(
    body: Uint8Array,
    length: number,
    format: 'json' | 'ndjson',
    names: DefaultNames,
    context: EncodeContext,
  ): EncodeResult {
    const { records } = this;
    this.context = context;
    const batchId = newBatchId(context.receivedMs);
    records.start(context, batchId);
    if (names.service !== null) records.batchService.set(names.service, context.services);
    records.batchEnvironment.set(names.environment ?? DEFAULT_ENVIRONMENT, context.environments);
    const failure =
      format === 'json' ? this.encodeEnvelope(body, length, names) : this.encodeLines(body, length);
    if (failure !== null) return failure;
    if (records.missingServices.size > 0 || records.missingEnvironments.size > 0) {
      const { missingServices, missingEnvironments } = records;
      return {
        kind: 'unknown_names',
        services: [...missingServices],
        environments: [...missingEnvironments],
      };
    }
    const segments = records.segments.take();
    return {
      kind: 'ok',
      batch: {
        tenantNo: context.tenantNo,
        retentionDays: context.retentionDays,
        batchId,
        accepted: records.accepted,
        rowCount: records.rowCount,
        rows: records.writer.takeRows(),
        segments,
        rollups: records.rollups.take(),
        rejections: records.rejections,
      },
    };
  }

  private encodeEnvelope(body: Uint8Array, length: number, names: DefaultNames): EncodeResult | null {
    if (!isUtf8(body.subarray(0, length)))
      return { kind: 'undecodable', message: 'the body is not UTF-8', position: 0 };
    const { scanner: s } = this.records;
    s.reset(body, length);
    const undecodable = (): EncodeResult => ({
      kind: 'undecodable',
      message: s.errorText,
      position: s.errorAt,
    });
    const refuse = (message: string, position: number): EncodeResult => ({
      kind: 'undecodable',
      message,
      position,
    });
    let at = s.skipSpace(0);
    if (body[at] !== 0x7b) return refuse('the body must be an object with service, environment and logs', at);
    at = s.skipSpace(at + 1);
    let logsAt = -1;
    let done = false;
    let serviceKnown = names.service !== null;
    let environmentKnown = names.environment !== null;
    while (body[at] !== 0x7d) {
      if (body[at] !== 0x22)
        return refuse(at >= length ? 'unexpected end of the text' : 'a key was expected', at);
      const key = at + 1;
      const keyEnd = s.skipString(key);
      if (keyEnd < 0) return undecodable();
      const name = s.text(key, keyEnd);
      at = s.skipSpace(keyEnd + 1);
      if (body[at] !== 0x3a) return refuse('":" was expected', at);
      const value = s.skipSpace(at + 1);
      if (name === 'logs') {
        if (body[value] !== 0x5b) return refuse('"logs" must be an array', value);
        if (serviceKnown && environmentKnown) {
          // The usual order: names first. The array is read where it stands.
          at = this.encodeArray(value);
          done = true;
        } else {
          logsAt = value;
          at = s.skipValue(value, 0);
        }
        if (at < 0) return s.errorText === '' ? this.tooMany() : undecodable();
      } else if (name === 'service' || name === 'environment') {
        at = s.skipValue(value, 0);
        if (at < 0) return undecodable();
        const text: unknown = JSON.parse(s.text(value, at));
        if (typeof text !== 'string' || !isName(text)) {
          return refuse(
            `"${name}" must be a string of 1 to ${MAX_NAME_BYTES} bytes without control characters`,
            value,
          );
        }
        if (done) return refuse(`"${name}" must stand before "logs"`, value);
        if (name === 'service') {
          this.records.batchService.set(text, this.context.services);
          serviceKnown = true;
        } else {
          this.records.batchEnvironment.set(text, this.context.environments);
          environmentKnown = true;
        }
      } else {
        return refuse(`unknown field ${JSON.stringify(name)}; known are service, environment and logs`, key);
      }
      at = s.skipSpace(at);
      if (body[at] === 0x2c) {
        at = s.skipSpace(at + 1);
        if (body[at] !== 0x22) return refuse('a key was expected', at);
      } else if (body[at] !== 0x7d) {
        return refuse(at >= length ? 'unexpected end of the text' : '"," or "}" was expected', at);
      }
    }
    const after = s.skipSpace(at + 1);
    if (after < length) return refuse('text after the end of the object', after);
    if (done) return null;
    if (logsAt < 0) return refuse('"logs" is missing', 0);
    return this.encodeArray(logsAt) < 0 ? (s.errorText === '' ? this.tooMany() : undecodable()) : null;
  }

  private tooMany(): EncodeResult {
    return { kind: 'too_many_logs', limit: this.context.limits.maxBatchLogs };
  }

  /** @returns the position after the array; -1 with no error text: more logs than a batch may hold */
  private encodeArray(at: number): number {
    const { scanner: s } = this.records;
    const bytes = s.bytes;
    const limit = Math.min(this.context.limits.maxBatchLogs, MAX_BATCH_LOGS);
    at = s.skipSpace(at + 1);
    if (bytes[at] === 0x5d) return at + 1;
    for (;;) {
      if (this.records.index >= limit) return -1;
      const start = at;
      if (bytes[at] === 0x7b) {
        at = s.scanRecord(at);
        if (at < 0) return -1;
        this.records.encodeRecord(start, at);
      } else {
        at = s.skipValue(at, 0);
        if (at < 0) return -1;
        this.records.reject('not_an_object', 'a log must be an object', start, at);
      }
      this.records.index++;
      at = s.skipSpace(at);
      const c = bytes[at];
      if (c === 0x5d) return at + 1;
      if (c !== 0x2c) return s.fail(at, '"," or "]" was expected');
      at = s.skipSpace(at + 1);
    }
  }

  private encodeLines(body: Uint8Array, length: number): EncodeResult | null {
    const { scanner: s } = this.records;
    const allUtf8 = isUtf8(body.subarray(0, length));
    const limit = Math.min(this.context.limits.maxBatchLogs, MAX_BATCH_LOGS);
    let lineStart = 0;
    while (lineStart < length) {
      let lineEnd = body.indexOf(0x0a, lineStart);
      if (lineEnd < 0 || lineEnd > length) lineEnd = length;
      s.reset(body, lineEnd);
      const start = s.skipSpace(lineStart);
      if (start < lineEnd) {
        if (this.records.index >= limit) return this.tooMany();
        this.encodeLine(start, lineEnd, allUtf8 || isUtf8(body.subarray(start, lineEnd)));
        this.records.index++;
      }
      lineStart = lineEnd + 1;
    }
    return null;
  }

  private encodeLine(start: number, lineEnd: number, utf8: boolean): void {
    const { scanner: s } = this.records;
    if (!utf8) return this.records.reject('invalid_json', 'the line is not UTF-8', start, lineEnd);
    const isObject = s.bytes[start] === 0x7b;
    const at = isObject ? s.scanRecord(start) : s.skipValue(start, 0);
    if (at < 0 || at > lineEnd) {
      return this.records.reject(
        'invalid_json',
        `${s.errorText || 'bad line'} (byte ${s.errorAt - start} of the line)`,
        start,
        lineEnd,
      );
    }
    // White space up to the end of the line may hold the line feed itself, but nothing beyond it is part of the line.
    const after = s.skipSpace(at);
    if (after < lineEnd)
      return this.records.reject('invalid_json', 'text after the end of the object', start, lineEnd);
    if (!isObject) return this.records.reject('not_an_object', 'a log must be an object', start, lineEnd);
    this.records.encodeRecord(start, at);
  }
}
