import { formatTimestamp } from '@logstead/pipeline';

/** PostgreSQL cannot read years beyond 9999 in the form we write times in. */
const MAX_US = 253_402_300_799_999_000;

/** The values of one statement, numbered in the order they are added. */
export class SqlParams {
  readonly values: unknown[];

  constructor(values: readonly unknown[] = []) {
    this.values = [...values];
  }

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** @param us µs since the epoch; travels as text, so no digit is lost */
  addTime(us: number): string {
    return `${this.add(timeText(us))}::timestamptz`;
  }
}

export function timeText(us: number): string {
  return formatTimestamp(Math.min(Math.max(Math.trunc(us), 0), MAX_US));
}

/** SQL for µs since the epoch of a timestamptz expression; a bigint, which the pool reads as a number. */
export function microsOf(expression: string): string {
  return `(extract(epoch from ${expression}) * 1000000)::bigint`;
}
