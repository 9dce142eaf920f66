export * from './error-codes';
export * from './levels';
export * from './limits';
export * from './log-record';
