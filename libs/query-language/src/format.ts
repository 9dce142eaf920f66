import type { EqualsNode, FieldRef, LikeNode, PatternPart, QueryNode, RangeNode } from './ast';
import { fieldText } from './fields';

const BARE_VALUE = /^[A-Za-z0-9_\u0080-\uffff][A-Za-z0-9_.@/\u0080-\uffff-]*$/;
const BARE_WORD = /^[A-Za-z0-9_\u0080-\uffff]+$/;
const KEYWORD = /^(?:and|or|not|to|in|like|ilike|contains|between|is|null)$/i;

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function valueText(value: string): string {
  return BARE_VALUE.test(value) && !KEYWORD.test(value) ? value : quoted(value);
}

function wordsText(words: readonly string[]): string {
  const [word = ''] = words;
  if (words.some((one) => one.includes('*'))) return words.join('+');
  return words.length === 1 && BARE_WORD.test(word) && !KEYWORD.test(word) ? word : quoted(words.join(' '));
}

function sqlPattern(pattern: readonly PatternPart[]): string {
  const text = pattern.map((part) =>
    part.kind === 'run' ? '%' : part.kind === 'one' ? '_' : part.text.replace(/[\\%_]/g, '\\$&'),
  );
  return quoted(text.join(''));
}

/** The short form with stars, when the pattern has one that reads back the same. */
function starPattern(node: LikeNode): string | null {
  const { pattern, field } = node;
  if (!pattern.some((part) => part.kind === 'run') || pattern.length < 2) return null;
  const plain = pattern.every(
    (part) => part.kind === 'run' || (part.kind === 'text' && BARE_WORD.test(part.text)),
  );
  const wrapped = pattern[0]?.kind === 'run' && pattern.at(-1)?.kind === 'run';
  if (!plain || (field.name === 'message' && !wrapped)) return null;
  return pattern.map((part) => (part.kind === 'text' ? part.text : '*')).join('');
}

function likeText(node: LikeNode): string {
  const stars = starPattern(node);
  if (stars !== null) return node.field.name === 'message' ? stars : `${fieldText(node.field)}:${stars}`;
  return `${fieldText(node.field)} LIKE ${sqlPattern(node.pattern)}`;
}

/** Escapes slashes that stand outside of classes, as the grammar reads a regular expression. */
function regexText(source: string): string {
  return source.replace(/\\[^]|\[\^?\]?(?:\\[^]|\[:\^?[a-z]+:\]|[^\]\\])*\]|\//g, (part) =>
    part === '/' ? '\\/' : part,
  );
}

function equalsText(node: EqualsNode): string {
  const { field, value, exact } = node;
  const always = field.name !== 'metadata' && field.name !== 'message';
  if (always) return `${field.name}:${valueText(value)}`;
  return exact ? `${fieldText(field)} = ${quoted(value)}` : `${fieldText(field)}:${valueText(value)}`;
}

function boundText(field: FieldRef, value: string): string {
  return field.name === 'level'
    ? value
    : BARE_VALUE.test(value) && !KEYWORD.test(value)
      ? value
      : quoted(value);
}

function rangeText({ field, from, to }: RangeNode): string {
  const name = fieldText(field);
  if (from && to) {
    const open = from.inclusive ? '[' : '{';
    const close = to.inclusive ? ']' : '}';
    return `${name}:${open}${boundText(field, from.value)} TO ${boundText(field, to.value)}${close}`;
  }
  const bound = from ?? to;
  const sign = from ? '>' : '<';
  return bound ? `${name}${sign}${bound.inclusive ? '=' : ''}${boundText(field, bound.value)}` : `${name}:*`;
}

function inGroup(node: QueryNode): string {
  return node.type === 'and' || node.type === 'or' ? `(${formatQuery(node)})` : formatQuery(node);
}

/** Canonical text of a query: `parseQuery` reads it back as the same node, spans aside. */
export function formatQuery(node: QueryNode): string {
  switch (node.type) {
    case 'all':
      return '';
    case 'and':
      return node.children.map(inGroup).join(' AND ');
    case 'or':
      return node.children.map(inGroup).join(' OR ');
    case 'not':
      return `NOT ${inGroup(node.child)}`;
    case 'words':
      return wordsText(node.words);
    case 'like':
      return likeText(node);
    case 'regex': {
      const field = node.field.name === 'message' ? '' : `${fieldText(node.field)}:`;
      return `${field}/${regexText(node.source)}/${node.ignoreCase ? 'i' : ''}`;
    }
    case 'equals':
      return equalsText(node);
    case 'range':
      return rangeText(node);
    case 'exists':
      return `${fieldText(node.field)}:*`;
  }
}
