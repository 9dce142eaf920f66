import type { CharSet } from './char-set';
import { charSet, closeOverCase, negate, unicodeSet } from './char-set';
import type { RegexAst } from './regex-ast';
import { EMPTY } from './regex-ast';

/** Something RE2 allows and this language does not; `position` counts UTF-16 units in the source. */
export class UnsupportedRegexError extends Error {
  constructor(
    message: string,
    readonly position: number,
    readonly length: number,
  ) {
    super(message);
  }
}

interface Flags {
  ignoreCase: boolean;
  multiLine: boolean;
  dotAll: boolean;
  swapLazy: boolean;
}

const DIGIT: CharSet = [[0x30, 0x39]];
const WORD: CharSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACE: CharSet = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
];
const ALPHA = [
  [0x41, 0x5a],
  [0x61, 0x7a],
] as const;
const POSIX: Readonly<Record<string, CharSet>> = {
  alnum: [[0x30, 0x39], ...ALPHA],
  alpha: ALPHA,
  ascii: [[0, 0x7f]],
  blank: [
    [9, 9],
    [0x20, 0x20],
  ],
  cntrl: [
    [0, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: DIGIT,
  graph: [[0x21, 0x7e]],
  lower: [[0x61, 0x7a]],
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: [
    [9, 13],
    [0x20, 0x20],
  ],
  upper: [[0x41, 0x5a]],
  word: WORD,
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
};
const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };
const PERL: Readonly<Record<string, CharSet>> = { d: DIGIT, w: WORD, s: SPACE };

/** Parses RE2 syntax that `RE2JS.compile` has accepted, resolving flags and classes. */
export class RegexParser {
  private position = 0;
  private flags: Flags;

  constructor(
    private readonly source: string,
    ignoreCase: boolean,
  ) {
    this.flags = { ignoreCase, multiLine: false, dotAll: false, swapLazy: false };
  }

  /** @throws UnsupportedRegexError */
  parse(): RegexAst {
    const ast = this.alternation();
    if (this.position < this.source.length)
      this.unsupported('This part of the regular expression is not understood', 1);
    return ast;
  }

  private unsupported(message: string, length: number): never {
    throw new UnsupportedRegexError(message, this.position, length);
  }

  private peek(text: string): boolean {
    return this.source.startsWith(text, this.position);
  }

  private take(text: string): boolean {
    const found = this.peek(text);
    if (found) this.position += text.length;
    return found;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.source);
    if (match) this.position += match[0].length;
    return match;
  }

  private nextCodePoint(): number {
    const code = this.source.codePointAt(this.position);
    if (code === undefined) return this.unsupported('The regular expression ends too early', 0);
    this.position += code > 0xffff ? 2 : 1;
    return code;
  }

  private alternation(): RegexAst {
    const items: RegexAst[] = [];
    do items.push(this.concatenation());
    while (this.take('|'));
    return items.length === 1 && items[0] ? items[0] : { type: 'alternate', items };
  }

  private concatenation(): RegexAst {
    const items: RegexAst[] = [];
    while (this.position < this.source.length && !this.peek('|') && !this.peek(')')) {
      if (this.match(/\\Q/y)) {
        items.push(...this.quoted());
        continue;
      }
      const item = this.repeated(this.atom());
      if (item.type === 'concat') items.push(...item.items);
      else if (item.type !== 'empty') items.push(item);
    }
    if (items.length === 0) return EMPTY;
    return items.length === 1 && items[0] ? items[0] : { type: 'concat', items };
  }

  private quoted(): RegexAst[] {
    const end = this.source.indexOf('\\E', this.position);
    const text = this.source.slice(this.position, end < 0 ? undefined : end);
    this.position = end < 0 ? this.source.length : end + 2;
    const items = Array.from(text, (char) =>
      this.chars([[char.codePointAt(0) ?? 0, char.codePointAt(0) ?? 0]]),
    );
    const last = items.pop();
    return last ? [...items, this.repeated(last)] : [];
  }

  private repeated(atom: RegexAst): RegexAst {
    let ast = atom;
    for (;;) {
      const match = this.match(/(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})(\??)/y);
      if (!match) return ast;
      const [, sign, low, comma, high, question] = match;
      const min = sign === undefined ? Number(low) : sign === '+' ? 1 : 0;
      const bounded =
        sign === '?' ? 1 : sign !== undefined ? null : comma === undefined ? min : high ? Number(high) : null;
      ast = {
        type: 'repeat',
        item: ast,
        min,
        max: bounded,
        lazy: (question === '?') !== this.flags.swapLazy,
      };
    }
  }

  private atom(): RegexAst {
    if (this.take('(')) return this.group();
    if (this.take('[')) return this.chars(this.bracket(), true);
    if (this.take('.'))
      return { type: 'chars', set: this.flags.dotAll ? [[0, 0x10ffff]] : negate([[10, 10]]) };
    if (this.take('^'))
      return { type: 'assert', assertion: this.flags.multiLine ? 'lineStart' : 'textStart' };
    if (this.take('$')) return { type: 'assert', assertion: this.flags.multiLine ? 'lineEnd' : 'textEnd' };
    if (this.peek('\\')) return this.escape();
    const code = this.nextCodePoint();
    return this.chars([[code, code]]);
  }

  private chars(set: CharSet, folded = false): RegexAst {
    return { type: 'chars', set: this.flags.ignoreCase && !folded ? closeOverCase(set) : set };
  }

  private group(): RegexAst {
    const outer = { ...this.flags };
    const flags = this.match(/\?([imsU]*)(?:-([imsU]+))?([:)])/y);
    if (flags) {
      this.setFlags(flags[1] ?? '', true);
      this.setFlags(flags[2] ?? '', false);
      if (flags[3] === ')') return EMPTY;
    } else this.match(/\?P?<[^>]*>/y);
    const ast = this.alternation();
    if (!this.take(')')) this.unsupported('This group is not understood', 1);
    this.flags = outer;
    return ast;
  }

  private setFlags(letters: string, on: boolean): void {
    if (letters.includes('i')) this.flags.ignoreCase = on;
    if (letters.includes('m')) this.flags.multiLine = on;
    if (letters.includes('s')) this.flags.dotAll = on;
    if (letters.includes('U')) this.flags.swapLazy = on;
  }

  private escape(): RegexAst {
    const assertion = this.match(/\\([AzbB])/y)?.[1];
    if (assertion === 'A') return { type: 'assert', assertion: 'textStart' };
    if (assertion === 'z') return { type: 'assert', assertion: 'textEnd' };
    if (assertion)
      return { type: 'assert', assertion: assertion === 'b' ? 'wordBoundary' : 'noWordBoundary' };
    const named = this.namedClass();
    if (named) return this.chars(named, true);
    const code = this.escapedCode();
    return this.chars([[code, code]]);
  }

  /** `\d`, `\pL`, `\p{^Greek}` … ; folded already. */
  private namedClass(): CharSet | null {
    const perl = this.match(/\\([dDsSwW])/y)?.[1];
    if (perl) {
      const set = PERL[perl.toLowerCase()] ?? [];
      return perl === perl.toLowerCase() ? set : negate(set);
    }
    const start = this.position;
    const unicode = this.match(/\\([pP])(?:\{(\^?)([^}]*)\}|([A-Za-z]))/y);
    if (!unicode) return null;
    const set = unicodeSet(unicode[3] ?? unicode[4] ?? '');
    if (!set) {
      this.position = start;
      return this.unsupported(
        `${unicode[0]} is not a Unicode category or script known here`,
        unicode[0].length,
      );
    }
    const folded = this.flags.ignoreCase ? closeOverCase(set) : set;
    return (unicode[1] === 'P') !== (unicode[2] === '^') ? negate(folded) : folded;
  }

  /** One escaped character, in a class or outside. */
  private escapedCode(): number {
    const hex = this.match(/\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/y);
    if (hex) return parseInt(hex[1] ?? hex[2] ?? '0', 16);
    const octal = this.match(/\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y);
    if (octal) return parseInt(octal[1] ?? '0', 8);
    const control = this.match(/\\([aftnrv])/y);
    if (control) return CONTROL[control[1] ?? ''] ?? 0;
    if (/\\[A-Za-z0-9]/y.test(this.source.slice(this.position, this.position + 2))) {
      return this.unsupported(`${this.source.slice(this.position, this.position + 2)} is not supported`, 2);
    }
    this.position++;
    return this.nextCodePoint();
  }

  private bracket(): CharSet {
    const negated = this.take('^');
    let set: CharSet = [];
    const add = (more: CharSet): void => {
      set = charSet([...set, ...more]);
    };
    let first = true;
    while (first || !this.peek(']')) {
      first = false;
      const posix = this.match(/\[:(\^?)([a-z]+):\]/y);
      const named = posix ? (POSIX[posix[2] ?? ''] ?? []) : null;
      if (named) {
        const folded = this.flags.ignoreCase ? closeOverCase(named) : named;
        add(posix?.[1] ? negate(folded) : folded);
        continue;
      }
      const perl = this.peek('\\') ? this.namedClass() : null;
      if (perl) {
        add(perl);
        continue;
      }
      const low = this.classCode();
      const range = this.peek('-') && !this.peek('-]') && this.take('-') ? this.classCode() : low;
      const single: CharSet = [[low, range]];
      add(this.flags.ignoreCase ? closeOverCase(single) : single);
    }
    this.position++;
    return negated ? negate(set) : set;
  }

  private classCode(): number {
    return this.peek('\\') ? this.escapedCode() : this.nextCodePoint();
  }
}
