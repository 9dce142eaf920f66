export { Logger } from './logger.ts';
export type { ChildOptions, RecordFields } from './logger.ts';
export type { LoggerOptions } from './options.ts';
export type { Level } from './levels.ts';
export { LoggerError } from './logger-error.ts';
export type { LoggerErrorCode, Rejection } from './logger-error.ts';
export type { Drop, DropReason, LoggerStats } from './delivery-stats.ts';
export type { Transport, TransportRequest, TransportResponse } from './transport.ts';
