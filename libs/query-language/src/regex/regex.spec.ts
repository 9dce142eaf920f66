import fc from 'fast-check';
import { RE2JS } from 're2js';
import { text } from '../../test/log-arbitraries';
import { isValidRegex, regexSource } from '../../test/query-arbitraries';
import { compileRegex } from './compile';
import { requiredLiterals } from './required-literals';

describe('compileRegex', () => {
  it('means what RE2 means', () => {
    fc.assert(
      fc.property(
        regexSource.filter(isValidRegex),
        fc.array(text, { minLength: 5, maxLength: 10 }),
        (source, texts) => {
          // Folding is our own: RE2 also folds the Kelvin sign and the long s into ASCII.
          fc.pre(!source.includes('(?i'));
          const theirs = RE2JS.compile(source);
          const ours = compileRegex(source, false);
          for (const one of texts) expect([one, ours.test(one)]).toEqual([one, theirs.test(one)]);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('ignores case as RE2 does, within ASCII', () => {
    fc.assert(
      fc.property(regexSource.filter(isValidRegex), fc.string({ maxLength: 20 }), (source, one) => {
        fc.pre(!/[ks\u0080-\uffff]|\\p/i.test(source));
        const theirs = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
        expect(compileRegex(source, true).test(one)).toBe(theirs.test(one));
      }),
      { numRuns: 1_000 },
    );
  });

  it('names only literals of every match', () => {
    const holds = (subject: string, fragments: readonly string[]): boolean => {
      let from = 0;
      return fragments.every((fragment) => {
        const at = subject.indexOf(fragment, from);
        from = at + fragment.length;
        return at >= 0;
      });
    };
    fc.assert(
      fc.property(regexSource.filter(isValidRegex), fc.boolean(), text, (source, ignoreCase, one) => {
        const regex = compileRegex(source, ignoreCase);
        if (!regex.test(one)) return;
        const { alternatives, caseSensitive } = requiredLiterals(regex.ast);
        const subject = caseSensitive ? one : one.replace(/[A-Z]/g, (c) => c.toLowerCase());
        expect(alternatives.some((fragments) => holds(subject, fragments))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each<[string, boolean, string[][], boolean]>([
    ['by worker-[0-9]+ after 5[0-9.]*ms', true, [['by worker-', ' after 5', 'ms']], false],
    ['(refused|reset) by (peer|upstream) db-[0-9]+', true, [[' by ', ' db-']], false],
    ['timeout|refus(ed|al)', true, [['timeout'], ['refused'], ['refusal']], false],
    ['Timeout', false, [['Timeout']], true],
    ['(ab)+c?d{2}', false, [['ab', 'd']], true],
    ['a|.', false, [[]], true],
  ])('finds the literals of %s', (source, ignoreCase, alternatives, caseSensitive) => {
    expect(requiredLiterals(compileRegex(source, ignoreCase).ast)).toEqual({ alternatives, caseSensitive });
  });
});
