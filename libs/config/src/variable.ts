import { isIP } from 'node:net';
import { z } from 'zod';

/** One environment variable: how it is read, and what the documentation says of it. */
export interface Variable<T> {
  readonly schema: z.ZodType<T, unknown>;
  /** What it sets, in which unit, and what changes when it is raised. */
  readonly doc: string;
  /** What a value must look like; also the text of the error, which never shows the value. */
  readonly rule: string;
  /** As the documentation shows it; empty when there is none. */
  readonly fallback: string;
}

/** An unset variable and an empty one are the same. */
function emptyIsUnset(value: unknown): unknown {
  return typeof value === 'string' && value.trim() === '' ? undefined : value;
}

interface IntegerOptions {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  readonly doc: string;
}

export function integer({ fallback, min, max, doc }: IntegerOptions): Variable<number> {
  const schema = z.preprocess(
    emptyIsUnset,
    z
      .string()
      .regex(/^\s*-?\d+\s*$/)
      .default(String(fallback))
      .transform(Number)
      .pipe(z.number().int().min(min).max(max)),
  );
  return { schema, doc, rule: `a whole number from ${min} to ${max}`, fallback: String(fallback) };
}

interface TextOptions {
  readonly pattern: RegExp;
  readonly rule: string;
  readonly doc: string;
}

export function text(options: TextOptions & { readonly fallback: string }): Variable<string> {
  const schema = z.preprocess(emptyIsUnset, z.string().regex(options.pattern).default(options.fallback));
  return { schema, doc: options.doc, rule: options.rule, fallback: options.fallback };
}

const NAMED_NETWORKS: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);

function isNetwork(text: string): boolean {
  if (NAMED_NETWORKS.has(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Addresses and networks separated by commas; may be left out. */
export function optionalNetworks(options: {
  readonly unset: string;
  readonly doc: string;
}): Variable<string | undefined> {
  const networks = z.string().refine((value) => value.split(',').every(isNetwork));
  return {
    schema: z.preprocess(emptyIsUnset, networks.optional()),
    doc: options.doc,
    rule: 'addresses or networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal; separated by commas',
    fallback: options.unset,
  };
}

/** A variable that may be left out. `unset` says what happens then. */
export function optionalText(
  options: TextOptions & { readonly unset: string },
): Variable<string | undefined> {
  const schema = z.preprocess(emptyIsUnset, z.string().regex(options.pattern).optional());
  return { schema, doc: options.doc, rule: options.rule, fallback: options.unset };
}

export function choice<const T extends string>(options: {
  readonly of: readonly [T, ...T[]];
  readonly fallback: NoInfer<T>;
  readonly doc: string;
}): Variable<T> {
  const schema = z.preprocess(
    emptyIsUnset,
    z
      .enum(options.of)
      .or(z.undefined())
      .transform((value) => value ?? options.fallback),
  );
  return {
    schema: schema,
    doc: options.doc,
    rule: `one of ${options.of.join(', ')}`,
    fallback: options.fallback,
  };
}
