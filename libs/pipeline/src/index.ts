export { BatchEncoder } from './batch-encoder';
export {
  BLOOM_LINE_BYTES,
  type BloomPositions,
  bloomPositions,
  buildBloom,
  MAX_BLOCK_TOKENS,
  TokenSet,
  traceCheckHash,
} from './bloom';
export type {
  DefaultNames,
  EncodeContext,
  EncodedBatch,
  EncodeResult,
  NameNumbers,
  RecordLimits,
  Rejection,
  RollupCell,
  SamplingRate,
  Segment,
} from './encode-context';
export { formatUuid, MAX_BATCH_LOGS } from './log-id';
export { latencyBin } from './rollup-collector';
export { LATENCY_KEYS } from './record-scanner';
export { MAX_SEGMENT_SPAN_US } from './segment-collector';
export { MAX_SEGMENT_ROWS } from './row-writer';
export { formatTimestamp, parseEpochTimestamp, parseIsoTimestamp } from './timestamp';
export { escapeMetadata, unescapeMessage, unescapeMetadata } from './unstorable-text';
export { decodeRows, type RowNames } from './row-decoder';
export { REFUSED_NAME } from './encode-context';
