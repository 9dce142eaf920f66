import { parseTimestampUs } from '@logstead/query-language';
import { parseDuration } from './duration';
import { invalid, type RequestParams, shown } from './request-params';

export interface TimeRange {
  readonly fromUs: number;
  readonly toUs: number;
}

const DEFAULT_RANGE_US = 3_600_000_000;

/**
 * The half-open range asked for; the last hour by default.
 * @param nowUs end of ranges that name none: a log received before this instant lies inside
 * @throws AppError `invalid_parameter`
 */
export function readTimeRange(params: RequestParams, nowUs: number): TimeRange {
  const start = readTime(params, 'start_time');
  const toUs = readTime(params, 'end_time') ?? nowUs;
  const text = params.text('time_range');
  if (text === undefined) {
    const fromUs = start ?? toUs - DEFAULT_RANGE_US;
    if (fromUs < toUs) return { fromUs, toUs };
    throw invalid('start_time', 'start_time must lie before end_time (which is now when it is not given).');
  }
  if (start !== undefined) throw invalid('time_range', 'Give either start_time or time_range, not both.');
  const length = parseDuration(text);
  if (length === undefined) {
    throw invalid(
      'time_range',
      `time_range must be a duration such as 15m, 1h or 7d, not ${shown(text)}.`,
      text,
    );
  }
  return { fromUs: toUs - length, toUs };
}

function readTime(params: RequestParams, name: string): number | undefined {
  const text = params.text(name);
  if (text === undefined) return undefined;
  // A `+` that was not encoded arrives as a space.
  const us = parseTimestampUs(text.replace(/ (\d\d:?\d\d)$/, '+$1'));
  if (us !== null) return us;
  throw invalid(
    name,
    `${name} must be an ISO 8601 time with zone or an epoch number, not ${shown(text)}.`,
    text,
  );
}

/** The end of ranges that reach up to now: after every log received before. */
export function nowUs(): number {
  return (Date.now() + 1) * 1000;
}
