/** One field with the values it must have (include: any of them) or must not have (exclude: none of them). */
export interface FieldFilter {
  /** `service`, `environment`, `level`, `trace_id`, `span_id` or `metadata.<path>`. */
  readonly field: string;
  readonly mode: 'include' | 'exclude';
  readonly values: readonly string[];
}

function without(filters: readonly FieldFilter[], field: string, value: string): FieldFilter[] {
  return filters
    .map((filter) =>
      filter.field === field ? { ...filter, values: filter.values.filter((each) => each !== value) } : filter,
    )
    .filter((filter) => filter.values.length > 0);
}

export function hasValue(
  filters: readonly FieldFilter[],
  field: string,
  value: string,
): FieldFilter['mode'] | null {
  return filters.find((filter) => filter.field === field && filter.values.includes(value))?.mode ?? null;
}

/** Adds the value to the field's filter of that mode, and takes it out of the other mode. */
export function addValue(
  filters: readonly FieldFilter[],
  field: string,
  value: string,
  mode: FieldFilter['mode'],
): FieldFilter[] {
  const rest = without(filters, field, value);
  const index = rest.findIndex((filter) => filter.field === field && filter.mode === mode);
  const found = rest[index];
  if (found === undefined) return [...rest, { field, mode, values: [value] }];
  return rest.map((filter, at) => (at === index ? { ...found, values: [...found.values, value] } : filter));
}

export function removeValue(filters: readonly FieldFilter[], field: string, value: string): FieldFilter[] {
  return without(filters, field, value);
}

/** Adds the value, or takes it away when it is there in that mode already. */
export function toggleValue(
  filters: readonly FieldFilter[],
  field: string,
  value: string,
  mode: FieldFilter['mode'],
): FieldFilter[] {
  return hasValue(filters, field, value) === mode
    ? without(filters, field, value)
    : addValue(filters, field, value, mode);
}

export function removeFilter(filters: readonly FieldFilter[], filter: FieldFilter): FieldFilter[] {
  return filters.filter((each) => each.field !== filter.field || each.mode !== filter.mode);
}
