import { types } from 'node:util';
import type { TimestampWriter } from './clock.ts';
import { JsonWriter, joinMembers, reasonOf, shorten } from './json-writer.ts';
import type { Level } from './levels.ts';
import type { RedactionState } from './redaction.ts';
import type { TraceContext } from './trace-context.ts';

/** UTF-8 bytes of a record's metadata; the server refuses more than 64 KiB. */
const MAX_METADATA_BYTES = 60 * 1024;
/** UTF-16 units of a message, so that it stays under the server's 256 KiB of UTF-8 whatever the script. */
const MAX_MESSAGE_LENGTH = 85_000;
/** The server takes 1,024 keys and a depth of 32. */
const LIMITS = { maxDepth: 16, maxEntries: 1000, maxStringLength: 16 * 1024 } as const;
const MAX_ID_LENGTH = 128;

/** Metadata of a child logger, serialised once when the child is made. */
export interface BoundMetadata {
  readonly members: ReadonlyMap<string, string>;
  /** Keys and items in it, nested ones counted. */
  readonly entries: number;
  /** UTF-16 units of its JSON. */
  readonly length: number;
}
export const NO_METADATA: BoundMetadata = { members: new Map(), entries: 0, length: 0 };

/** What a call of a log method carries. */
export interface LogCall {
  readonly level: Level;
  readonly message: unknown;
  readonly metadata: unknown;
  readonly error: unknown;
  readonly bound: BoundMetadata;
  readonly timeMs: number;
  readonly trace: TraceContext | undefined;
}

/** Serialises records at the moment of the call, so that later changes of the objects logged do not show. */
export class RecordWriter {
  private readonly json = new JsonWriter(LIMITS);
  private readonly redaction: RedactionState;
  private readonly clock: TimestampWriter;

  constructor(redaction: RedactionState, clock: TimestampWriter) {
    this.redaction = redaction;
    this.clock = clock;
  }

  bind(parent: BoundMetadata, metadata: unknown): BoundMetadata {
    let own: ReadonlyMap<string, string>;
    try {
      // Half of the room is left to the records' own metadata.
      own = this.collect(metadata, undefined, parent, MAX_METADATA_BYTES / 2, LIMITS.maxEntries / 2);
    } catch (error) {
      own = new Map([['logger_error', JSON.stringify(reasonOf(error))]]);
    }
    const members = new Map([...parent.members, ...own]);
    const entries = this.json.entriesUsed - LIMITS.maxEntries / 2;
    return { members, entries: Math.max(entries, parent.entries), length: joinMembers(members).length };
  }

  /**
   * @returns the JSON of the record without its opening brace, so that the sender can put the service in front;
   *   it never throws, whatever was logged
   */
  write(call: LogCall): string {
    let message: string;
    let metadata: string;
    try {
      message = this.message(call.message);
      metadata = this.metadata(call);
    } catch (error) {
      message = JSON.stringify('[The logger could not serialise this record]');
      metadata = `{"logger_error":${JSON.stringify(reasonOf(error))}}`;
    }
    let out = `"timestamp":"${this.clock.write(call.timeMs)}","level":"${call.level}","message":${message}`;
    if (metadata !== '') out += `,"metadata":${metadata}`;
    if (call.trace !== undefined) {
      const { traceId, spanId } = call.trace;
      if (isId(traceId)) out += `,"trace_id":${JSON.stringify(traceId)}`;
      if (isId(spanId)) out += `,"span_id":${JSON.stringify(spanId)}`;
    }
    return out + '}';
  }

  private message(message: unknown): string {
    if (typeof message === 'string') return JSON.stringify(shorten(message, MAX_MESSAGE_LENGTH));
    if (message instanceof Error) return JSON.stringify(shorten(errorTitle(message), MAX_MESSAGE_LENGTH));
    this.json.start(MAX_MESSAGE_LENGTH / 2);
    const text = this.json.value(message, '', this.redaction) ?? 'undefined';
    return text.startsWith('"') ? text : JSON.stringify(text);
  }

  private metadata(call: LogCall): string {
    const { metadata, error, bound } = call;
    if (metadata === undefined && error === undefined && bound === NO_METADATA) return '';
    let text = this.object(call, MAX_METADATA_BYTES);
    // UTF-8 takes at most three bytes for a UTF-16 unit: a third of the budget always fits.
    if (text.length > MAX_METADATA_BYTES / 3 && Buffer.byteLength(text) > MAX_METADATA_BYTES) {
      text = this.object(call, MAX_METADATA_BYTES / 4);
      if (Buffer.byteLength(text) > MAX_METADATA_BYTES) {
        text = `{"logger_error":"metadata of more than ${MAX_METADATA_BYTES} bytes left out"}`;
      }
    }
    return text === '{}' ? '' : text;
  }

  private object({ metadata, error, bound }: LogCall, budget: number): string {
    if (metadata === undefined && error === undefined) return joinMembers(bound.members);
    if (error === undefined && bound === NO_METADATA && hasMembers(metadata)) {
      this.json.start(budget);
      return this.json.record(metadata, this.redaction);
    }
    const own = this.collect(metadata, error, bound, budget, 0);
    if (bound === NO_METADATA) return joinMembers(own);
    return joinMembers(new Map([...bound.members, ...own]));
  }

  /** @param kept keys that may not be used here, beside those of the bound metadata */
  private collect(
    metadata: unknown,
    error: unknown,
    bound: BoundMetadata,
    budget: number,
    kept: number,
  ): Map<string, string> {
    const members = new Map<string, string>();
    this.json.start(budget - bound.length, bound.entries + kept);
    // The error first: when there is not room for all, it is what matters.
    if (error !== undefined) this.wrapped(errorKey(metadata), error, members);
    if (hasMembers(metadata)) {
      this.json.members(metadata, this.redaction, members);
    } else if (metadata !== undefined && metadata !== null) {
      this.wrapped('value', metadata, members);
    }
    return members;
  }

  /** Writes a value under a key of the metadata, through a holder so that redaction sees the key. */
  private wrapped(key: string, value: unknown, members: Map<string, string>): void {
    this.json.members({ [key]: value }, this.redaction, members);
  }
}

/** Where the error of a call goes: the first of these that the metadata does not use itself. */
const ERROR_KEYS = ['error', 'exception', 'logged_error'] as const;

function errorKey(metadata: unknown): string {
  if (typeof metadata !== 'object' || metadata === null) return ERROR_KEYS[0];
  return ERROR_KEYS.find((key) => !Object.hasOwn(metadata, key)) ?? ERROR_KEYS[0];
}

/** Objects whose own keys are the metadata; a Map, Date, list and the like go under `value`. */
function hasMembers(metadata: unknown): metadata is object {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return false;
  const prototype: unknown = Object.getPrototypeOf(metadata);
  if (prototype === Object.prototype || prototype === null) return true;
  if (types.isMap(metadata) || types.isSet(metadata) || types.isDate(metadata) || types.isRegExp(metadata))
    return false;
  if (ArrayBuffer.isView(metadata) || types.isBoxedPrimitive(metadata)) return false;
  return typeof (metadata as { toJSON?: unknown }).toJSON !== 'function';
}

function errorTitle(error: Error): string {
  const { message, name } = error;
  return typeof message === 'string' && message !== '' ? message : String(name);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH;
}
