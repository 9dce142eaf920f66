import type { TenantContext } from '@logstead/ports';
import { BlockIndex, type BlockRange } from './block-index';
import type { GroupColumns, GroupValue } from './group-columns';
import { type ReadSession, StatementTimeout } from './read-session';
import { intervalSql } from './rollup-sums';
import { unnestBlocks } from './row-source';
import type { ScanFilter } from './scan-filter';
import { microsOf, SqlParams } from './sql-params';
import { tablesOf } from './tables';
import type { Span } from './time-span';

export interface GroupedCount {
  readonly timeUs: number;
  readonly keys: readonly GroupValue[];
  count: number;
  errors: number;
}

export interface GroupedCounts {
  readonly groups: GroupedCount[];
  readonly relation: 'exact' | 'at_least';
}

/** Blocks (of at most 256 rows) counted by one statement: what a deadline may cut short is at most this much work. */
const BLOCKS_PER_STATEMENT = 16_384;
/** Share of blocks with all tokens from which a plain scan, which can run in parallel, is cheaper. */
const DENSE_SHARE = 0.2;
/** Most blocks one statement goes to. */
const MAX_BLOCKS_READ = 4_000;

/** Where a counting statement reads: the whole part, or only some blocks of it. */
export function countSource(
  tenant: TenantContext,
  filter: ScanFilter,
  params: SqlParams,
  part: Span,
  blocks: readonly BlockRange[] | null,
): string {
  const tenantNo = params.add(tenant.tenantNo);
  const where =
    `FROM ${tablesOf(tenant).logs} WHERE tenant_no = ${tenantNo} ` +
    `AND ts >= ${params.addTime(part.lo)} AND ts < ${params.addTime(part.hi)}${filter.conditions(params)}`;
  if (blocks === null) return where;
  return (
    `${unnestBlocks(params, blocks)} CROSS JOIN LATERAL (SELECT * ${where} ` +
    `AND ts >= b.lo AND ts <= b.hi AND id >= b.id_min AND id <= b.id_max OFFSET 0) l`
  );
}

/** The blocks to go to, or null when reading straight through is cheaper. */
export async function blocksWorthReading(
  index: BlockIndex,
  filter: ScanFilter,
  part: Span,
): Promise<BlockRange[] | null> {
  if (filter.tokens === null) return null;
  const all = await index.countIn(part);
  const candidates = await index.withTokens(part, filter.tokens);
  return candidates.length > Math.min(MAX_BLOCKS_READ, all * DENSE_SHARE) ? null : candidates;
}

/**
 * Counts matching rows by group. The range is counted in parts, newest first, so that a deadline leaves a lower bound
 * rather than nothing.
 */
export async function countRows(
  session: ReadSession,
  tenant: TenantContext,
  filter: ScanFilter,
  span: Span,
  request: { readonly columns: GroupColumns; readonly intervalUs?: number },
): Promise<GroupedCounts> {
  const groups = new Map<string, GroupedCount>();
  if (filter.matchesNothing || span.lo >= span.hi) return { groups: [], relation: 'exact' };
  const index = new BlockIndex(session, tenant);
  let rest = span;
  let relation: GroupedCounts['relation'] = 'exact';
  try {
    while (rest.lo < rest.hi) {
      const edge = await index.edge(rest, BLOCKS_PER_STATEMENT, 'desc');
      const part = { lo: edge ?? rest.lo, hi: rest.hi };
      for (const row of await countPart(session, tenant, filter, index, part, request)) addTo(groups, row);
      rest = { lo: rest.lo, hi: part.lo };
    }
  } catch (error) {
    if (!(error instanceof StatementTimeout) || rest.hi === span.hi) throw error;
    relation = 'at_least';
  }
  return { groups: [...groups.values()], relation };
}

async function countPart(
  session: ReadSession,
  tenant: TenantContext,
  filter: ScanFilter,
  index: BlockIndex,
  part: Span,
  { columns, intervalUs }: { readonly columns: GroupColumns; readonly intervalUs?: number },
): Promise<GroupedCount[]> {
  const blocks = await blocksWorthReading(index, filter, part);
  if (blocks?.length === 0) return [];
  if (blocks === null) await session.allowParallel();
  const params = new SqlParams();
  const keys = columns.expressions(params).map((expression, i) => `${expression} AS k${i}`);
  const names = columns.fields.map((_, i) => `k${i}`);
  const source = countSource(tenant, filter, params, part, blocks);
  const sql =
    `SELECT ${[microsOf('t'), ...names].join(', ')}, n, e FROM (` +
    `SELECT ${[`${intervalSql('ts', intervalUs)} AS t`, ...keys].join(', ')}, ` +
    `count(*) AS n, count(*) FILTER (WHERE level >= 40) AS e ${source} GROUP BY ${['t', ...names].join(', ')}) x`;
  const rows = await session.query<(number | string | null)[]>(sql, params.values);
  const width = columns.fields.length;
  return rows.map((row) => ({
    timeUs: row[0] as number,
    keys: row.slice(1, 1 + width),
    count: row[1 + width] as number,
    errors: row[2 + width] as number,
  }));
}

function addTo(groups: Map<string, GroupedCount>, row: GroupedCount): void {
  const key = JSON.stringify([row.timeUs, row.keys]);
  const known = groups.get(key);
  if (known === undefined) {
    groups.set(key, row);
    return;
  }
  known.count += row.count;
  known.errors += row.errors;
}
