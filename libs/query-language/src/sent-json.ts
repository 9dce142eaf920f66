/** A number with the digits it was sent with. */
export class SentNumber {
  constructor(readonly text: string) {}
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\]|\\[^])*"/y;
const LITERAL = /[^\s,\]}]+/y;

/** Reads JSON that is known to be valid, keeping every number as it is spelt. */
class SentJsonReader {
  private position = 0;

  constructor(private readonly text: string) {}

  read(): unknown {
    this.take(SPACE);
    switch (this.text[this.position]) {
      case '{':
        return this.object();
      case '[':
        return this.array();
      case '"':
        return this.string();
      default:
        return this.literal();
    }
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }

  private string(): string {
    const source = this.take(STRING);
    return source.includes('\\') ? (JSON.parse(source) as string) : source.slice(1, -1);
  }

  private literal(): unknown {
    const source = this.take(LITERAL);
    if (source === 'true' || source === 'false') return source === 'true';
    if (source === 'null') return null;
    if (source === '') throw new SyntaxError(`Unexpected end of JSON at ${this.position}`);
    return new SentNumber(source);
  }

  /** True when another item follows; otherwise the closing bracket has been passed. */
  private more(): boolean {
    this.take(SPACE);
    return this.text[this.position++] === ',';
  }

  private isEmpty(close: string): boolean {
    this.position++;
    this.take(SPACE);
    if (this.text[this.position] !== close) return false;
    this.position++;
    return true;
  }

  private object(): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    if (this.isEmpty('}')) return {};
    do {
      this.take(SPACE);
      const key = this.string();
      this.take(SPACE);
      this.position++;
      entries.push([key, this.read()]);
    } while (this.more());
    return Object.fromEntries(entries);
  }

  private array(): unknown[] {
    const items: unknown[] = [];
    if (this.isEmpty(']')) return items;
    do items.push(this.read());
    while (this.more());
    return items;
  }
}

/** @param text valid JSON of bounded depth, as the receiver has checked it */
export function parseKeepingNumbers(text: string): unknown {
  return new SentJsonReader(text).read();
}
