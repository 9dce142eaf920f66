import type { LogRecord } from '@logstead/contracts';
import { LEVEL_NUMBERS } from '@logstead/contracts';
import type { Bound, EqualsNode, FieldRef, QueryNode, RangeNode } from './ast';
import type { Decimal } from './decimal';
import { compareCodePoints, compareDecimals, parseDecimal } from './decimal';
import { fold } from './fold';
import type { ScalarValue } from './metadata-values';
import { hasExoticNumbers, someScalar, valueAt } from './metadata-values';
import { PatternMatcher } from './pattern-matcher';
import { compileRegex } from './regex/compile';
import { isLevel, levelBounds } from './level-bounds';
import { parseKeepingNumbers } from './sent-json';
import { storedText } from './stored-text';
import { WordsMatcher } from './word-matcher';

/** What a query is held against. */
export interface MatchableLog extends Pick<
  LogRecord,
  'id' | 'timestamp' | 'service' | 'environment' | 'level' | 'message' | 'metadata' | 'trace_id' | 'span_id'
> {
  /** The JSON the metadata was sent as. With it, numbers beyond doubles and their spelling are exact. */
  readonly metadataText?: string;
}

/** A log with what several conditions share, made at most once. */
class LogView {
  readonly message: string;
  private foldedMessage: string | undefined;
  private exactMetadata: unknown;

  constructor(readonly log: MatchableLog) {
    this.message = storedText(log.message);
  }

  get folded(): string {
    return (this.foldedMessage ??= fold(this.message));
  }

  get metadata(): unknown {
    const { log } = this;
    const source = log.metadataText;
    // V8 13.6 (Node 24) has JSON.parse give an escaped key the name "\\" once another text with that key and the
    // same keys before it was parsed: what was sent by one tenant must not decide what is found for another.
    if (source === undefined || !(source.includes('\\') || hasExoticNumbers(source))) return log.metadata;
    return (this.exactMetadata ??= parseKeepingNumbers(source));
  }
}

type Test = (view: LogView) => boolean;

function plainText(view: LogView, field: FieldRef): string | undefined {
  switch (field.name) {
    case 'metadata':
      return undefined;
    case 'message':
      return view.message;
    default:
      return view.log[field.name];
  }
}

function boundTest<T>(
  bound: Bound | null,
  sign: 1 | -1,
  parse: (text: string) => T,
  compare: (a: T, b: T) => number,
) {
  if (!bound) return () => true;
  const limit = parse(bound.value);
  return (value: T): boolean => {
    const order = compare(value, limit) * sign;
    return bound.inclusive ? order >= 0 : order > 0;
  };
}

/** The bounds as numbers when both that are given are numbers. */
function numericBounds(node: RangeNode): boolean {
  return [node.from, node.to].every((bound) => bound === null || parseDecimal(bound.value) !== null);
}

function metadataRange(node: RangeNode): (value: ScalarValue) => boolean {
  if (numericBounds(node)) {
    const parse = (text: string): Decimal =>
      parseDecimal(text) ?? { negative: false, digits: '', exponent: 0 };
    const above = boundTest(node.from, 1, parse, compareDecimals);
    const below = boundTest(node.to, -1, parse, compareDecimals);
    return ({ text }) => {
      const value = parseDecimal(text);
      return value !== null && above(value) && below(value);
    };
  }
  const above = boundTest(node.from, 1, (text) => text, compareCodePoints);
  const below = boundTest(node.to, -1, (text) => text, compareCodePoints);
  return ({ isNumber, text }) => !isNumber && above(text) && below(text);
}

function metadataEqualsTest(node: EqualsNode): (value: ScalarValue) => boolean {
  const number = parseDecimal(node.value);
  const wanted = node.exact ? node.value : fold(node.value);
  return ({ isNumber, text }) => {
    if (!isNumber) return (node.exact ? text : fold(text)) === wanted;
    const value = number && parseDecimal(text);
    return value ? compareDecimals(value, number) === 0 : text === node.value;
  };
}

function metadataTest(path: readonly string[], test: (value: ScalarValue) => boolean): Test {
  return (view) => someScalar(valueAt(view.metadata, path), test);
}

function rangeTest(node: RangeNode): Test {
  const { field } = node;
  if (field.name === 'metadata') return metadataTest(field.path, metadataRange(node));
  if (field.name === 'level') {
    const { min, below } = levelBounds(node);
    return ({ log }) => LEVEL_NUMBERS[log.level] >= min && LEVEL_NUMBERS[log.level] < below;
  }
  // RFC 3339 UTC with six fraction digits and four-digit years: the order of the texts is the order of the times.
  const above = boundTest(node.from, 1, (text) => text, compareCodePoints);
  const below = boundTest(node.to, -1, (text) => text, compareCodePoints);
  return ({ log }) => above(log.timestamp) && below(log.timestamp);
}

function equalsTest(node: EqualsNode): Test {
  const { field, value } = node;
  if (field.name === 'metadata') return metadataTest(field.path, metadataEqualsTest(node));
  if (field.name === 'level' && !isLevel(value)) return () => false;
  return (view) => plainText(view, field) === value;
}

function compile(node: QueryNode): Test {
  switch (node.type) {
    case 'all':
      return () => true;
    case 'and': {
      const tests = node.children.map(compile);
      return (view) => tests.every((test) => test(view));
    }
    case 'or': {
      const tests = node.children.map(compile);
      return (view) => tests.some((test) => test(view));
    }
    case 'not': {
      const test = compile(node.child);
      return (view) => !test(view);
    }
    case 'words': {
      const words = new WordsMatcher(node.words);
      return (view) => words.test(view.folded);
    }
    case 'like': {
      const { field } = node;
      const pattern = new PatternMatcher(node.pattern, field.name === 'message' || field.name === 'metadata');
      if (field.name === 'message') return (view) => pattern.test(view.folded);
      if (field.name === 'metadata') return metadataTest(field.path, ({ text }) => pattern.testAnyCase(text));
      return (view) => {
        const text = plainText(view, field);
        return text !== undefined && pattern.test(text);
      };
    }
    case 'regex': {
      const { field } = node;
      const regex = compileRegex(node.source, node.ignoreCase);
      if (field.name === 'metadata') return metadataTest(field.path, ({ text }) => regex.test(text));
      return (view) => {
        const text = plainText(view, field);
        return text !== undefined && regex.test(text);
      };
    }
    case 'equals':
      return equalsTest(node);
    case 'range':
      return rangeTest(node);
    case 'exists': {
      const { field } = node;
      if (field.name === 'metadata') return (view) => valueAt(view.metadata, field.path) !== undefined;
      return (view) => plainText(view, field) !== undefined;
    }
  }
}

/** A function that tells whether a log matches; compile once, call for every log. */
export function compileMatcher(node: QueryNode): (log: MatchableLog) => boolean {
  const test = compile(node);
  return (log) => test(new LogView(log));
}
