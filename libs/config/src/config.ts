import { VARIABLES } from './schema';
import type { Variable } from './variable';

type Variables = typeof VARIABLES;

/** `DATA_DIR` → `dataDir`. */
type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<S>;
type PropertyOf<K extends string> = CamelCase<K extends `LOGSTEAD_${infer Rest}` ? Rest : K>;
type ValueOf<V> = V extends Variable<infer T> ? T : never;

/** The parsed values by property name. */
export type ConfigValues = {
  readonly [K in keyof Variables & string as PropertyOf<K>]: ValueOf<Variables[K]>;
};

/** `LOGSTEAD_DATA_DIR` → `dataDir`: the property of `Config` that holds a variable. */
export function propertyName(variable: string): string {
  return variable
    .replace(/^LOGSTEAD_/, '')
    .toLowerCase()
    .replace(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
}

/** Every rejected variable with its rule. Values are left out: they may be secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

// The values are properties of the instance without naming each of them a second time.
const ValueHolder = class {} as new () => ConfigValues;

/** The configuration of the process: parsed once at boot, frozen, injected by type. */
export class Config extends ValueHolder {
  private constructor(values: ConfigValues) {
    super();
    Object.assign(this, values);
    Object.freeze(this);
  }

  /** @throws ConfigError naming every variable that is missing or wrong */
  static parse(environment: Readonly<Record<string, string | undefined>>): Config {
    const problems: string[] = [];
    const values: Record<string, unknown> = {};
    for (const [name, variable] of Object.entries(VARIABLES)) {
      const result = variable.schema.safeParse(environment[name]);
      if (result.success) values[propertyName(name)] = result.data;
      else problems.push(`${name} must be ${variable.rule}`);
    }
    const parsed = values as unknown as ConfigValues;
    if (problems.length === 0) problems.push(...contradictions(parsed));
    if (problems.length > 0) throw new ConfigError(problems);
    return new Config(parsed);
  }

  /** Address people reach the explorer under, without a slash at the end. `port` is the one really listened on. */
  baseUrl(port: number = this.port): string {
    return (this.publicUrl ?? `http://localhost:${port}`).replace(/\/+$/, '');
  }

  /** Whether browsers reach the product by https, so that cookies can be Secure. */
  get https(): boolean {
    return this.publicUrl?.startsWith('https://') ?? false;
  }
}

function contradictions(values: ConfigValues): string[] {
  const problems: string[] = [];
  if ((values.bootstrapTenant === undefined) !== (values.bootstrapApiKey === undefined)) {
    problems.push(
      'LOGSTEAD_BOOTSTRAP_TENANT and LOGSTEAD_BOOTSTRAP_API_KEY must be set together or not at all',
    );
  }
  if (values.ingestTenantQueueBytes > values.ingestQueueBytes) {
    problems.push('INGEST_TENANT_QUEUE_BYTES must not be above INGEST_QUEUE_BYTES');
  }
  return problems;
}

/** Reads the environment of the process; the only place of the product that does. @throws ConfigError */
export function loadConfig(): Config {
  return Config.parse(process.env);
}
