import fc from 'fast-check';
import { completionsAt } from './completions';

describe('completionsAt', () => {
  it.each<[string, string, string[], string | null]>([
    ['ser|', 'ser', ['service:'], null],
    ['level:error m|', 'm', ['message:', 'metadata.'], null],
    ['-se|', 'se', ['service:'], null],
    ['level:|', '', ['debug', 'info', 'warn', 'error', 'fatal'], 'level'],
    ['level:(error, f|)', 'f', ['fatal'], 'level'],
    ['level >= w|', 'w', ['warn'], 'level'],
    ['service:pay|', 'pay', [], 'service'],
    ['"ser|', '', [], null],
    ['/ser|', '', [], null],
    ['"a b" ser|', 'ser', ['service:'], null],
    ['a OR|', 'OR', [], null],
    ['(se|vice', 'sevice', ['service:'], null],
  ])('%s', (marked, replaced, options, field) => {
    const offset = marked.indexOf('|');
    const text = marked.replace('|', '');
    const found = completionsAt(text, offset);
    expect(text.slice(found.start, found.end)).toBe(replaced);
    expect(found.options).toEqual(options);
    expect(found.valueOf?.name ?? null).toBe(field);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(40), (text, offset) => {
        const { start, end } = completionsAt(text, Math.min(offset, text.length));
        expect(start).toBeLessThanOrEqual(end);
      }),
    );
  });
});
