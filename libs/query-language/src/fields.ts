import type { FieldRef, PlainField } from './ast';
import { PLAIN_FIELDS } from './ast';
import { QuerySyntaxError } from './query-syntax-error';
import type { RawField } from './raw-query';
import { isUnstorable } from './stored-text';

const ALIASES: Readonly<Record<string, PlainField>> = {
  env: 'environment',
  ts: 'timestamp',
  '@timestamp': 'timestamp',
  time: 'timestamp',
  traceid: 'trace_id',
  trace: 'trace_id',
  spanid: 'span_id',
  span: 'span_id',
  msg: 'message',
  severity: 'level',
};

const PLAIN = new Set<string>(PLAIN_FIELDS);

function isPlainField(name: string): name is PlainField {
  return PLAIN.has(name);
}

function quoteSegment(segment: string): string {
  return /^[A-Za-z0-9_@$/\-\u0080-\uffff]+$/.test(segment)
    ? segment
    : `"${segment.replace(/["\\]/g, '\\$&')}"`;
}

/** The field as it is written in a query. */
export function fieldText(field: FieldRef): string {
  return field.name === 'metadata' ? ['metadata', ...field.path.map(quoteSegment)].join('.') : field.name;
}

/** True when a field's whole value is a name or an id, compared as it is written. */
export function isIdentifierField(field: FieldRef): boolean {
  return ['service', 'environment', 'trace_id', 'span_id'].includes(field.name);
}

/** @throws QuerySyntaxError for a field that does not exist */
export function resolveField(raw: RawField): FieldRef {
  const [head = '', ...path] = raw.segments;
  const { start, end } = raw.span;
  const name = head.toLowerCase();
  if (raw.segments.some(isUnstorable))
    throw new QuerySyntaxError('No stored field has this name', start, end - start);
  if (name === 'metadata' || name === 'meta') {
    if (path.length > 0) return { name: 'metadata', path };
    throw new QuerySyntaxError('metadata needs a key: metadata.<key>', start, end - start, [
      'metadata.<key>',
    ]);
  }
  const plain = isPlainField(name) ? name : Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
  if (plain !== undefined && path.length === 0) return { name: plain };
  const whole = raw.segments.map(quoteSegment).join('.');
  throw new QuerySyntaxError(
    `Unknown field ${whole}. Did you mean metadata.${whole}? To search for the text itself, put it in double quotes`,
    start,
    end - start,
    [`metadata.${whole}`, ...PLAIN_FIELDS],
  );
}
