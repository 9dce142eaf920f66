/** What the process environment contributes; the only place of this package that reads it. */
export interface EnvironmentDefaults {
  readonly apiKey: string | undefined;
  readonly endpoint: string | undefined;
  readonly service: string | undefined;
  readonly environment: string | undefined;
}

export function readEnvironment(): EnvironmentDefaults {
  const { env } = process;
  return {
    apiKey: env['MONITORING_API_KEY'] || env['LOGSTEAD_API_KEY'] || undefined,
    endpoint: env['LOGSTEAD_ENDPOINT'] || undefined,
    service: env['LOGSTEAD_SERVICE'] || env['npm_package_name'] || undefined,
    environment: env['LOGSTEAD_ENVIRONMENT'] || env['NODE_ENV'] || undefined,
  };
}

/** Environment of the process that sends what is left at exit: NODE_OPTIONS would run the host's preloads again. */
export function childEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: '' };
}
