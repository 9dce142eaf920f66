import { ActionIcon, Skeleton } from '@mantine/core';
import { LEVELS } from '@logstead/contracts';
import { IconChevronRight, IconMinus, IconPlus } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { FieldFacet } from '../api/logs-api';
import type { WeighedFacet } from './use-log-data';
import { exactCount, share, shortCount } from '../format/number-format';
import { LevelTag } from '../ui/level-tag';
import { ErrorLine } from '../ui/state-panel';
import { visibleText } from '../ui/hostile-text';
import { fieldLabel } from './field-label';
import { hasValue, type FieldFilter } from './filters';
import styles from './field-list.module.css';

export type PickValue = (field: string, value: string, mode: FieldFilter['mode']) => void;

interface FieldListProps {
  readonly facets: readonly WeighedFacet[] | null;
  readonly error: Error | null;
  readonly filters: readonly FieldFilter[];
  /** The logs failed as well and say why; one explanation is enough. */
  readonly quiet: boolean;
  readonly onPick: PickValue;
  readonly onRetry: () => void;
}

/** Fields of every log come first, in this order, and open; so do a few of the metadata. */
const COMMON = ['service', 'level', 'environment'];
const OPEN_METADATA = 2;

function rank(facet: FieldFacet): number {
  const index = COMMON.indexOf(facet.field);
  return index === -1 ? COMMON.length : index;
}

/** Measurements hardly repeat: their single values say little. */
function isMeasured(facet: FieldFacet): boolean {
  return facet.values.every((each) => /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(each.value));
}

function openAtFirst(facets: readonly FieldFacet[]): ReadonlySet<string> {
  const metadata = facets.filter((facet) => !COMMON.includes(facet.field) && !isMeasured(facet));
  return new Set([...COMMON, ...metadata.slice(0, OPEN_METADATA).map((facet) => facet.field)]);
}

/** Levels in rising severity whatever their counts, so that they stay in their place. */
function inOrder(facet: FieldFacet): FieldFacet['values'] {
  if (facet.field !== 'level') return facet.values;
  return LEVELS.toReversed().flatMap((level) => facet.values.filter((each) => each.value === level));
}

interface ValueProps {
  readonly field: string;
  readonly value: string;
  readonly count: number;
  readonly whole: number;
  readonly sampled: boolean;
  readonly mode: FieldFilter['mode'] | null;
  readonly onPick: PickValue;
}

function Value({ field, value, count, whole, sampled, mode, onPick }: ValueProps): ReactNode {
  const level = field === 'level' ? LEVELS.find((each) => each === value) : undefined;
  const name = value === '' ? '(empty)' : visibleText(value);
  const part = share(count, whole);
  const hint = sampled
    ? `${name}: ${part} of the values found in a sample of the newest logs`
    : `${name}: ${exactCount(count)} logs (${part})`;
  return (
    <li className={styles['value']} data-mode={mode ?? 'none'}>
      <button
        type="button"
        className={styles['pick']}
        aria-pressed={mode === 'include'}
        title={hint}
        onClick={() => onPick(field, value, 'include')}
      >
        <span
          className={styles['bar']}
          style={{ width: `${whole > 0 ? Math.max(1, (count / whole) * 100) : 0}%` }}
        />
        <span className={styles['name']}>{level === undefined ? name : <LevelTag level={level} />}</span>
        <span className={styles['share']}>
          {sampled ? part : shortCount(count)}
          {!sampled && <small>{part}</small>}
        </span>
      </button>
      <span className={styles['actions']}>
        <ActionIcon
          size={20}
          aria-label={`Include ${fieldLabel(field)} ${name}`}
          aria-pressed={mode === 'include'}
          onClick={() => onPick(field, value, 'include')}
        >
          <IconPlus size={13} />
        </ActionIcon>
        <ActionIcon
          size={20}
          aria-label={`Exclude ${fieldLabel(field)} ${name}`}
          aria-pressed={mode === 'exclude'}
          onClick={() => onPick(field, value, 'exclude')}
        >
          <IconMinus size={13} />
        </ActionIcon>
      </span>
    </li>
  );
}

function Field({
  facet,
  filters,
  opened,
  onToggle,
  onPick,
}: {
  facet: WeighedFacet;
  filters: readonly FieldFilter[];
  opened: boolean;
  onToggle: () => void;
  onPick: PickValue;
}): ReactNode {
  const sampled = facet.field.startsWith('metadata.');
  const excluded = filters.find((filter) => filter.field === facet.field && filter.mode === 'exclude');
  const picked = filters.find((filter) => filter.field === facet.field && filter.mode === 'include');
  const present = new Set(facet.values.map((each) => each.value));
  const absent = [...(picked?.values ?? []), ...(excluded?.values ?? [])].filter(
    (value) => !present.has(value),
  );
  return (
    <li className={styles['facet']}>
      <button
        type="button"
        className={styles['head']}
        aria-expanded={opened}
        onClick={onToggle}
        title={facet.field}
      >
        <IconChevronRight size={13} className={styles['arrow']} aria-hidden />
        <span className={styles['field']}>{fieldLabel(facet.field)}</span>
        <span className={styles['distinct']}>{facet.values.length}</span>
      </button>
      {opened && (
        <ul className={styles['values']} aria-label={fieldLabel(facet.field)}>
          {inOrder(facet).map((each) => (
            <Value
              key={each.value}
              field={facet.field}
              value={each.value}
              count={each.count}
              whole={facet.whole}
              sampled={sampled}
              mode={hasValue(filters, facet.field, each.value)}
              onPick={onPick}
            />
          ))}
          {absent.map((value) => (
            <Value
              key={value}
              field={facet.field}
              value={value}
              count={0}
              whole={facet.whole}
              sampled={sampled}
              mode={hasValue(filters, facet.field, value)}
              onPick={onPick}
            />
          ))}
        </ul>
      )}
    </li>
  );
}

export function FieldList({ facets, error, filters, quiet, onPick, onRetry }: FieldListProps): ReactNode {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [search, setSearch] = useState('');
  if (facets === null) {
    if (error !== null && quiet) return null;
    if (error !== null)
      return <ErrorLine error={error} what="The fields could not be loaded" onRetry={onRetry} />;
    return (
      <div className={styles['loading']} aria-busy>
        {Array.from({ length: 14 }, (_, index) => (
          <Skeleton key={index} height={12} width={`${40 + ((index * 29) % 50)}%`} />
        ))}
      </div>
    );
  }
  const needle = search.trim().toLowerCase();
  const sorted = facets.toSorted((a, b) => rank(a) - rank(b));
  const opened = openAtFirst(sorted);
  // A field without values stays while it is filtered by, so that the filter can be seen and taken away.
  const used = new Set(filters.map((filter) => filter.field));
  const shown = sorted.filter(
    (facet) =>
      facet.field.toLowerCase().includes(needle) && (facet.values.length > 0 || used.has(facet.field)),
  );
  return (
    <div className={styles['fields']}>
      <input
        className={styles['search']}
        type="search"
        placeholder="Find a field"
        aria-label="Find a field"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <ul className={styles['list']}>
        {shown.map((facet) => {
          const byDefault = needle !== '' || opened.has(facet.field);
          return (
            <Field
              key={facet.field}
              facet={facet}
              filters={filters}
              opened={byDefault !== toggled.has(facet.field)}
              onToggle={() =>
                setToggled((set) => {
                  const next = new Set(set);
                  if (!next.delete(facet.field)) next.add(facet.field);
                  return next;
                })
              }
              onPick={onPick}
            />
          );
        })}
      </ul>
      {shown.length === 0 && needle !== '' && <p className={styles['none']}>No field has this name.</p>}
    </div>
  );
}
