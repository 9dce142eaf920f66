export { createLogger, Logger, type LoggerOptions, type LogMethod } from './logger';
export { Metrics, metrics } from './metrics';
export { NestLogger } from './nest-logger';
export { requestIdOf } from './request-id';
export { scrubSecrets } from './scrub-secrets';
