import type { FieldFilter } from './filters';
import { addValue } from './filters';
import { DEFAULT_RANGE, relativeMs, type TimeRange } from './time-range';

/** Everything that defines what the explorer shows; it lives in the address bar and nowhere else. */
export interface ExplorerView {
  readonly query: string;
  readonly filters: readonly FieldFilter[];
  readonly range: TimeRange;
  /** The log whose details are open. */
  readonly selectedId: string | null;
  readonly live: boolean;
}

/** The parameters of an explorer address as the router hands them over. */
export interface ExplorerSearch {
  q?: string;
  /** `service:payment`, `-level:debug`; one per value. */
  f?: string[];
  range?: string;
  from?: string;
  to?: string;
  log?: string;
  live?: string;
}

export const DEFAULT_VIEW: ExplorerView = {
  query: '',
  filters: [],
  range: DEFAULT_RANGE,
  selectedId: null,
  live: false,
};

function encodeFilter(field: string, mode: FieldFilter['mode'], value: string): string {
  // A field may contain colons itself, and one that begins with a dash must not read as an exclusion.
  const name = field.replace(/[\\:]/g, (char) => `\\${char}`).replace(/^-/, '\\-');
  return `${mode === 'exclude' ? '-' : ''}${name}:${value}`;
}

function decodeFilter(text: string): { field: string; mode: FieldFilter['mode']; value: string } | null {
  const mode = text.startsWith('-') ? 'exclude' : 'include';
  let field = '';
  for (let at = mode === 'exclude' ? 1 : 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\') {
      at += 1;
      field += text[at] ?? '';
    } else if (char === ':') {
      return field === '' ? null : { field, mode, value: text.slice(at + 1) };
    } else {
      field += char;
    }
  }
  return null;
}

function encodeRange(range: TimeRange): ExplorerSearch {
  if (range.kind === 'absolute') {
    return { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
  }
  return DEFAULT_RANGE.kind === 'relative' && range.text === DEFAULT_RANGE.text ? {} : { range: range.text };
}

function decodeRange(search: ExplorerSearch): TimeRange {
  if (search.from !== undefined && search.to !== undefined) {
    const fromMs = Date.parse(search.from);
    const toMs = Date.parse(search.to);
    if (fromMs < toMs) return { kind: 'absolute', fromMs, toMs };
  }
  if (search.range !== undefined && relativeMs(search.range) !== null) {
    return { kind: 'relative', text: search.range };
  }
  return DEFAULT_RANGE;
}

/** Defaults are left out, so that the plain address is the plain view. */
export function encodeView(view: ExplorerView): ExplorerSearch {
  const filters = view.filters.flatMap((filter) =>
    filter.values.map((value) => encodeFilter(filter.field, filter.mode, value)),
  );
  return {
    ...(view.query === '' ? {} : { q: view.query }),
    ...(filters.length === 0 ? {} : { f: filters }),
    ...encodeRange(view.range),
    ...(view.selectedId === null ? {} : { log: view.selectedId }),
    ...(view.live ? { live: '1' } : {}),
  };
}

/** What does not read as anything is ignored: a mangled link shows the rest of the view. */
export function decodeView(search: ExplorerSearch): ExplorerView {
  let filters: FieldFilter[] = [];
  for (const text of search.f ?? []) {
    const decoded = decodeFilter(text);
    if (decoded !== null) filters = addValue(filters, decoded.field, decoded.value, decoded.mode);
  }
  const range = decodeRange(search);
  return {
    query: search.q ?? '',
    filters,
    range,
    selectedId: search.log ?? null,
    live: search.live === '1' && range.kind === 'relative',
  };
}

/** Picks the explorer's parameters out of a parsed query string. */
export function readExplorerSearch(raw: Readonly<Record<string, unknown>>): ExplorerSearch {
  const text = (name: string): string | undefined => {
    const value = raw[name];
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === 'string' && first !== '' ? first : undefined;
  };
  const many = raw['f'];
  const filters = (Array.isArray(many) ? many : [many]).filter(
    (each): each is string => typeof each === 'string',
  );
  const search: ExplorerSearch = {};
  for (const name of ['q', 'range', 'from', 'to', 'log', 'live'] as const) {
    const value = text(name);
    if (value !== undefined) search[name] = value;
  }
  if (filters.length > 0) search.f = filters;
  return search;
}

/** The router's search serialisation: plain form encoding, repetition for lists, so that addresses stay readable. */
export function parseSearchString(search: string): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    const known = result[name];
    if (known === undefined) result[name] = value;
    else result[name] = Array.isArray(known) ? [...known, value] : [known, value];
  }
  return result;
}

export function printSearchString(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof each === 'string') params.append(name, each);
    }
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
