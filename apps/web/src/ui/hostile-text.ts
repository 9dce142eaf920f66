/**
 * Log text is hostile. It is only ever put on the page as text; what would stay invisible (control characters, escape
 * sequences, marks that turn the reading direction) is shown as a visible sign of the same length, so that positions
 * in the text stay true.
 */
const INVISIBLE = /[\u0000-\u0008\u000B-\u001F\u007F\u202A-\u202E\u2066-\u2069]/g;

export function visibleText(text: string): string {
  return text.replace(INVISIBLE, (char) => {
    const code = char.charCodeAt(0);
    if (code === 0x7f) return '\u2421';
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\uFFFD';
  });
}

export interface TextLink {
  readonly href: string;
  readonly host: string;
}

/** The http(s) addresses in a text, each once, with the host a reader should judge them by. */
export function findLinks(text: string, limit: number): TextLink[] {
  const links = new Map<string, TextLink>();
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"'`|\\^{}]+/gi)) {
    const raw = match[0].replace(/[).,;:!?\]]+$/, '');
    try {
      const url = new URL(raw);
      if (url.protocol === 'http:' || url.protocol === 'https:')
        links.set(url.href, { href: url.href, host: url.host });
    } catch {
      continue;
    }
    if (links.size >= limit) break;
  }
  return [...links.values()];
}
