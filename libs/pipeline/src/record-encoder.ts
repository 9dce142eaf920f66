import { LEVEL_NUMBERS, MAX_NAME_BYTES, MAX_TRACE_ID_BYTES, type RejectCode } from '@logstead/contracts';
import { type EncodeContext, type NameNumbers, REFUSED_NAME, type Rejection } from './encode-context';
import { levelOf, UNKNOWN_LEVEL } from './level-of';
import { ABSENT, type FieldRange, NUMBER, OBJECT, RecordScanner, sameBytes, STRING } from './record-scanner';
import { RollupCollector } from './rollup-collector';
import { RowWriter } from './row-writer';
import { SegmentCollector } from './segment-collector';
import { parseEpochTimestamp, parseIsoTimestamp } from './timestamp';
import { escapeMetadata } from './unstorable-text';

const DAY_US = 86_400_000_000;
const SAMPLE_BYTES = 200;
const EMPTY = new Uint8Array(0);

/** A service or environment with its number; 0: not registered yet. */
class RegisteredName {
  bytes: Uint8Array = EMPTY;
  id = 0;
  name = '';

  clear(): void {
    this.bytes = EMPTY;
    this.name = '';
  }

  set(name: string, numbers: NameNumbers): void {
    this.bytes = Buffer.from(name);
    this.name = name;
    this.id = numbers.get(name) ?? 0;
  }
}

/** Checks one scanned log after the other and writes the good ones as rows, with their rollups and tokens. */
export class RecordEncoder {
  readonly scanner = new RecordScanner();
  readonly writer = new RowWriter();
  readonly rollups = new RollupCollector();
  readonly segments = new SegmentCollector(this.writer);
  readonly batchService = new RegisteredName();
  readonly batchEnvironment = new RegisteredName();
  readonly missingServices = new Set<string>();
  readonly missingEnvironments = new Set<string>();
  rejections: Rejection[] = [];
  /** Position of the record in the request. */
  index = 0;
  accepted = 0;
  rowCount = 0;
  private context!: EncodeContext;
  private readonly recordService = new RegisteredName();
  private readonly recordEnvironment = new RegisteredName();
  private randomSeed = 0;

  start(context: EncodeContext, batchId: Buffer): void {
    this.context = context;
    this.randomSeed = batchId.readUInt32BE(10);
    this.writer.startBatch(context.tenantNo, batchId);
    this.rollups.start();
    this.rejections = [];
    this.segments.start();
    this.missingServices.clear();
    this.missingEnvironments.clear();
    this.batchService.clear();
    this.batchEnvironment.clear();
    this.recordService.clear();
    this.recordEnvironment.clear();
    this.index = 0;
    this.accepted = 0;
    this.rowCount = 0;
  }

  reject(code: RejectCode, message: string, start: number, end: number): void {
    this.rejections.push({
      index: this.index,
      code,
      message,
      bytes: end - start,
      sample: this.scanner.text(start, Math.min(end, start + SAMPLE_BYTES)),
    });
  }

  encodeRecord(start: number, end: number): void {
    const { scanner: s, writer: w, context } = this;
    const limits = context.limits;
    const { message, metadata } = s;
    if (message.kind !== STRING) {
      return message.kind === ABSENT
        ? this.reject('message_missing', 'message is missing', start, end)
        : this.reject('message_not_a_string', 'message must be a string', start, end);
    }
    const tsUs = this.timestampOf();
    if (Number.isNaN(tsUs)) {
      return this.reject(
        'timestamp_invalid',
        `timestamp ${this.shown(s.timestamp)} is no ISO 8601 time or epoch number`,
        start,
        end,
      );
    }
    const receivedUs = context.receivedMs * 1000;
    if (tsUs > receivedUs + limits.maxFutureMs * 1000) {
      return this.reject(
        'timestamp_in_future',
        `timestamp ${this.shown(s.timestamp)} is over ${limits.maxFutureMs} ms ahead`,
        start,
        end,
      );
    }
    if (tsUs < receivedUs - context.retentionDays * DAY_US) {
      return this.reject(
        'timestamp_too_old',
        `timestamp ${this.shown(s.timestamp)} is older than the retention of ${context.retentionDays} days`,
        start,
        end,
      );
    }
    if (metadata.kind !== ABSENT) {
      if (metadata.kind !== OBJECT)
        return this.reject('metadata_not_an_object', 'metadata must be an object', start, end);
      const size = metadata.end - metadata.start;
      if (size > limits.maxMetadataBytes)
        return this.over(
          'metadata_too_large',
          'metadata',
          size,
          'bytes',
          limits.maxMetadataBytes,
          start,
          end,
        );
      if (s.metadataKeys > limits.maxMetadataKeys) {
        return this.over(
          'metadata_too_many_keys',
          'metadata',
          s.metadataKeys,
          'keys',
          limits.maxMetadataKeys,
          start,
          end,
        );
      }
      if (s.metadataDepth > limits.maxMetadataDepth) {
        return this.over(
          'metadata_too_deep',
          'metadata',
          s.metadataDepth,
          'levels',
          limits.maxMetadataDepth,
          start,
          end,
        );
      }
    }
    if (!isTraceLike(s.traceId))
      return this.reject(
        'trace_id_invalid',
        `trace_id must be a string of at most ${MAX_TRACE_ID_BYTES} plain characters`,
        start,
        end,
      );
    if (!isTraceLike(s.spanId))
      return this.reject(
        'span_id_invalid',
        `span_id must be a string of at most ${MAX_TRACE_ID_BYTES} plain characters`,
        start,
        end,
      );

    const service = this.nameOf(
      s.service,
      this.recordService,
      this.batchService,
      context.services,
      this.missingServices,
    );
    if (service === null) {
      return s.service.kind === ABSENT
        ? this.reject('service_missing', 'no service: give it in the request or in the log', start, end)
        : this.reject(
            'service_invalid',
            `service must be a string of 1 to ${MAX_NAME_BYTES} bytes`,
            start,
            end,
          );
    }
    const environment = this.nameOf(
      s.environment,
      this.recordEnvironment,
      this.batchEnvironment,
      context.environments,
      this.missingEnvironments,
    );
    if (environment === null) {
      return this.reject(
        'environment_invalid',
        `environment must be a string of 1 to ${MAX_NAME_BYTES} bytes`,
        start,
        end,
      );
    }
    if (service.id === REFUSED_NAME || environment.id === REFUSED_NAME) {
      const [what, { name }] =
        service.id === REFUSED_NAME ? ['service', service] : ['environment', environment];
      return this.reject(
        'too_many_services',
        `the tenant has no room for the new ${what} ${JSON.stringify(name)}`,
        start,
        end,
      );
    }
    let level = levelOf(s);
    const unknownLevel = level === UNKNOWN_LEVEL;
    if (unknownLevel) level = LEVEL_NUMBERS.info;

    this.segments.prepare(tsUs);
    const rowStart = w.at;
    w.reserve(end - start + 512);
    w.writeFixed(tsUs, service.id, environment.id, level, this.index);
    const hexTrace =
      s.traceId.kind === STRING &&
      s.traceId.end - s.traceId.start === 32 &&
      w.writeHexUuid(s.bytes, s.traceId.start);
    if (!hexTrace) w.writeNull();
    const messageAt = w.at + 4;
    if (message.escaped) w.writeEscapedMessage(s, message.start, message.end);
    else w.writePlainMessage(s.bytes, message.start, message.end);
    if (w.at - messageAt > limits.maxMessageBytes) {
      const size = w.at - messageAt;
      w.at = rowStart;
      return this.over('message_too_long', 'message', size, 'bytes', limits.maxMessageBytes, start, end);
    }
    if (s.extras.length > 0 || unknownLevel || metadata.unstorable) {
      const text = this.composedMetadata(unknownLevel);
      if (Buffer.byteLength(text) > limits.maxMetadataBytes * 2) {
        w.at = rowStart;
        return this.over(
          'metadata_too_large',
          'metadata with the unknown fields',
          text.length,
          'bytes',
          limits.maxMetadataBytes * 2,
          start,
          end,
        );
      }
      w.writeText(text);
    } else if (metadata.kind === OBJECT) {
      w.writeBytes(s.bytes, metadata.start, metadata.end);
    } else {
      w.writeNull();
    }
    this.writeTraceText(hexTrace);
    if (s.spanId.kind === STRING && s.spanId.end > s.spanId.start)
      w.writeBytes(s.bytes, s.spanId.start, s.spanId.end);
    else w.writeNull();

    const kept = this.isKept(service.name, level);
    this.rollups.add(tsUs, service.id, environment.id, level, end - start, kept, s.latencyMs);
    this.accepted++;
    if (!kept) {
      w.at = rowStart;
      return;
    }
    this.rowCount++;
    this.segments.add(this.index, tsUs, rowStart);
  }

  private over(
    code: RejectCode,
    what: string,
    size: number,
    unit: string,
    limit: number,
    start: number,
    end: number,
  ): void {
    this.reject(code, `${what} has ${size} ${unit}, the limit is ${limit}`, start, end);
  }

  private writeTraceText(hexTrace: boolean): void {
    const { scanner: s, writer: w } = this;
    const { traceId } = s;
    if (hexTrace || traceId.kind !== STRING || traceId.end === traceId.start) return w.writeNull();
    w.writeBytes(s.bytes, traceId.start, traceId.end);
    w.addTraceId(s.bytes, traceId.start, traceId.end);
  }

  private shown(field: FieldRange): string {
    return this.scanner.text(field.start, Math.min(field.end, field.start + 40));
  }

  private timestampOf(): number {
    const { scanner: s } = this;
    const field = s.timestamp;
    if (field.kind === STRING) {
      const us = parseIsoTimestamp(s.bytes, field.start, field.end);
      return Number.isNaN(us) ? parseEpochTimestamp(s.text(field.start, field.end)) : us;
    }
    if (field.kind === NUMBER) return parseEpochTimestamp(s.text(field.start, field.end));
    return field.kind === ABSENT ? this.context.receivedMs * 1000 : NaN;
  }

  /** The name a record is filed under: its own, else the batch's; null when neither is usable. */
  private nameOf(
    field: FieldRange,
    own: RegisteredName,
    batch: RegisteredName,
    numbers: NameNumbers,
    missing: Set<string>,
  ): RegisteredName | null {
    if (field.kind === ABSENT) {
      if (batch.bytes === EMPTY) return null;
      if (batch.id === 0) missing.add(batch.name);
      return batch;
    }
    if (field.kind !== STRING) return null;
    const length = field.end - field.start;
    const isSameAsLast =
      !field.escaped &&
      length > 0 &&
      length === own.bytes.length &&
      sameBytes(this.scanner.bytes, field.start, own.bytes);
    if (!isSameAsLast) {
      const name = JSON.parse(this.scanner.text(field.start - 1, field.end + 1)) as string;
      if (!isName(name)) return null;
      own.set(name, numbers);
    }
    if (own.id === 0) missing.add(own.name);
    return own;
  }

  /** Metadata as sent, plus the record's unknown members and the level nobody knew. */
  private composedMetadata(unknownLevel: boolean): string {
    const { scanner: s } = this;
    const { metadata, level } = s;
    const members: string[] = [];
    for (let i = 0; i < s.extras.length; i += 2) members.push(s.text(s.extras[i]!, s.extras[i + 1]!));
    if (unknownLevel) {
      const quote = level.kind === STRING ? 1 : 0;
      members.push(`"original_level":${s.text(level.start - quote, level.end + quote)}`);
    }
    const own = metadata.kind === OBJECT ? s.text(metadata.start, metadata.end) : '{}';
    if (members.length === 0) return escapeMetadata(own);
    const open = own.slice(0, own.lastIndexOf('}')).trimEnd();
    return escapeMetadata(`${open}${open === '{' ? '' : ','}${members.join(',')}}`);
  }

  /** Whole traces are kept or dropped together; logs without one are chosen by their place in the batch. */
  private isKept(serviceName: string, level: number): boolean {
    const { sampling } = this.context;
    if (sampling === null || level >= LEVEL_NUMBERS.error) return true;
    const rate = sampling(serviceName, level);
    if (rate === undefined || rate >= 1) return true;
    const { traceId, bytes } = this.scanner;
    let hash = this.randomSeed ^ Math.imul(this.index + 1, 0x9e3779b1);
    if (traceId.kind === STRING && traceId.end > traceId.start) {
      hash = 0x811c9dc5;
      for (let i = traceId.start; i < traceId.end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return ((hash ^ (hash >>> 13)) >>> 0) / 0x1_0000_0000 < rate;
  }
}

/** Control characters and lone surrogates have no place in a name that is shown, typed and stored. */
export function isName(name: string): boolean {
  return (
    name.length > 0 &&
    Buffer.byteLength(name) <= MAX_NAME_BYTES &&
    name.isWellFormed() &&
    !/\p{Cc}/u.test(name)
  );
}

function isTraceLike(field: FieldRange): boolean {
  if (field.kind === ABSENT) return true;
  return field.kind === STRING && !field.escaped && field.end - field.start <= MAX_TRACE_ID_BYTES;
}
