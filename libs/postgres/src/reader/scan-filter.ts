import { type Level, LEVEL_NUMBERS, LEVELS } from '@logstead/contracts';
import type { LogFilter, TenantContext } from '@logstead/ports';
import { traceCheckHash } from '@logstead/pipeline';
import {
  compileMatcher,
  MAX_TOKEN_BYTES,
  type QueryNode,
  requiredTokens,
  tokenHash,
} from '@logstead/query-language';
import { type DimensionField, fieldsOf, splitQuery } from './dimensions';
import type { NameDirectory, NamesOfTenant } from './name-directory';
import { queryCondition } from './query-condition';
import type { SqlParams } from './sql-params';

type IdSets = Record<DimensionField, readonly number[] | null>;

/** A filter without its times, with names as the numbers that rows carry. */
export class ScanFilter {
  /**
   * Hashes of the words and trace ids that matches hold, as alternatives: every match holds all of at least one.
   * Null when the filter says nothing about words.
   */
  readonly tokens: readonly (readonly number[])[] | null;
  readonly isOfOneTrace: boolean;

  private constructor(
    private readonly ids: IdSets,
    /** Conditions that only rows can answer. */
    private readonly rest: QueryNode | null,
    private readonly names: NamesOfTenant | null,
  ) {
    const alternatives = rest === null ? null : requiredTokens(rest);
    const checks = rest === null ? [] : requiredTraceIds(rest).map((id) => traceCheckHash(tokenHash(id)));
    this.tokens =
      alternatives?.map(({ words }) => [...new Set([...words.map(tokenHash), ...checks])]) ?? null;
    this.isOfOneTrace = checks.length > 0;
  }

  /** @throws AppError `store_unavailable` */
  static async resolve(
    directory: NameDirectory,
    tenant: TenantContext,
    filter: LogFilter,
  ): Promise<ScanFilter> {
    const { dimensions, rest } = splitQuery(filter);
    const ids: IdSets = { service: null, environment: null, level: null };
    const narrow = (field: DimensionField, values: readonly number[]): void => {
      const known = ids[field];
      ids[field] = known === null ? [...new Set(values)] : known.filter((value) => values.includes(value));
    };
    if (filter.serviceIds) narrow('service', filter.serviceIds);
    if (filter.services) narrow('service', await directory.serviceIds(tenant, filter.services));
    if (filter.environments)
      narrow('environment', await directory.environmentIds(tenant, filter.environments));
    if (filter.levels)
      narrow(
        'level',
        filter.levels.map((level) => LEVEL_NUMBERS[level]),
      );
    const needsNames =
      dimensions.some(({ field, node }) => field !== 'level' && node.type !== 'equals') ||
      (rest !== null && (fieldsOf(rest).has('service') || fieldsOf(rest).has('environment')));
    const names = needsNames ? await directory.list(tenant) : null;
    for (const { field, node } of dimensions) {
      if (field === 'level') narrow(field, levelsMatching(node));
      else if (node.type === 'equals' && field === 'service')
        narrow(field, await directory.serviceIds(tenant, [node.value]));
      else if (node.type === 'equals') narrow(field, await directory.environmentIds(tenant, [node.value]));
      else narrow(field, namesMatching(node, field, names!));
    }
    return new ScanFilter(ids, rest, names);
  }

  /** Logs of one service and environment. */
  static ofNumbers(serviceId: number, envId: number): ScanFilter {
    return new ScanFilter({ service: [serviceId], environment: [envId], level: null }, null, null);
  }

  /** A service, environment or level was asked for that the tenant does not have. */
  get matchesNothing(): boolean {
    return Object.values(this.ids).some((values) => values?.length === 0);
  }

  get hasDimensions(): boolean {
    return Object.values(this.ids).some((values) => values !== null);
  }

  /** Whether rollups alone cannot answer the filter. */
  get hasRowConditions(): boolean {
    return this.rest !== null;
  }

  get hasConditions(): boolean {
    return this.hasDimensions || this.hasRowConditions;
  }

  /** Conditions on rows and on rollups alike: ` AND …` or nothing. */
  dimensionConditions(params: SqlParams): string {
    return (
      oneOf(params, 'service_id', this.ids.service, 'int') +
      oneOf(params, 'env_id', this.ids.environment, 'int') +
      oneOf(params, 'level', this.ids.level, 'smallint')
    );
  }

  /** All conditions on rows: ` AND …` or nothing; the cheap ones first. */
  conditions(params: SqlParams): string {
    const dimensions = this.dimensionConditions(params);
    return this.rest === null
      ? dimensions
      : `${dimensions} AND ${queryCondition(this.rest, this.names, params)}`;
  }
}

/** Trace ids that every match has. Longer ones than a token may be are not in the blooms. */
function requiredTraceIds(node: QueryNode): string[] {
  if (node.type === 'and') return node.children.flatMap(requiredTraceIds);
  if (node.type !== 'equals' || node.field.name !== 'trace_id') return [];
  return Buffer.byteLength(node.value) <= MAX_TOKEN_BYTES ? [node.value] : [];
}

function oneOf(params: SqlParams, column: string, values: readonly number[] | null, type: string): string {
  if (values === null) return '';
  if (values.length === 1) return ` AND ${column} = ${params.add(values[0])}::${type}`;
  return ` AND ${column} = ANY(${params.add(values)}::${type}[])`;
}

const NO_LOG = { id: '', timestamp: '', service: '', environment: '', level: 'info' as Level, message: '' };

function levelsMatching(node: QueryNode): number[] {
  const matches = compileMatcher(node);
  return LEVELS.filter((level) => matches({ ...NO_LOG, level })).map((level) => LEVEL_NUMBERS[level]);
}

function namesMatching(node: QueryNode, field: 'service' | 'environment', names: NamesOfTenant): number[] {
  const matches = compileMatcher(node);
  const known = field === 'service' ? names.services : names.environments;
  return known.filter(({ name }) => matches({ ...NO_LOG, [field]: name })).map(({ id }) => id);
}
