/**
 * Checks JSON text (RFC 8259) in a buffer without building values: the hot path needs only the byte ranges of the
 * fields, and metadata must be kept as the bytes that were sent. Measured against `JSON.parse` of the decoded text
 * plus re-encoding: docs/decisions/0001-byte-scanner.md.
 *
 * The buffer must hold a byte below 0x20 that is no white space (0x00) at `end`: it stops every loop without a
 * bounds check.
 */
export class JsonCursor {
  bytes: Uint8Array = new Uint8Array(1);
  end = 0;
  /** Where the text stopped being JSON; meaningful after a method returned -1. */
  errorAt = 0;
  errorText = '';
  /** Whether the last string had a backslash. */
  escaped = false;
  /** Whether a string held an escape of U+0000, U+001A or a lone surrogate since this was last set to false. */
  unstorable = false;
  /** Keys and deepest nesting of the value last read by `skipValue` with these set to 0 before. */
  keys = 0;
  deepest = 0;

  reset(bytes: Uint8Array, end: number): void {
    this.bytes = bytes;
    this.end = end;
    this.errorText = '';
  }

  fail(at: number, text: string): -1 {
    if (this.errorText === '') {
      this.errorAt = at;
      this.errorText = at >= this.end ? 'unexpected end of the text' : text;
    }
    return -1;
  }

  skipSpace(at: number): number {
    const bytes = this.bytes;
    let c = bytes[at]!;
    while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = bytes[++at]!;
    return at;
  }

  /** @returns the position of the closing quote of the string whose first character is at `at`, or -1 */
  skipString(at: number): number {
    const bytes = this.bytes;
    this.escaped = false;
    for (;;) {
      let c = bytes[at]!;
      // Most bytes are letters: one comparison each.
      while (c > 0x22 && c !== 0x5c) c = bytes[++at]!;
      if (c === 0x22) return at;
      if (c === 0x5c) {
        this.escaped = true;
        at = this.skipEscape(at);
        if (at < 0) return -1;
      } else if (c < 0x20) {
        return this.fail(at, 'control character in a string');
      } else {
        at++;
      }
    }
  }

  /** @param at position of the backslash @returns the position after the escape, or -1 */
  private skipEscape(at: number): number {
    const c = this.bytes[at + 1]!;
    switch (c) {
      case 0x22: // "
      case 0x5c: // \
      case 0x2f: // /
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        return at + 2;
      case 0x75: {
        const unit = this.hex4(at + 2);
        if (unit < 0) return this.fail(at, 'bad \\u escape');
        if (unit === 0 || unit === 0x1a) {
          this.unstorable = true;
        } else if (unit >= 0xd800 && unit <= 0xdfff) {
          if (unit <= 0xdbff && this.bytes[at + 6] === 0x5c && this.bytes[at + 7] === 0x75) {
            const low = this.hex4(at + 8);
            if (low >= 0xdc00 && low <= 0xdfff) return at + 12;
          }
          this.unstorable = true;
        }
        return at + 6;
      }
      default:
        return this.fail(at, 'unknown escape in a string');
    }
  }

  /** @returns the code unit written as four hex digits at `at`, or -1 */
  hex4(at: number): number {
    let unit = 0;
    for (let i = 0; i < 4; i++) {
      const c = this.bytes[at + i]!;
      let digit: number;
      if (c >= 0x30 && c <= 0x39) digit = c - 0x30;
      else if (c >= 0x61 && c <= 0x66) digit = c - 0x57;
      else if (c >= 0x41 && c <= 0x46) digit = c - 0x37;
      else return -1;
      unit = (unit << 4) | digit;
    }
    return unit;
  }

  /** @returns the position after the number that starts at `at`, or -1 */
  skipNumber(at: number): number {
    const bytes = this.bytes;
    let c = bytes[at]!;
    if (c === 0x2d) c = bytes[++at]!;
    if (c === 0x30) {
      c = bytes[++at]!;
    } else if (c >= 0x31 && c <= 0x39) {
      do c = bytes[++at]!;
      while (c >= 0x30 && c <= 0x39);
    } else {
      return this.fail(at, 'bad number');
    }
    if (c === 0x2e) {
      c = bytes[++at]!;
      if (c < 0x30 || c > 0x39) return this.fail(at, 'bad number');
      do c = bytes[++at]!;
      while (c >= 0x30 && c <= 0x39);
    }
    if (c === 0x65 || c === 0x45) {
      c = bytes[++at]!;
      if (c === 0x2b || c === 0x2d) c = bytes[++at]!;
      if (c < 0x30 || c > 0x39) return this.fail(at, 'bad number');
      do c = bytes[++at]!;
      while (c >= 0x30 && c <= 0x39);
    }
    return at;
  }

  private skipWord(at: number, word: string): number {
    for (let i = 0; i < word.length; i++) {
      if (this.bytes[at + i] !== word.charCodeAt(i)) return this.fail(at + i, 'unexpected character');
    }
    return at + word.length;
  }

  /**
   * Reads any value whose first character is at `at`, adding to `keys` and raising `deepest`.
   *
   * @param depth nesting outside the value; beyond 512 levels the text is refused, to bound the stack
   * @returns the position after the value, or -1
   */
  skipValue(at: number, depth: number): number {
    const c = this.bytes[at]!;
    if (c === 0x22) {
      const close = this.skipString(at + 1);
      return close < 0 ? -1 : close + 1;
    }
    if (c === 0x7b) return this.skipObject(at, depth + 1);
    if (c === 0x5b) return this.skipArray(at, depth + 1);
    if (c === 0x2d || (c >= 0x30 && c <= 0x39)) return this.skipNumber(at);
    if (c === 0x74) return this.skipWord(at, 'true');
    if (c === 0x66) return this.skipWord(at, 'false');
    if (c === 0x6e) return this.skipWord(at, 'null');
    return this.fail(at, 'a value was expected');
  }

  private enter(at: number, depth: number): boolean {
    if (depth > 512) {
      this.fail(at, 'nested deeper than 512 levels');
      return false;
    }
    if (depth > this.deepest) this.deepest = depth;
    return true;
  }

  private skipObject(at: number, depth: number): number {
    if (!this.enter(at, depth)) return -1;
    const bytes = this.bytes;
    at = this.skipSpace(at + 1);
    if (bytes[at] === 0x7d) return at + 1;
    for (;;) {
      if (bytes[at] !== 0x22) return this.fail(at, 'a key was expected');
      at = this.skipString(at + 1);
      if (at < 0) return -1;
      this.keys++;
      at = this.skipSpace(at + 1);
      if (bytes[at] !== 0x3a) return this.fail(at, '":" was expected');
      at = this.skipValue(this.skipSpace(at + 1), depth);
      if (at < 0) return -1;
      at = this.skipSpace(at);
      const c = bytes[at];
      if (c === 0x7d) return at + 1;
      if (c !== 0x2c) return this.fail(at, '"," or "}" was expected');
      at = this.skipSpace(at + 1);
    }
  }

  private skipArray(at: number, depth: number): number {
    if (!this.enter(at, depth)) return -1;
    const bytes = this.bytes;
    at = this.skipSpace(at + 1);
    if (bytes[at] === 0x5d) return at + 1;
    for (;;) {
      at = this.skipValue(at, depth);
      if (at < 0) return -1;
      at = this.skipSpace(at);
      const c = bytes[at];
      if (c === 0x5d) return at + 1;
      if (c !== 0x2c) return this.fail(at, '"," or "]" was expected');
      at = this.skipSpace(at + 1);
    }
  }
}
