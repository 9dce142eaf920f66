/**
 * Finds the extents of values in JSON text without building them, so that metadata can be kept as the text that was
 * sent: `JSON.parse` would round integers beyond 2^53 and lose forms such as `1.0`.
 */

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const COMMA = 44;
const COLON = 58;

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

/** Index of the first character at or after `index` that is not JSON white space. */
export function skipSpace(text: string, index: number): number {
  let at = index;
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** Index after the string that begins at `index`. @throws SyntaxError when it does not end */
export function skipString(text: string, index: number): number {
  let at = index + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw new SyntaxError(`unterminated string at ${index}`);
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** Index after the value that begins at `index`. @throws SyntaxError when it does not end */
export function skipValue(text: string, index: number): number {
  const first = text.charCodeAt(index);
  if (first === QUOTE) return skipString(text, index);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    let at = index;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || isSpace(code)) break;
      at += 1;
    }
    if (at === index) throw new SyntaxError(`value expected at ${index}`);
    return at;
  }
  let depth = 0;
  let at = index;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
    at += 1;
  }
  throw new SyntaxError(`unterminated value at ${index}`);
}

/** Calls back with the name and the extent of every member's value of the object at `index`; returns the index after it. */
export function eachMember(
  text: string,
  index: number,
  visit: (name: string, start: number, end: number) => void,
): number {
  if (text.charCodeAt(index) !== OPEN_BRACE) throw new SyntaxError(`object expected at ${index}`);
  let at = skipSpace(text, index + 1);
  if (text.charCodeAt(at) === CLOSE_BRACE) return at + 1;
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) throw new SyntaxError(`name expected at ${at}`);
    const nameEnd = skipString(text, at);
    const name = JSON.parse(text.slice(at, nameEnd)) as string;
    at = skipSpace(text, nameEnd);
    if (text.charCodeAt(at) !== COLON) throw new SyntaxError(`colon expected at ${at}`);
    const start = skipSpace(text, at + 1);
    const end = skipValue(text, start);
    visit(name, start, end);
    at = skipSpace(text, end);
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACE) return at + 1;
    if (code !== COMMA) throw new SyntaxError(`comma expected at ${at}`);
    at = skipSpace(text, at + 1);
  }
}

/** Calls back with the extent of every element of the array at `index`; returns the index after it. */
export function eachElement(
  text: string,
  index: number,
  visit: (start: number, end: number) => void,
): number {
  if (text.charCodeAt(index) !== OPEN_BRACKET) throw new SyntaxError(`array expected at ${index}`);
  let at = skipSpace(text, index + 1);
  if (text.charCodeAt(at) === CLOSE_BRACKET) return at + 1;
  for (;;) {
    const end = skipValue(text, at);
    visit(at, end);
    at = skipSpace(text, end);
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACKET) return at + 1;
    if (code !== COMMA) throw new SyntaxError(`comma expected at ${at}`);
    at = skipSpace(text, at + 1);
  }
}
