import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { fetchContext } from '../api/logs-api';
import { clockMs, type Zone } from '../format/time-format';
import { visibleText } from '../ui/hostile-text';
import { LevelTag } from '../ui/level-tag';
import { ErrorLine } from '../ui/state-panel';
import type { LogRow } from './log-row';
import styles from './surrounding-logs.module.css';

interface SurroundingLogsProps {
  readonly tenant: string;
  readonly id: string;
  readonly zone: Zone;
  readonly onOpen: (id: string) => void;
}

const STEP = 10;
const MAX = 100;
const SHOWN_CHARS = 300;

/** What the same service said just before and after, oldest first, whatever the filters are. */
export function SurroundingLogs({ tenant, id, zone, onOpen }: SurroundingLogsProps): ReactNode {
  const [size, setSize] = useState(STEP);
  const context = useQuery({
    queryKey: ['context', tenant, id, size],
    queryFn: ({ signal }) => fetchContext(tenant, id, size, signal),
    placeholderData: (previous) => previous,
  });
  if (context.isError) {
    return (
      <ErrorLine
        error={context.error}
        what="The surrounding logs could not be loaded"
        onRetry={() => void context.refetch()}
      />
    );
  }
  if (context.data === undefined) {
    return (
      <div className={styles['list']} aria-busy role="status" aria-label="Loading surrounding logs">
        {Array.from({ length: 9 }, (_, index) => (
          <Skeleton key={index} height={12} my={5} width={`${50 + ((index * 31) % 45)}%`} />
        ))}
      </div>
    );
  }
  const { before, log, after } = context.data;
  const line = (row: LogRow, current: boolean): ReactNode => (
    <li key={row.id}>
      <button
        type="button"
        className={styles['line']}
        aria-current={current ? 'true' : undefined}
        onClick={() => onOpen(row.id)}
      >
        <span className={styles['time']}>{clockMs(Date.parse(row.timestamp), zone)}</span>
        <LevelTag level={row.level} />
        <span className={styles['message']}>{visibleText(row.message.slice(0, SHOWN_CHARS))}</span>
      </button>
    </li>
  );
  return (
    <>
      <p className={styles['hint']}>
        {visibleText(log.service)} in {visibleText(log.environment)}, oldest first, filters aside.
      </p>
      <ol className={styles['list']}>
        {before.map((row) => line(row, false))}
        {line(log, true)}
        {after.map((row) => line(row, false))}
      </ol>
      {size < MAX && (before.length >= size || after.length >= size) && (
        <button
          type="button"
          className={styles['more']}
          onClick={() => setSize((value) => Math.min(MAX, value * 3))}
        >
          Show more
        </button>
      )}
    </>
  );
}
