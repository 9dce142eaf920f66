import { LEVELS, type Level } from '@logstead/contracts';
import { useComputedColorScheme } from '@mantine/core';
import { BarChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef, type ReactNode } from 'react';
import type { HistogramBucket } from '../api/logs-api';
import { shortCount } from '../format/number-format';
import { bucketLabel, type Zone } from '../format/time-format';
import { CHART_INSETS } from './chart-insets';
import styles from './volume-histogram.module.css';

use([BarChart, GridComponent, CanvasRenderer]);

interface VolumeChartProps {
  readonly buckets: readonly HistogramBucket[];
  readonly widthMs: number;
  readonly zone: Zone;
}

/** From the baseline up: the severe ones stand on it, so that their height can be read. */
const STACK: readonly Level[] = LEVELS.toReversed();

function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Bars per bucket, stacked by level. Pointer and keyboard are the business of the layer above it. */
export default function VolumeChart({ buckets, widthMs, zone }: VolumeChartProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const scheme = useComputedColorScheme('light');

  useEffect(() => {
    if (box.current === null) return undefined;
    const created = init(box.current, null, { renderer: 'canvas' });
    chart.current = created;
    const observer = new ResizeObserver(() => created.resize());
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      created.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    const label = { color: color('--ls-dim'), fontFamily: 'Inter Variable', fontSize: 11 };
    chart.current?.setOption(
      {
        animation: false,
        grid: { ...CHART_INSETS, containLabel: false },
        xAxis: {
          type: 'category',
          data: buckets.map((bucket) =>
            bucketLabel(Date.parse(bucket.time), widthMs, widthMs * buckets.length, zone),
          ),
          axisTick: { show: false },
          axisLine: { lineStyle: { color: color('--ls-line-strong') } },
          axisLabel: { ...label, margin: 4, hideOverlap: true },
        },
        yAxis: {
          type: 'value',
          splitNumber: 2,
          minInterval: 1,
          axisLabel: {
            ...label,
            formatter: (value: number) => shortCount(value),
            margin: 6,
            showMinLabel: false,
          },
          splitLine: { lineStyle: { color: color('--ls-line') } },
        },
        series: STACK.map((level) => ({
          type: 'bar',
          name: level,
          stack: 'volume',
          silent: true,
          barCategoryGap: '14%',
          barMinHeight: 0,
          itemStyle: { color: color(`--ls-chart-${level}`) },
          data: buckets.map((bucket) => bucket[level]),
        })),
      },
      { notMerge: true },
    );
  }, [buckets, widthMs, zone, scheme]);

  return <div ref={box} className={styles['chart']} aria-hidden />;
}
