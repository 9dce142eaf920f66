import { formatTimestampUs } from '@logstead/query-language';

/** RFC 3339 UTC with six fraction digits, as every answer writes times. @param us µs since the epoch */
export function answerTime(us: number): string {
  return formatTimestampUs(us);
}
