/** Longest query, in bytes of UTF-8. A longer one is almost always a pasted document. */
export const MAX_QUERY_BYTES = 8 * 1024;
/** Deepest nesting of groups and negations. Bounds recursion in every compiler. */
export const MAX_QUERY_DEPTH = 50;
/** Most conditions in a query; every word of a phrase counts as one. Bounds the work for each log. */
export const MAX_QUERY_TERMS = 200;
