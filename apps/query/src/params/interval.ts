import { formatDuration, parseDuration } from './duration';
import { invalid, type RequestParams, shown } from './request-params';

/** Steps people read well; each is at most 2.5 times the one before, so 120 buckets never become fewer than 48. */
const NICE_INTERVALS = [
  '10ms',
  '20ms',
  '50ms',
  '100ms',
  '200ms',
  '500ms',
  '1s',
  '2s',
  '5s',
  '10s',
  '20s',
  '30s',
  '1m',
  '2m',
  '5m',
  '10m',
  '15m',
  '30m',
  '1h',
  '2h',
  '3h',
  '6h',
  '12h',
  '1d',
  '2d',
  '4d',
  '7d',
  '14d',
  '28d',
].map((text) => parseDuration(text)!);
const MAX_AUTOMATIC_BUCKETS = 120;
/** Points in time one answer may have. */
export const MAX_INTERVALS = 10_000;
const MIN_INTERVAL_US = 1_000;

/** @throws AppError `invalid_parameter` */
export function readInterval(params: RequestParams, spanUs: number): number | undefined {
  const text = params.text('interval');
  if (text === undefined) return undefined;
  const us = parseDuration(text);
  if (us === undefined || us < MIN_INTERVAL_US) {
    throw invalid('interval', `interval must be a duration such as 10s, 1m or 1h, not ${shown(text)}.`, text);
  }
  const points = Math.ceil(spanUs / us) + 1;
  if (points <= MAX_INTERVALS) return us;
  throw invalid(
    'interval',
    `interval ${text} cuts the time range into ${points} parts; the limit is ${MAX_INTERVALS}. ` +
      `Use at least ${formatDuration(niceInterval(spanUs, MAX_INTERVALS - 1))}.`,
    text,
  );
}

/** The smallest nice interval that cuts the range into at most `buckets` parts. */
export function niceInterval(spanUs: number, buckets = MAX_AUTOMATIC_BUCKETS): number {
  const largest = NICE_INTERVALS.at(-1)!;
  const fitting = NICE_INTERVALS.find((us) => spanUs / us <= buckets);
  return fitting ?? Math.ceil(spanUs / buckets / largest) * largest;
}
