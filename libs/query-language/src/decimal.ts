/** A number as JSON writes it. */
const JSON_NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Longer number texts are compared as text only. */
export const MAX_NUMBER_LENGTH = 100;

/** The same test as a regular expression of PostgreSQL; anything that passes can be cast to numeric. */
export const NUMBER_PATTERN_SQL = '^-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?$';

export interface Decimal {
  readonly negative: boolean;
  /** Significant digits without zeros at either end; empty for zero. */
  readonly digits: string;
  /** Power of ten of the first digit, plus one: 0.5 has 0, 5 has 1. */
  readonly exponent: number;
}

/** Exact decimal value; null when the text is not a number that is compared as one. */
export function parseDecimal(text: string): Decimal | null {
  if (text.length > MAX_NUMBER_LENGTH) return null;
  const match = JSON_NUMBER.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  const leadingZeros = all.length - digits.length;
  const trimmed = digits.replace(/0+$/, '');
  if (trimmed === '') return { negative: false, digits: '', exponent: 0 };
  return {
    negative: sign === '-',
    digits: trimmed,
    exponent: whole.length - leadingZeros + Number(exponent),
  };
}

/** Negative, zero or positive as a is below, equal to or above b. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') {
    return (a.digits === '' ? 0 : a.negative ? -1 : 1) - (b.digits === '' ? 0 : b.negative ? -1 : 1);
  }
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  const sign = a.negative ? -1 : 1;
  if (a.exponent !== b.exponent) return a.exponent < b.exponent ? -sign : sign;
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -sign : sign;
}

/** Order of code points, which is the order of the bytes of UTF-8 and of PostgreSQL's collation "C". */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xHigh = x >= 0xd800 && x <= 0xdfff;
    const yHigh = y >= 0xd800 && y <= 0xdfff;
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
  }
  return a.length - b.length;
}
