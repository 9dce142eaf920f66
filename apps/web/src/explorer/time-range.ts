import { ROLLUP_MS } from '@logstead/contracts';

/** What the reader asked for. Relative ranges end now and move; absolute ones stand still. */
export type TimeRange =
  | { readonly kind: 'relative'; readonly text: string }
  | { readonly kind: 'absolute'; readonly fromMs: number; readonly toMs: number };

/** A range fixed at one instant, half open: what one set of requests is about. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Longest relative range: the longest retention class. */
const MAX_RELATIVE_MS = 365 * 86_400_000;

export const RANGE_PRESETS = [
  { text: '15m', label: 'Last 15 min' },
  { text: '1h', label: 'Last 1 h' },
  { text: '24h', label: 'Last 24 h' },
  { text: '7d', label: 'Last 7 d' },
] as const;

export const DEFAULT_RANGE: TimeRange = { kind: 'relative', text: '15m' };

/** Length in ms of a relative range such as `15m`, `2h` or `3d`; null when the text is not one. */
export function relativeMs(text: string): number | null {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  if (match === null) return null;
  const ms = Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0);
  return ms > 0 && ms <= MAX_RELATIVE_MS ? ms : null;
}

/** Reads what a person types: `2h`, `90 min`, `last 3 days`. */
export function parseTypedRange(input: string): TimeRange | null {
  const match =
    /^(?:last\s+)?(\d{1,6})\s*(s|secs?|seconds?|m|mins?|minutes?|h|hours?|hrs?|d|days?|w|weeks?)$/i.exec(
      input.trim(),
    );
  if (match === null) return null;
  const unit = (match[2] ?? '')[0]?.toLowerCase() ?? '';
  const text = unit === 'w' ? `${Number(match[1]) * 7}d` : `${Number(match[1])}${unit}`;
  return relativeMs(text) === null ? null : { kind: 'relative', text };
}

/**
 * Fixes a range. Relative ones are aligned to the store's rollups, so that counts are exact without reading rows,
 * and end just after now, so that the newest logs are inside.
 */
export function windowOf(range: TimeRange, nowMs: number): TimeWindow {
  if (range.kind === 'absolute') return { fromMs: range.fromMs, toMs: range.toMs };
  const toMs = Math.ceil((nowMs + 1) / ROLLUP_MS) * ROLLUP_MS;
  const length = relativeMs(range.text) ?? 900_000;
  return { fromMs: toMs - Math.max(ROLLUP_MS, Math.ceil(length / ROLLUP_MS) * ROLLUP_MS), toMs };
}

export function rangeLabel(range: TimeRange, format: (ms: number) => string): string {
  if (range.kind === 'absolute') return `${format(range.fromMs)} – ${format(range.toMs)}`;
  const match = /^(\d+)([smhd])$/.exec(range.text);
  const unit = { s: 's', m: 'min', h: 'h', d: 'd' }[match?.[2] ?? 'm'];
  return `Last ${match?.[1] ?? ''} ${unit ?? ''}`;
}

/** Twice as long with the same end (relative) or the same middle (absolute), for "nothing found here". */
export function widen(range: TimeRange): TimeRange {
  if (range.kind === 'relative') {
    const length = relativeMs(range.text) ?? 0;
    const next = RANGE_PRESETS.find((preset) => (relativeMs(preset.text) ?? 0) > length);
    return { kind: 'relative', text: next?.text ?? '30d' };
  }
  const half = (range.toMs - range.fromMs) / 2;
  return { kind: 'absolute', fromMs: Math.floor(range.fromMs - half), toMs: Math.ceil(range.toMs + half) };
}
