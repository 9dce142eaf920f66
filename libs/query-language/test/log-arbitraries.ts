import fc from 'fast-check';

/** Few, confusable words, so that generated queries find something in generated texts. */
const WORDS = [
  'a',
  'A',
  'ab',
  'abc',
  'ABC',
  'Ab_1',
  'b',
  'c',
  'error',
  'Error',
  'conn',
  'connection',
  '10',
  '0',
  '1',
  '7f3a9c',
  'Kelvin',
  '\u212aelvin',
  'kelvin',
  'straße',
  'STRASSE',
  'Ärger',
  'ärger',
  'İstanbul',
  'istanbul',
  'ΣΑΣ',
  'σας',
  'σασ',
  'ﬀ',
  'ſ',
  's',
  'S',
  '连接',
  '连',
  '😀',
  'Ⴀ',
  '𐐀',
  '𐐨',
  'AND',
  'OR',
  'not',
  'é',
  'É',
  'e\u0301',
];
const SEPARATORS = [
  ' ',
  ' ',
  ' ',
  '  ',
  '-',
  '.',
  ':',
  '/',
  '\\',
  '%',
  '\n',
  '\t',
  '"',
  "'",
  '(',
  '*',
  '_',
  '%_',
  '$',
  '\r\n',
  '',
];

export const word = fc.constantFrom(...WORDS);
export const anyChar = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abABcs01_ .-%\\*\n"kKéÉßſ\u212a😀') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
);

export const text = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(word, fc.constantFrom(...SEPARATORS)) },
      fc.tuple(anyChar, anyChar),
    ),
    {
      maxLength: 8,
    },
  )
  .map((pieces) => pieces.flat().join(''));

const NUMBERS = [
  '0',
  '-0',
  '1',
  '1.0',
  '1e0',
  '10',
  '1E1',
  '500',
  '500.0',
  '5e2',
  '0.5',
  '-7',
  '9007199254740992',
  '9007199254740993',
  '9007199254740993.0',
  '18446744073709551615',
  '0.1',
  '0.10000000000000001',
  '1e400',
  '1e-400',
  '1e9999',
  '1.50',
  '12',
];
export const number = fc.constantFrom(...NUMBERS);

const KEYS = [
  'a',
  'b',
  'a.b',
  'A',
  'code',
  'x-y',
  'k"q',
  'Ärger',
  'a b',
  'b.c',
  '__proto__',
  '100%',
  'k_',
  'back\\slash',
];
const key = fc.constantFrom(...KEYS);
export const path = fc.array(key, { minLength: 1, maxLength: 3 });

/** A JSON string literal with escapes where none are needed. */
const jsonString = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(value, fc.nat(9)).map(([plain, style]) => {
    const source = JSON.stringify(plain);
    return style === 0
      ? source.replace(/[a-k]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)
      : source.replace(/\//g, style === 1 ? '\\/' : '/');
  });

const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    jsonString(text),
    number,
    jsonString(number),
    fc.constantFrom('true', 'false', 'null', '"null"', '"true"'),
    fc.array(tie('json'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(jsonString(key), tie('json'), fc.constantFrom('', ' ')), { maxLength: 4 })
      .map(
        (items) =>
          `{${items.map(([name, value, space]) => `${name}${space}:${space}${value}`).join(`,${' '}`)}}`,
      ),
  ),
}));
export const metadataText = fc
  .array(fc.tuple(jsonString(key), json), { maxLength: 4 })
  .map((items) => `{${items.map(([name, value]) => `${name}:${value}`).join(',')}}`);

export const traceId = fc.constantFrom(
  '4bf92f3577b34da6a3ce929d0e0e4736',
  '4BF92F3577B34DA6A3CE929D0E0E4736',
  '4bf92f35-77b3-4da6-a3ce-929d0e0e4736',
  'trace-1',
  '00f067aa',
);
export const service = fc.constantFrom('payment', 'Payment', 'pay-api', 'auth', '100%_x');
export const levelName = fc.constantFrom('debug', 'info', 'warn', 'error', 'fatal');
export const timestamp = fc
  .integer({ min: 0, max: 5_000_000 })
  .map((us) =>
    `2026-11-21T00:00:0${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}Z`
      .replace(/\d{3}Z$/, '00$&')
      .replace(/(\.\d{6})\d*Z/, '$1Z'),
  );
