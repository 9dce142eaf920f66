import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { removeFilter, type FieldFilter } from './filters';
import { fieldLabel } from './field-label';
import styles from './filter-pills.module.css';

interface FilterPillsProps {
  readonly filters: readonly FieldFilter[];
  readonly onChange: (filters: FieldFilter[]) => void;
}

export function FilterPills({ filters, onChange }: FilterPillsProps): ReactNode {
  if (filters.length === 0) return null;
  return (
    <ul className={styles['pills']} aria-label="Filters">
      {filters.map((filter) => {
        const text = `${fieldLabel(filter.field)} ${filter.mode === 'exclude' ? 'is not' : 'is'} ${filter.values.join(', ')}`;
        return (
          <li
            key={`${filter.mode}${filter.field}`}
            className={styles['pill']}
            data-mode={filter.mode}
            title={text}
          >
            <span className={styles['field']}>
              {filter.mode === 'exclude' && 'not '}
              {fieldLabel(filter.field)}:
            </span>
            <span className={styles['values']}>{filter.values.join(', ')}</span>
            <button
              type="button"
              className={styles['remove']}
              aria-label={`Remove filter ${text}`}
              onClick={() => onChange(removeFilter(filters, filter))}
            >
              <IconX size={12} aria-hidden />
            </button>
          </li>
        );
      })}
      {filters.length > 1 && (
        <li>
          <button type="button" className={styles['clear']} onClick={() => onChange([])}>
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}
