export { type EncodedBatchWithKey, LogWriter, type LogWriterOptions } from './log-writer';
export { NameRegistry, TenantNames } from './name-registry';
export { PartitionKeeper } from './partition-keeper';
export { RejectionLog } from './rejection-log';
export { SamplingRules } from './sampling-rules';
