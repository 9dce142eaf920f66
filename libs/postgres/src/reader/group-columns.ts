import { levelName } from '@logstead/contracts';
import type { TenantContext } from '@logstead/ports';
import type { NameDirectory } from './name-directory';
import { metadataText } from './query-condition';
import type { DimensionColumn } from './rollup-sums';
import type { SqlParams } from './sql-params';

const COLUMN_OF: Readonly<Record<string, DimensionColumn>> = {
  level: 'level',
  service: 'service_id',
  environment: 'env_id',
};
const METADATA = 'metadata.';

export type GroupValue = number | string | null;

/** The fields an aggregate is grouped by, as columns and back as names. */
export class GroupColumns {
  constructor(readonly fields: readonly string[]) {}

  /** The columns when all of them are in the rollups too. */
  get dimensions(): readonly DimensionColumn[] | null {
    const columns = this.fields.map((field) => COLUMN_OF[field]);
    return columns.every((column) => column !== undefined) ? columns : null;
  }

  /** One expression on rows per field. */
  expressions(params: SqlParams): string[] {
    return this.fields.map((field) => COLUMN_OF[field] ?? metadataText(field.slice(METADATA.length), params));
  }

  /** What each field's values are called in answers. */
  async namer(
    names: NameDirectory,
    tenant: TenantContext,
    rows: readonly (readonly GroupValue[])[],
  ): Promise<(values: readonly GroupValue[]) => Record<string, string | null>> {
    const idsOf = (column: DimensionColumn): Set<number> => {
      const ids = new Set<number>();
      this.fields.forEach((field, i) => {
        if (COLUMN_OF[field] === column) for (const row of rows) ids.add(row[i] as number);
      });
      return ids;
    };
    const known = await names.namesFor(tenant, idsOf('service_id'), idsOf('env_id'));
    const nameOf = (field: string, value: GroupValue): string | null => {
      if (value === null || typeof value === 'string') return value;
      if (field === 'level') return levelName(value);
      return field === 'service' ? known.service(value) : known.environment(value);
    };
    return (values) => Object.fromEntries(this.fields.map((field, i) => [field, nameOf(field, values[i]!)]));
  }
}
