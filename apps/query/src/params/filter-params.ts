import { type Level, LEVEL_ALIASES, LEVELS } from '@logstead/contracts';
import { AppError } from '@logstead/errors';
import type { LogFilter } from '@logstead/ports';
import {
  and,
  MAX_QUERY_BYTES,
  metadataEquals,
  or,
  parseQuery,
  type QueryNode,
} from '@logstead/query-language';
import { invalid, type RequestParams, shown } from './request-params';

/** A filter without its times. */
export type TimelessFilter = Omit<LogFilter, 'fromUs' | 'toUs'>;

const METADATA = 'metadata.';
const MAX_VALUES = 1_000;

/** The filters all read routes share. @throws AppError `invalid_parameter`, `invalid_query` with its position */
export function readFilter(params: RequestParams): TimelessFilter {
  const services = bounded('service', params.list('service'));
  const serviceIds = bounded('service_id', params.list('service_id'))?.map(readServiceId);
  const environments = bounded('environment', params.list('environment'));
  const levels = params.list('level')?.map(readLevel);
  const traceId = params.text('trace_id');
  const query = readQuery(params);
  return {
    ...(services && { services }),
    ...(serviceIds && { serviceIds }),
    ...(environments && { environments }),
    ...(levels && { levels: [...new Set(levels)] }),
    ...(traceId !== undefined && { traceId: traceId.trim() }),
    ...(query && { query }),
  };
}

function readQuery(params: RequestParams): QueryNode | undefined {
  const nodes: QueryNode[] = [];
  for (const name of params.namesWith(METADATA)) {
    const path = name.slice(METADATA.length);
    const values = params.repeated(name);
    if (path === '') throw invalid(name, 'metadata needs a key: metadata.<key>=value.');
    if (values.length > 0) nodes.push(or(values.map((value) => metadataEquals(path, value))));
  }
  const text = params.text('q');
  if (text !== undefined) nodes.push(parse(text));
  return nodes.length === 0 ? undefined : and(nodes);
}

function parse(text: string): QueryNode {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_QUERY_BYTES) {
    throw new AppError({
      code: 'invalid_query',
      message: `The query has ${bytes} bytes; the limit is ${MAX_QUERY_BYTES}.`,
      details: { parameter: 'q', observed: bytes, limit: MAX_QUERY_BYTES },
    });
  }
  return parseQuery(text);
}

function bounded(name: string, values: string[] | undefined): string[] | undefined {
  if (values === undefined || values.length <= MAX_VALUES) return values;
  throw invalid(name, `${name} has ${values.length} values; the limit is ${MAX_VALUES}.`, values.length);
}

function readServiceId(text: string): number {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (id > 0 && id < 2 ** 31) return id;
  throw invalid('service_id', `service_id must be a positive number, not ${shown(text)}.`, text);
}

function readLevel(text: string): Level {
  const level = Object.hasOwn(LEVEL_ALIASES, text.toLowerCase())
    ? LEVEL_ALIASES[text.toLowerCase()]
    : undefined;
  if (level !== undefined) return level;
  throw invalid('level', `level must be one of ${LEVELS.join(', ')}, not ${shown(text)}.`, text);
}
