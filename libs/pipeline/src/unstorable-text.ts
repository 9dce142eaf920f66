/**
 * PostgreSQL's text cannot hold U+0000 and UTF-8 cannot hold lone surrogates. Each such code unit, and U+001A itself,
 * is stored as U+001A followed by its four hex digits: in a message as that character, in the source text of metadata
 * as its escape `\u001a`. Reading undoes it, so any JSON string comes back as it was sent.
 */
const MARK = '\u001a';
const MARK_ESCAPE = '\\u001a';

/** @param stored message as the store holds it */
export function unescapeMessage(stored: string): string {
  if (!stored.includes(MARK)) return stored;
  return stored.replace(/\u001a([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** @param stored JSON source text of metadata as the store holds it */
export function unescapeMetadata(stored: string): string {
  if (!stored.includes(MARK_ESCAPE)) return stored;
  return stored.replace(/\\(?:u001a([0-9a-f]{4})|[^])/g, (whole, hex: string | undefined) =>
    hex === undefined ? whole : `\\u${hex}`,
  );
}

/** @param source JSON text in which at least one escape cannot be stored */
export function escapeMetadata(source: string): string {
  return source.replace(
    /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u([0-9a-fA-F]{4})|[^])/g,
    (whole, hex: string | undefined) => {
      if (hex === undefined) return whole;
      const unit = parseInt(hex, 16);
      const storable = unit !== 0 && unit !== 0x1a && (unit < 0xd800 || unit > 0xdfff);
      return storable ? whole : `${MARK_ESCAPE}${hex.toLowerCase()}`;
    },
  );
}
