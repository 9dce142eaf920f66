import { SentNumber } from './sent-json';
import { storedText } from './stored-text';

/** One scalar found at a metadata path. */
export interface ScalarValue {
  readonly isNumber: boolean;
  /** Strings as they are; numbers as they were sent; `true` or `false`. */
  readonly text: string;
}

/** Numbers whose text could differ from what JavaScript prints, or lose digits when read as a double. */
const EXOTIC_NUMBER = /[\d.]{16}|\d[eE]|-0|\.\d*0(?!\d)/;

/** True when comparing numbers of this text as doubles could be wrong. */
export function hasExoticNumbers(text: string): boolean {
  return EXOTIC_NUMBER.test(text);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof SentNumber)
  );
}

/**
 * The value at a path: the top-level key that spells the whole path with dots when there is one, else one key after
 * the other. Paths step through objects only. JSON null counts as absent.
 */
export function valueAt(metadata: unknown, path: readonly string[]): unknown {
  if (!isObject(metadata)) return undefined;
  const whole = path.join('.');
  if (Object.hasOwn(metadata, whole)) return metadata[whole] ?? undefined;
  let value: unknown = metadata;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value ?? undefined;
}

function scalar(value: unknown): ScalarValue | null {
  switch (typeof value) {
    case 'string':
      return { isNumber: false, text: storedText(value) };
    case 'boolean':
      return { isNumber: false, text: String(value) };
    case 'number':
    case 'bigint':
      return { isNumber: true, text: String(value) };
    default:
      return value instanceof SentNumber ? { isNumber: true, text: value.text } : null;
  }
}

/** True when the value, or for an array any of its elements, is a scalar that passes. */
export function someScalar(value: unknown, test: (value: ScalarValue) => boolean): boolean {
  const candidates = Array.isArray(value) ? (value as unknown[]) : [value];
  return candidates.some((candidate) => {
    const found = scalar(candidate);
    return found !== null && test(found);
  });
}
