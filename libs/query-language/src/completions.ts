import { LEVELS } from '@logstead/contracts';
import type { FieldRef } from './ast';
import { PLAIN_FIELDS } from './ast';
import { resolveField } from './fields';

/** What an editor may offer at a position, replacing the text from `start` to `end` (UTF-16 offsets). */
export interface Completions {
  readonly start: number;
  readonly end: number;
  readonly options: readonly string[];
  /** Set where a value of this field stands: the caller knows which values there are. */
  readonly valueOf: FieldRef | null;
}

const FIELD_OPTIONS = [
  ...PLAIN_FIELDS.filter((field) => field !== 'id').map((field) => `${field}:`),
  'metadata.',
  'id:',
] as const;
const OPERATORS = ['AND', 'OR', 'NOT'] as const;
const FIELD_BEFORE_VALUE =
  /([A-Za-z_@][\w.$@/\u0080-\uffff-]*)\s*(?::\s*(?:\((?:[^()"]*[,\s])?)?|(?:[<>]=?|!?=)\s*)$/;

/** True when the position lies inside quotes or a regular expression, where nothing is offered. */
function isInsideText(before: string): boolean {
  return /(?:^|[\s(:=,<>-])(?:"(?:\\.|[^"\\])*|'(?:\\.|[^'\\])*|\/(?:\\.|[^/\\])*)$/.test(
    before.replace(
      /"(?:\\.|[^"\\])*"|(?<![\w])'(?:\\.|[^'\\])*'|(?<=^|[\s(:])\/(?:\\.|[^/\\\n])+\/i?(?=[\s)]|$)/g,
      (text) => '_'.repeat(text.length),
    ),
  );
}

function fieldBefore(before: string): FieldRef | null {
  const name = FIELD_BEFORE_VALUE.exec(before)?.[1];
  if (name === undefined) return null;
  try {
    return resolveField({ segments: name.split('.'), span: { start: 0, end: 0 } });
  } catch {
    return null;
  }
}

function starting(options: readonly string[], typed: string): string[] {
  const wanted = typed.toLowerCase();
  return options.filter((option) => option.toLowerCase().startsWith(wanted) && option.length > typed.length);
}

/** Fields, keywords and levels that fit where the cursor stands; never throws. */
export function completionsAt(text: string, offset: number): Completions {
  const before = text.slice(0, offset);
  if (isInsideText(before)) return { start: offset, end: offset, options: [], valueOf: null };
  const typed = /[^\s():=<>,"'![\]{}]*$/.exec(before)?.[0].replace(/^-/, '') ?? '';
  const start = offset - typed.length;
  const end = offset + (/^[^\s():=<>,"'![\]{}]*/.exec(text.slice(offset))?.[0].length ?? 0);
  const valueOf = fieldBefore(text.slice(0, start));
  if (valueOf) {
    return { start, end, options: valueOf.name === 'level' ? starting(LEVELS, typed) : [], valueOf };
  }
  return { start, end, options: starting([...FIELD_OPTIONS, ...OPERATORS], typed), valueOf: null };
}
