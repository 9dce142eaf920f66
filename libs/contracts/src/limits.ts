/** 1 KiB is 1,024 bytes, everywhere. */
export const KIB = 1024;
export const MIB = 1024 * KIB;

/** Longest accepted name of a service or environment, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 128;
/** Longest trace or span id of a form other than hex, in bytes. */
export const MAX_TRACE_ID_BYTES = 128;
/** Rejections named one by one in an answer; the rest are only counted. */
export const MAX_LISTED_REJECTIONS = 100;
/** Largest page of a list request. */
export const MAX_PAGE_SIZE = 1000;
export const DEFAULT_PAGE_SIZE = 100;
/** Retention classes in days; one family of tables each. */
export const RETENTION_CLASSES = [7, 30, 90, 365] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];
/** Width of the finest rollup in ms: counts over ranges aligned to it are answered without reading rows. */
export const ROLLUP_MS = 10_000;
