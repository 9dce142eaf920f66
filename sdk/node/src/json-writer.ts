import { types } from 'node:util';
import { REDACTED, stepRedaction } from './redaction.ts';
import type { RedactionState } from './redaction.ts';

/** Bounds of one record. What goes over one is replaced by a marker that says so, never cut in silence. */
export interface WriterLimits {
  /** Levels of nesting below the metadata object. */
  readonly maxDepth: number;
  /** Keys and array items of one record's metadata, all levels together. */
  readonly maxEntries: number;
  /** UTF-16 units of one string inside metadata. */
  readonly maxStringLength: number;
}

/** Bytes of a Buffer that are written out (base64); a larger one is only named with its size. */
const MAX_BINARY_BYTES = 1024;
const NO_REDACTION: RedactionState = [];
/** A key longer than this is shortened: it would defeat the bound on strings. */
const MAX_KEY_LENGTH = 256;

/**
 * Turns any value into JSON text in one pass, within bounds, without ever throwing: circular references, getters
 * and proxies that throw, BigInt (as its digits), Date, Map, Set, errors with their causes, toJSON.
 * One instance serves one logger; `start` begins a record.
 */
export class JsonWriter {
  private readonly limits: WriterLimits;
  private readonly path: object[] = [];
  private entries = 0;
  private remaining = 0;

  constructor(limits: WriterLimits) {
    this.limits = limits;
  }

  /**
   * @param budget UTF-16 units this record's metadata may take; beyond it values become `"[Truncated]"`
   * @param entriesUsed keys that are taken already
   */
  start(budget: number, entriesUsed = 0): void {
    this.entries = entriesUsed;
    this.remaining = budget;
    this.path.length = 0;
  }

  /** @returns JSON text, or undefined for undefined (the key is then left out, as JSON.stringify does) */
  value(value: unknown, key: string, state: RedactionState): string | undefined {
    if (this.remaining <= 0 && value !== undefined) return '"[Truncated]"';
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return this.spend(Number.isFinite(value) ? String(value) : `"${value}"`);
      case 'boolean':
        return this.spend(value ? 'true' : 'false');
      case 'bigint':
        return this.spend(boundedDigits(value, this.limits.maxStringLength));
      case 'undefined':
        return undefined;
      case 'function':
        return this.text(`[Function ${nameOf(value)}]`);
      case 'symbol':
        return this.text(String(value));
      case 'object':
        return value === null ? this.spend('null') : this.guarded(value, key, state);
    }
  }

  /** The members of an object as `"key":value` texts; a key whose value is undefined is left out. */
  members(value: object, state: RedactionState, out: Map<string, string>): void {
    let keys: string[];
    try {
      keys = Object.keys(value);
    } catch (error) {
      out.set('unreadable', this.text(reasonOf(error)));
      return;
    }
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      if (this.exhausted()) {
        out.set('…', this.text(`[${keys.length - i} more keys]`));
        return;
      }
      const text = this.member(value, key, state);
      if (text !== undefined) out.set(key, text);
    }
  }

  /** Text of a string in the record, shortened with a marker when too long. */
  text(value: string): string {
    return this.spend(JSON.stringify(shorten(value, this.limits.maxStringLength)));
  }

  /** Keys and items since `start`, those taken before included. */
  get entriesUsed(): number {
    return this.entries;
  }

  private exhausted(): boolean {
    return this.entries >= this.limits.maxEntries || this.remaining <= 0;
  }

  private spend(text: string): string {
    this.remaining -= text.length + 1;
    return text;
  }

  private member(holder: object, key: string, state: RedactionState): string | undefined {
    this.entries++;
    this.remaining -= key.length + 3;
    let next = state;
    if (state.length > 0) {
      const step = stepRedaction(state, key);
      if (step === 'redact') return this.spend(`"${REDACTED}"`);
      next = step;
    }
    let value: unknown;
    try {
      value = (holder as Record<string, unknown>)[key];
    } catch (error) {
      return this.text(`[Getter threw: ${reasonOf(error)}]`);
    }
    return this.value(value, key, next);
  }

  private guarded(value: object, key: string, state: RedactionState): string | undefined {
    if (this.path.includes(value)) return this.spend('"[Circular]"');
    if (this.path.length >= this.limits.maxDepth) {
      return this.text(
        `[${Array.isArray(value) ? 'Array' : 'Object'} deeper than ${this.limits.maxDepth} levels]`,
      );
    }
    const depth = this.path.length;
    this.path.push(value);
    try {
      return this.object(value, key, state);
    } catch (error) {
      return this.text(`[Unreadable: ${reasonOf(error)}]`);
    } finally {
      this.path.length = depth;
    }
  }

  private object(value: object, key: string, state: RedactionState): string | undefined {
    if (Array.isArray(value)) return this.items(value, value.length, state);
    if (types.isNativeError(value) || value instanceof Error) return this.error(value, state);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      if (types.isDate(value)) return this.spend(isoDate(value));
      if (ArrayBuffer.isView(value)) return this.binary(value);
      if (types.isMap(value)) return this.map(value, state);
      if (types.isSet(value)) return this.items([...head(value, this.limits.maxEntries)], value.size, state);
      if (types.isRegExp(value)) return this.text(String(value));
      if (types.isBoxedPrimitive(value)) return this.value(value.valueOf(), key, state);
    }
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') {
      const replaced: unknown = toJSON.call(value, key);
      if (typeof replaced !== 'object' || replaced === null) return this.value(replaced, key, state);
      if (replaced !== value) {
        if (Array.isArray(replaced)) return this.items(replaced, replaced.length, state);
        return this.record(replaced, state);
      }
    }
    return this.record(value, state);
  }

  /** The object's own keys as JSON, in one go: `members` and `joinMembers` without the map between them. */
  record(value: object, state: RedactionState): string {
    let keys: string[];
    try {
      keys = Object.keys(value);
    } catch (error) {
      return `{"unreadable":${this.text(reasonOf(error))}}`;
    }
    let out = '{';
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      if (this.exhausted()) {
        if (out.length > 1) out += ',';
        return `${out}"…":${this.text(`[${keys.length - i} more keys]`)}}`;
      }
      const text = this.member(value, key, state);
      if (text !== undefined) out += (out.length === 1 ? '' : ',') + quotedKey(key) + text;
    }
    return out + '}';
  }

  private items(values: readonly unknown[], size: number, state: RedactionState): string {
    let out = '[';
    for (let i = 0; i < size; i++) {
      if (i > 0) out += ',';
      if (this.exhausted()) return `${out}${this.text(`[${size - i} more items]`)}]`;
      out += this.member(values, String(i), state) ?? 'null';
    }
    return out + ']';
  }

  /** A Map with string keys becomes an object, any other a list of pairs. */
  private map(value: Map<unknown, unknown>, state: RedactionState): string {
    const pairs = [...head(value, this.limits.maxEntries)];
    if (!pairs.every(([key]) => typeof key === 'string')) return this.items(pairs, value.size, state);
    // Without a prototype, `__proto__` is a key like any other.
    const record = Object.create(null) as Record<string, unknown>;
    for (const [key, item] of pairs) record[key as string] = item;
    const members = new Map<string, string>();
    this.members(record, state, members);
    if (value.size > pairs.length) members.set('…', this.text(`[${value.size - pairs.length} more keys]`));
    return joinMembers(members);
  }

  private binary(view: ArrayBufferView): string {
    if (view.byteLength > MAX_BINARY_BYTES)
      return this.text(`[${nameOf(view.constructor)} of ${view.byteLength} bytes]`);
    return this.text(Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64'));
  }

  private error(error: Error, state: RedactionState): string {
    const members = new Map<string, string>();
    const put = (key: string, read: () => unknown): void => {
      const step = state.length === 0 ? NO_REDACTION : stepRedaction(state, key);
      if (step === 'redact') {
        members.set(key, this.spend(`"${REDACTED}"`));
        return;
      }
      this.entries++;
      let text: string | undefined;
      try {
        text = this.value(read(), key, step);
      } catch (thrown) {
        text = this.text(`[Getter threw: ${reasonOf(thrown)}]`);
      }
      if (text !== undefined) members.set(key, text);
    };
    put('name', () => errorName(error));
    put('message', () => error.message);
    put('code', () => (error as { code?: unknown }).code);
    put('stack', () => stackOf(error));
    put('cause', () => error.cause);
    put('errors', () => (error as { errors?: unknown }).errors);
    const own = new Map<string, string>();
    this.members(withoutKeys(error, members), state, own);
    for (const [key, text] of own) if (!members.has(key)) members.set(key, text);
    return joinMembers(members);
  }
}

/** A view of an error's own enumerable keys that were not written yet; values are read through getters. */
function withoutKeys(error: Error, written: ReadonlyMap<string, string>): object {
  const rest = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(error)) {
    if (written.has(key) || key === 'stack' || key === 'message') continue;
    Object.defineProperty(rest, key, {
      enumerable: true,
      get: () => (error as unknown as Record<string, unknown>)[key],
    });
  }
  return rest;
}

export function joinMembers(members: ReadonlyMap<string, string>): string {
  let out = '{';
  for (const [key, text] of members) {
    out += (out.length === 1 ? '' : ',') + quotedKey(key) + text;
  }
  return out + '}';
}

/** Keys come back again and again: `"key":` is kept for this many. */
const MAX_CACHED_KEYS = 1000;
const quotedKeys = new Map<string, string>();

function quotedKey(key: string): string {
  let quoted = quotedKeys.get(key);
  if (quoted !== undefined) return quoted;
  quoted = `${JSON.stringify(shorten(key, MAX_KEY_LENGTH))}:`;
  if (quotedKeys.size < MAX_CACHED_KEYS && key.length <= MAX_KEY_LENGTH) quotedKeys.set(key, quoted);
  return quoted;
}

/** @returns the string itself, or its beginning with a marker naming how many UTF-16 units are missing */
export function shorten(value: string, maxLength: number): string {
  if (value.length <= maxLength) return value;
  const cut = Math.max(0, maxLength - 40);
  // Not between the two halves of a surrogate pair.
  const code = value.charCodeAt(cut - 1);
  const end = code >= 0xd800 && code <= 0xdbff ? cut - 1 : cut;
  return `${value.slice(0, end)}…[${value.length - end} more characters]`;
}

/** A short text for whatever was thrown; itself safe against hostile objects. */
export function reasonOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return shorten(String(thrown.message), 200);
    return shorten(String(thrown), 200);
  } catch {
    return 'unknown';
  }
}

function boundedDigits(value: bigint, maxLength: number): string {
  // log2(10) is 3.32: a number of more bits than four times the length cannot fit; asking for its digits could
  // take seconds.
  if (value !== BigInt.asIntN(maxLength * 3, value)) return '"[BigInt too large]"';
  return value.toString();
}

function isoDate(value: Date): string {
  const ms = value.getTime();
  return Number.isNaN(ms) ? '"Invalid Date"' : `"${new Date(ms).toISOString()}"`;
}

function nameOf(value: unknown): string {
  try {
    const { name } = value as { name?: unknown };
    return typeof name === 'string' && name !== '' ? shorten(name, 100) : 'anonymous';
  } catch {
    return 'anonymous';
  }
}

/** A subclass that never set `name` is still told by its constructor. */
function errorName(error: Error): unknown {
  const { name } = error;
  return name === 'Error' && typeof error.constructor === 'function' ? nameOf(error.constructor) : name;
}

function stackOf(error: Error): unknown {
  const stack: unknown = error.stack;
  return typeof stack === 'string' || stack === undefined ? stack : reasonOf(stack);
}

function* head<T>(values: Iterable<T>, count: number): Generator<T> {
  for (const value of values) {
    if (count-- <= 0) return;
    yield value;
  }
}
