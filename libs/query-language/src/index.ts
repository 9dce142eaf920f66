export type {
  AllNode,
  AndNode,
  Bound,
  EqualsNode,
  ExistsNode,
  FieldRef,
  LikeNode,
  NotNode,
  OrNode,
  PatternPart,
  PlainField,
  QueryNode,
  RangeNode,
  RegexNode,
  Span,
  WordsNode,
} from './ast';
export { and, metadataEquals, not, or, PLAIN_FIELDS } from './ast';
export { completionsAt } from './completions';
export type { Completions } from './completions';
export { fieldText } from './fields';
export { fold, foldAscii } from './fold';
export { formatQuery } from './format';
export { highlight } from './highlight';
export { compileMatcher } from './matcher';
export type { MatchableLog } from './matcher';
export { parseQuery } from './parse-query';
export { MAX_QUERY_BYTES, MAX_QUERY_DEPTH, MAX_QUERY_TERMS } from './query-limits';
export { QuerySyntaxError } from './query-syntax-error';
export { requiredTokens } from './required-tokens';
export type { TokenAlternative } from './required-tokens';
export { compileToSql } from './sql';
export { logColumns } from './sql-builder';
export type { CompiledSql, LogColumns, SqlTarget, SqlValue } from './sql-builder';
export { formatTimestampUs, parseTimestampUs } from './timestamp';
export { forEachToken, isWordCode, MAX_TOKEN_BYTES, splitWords, tokenHash } from './words';
