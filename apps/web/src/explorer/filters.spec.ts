import { addValue, hasValue, removeFilter, removeValue, toggleValue, type FieldFilter } from './filters';

const START: FieldFilter[] = [{ field: 'service', mode: 'include', values: ['a'] }];

describe('field filters', () => {
  it('collect values of one field and mode', () => {
    expect(addValue(START, 'service', 'b', 'include')).toEqual([
      { field: 'service', mode: 'include', values: ['a', 'b'] },
    ]);
  });

  it('never want and refuse the same value', () => {
    expect(addValue(START, 'service', 'a', 'exclude')).toEqual([
      { field: 'service', mode: 'exclude', values: ['a'] },
    ]);
  });

  it('toggle', () => {
    expect(toggleValue(START, 'service', 'a', 'include')).toEqual([]);
    expect(hasValue(toggleValue(START, 'level', 'error', 'exclude'), 'level', 'error')).toBe('exclude');
    expect(removeValue(START, 'service', 'zzz')).toEqual(START);
    expect(removeFilter(START, { field: 'service', mode: 'include', values: [] })).toEqual([]);
  });
});
