import { AppError } from '@logstead/errors';

export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Read by the authentication or by the browser's way of opening an address; no route reads them. */
const FOREIGN = new Set(['tenant']);

/** The parameters of one request. Whatever no reader has asked for by the end is an error. */
export class RequestParams {
  private readonly seen = new Set<string>();

  constructor(private readonly raw: RawQuery) {}

  /** @throws AppError `invalid_parameter` when it is given several times */
  text(name: string): string | undefined {
    this.seen.add(name);
    const value = this.raw[name];
    if (value === undefined || typeof value === 'string') return value === '' ? undefined : value;
    throw invalid(name, `${name} is given ${value.length} times; give it once.`, value.length);
  }

  /** Every value of a parameter that may be repeated. */
  repeated(name: string): string[] {
    this.seen.add(name);
    const value = this.raw[name];
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    return values.filter((item) => item !== '');
  }

  /** Values given by comma or repetition; undefined when there are none. */
  list(name: string): string[] | undefined {
    const values = this.repeated(name)
      .flatMap((value) => value.split(','))
      .map((value) => value.trim())
      .filter((value) => value !== '');
    return values.length === 0 ? undefined : [...new Set(values)];
  }

  integer(name: string, { min, max, fallback }: { min: number; max: number; fallback: number }): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw invalid(name, `${name} must be a whole number from ${min} to ${max}, not ${shown(text)}.`, text);
  }

  choice<T extends string>(name: string, of: readonly T[], fallback: T): T {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const known = of.find((value) => value === text);
    if (known !== undefined) return known;
    throw invalid(name, `${name} must be one of ${of.join(', ')}, not ${shown(text)}.`, text);
  }

  flag(name: string): boolean {
    return this.choice(name, ['true', 'false'], 'false') === 'true';
  }

  /** Names of the given parameters that begin with `prefix`. */
  namesWith(prefix: string): string[] {
    return Object.keys(this.raw).filter((name) => name.startsWith(prefix));
  }

  /** @throws AppError `invalid_parameter` naming every parameter nobody has read */
  refuseUnread(): void {
    const unknown = Object.keys(this.raw).filter((name) => !this.seen.has(name) && !FOREIGN.has(name));
    if (unknown.length === 0) return;
    throw new AppError({
      code: 'invalid_parameter',
      message: `Unknown parameter ${unknown.map(shown).join(', ')}. Known here: ${[...this.seen].sort().join(', ')}.`,
      details: { parameters: unknown },
    });
  }
}

/** @param observed the value found, shown to the client */
export function invalid(parameter: string, message: string, observed?: unknown): AppError {
  return new AppError({
    code: 'invalid_parameter',
    message,
    details: { parameter, ...(observed !== undefined && { observed }) },
  });
}

const MAX_SHOWN = 60;

/** A value of the request as it may stand in a message. */
export function shown(value: string): string {
  return JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
}
