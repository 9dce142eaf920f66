import { memo, type ReactNode } from 'react';
import { clockMs, dayClockMs, fullTime, type Zone } from '../format/time-format';
import { visibleText } from '../ui/hostile-text';
import { LevelTag } from '../ui/level-tag';
import { MarkedText, type Extents } from '../ui/marked-text';
import { metadataPreview, type LogRow } from './log-row';
import styles from './log-table.module.css';

/** How a log is laid out: with metadata, without it or the service for want of width, or as a card of two lines. */
export type RowShape = 'wide' | 'narrow' | 'tight' | 'card';

interface LogTableRowProps {
  readonly row: LogRow;
  /** Distance from the top of the list in px. */
  readonly top: number;
  readonly index: number;
  readonly shape: RowShape;
  readonly zone: Zone;
  readonly withDay: boolean;
  readonly active: boolean;
  readonly selected: boolean;
  readonly extents: Extents | undefined;
  readonly onOpen: (id: string) => void;
}

/** A row shows the beginning of a message; the whole of a megabyte would cost the frame. */
const SHOWN_CHARS = 600;
const NO_EXTENTS: Extents = [];

export const LogTableRow = memo(function LogTableRow(props: LogTableRowProps): ReactNode {
  const { row, top, index, shape, zone, withDay, active, selected, extents, onOpen } = props;
  const ms = Date.parse(row.timestamp);
  return (
    <div
      id={`row-${row.id}`}
      className={styles['row']}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-active={active}
      data-level={row.level}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onOpen(row.id)}
    >
      <span role="gridcell" className={styles['time']} title={fullTime(row.timestamp, zone)}>
        {withDay ? dayClockMs(ms, zone) : clockMs(ms, zone)}
      </span>
      <span role="gridcell" className={styles['level']}>
        <LevelTag level={row.level} />
      </span>
      <span role="gridcell" className={styles['service']} title={row.service}>
        {visibleText(row.service)}
      </span>
      <span role="gridcell" className={styles['message']}>
        <MarkedText text={visibleText(row.message.slice(0, SHOWN_CHARS))} extents={extents ?? NO_EXTENTS} />
      </span>
      {shape === 'wide' && (
        <span role="gridcell" className={styles['metadata']}>
          {visibleText(metadataPreview(row))}
        </span>
      )}
    </div>
  );
});
