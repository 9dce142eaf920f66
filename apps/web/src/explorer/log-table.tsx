import { Skeleton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type ReactNode, type Ref } from 'react';
import type { Zone } from '../format/time-format';
import { LogTableRow, type RowShape } from './log-table-row';
import type { LogRow } from './log-row';
import type { Extents } from '../ui/marked-text';
import styles from './log-table.module.css';

export interface LogTableHandle {
  readonly scrollToTop: () => void;
  readonly reveal: (index: number) => void;
  readonly focus: () => void;
}

interface LogTableProps {
  readonly rows: readonly LogRow[];
  readonly highlights: ReadonlyMap<string, Extents>;
  readonly shape: RowShape;
  readonly zone: Zone;
  readonly withDay: boolean;
  readonly activeId: string | null;
  readonly selectedId: string | null;
  readonly totalRows: number;
  readonly stale: boolean;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly end: ReactNode;
  readonly onOpen: (id: string) => void;
  readonly onNearEnd: () => void;
  readonly onScrolled: (atTop: boolean) => void;
  readonly handle: Ref<LogTableHandle>;
}

export const ROW_PX = 24;
export const CARD_PX = 52;
const OVERSCAN = 12;
/** Rows left below the fold when the next page is asked for. */
const NEAR_END_ROWS = 150;
const AT_TOP_PX = 8;

const SKELETON_WIDTHS = [62, 81, 47, 73, 55, 90, 38, 68];

/** Stands where rows will be, as high as they are. */
export function RowSkeletons({
  count,
  shape,
}: {
  readonly count: number;
  readonly shape: RowShape;
}): ReactNode {
  return (
    <div className={styles['skeletons']} aria-busy aria-label="Loading logs" role="status">
      {Array.from({ length: count }, (_, index) => (
        <div
          key={index}
          className={styles['skeleton']}
          style={{ height: shape === 'card' ? CARD_PX : ROW_PX }}
        >
          <Skeleton height={10} width={92} />
          <Skeleton height={10} width={46} />
          <Skeleton height={10} width={`${(SKELETON_WIDTHS[index % SKELETON_WIDTHS.length] ?? 50) / 1.6}%`} />
        </div>
      ))}
    </div>
  );
}

export function LogTable(props: LogTableProps): ReactNode {
  const { rows, highlights, shape, zone, withDay, activeId, selectedId, totalRows, stale } = props;
  const { hasMore, loadingMore, end, onOpen, onNearEnd, onScrolled, handle } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = shape === 'card' ? CARD_PX : ROW_PX;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowPx]);
  const items = virtualizer.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (hasMore && !loadingMore && lastIndex >= rows.length - NEAR_END_ROWS) onNearEnd();
  }, [hasMore, loadingMore, lastIndex, rows.length, onNearEnd]);

  useImperativeHandle(
    handle,
    () => ({
      scrollToTop: () => scroller.current?.scrollTo({ top: 0 }),
      reveal: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
      focus: () => scroller.current?.focus({ preventScroll: true }),
    }),
    [virtualizer],
  );

  const active = activeId ?? selectedId;
  return (
    <div className={styles['table']} data-shape={shape} data-day={withDay} data-stale={stale}>
      <div
        ref={scroller}
        className={styles['scroller']}
        role="grid"
        aria-label="Logs"
        aria-rowcount={totalRows + 1}
        aria-busy={stale}
        tabIndex={0}
        aria-activedescendant={active === null ? undefined : `row-${active}`}
        onScroll={(event) => onScrolled(event.currentTarget.scrollTop <= AT_TOP_PX)}
      >
        <div className={styles['header']} role="row" aria-rowindex={1}>
          <span role="columnheader">Time</span>
          <span role="columnheader">Level</span>
          <span role="columnheader" data-column="service">
            Service
          </span>
          <span role="columnheader">Message</span>
          {shape === 'wide' && <span role="columnheader">Metadata</span>}
        </div>
        <div className={styles['body']} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            return row === undefined ? null : (
              <LogTableRow
                key={row.id}
                row={row}
                top={item.start}
                index={item.index}
                shape={shape}
                zone={zone}
                withDay={withDay}
                active={row.id === activeId}
                selected={row.id === selectedId}
                extents={highlights.get(row.id)}
                onOpen={onOpen}
              />
            );
          })}
        </div>
        {loadingMore && <RowSkeletons count={4} shape={shape} />}
        {!hasMore && rows.length > 0 && <div className={styles['end']}>{end}</div>}
      </div>
    </div>
  );
}
