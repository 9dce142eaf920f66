/** SQL expressions of the columns of a log row, as migration 0002 defines them. */
export interface LogColumns {
  readonly ts: string;
  readonly id: string;
  readonly service_id: string;
  readonly env_id: string;
  readonly level: string;
  readonly message: string;
  readonly metadata: string;
  readonly trace_id: string;
  readonly trace_text: string;
  readonly span_id: string;
}

export interface SqlTarget {
  readonly columns: LogColumns;
  /** Number of the first parameter: `$firstParam`. */
  readonly firstParam: number;
  /** Numbers of the tenant's services whose name passes. */
  readonly resolveServices: (matches: (name: string) => boolean) => readonly number[];
  readonly resolveEnvironments: (matches: (name: string) => boolean) => readonly number[];
}

export type SqlValue = string | number | readonly number[] | readonly string[];

/** A boolean expression that is never NULL, and the values of its parameters in order. */
export interface CompiledSql {
  readonly text: string;
  readonly values: SqlValue[];
}

/** Columns of `logs_<n>d`, with an optional table alias. */
export function logColumns(alias?: string): LogColumns {
  const column = (name: string): string => (alias === undefined ? name : `${alias}.${name}`);
  return {
    ts: column('ts'),
    id: column('id'),
    service_id: column('service_id'),
    env_id: column('env_id'),
    level: column('level'),
    message: column('message'),
    metadata: column('metadata'),
    trace_id: column('trace_id'),
    trace_text: column('trace_text'),
    span_id: column('span_id'),
  };
}

/** Collects parameters; equal values of one type share one. */
export class SqlParameters {
  readonly values: SqlValue[] = [];
  private readonly known = new Map<string, string>();

  constructor(private readonly first: number) {}

  add(value: SqlValue, type: 'text' | 'uuid' | 'timestamptz' | 'numeric' | 'int[]' | 'text[]'): string {
    const key = `${type}:${JSON.stringify(value)}`;
    let text = this.known.get(key);
    if (text === undefined) {
      this.values.push(value);
      text = `$${this.first + this.values.length - 1}::${type}`;
      this.known.set(key, text);
    }
    return text;
  }

  text(value: string): string {
    return this.add(value, 'text');
  }
}
