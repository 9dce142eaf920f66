const SUBSTITUTE = String.fromCharCode(0x1a);
const HALF_PAIR = '[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]';
const UNSTORABLE = new RegExp(`[\\0${SUBSTITUTE}]|${HALF_PAIR}`, 'g');

/** True for text that no store holds as it is: U+0000, U+001A or half of a surrogate pair. */
export function isUnstorable(text: string): boolean {
  return text.search(UNSTORABLE) >= 0;
}

/**
 * Text as the stores hold it, which is what queries are held against: each code unit that cannot be stored reads as
 * U+001A and its four hex digits. Almost every text comes back as it is.
 */
export function storedText(text: string): string {
  if (!text.includes('\0') && !text.includes(SUBSTITUTE) && text.isWellFormed()) return text;
  return text.replace(
    UNSTORABLE,
    (unit) => `${SUBSTITUTE}${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
