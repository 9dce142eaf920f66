export * from './cache';
export * from './commit-feed';
export * from './log-bus';
export * from './log-reader';
export * from './rate-limiter';
export * from './stored-log';
export * from './tenant-context';
export * from './tokens';
