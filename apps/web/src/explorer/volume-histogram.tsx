import { Skeleton } from '@mantine/core';
import { LEVELS } from '@logstead/contracts';
import { lazy, Suspense, useMemo, useRef, useState, type PointerEvent, type ReactNode } from 'react';
import type { Histogram, HistogramBucket } from '../api/logs-api';
import { exactCount } from '../format/number-format';
import { dateTime, durationName, type Zone } from '../format/time-format';
import { ErrorLine } from '../ui/state-panel';
import { LevelTag } from '../ui/level-tag';
import type { TimeRange, TimeWindow } from './time-range';
import { CHART_INSETS } from './chart-insets';
import styles from './volume-histogram.module.css';

/** The chart library comes after the first logs are on screen. */
const VolumeChart = lazy(() => import('./volume-chart'));

interface VolumeHistogramProps {
  readonly histogram: Histogram | undefined;
  readonly error: Error | null;
  readonly window: TimeWindow;
  readonly zone: Zone;
  readonly busy: boolean;
  /** The logs failed as well and say why; one explanation is enough. */
  readonly quiet: boolean;
  readonly onZoom: (range: TimeRange) => void;
  readonly onRetry: () => void;
}

/** Pointer travel below this is a click, not a selection. */
const DRAG_PX = 4;

interface Buckets {
  readonly buckets: readonly HistogramBucket[];
  readonly widthMs: number;
  /** First bucket that is not full yet; the number of buckets when all are. */
  readonly partialFrom: number;
}

function readBuckets(histogram: Histogram, window: TimeWindow): Buckets {
  const { buckets } = histogram;
  const first = Date.parse(buckets[0]?.time ?? '');
  const second = Date.parse(buckets[1]?.time ?? '');
  const widthMs = Number.isNaN(second) ? window.toMs - window.fromMs : second - first;
  const asOfMs = Date.parse(histogram.asOf);
  const partial = buckets.findIndex((bucket) => Date.parse(bucket.time) + widthMs > asOfMs);
  return { buckets, widthMs, partialFrom: partial === -1 ? buckets.length : partial };
}

function Hover({
  bucket,
  widthMs,
  zone,
  partial,
}: {
  bucket: HistogramBucket;
  widthMs: number;
  zone: Zone;
  partial: boolean;
}): ReactNode {
  const start = Date.parse(bucket.time);
  return (
    <>
      <div className={styles['when']}>
        {dateTime(start, zone)} – {dateTime(start + widthMs, zone).slice(widthMs >= 86_400_000 ? 5 : 11)}
      </div>
      {LEVELS.toReversed().map((level) =>
        bucket[level] > 0 ? (
          <div key={level} className={styles['count']}>
            <LevelTag level={level} />
            <span>{exactCount(bucket[level])}</span>
          </div>
        ) : null,
      )}
      <div className={styles['count']}>
        <span>All</span>
        <span>{exactCount(bucket.total)}</span>
      </div>
      {partial && <div className={styles['note']}>Still filling</div>}
    </>
  );
}

export function VolumeHistogram(props: VolumeHistogramProps): ReactNode {
  const { histogram, error, window, zone, busy, quiet, onZoom, onRetry } = props;
  const plot = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number | null>(null);
  const [drag, setDrag] = useState<{ from: number; to: number; x: number } | null>(null);
  const data = useMemo(
    () => (histogram === undefined || histogram.buckets.length === 0 ? null : readBuckets(histogram, window)),
    [histogram, window],
  );

  if (error !== null && histogram === undefined) {
    return (
      <div className={styles['box']}>
        {!quiet && <ErrorLine error={error} what="The volume could not be loaded" onRetry={onRetry} />}
      </div>
    );
  }
  if (data === null) {
    return (
      <div className={styles['box']} aria-busy>
        <div className={styles['bars']}>
          {Array.from({ length: 48 }, (_, index) => (
            <Skeleton key={index} height={12 + ((index * 37) % 48)} radius={1} />
          ))}
        </div>
      </div>
    );
  }

  const { buckets, widthMs, partialFrom } = data;
  const indexAt = (event: PointerEvent): number => {
    const box = plot.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return 0;
    const at = Math.floor(((event.clientX - box.left) / box.width) * buckets.length);
    return Math.min(buckets.length - 1, Math.max(0, at));
  };
  const release = (event: PointerEvent): void => {
    if (drag === null) return;
    setDrag(null);
    if (Math.abs(event.clientX - drag.x) < DRAG_PX) return;
    const first = buckets[Math.min(drag.from, drag.to)];
    const last = buckets[Math.max(drag.from, drag.to)];
    if (first === undefined || last === undefined) return;
    setHover(null);
    onZoom({ kind: 'absolute', fromMs: Date.parse(first.time), toMs: Date.parse(last.time) + widthMs });
  };
  const percent = (count: number): string => `${(count / buckets.length) * 100}%`;
  const hovered = hover === null ? undefined : buckets[hover];
  const summary = `${exactCount(histogram?.total ?? 0)} logs in ${buckets.length} steps of ${durationName(widthMs)}`;

  return (
    <div className={styles['box']} data-busy={busy}>
      <Suspense fallback={null}>
        <VolumeChart buckets={buckets} widthMs={widthMs} zone={zone} />
      </Suspense>
      <div
        ref={plot}
        className={styles['plot']}
        style={{ left: CHART_INSETS.left, right: CHART_INSETS.right, top: 0, bottom: 0 }}
        role="img"
        aria-label={`Volume over time: ${summary}`}
        data-testid="histogram"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const index = indexAt(event);
          setDrag({ from: index, to: index, x: event.clientX });
        }}
        onPointerMove={(event) => {
          const index = indexAt(event);
          setHover(index);
          if (drag !== null) setDrag({ ...drag, to: index });
        }}
        onPointerUp={release}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={() => setHover(null)}
      >
        {partialFrom < buckets.length && (
          <div
            className={styles['partial']}
            style={{
              left: percent(partialFrom),
              width: percent(buckets.length - partialFrom),
              bottom: CHART_INSETS.bottom,
            }}
          />
        )}
        {hover !== null && drag === null && (
          <div
            className={styles['cursor']}
            style={{ left: percent(hover), width: percent(1), bottom: CHART_INSETS.bottom }}
          />
        )}
        {drag !== null && (
          <div
            className={styles['selection']}
            style={{
              left: percent(Math.min(drag.from, drag.to)),
              width: percent(Math.abs(drag.to - drag.from) + 1),
              bottom: CHART_INSETS.bottom,
            }}
          />
        )}
      </div>
      {hovered !== undefined && hover !== null && drag === null && (
        <div
          className={styles['hover']}
          style={
            hover < buckets.length / 2
              ? { left: `calc(${percent(hover + 1)} + 56px)` }
              : { right: `calc(${percent(buckets.length - hover)} + 20px)` }
          }
        >
          <Hover bucket={hovered} widthMs={widthMs} zone={zone} partial={hover >= partialFrom} />
        </div>
      )}
    </div>
  );
}
