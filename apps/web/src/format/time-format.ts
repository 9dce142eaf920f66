/** Which zone times are shown in. */
export type Zone = 'local' | 'utc';

const DAY_MS = 86_400_000;

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

function parts(ms: number, zone: Zone): Parts {
  const date = new Date(ms);
  return zone === 'utc'
    ? {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
        ms: date.getUTCMilliseconds(),
      }
    : {
        year: date.getFullYear(),
        month: date.getMonth() + 1,
        day: date.getDate(),
        hour: date.getHours(),
        minute: date.getMinutes(),
        second: date.getSeconds(),
        ms: date.getMilliseconds(),
      };
}

/** `10:30:00.123` */
export function clockMs(ms: number, zone: Zone): string {
  const p = parts(ms, zone);
  return `${two(p.hour)}:${two(p.minute)}:${two(p.second)}.${String(p.ms).padStart(3, '0')}`;
}

/** `11-21 10:30:00.123` */
export function dayClockMs(ms: number, zone: Zone): string {
  const p = parts(ms, zone);
  return `${two(p.month)}-${two(p.day)} ${clockMs(ms, zone)}`;
}

/** `2026-11-21 10:30:00` */
export function dateTime(ms: number, zone: Zone): string {
  const p = parts(ms, zone);
  return `${p.year}-${two(p.month)}-${two(p.day)} ${two(p.hour)}:${two(p.minute)}:${two(p.second)}`;
}

/** `2026-11-21 10:30:00.123456 +01:00`, all six digits of an API timestamp kept. */
export function fullTime(timestamp: string, zone: Zone): string {
  const ms = Date.parse(timestamp);
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? '000';
  return `${dateTime(ms, zone)}.${fraction} ${offsetName(ms, zone)}`;
}

/** `UTC` or the offset at that instant, `+01:00`. */
export function offsetName(ms: number, zone: Zone): string {
  if (zone === 'utc') return 'UTC';
  const minutes = -new Date(ms).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Label of a bucket on an axis, as fine as the bucket's width and as coarse as the axis' span need. */
export function bucketLabel(ms: number, widthMs: number, spanMs: number, zone: Zone): string {
  const p = parts(ms, zone);
  const day = `${two(p.month)}-${two(p.day)}`;
  if (widthMs >= DAY_MS) return day;
  const clock = `${two(p.hour)}:${two(p.minute)}`;
  if (spanMs > DAY_MS) return `${day} ${clock}`;
  return widthMs < 60_000 ? `${clock}:${two(p.second)}` : clock;
}

/** `3 min ago`; future instants (clock skew) read as `now`. */
export function ago(ms: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1000));
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** `10 s`, `5 min`, `1 h`. */
export function durationName(ms: number): string {
  if (ms % 86_400_000 === 0) return `${ms / 86_400_000} d`;
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  if (ms % 60_000 === 0) return `${ms / 60_000} min`;
  return `${ms / 1000} s`;
}

/** Value for an `<input type="datetime-local" step="1">`. */
export function toInputValue(ms: number, zone: Zone): string {
  return dateTime(ms, zone).replace(' ', 'T');
}

/** Instant of such an input's value; null when it is empty or not a time. */
export function fromInputValue(value: string, zone: Zone): number | null {
  const ms = Date.parse(zone === 'utc' ? `${value}Z` : value);
  return Number.isNaN(ms) ? null : ms;
}
