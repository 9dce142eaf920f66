import { levelName, type TotalRelation } from '@logstead/contracts';
import type { FieldFacet, LogFilter, TenantContext } from '@logstead/ports';
import { GroupColumns } from './group-columns';
import { LogLister } from './log-lister';
import type { NameDirectory } from './name-directory';
import { type ReadSession, StatementTimeout } from './read-session';
import { countRows } from './row-aggregate';
import { sumRollups } from './rollup-sums';
import { ScanFilter } from './scan-filter';
import type { Span } from './time-span';
import { unescapeMetadata } from '@logstead/pipeline';

/** Newest matching logs whose metadata is looked at. */
const SAMPLE_ROWS = 1_000;
const SAMPLE_BUDGET_MS = 2_000;
/** Metadata keys named, the most frequent first. */
const MAX_KEYS = 100;
const MAX_DEPTH = 4;
/** Longer values are no use as a filter to click on. */
const MAX_VALUE_LENGTH = 256;

/** Which values the fields of matching logs have, and how many logs each. */
export async function fieldFacets(
  session: ReadSession,
  tenant: TenantContext,
  names: NameDirectory,
  request: LogFilter,
  limit: number,
): Promise<FieldFacet[]> {
  const filter = await ScanFilter.resolve(names, tenant, request);
  const span = { lo: request.fromUs, hi: request.toUs };
  const { rows, relation } = await dimensionCounts(session, tenant, filter, span);
  const metadata = metadataFacets(await sampleMetadata(session, tenant, filter, span), limit);
  const known = await names.namesFor(
    tenant,
    rows.map((row) => row.service),
    rows.map((row) => row.environment),
  );
  const facet = (field: 'level' | 'service' | 'environment', nameOf: (id: number) => string): FieldFacet => {
    const counts = new Map<string, number>();
    for (const row of rows) counts.set(nameOf(row[field]), (counts.get(nameOf(row[field])) ?? 0) + row.count);
    return { field, values: largest(counts, limit), totalRelation: relation };
  };
  return [
    facet('level', levelName),
    facet('service', (id) => known.service(id)),
    facet('environment', (id) => known.environment(id)),
    ...metadata,
  ];
}

/** Metadata of the newest matching logs; less than could be had when the time is short. */
async function sampleMetadata(
  session: ReadSession,
  tenant: TenantContext,
  filter: ScanFilter,
  span: Span,
): Promise<(string | null)[]> {
  if (!session.isUsable) return [];
  const page = { span, limit: SAMPLE_ROWS, after: undefined, order: 'desc' } as const;
  try {
    const { rows } = await new LogLister(session, tenant, filter, page, SAMPLE_BUDGET_MS).run();
    return rows.map((row) => row[6]);
  } catch (error) {
    if (error instanceof StatementTimeout) return [];
    throw error;
  }
}

interface DimensionCount {
  readonly level: number;
  readonly service: number;
  readonly environment: number;
  readonly count: number;
}

async function dimensionCounts(
  session: ReadSession,
  tenant: TenantContext,
  filter: ScanFilter,
  span: Span,
): Promise<{ rows: DimensionCount[]; relation: TotalRelation }> {
  const toRow = ({ keys, count }: { keys: readonly unknown[]; count: number }): DimensionCount => {
    const [level, service, environment] = keys as [number, number, number];
    return { level, service, environment, count };
  };
  if (!filter.hasRowConditions) {
    const request = { columns: ['level', 'service_id', 'env_id'], measure: 'count' } as const;
    return { rows: (await sumRollups(session, tenant, filter, span, request)).map(toRow), relation: 'exact' };
  }
  const columns = new GroupColumns(['level', 'service', 'environment']);
  const { groups, relation } = await countRows(session, tenant, filter, span, { columns });
  return { rows: groups.map(toRow), relation };
}

/** Facets of the metadata keys in a sample, nested keys as dotted paths. @param texts metadata as stored */
export function metadataFacets(texts: readonly (string | null)[], limit: number): FieldFacet[] {
  const byKey = new Map<string, Map<string, number>>();
  for (const text of texts) {
    if (text === null) continue;
    for (const [path, value] of leaves(JSON.parse(unescapeMetadata(text)), '', 0)) {
      let counts = byKey.get(path);
      if (counts === undefined) byKey.set(path, (counts = new Map<string, number>()));
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  const totalOf = (counts: Map<string, number>): number =>
    [...counts.values()].reduce((sum, n) => sum + n, 0);
  return [...byKey]
    .map(([path, counts]) => ({ path, counts, total: totalOf(counts) }))
    .sort((a, b) => b.total - a.total || (a.path < b.path ? -1 : 1))
    .slice(0, MAX_KEYS)
    .map(({ path, counts }) => ({
      field: `metadata.${path}`,
      values: largest(counts, limit),
      totalRelation: 'estimate' as const,
    }));
}

function* leaves(value: unknown, path: string, depth: number): Generator<[path: string, value: string]> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (depth === MAX_DEPTH) return;
    for (const [key, inner] of Object.entries(value))
      yield* leaves(inner, path === '' ? key : `${path}.${key}`, depth + 1);
  } else if (typeof value === 'number' || typeof value === 'boolean') {
    yield [path, String(value)];
  } else if (typeof value === 'string' && value.length <= MAX_VALUE_LENGTH) {
    yield [path, value];
  }
}

function largest(counts: Map<string, number>, limit: number): { value: string; count: number }[] {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, limit);
}
