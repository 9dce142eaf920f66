import { compileRedaction, splitPath, stepRedaction } from './redaction.ts';
import type { RedactionState } from './redaction.ts';

function redacts(paths: string[], keys: string[]): boolean {
  const root = compileRedaction(paths);
  let state: RedactionState | 'redact' = root === undefined ? [] : [root];
  for (const key of keys) {
    if (state === 'redact') return true;
    state = stepRedaction(state, key);
  }
  return state === 'redact';
}

describe('redaction paths', () => {
  it('splits dots, brackets and quotes', () => {
    expect(splitPath('headers.authorization')).toEqual(['headers', 'authorization']);
    expect(splitPath('users[*].token')).toEqual(['users', '*', 'token']);
    expect(splitPath('a["b.c"].d')).toEqual(['a', 'b.c', 'd']);
    expect(splitPath("a['x\\'y'][0]")).toEqual(['a', "x'y", '0']);
    expect(splitPath('..')).toEqual([]);
  });

  it.each([
    [['password'], ['password'], true],
    [['password'], ['a', 'password'], false],
    [['*.token'], ['a', 'token'], true],
    [['*.token'], ['token'], false],
    [['*.token'], ['a', 'b', 'token'], false],
    [['headers.authorization'], ['headers', 'Authorization'], true],
    [['**.secret'], ['secret'], true],
    [['**.secret'], ['a', 'b', 'c', 'secret'], true],
    [['a.**.z'], ['a', 'x', 'y', 'z'], true],
    [['a.**.z'], ['b', 'z'], false],
    [['**.a.**.b'], ['a', 'a', 'x', 'b'], true],
    [['a.**'], ['a', 'x'], true],
    [['a.*', 'b'], ['a', '0'], true],
    [['a.b.c', 'a.*.d'], ['a', 'b', 'd'], true],
  ])('%j at %j: %s', (paths, keys, expected) => {
    expect(redacts(paths, keys)).toBe(expected);
  });

  it('costs nothing without paths and ignores what is no path', () => {
    expect(compileRedaction([])).toBeUndefined();
    expect(compileRedaction(['', 7, null])).toBeUndefined();
  });
});
