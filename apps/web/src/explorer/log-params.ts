import type { FieldFilter } from './filters';
import type { TimeWindow } from './time-range';

/** Fields that are parameters of their own; the others go into the query text. */
const PARAMETER_FIELDS = new Set(['service', 'environment', 'level', 'trace_id']);

/** What a set of requests is limited to, apart from the time. */
export interface LogScope {
  readonly query: string;
  readonly filters: readonly FieldFilter[];
}

function quote(value: string): string {
  return `"${value.replace(/["\\]/g, (char) => `\\${char}`)}"`;
}

/** A field's name as the query language reads it: odd keys of a metadata path are quoted. */
function fieldName(field: string): string {
  return field
    .split('.')
    .map((part) => (/^[A-Za-z0-9_@$/\-\u0080-\uffff]+$/.test(part) ? part : quote(part)))
    .join('.');
}

function condition(filter: FieldFilter): string {
  const name = fieldName(filter.field);
  const values = filter.values.map(quote);
  const text = values.length === 1 ? `${name}:${values[0] ?? ''}` : `${name}:(${values.join(' OR ')})`;
  return filter.mode === 'exclude' ? `NOT ${text}` : text;
}

function isParameter(filter: FieldFilter): boolean {
  if (filter.mode !== 'include') return false;
  // A comma separates values of a parameter, and a trace id cannot be two things at once.
  if (PARAMETER_FIELDS.has(filter.field)) {
    return (
      !filter.values.some((value) => value.includes(',')) &&
      (filter.field !== 'trace_id' || filter.values.length === 1)
    );
  }
  return false;
}

/** How many characters stand before the reader's own text in the query that is sent. */
export function queryShift(scope: LogScope): number {
  return scope.query.trim() !== '' && scope.filters.some((filter) => !isParameter(filter)) ? 1 : 0;
}

/** The query that is sent: the reader's text first, so that positions of faults stay where they were. */
export function combinedQuery(scope: LogScope): string {
  const conditions = scope.filters.filter((filter) => !isParameter(filter)).map(condition);
  const own = scope.query.trim() === '' ? '' : scope.query;
  if (conditions.length === 0) return own;
  return [own === '' ? '' : `(${own})`, ...conditions].filter((part) => part !== '').join(' ');
}

export function scopeParams(scope: LogScope): URLSearchParams {
  const params = new URLSearchParams();
  for (const filter of scope.filters) {
    if (isParameter(filter)) for (const value of filter.values) params.append(filter.field, value);
  }
  const query = combinedQuery(scope);
  if (query !== '') params.set('q', query);
  return params;
}

export function windowedParams(scope: LogScope, window: TimeWindow): URLSearchParams {
  const params = scopeParams(scope);
  params.set('start_time', new Date(window.fromMs).toISOString());
  params.set('end_time', new Date(window.toMs).toISOString());
  return params;
}
