import { parseQuery } from '@logstead/query-language';
import fc from 'fast-check';
import { combinedQuery, queryShift, scopeParams, windowedParams } from './log-params';

describe('request parameters of a view', () => {
  it('sends plain fields as parameters and the rest as query', () => {
    const params = scopeParams({
      query: 'refused OR reset',
      filters: [
        { field: 'service', mode: 'include', values: ['a', 'b'] },
        { field: 'level', mode: 'exclude', values: ['debug', 'info'] },
        { field: 'metadata.http.user agent', mode: 'include', values: ['curl "8"'] },
      ],
    });
    expect(params.getAll('service')).toEqual(['a', 'b']);
    expect(params.get('q')).toBe(
      '(refused OR reset) NOT level:("debug" OR "info") metadata.http."user agent":"curl \\"8\\""',
    );
  });

  it('keeps values that hold a comma together', () => {
    const params = scopeParams({
      query: '',
      filters: [{ field: 'service', mode: 'include', values: ['a,b'] }],
    });
    expect(params.getAll('service')).toEqual([]);
    expect(params.get('q')).toBe('service:"a,b"');
  });

  it("says by how much the reader's own text moved", () => {
    const exclude = { field: 'level', mode: 'exclude', values: ['debug'] } as const;
    for (const scope of [
      { query: 'abc', filters: [] },
      { query: 'abc', filters: [exclude] },
      { query: '', filters: [exclude] },
    ]) {
      expect(combinedQuery(scope).slice(queryShift(scope)).startsWith(scope.query)).toBe(true);
    }
  });

  it('writes queries that can be read, whatever the fields and values', () => {
    // What no stored text holds cannot be asked for either.
    const text = fc
      .string({ unit: 'grapheme' })
      .filter((each) => !/[\0\u001a]/.test(each) && each.isWellFormed());
    fc.assert(
      fc.property(
        text,
        fc.array(text, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (key, values, include) => {
          const scope = {
            query: 'word',
            filters: [{ field: `metadata.${key}`, mode: include ? 'include' : 'exclude', values } as const],
          };
          expect(() => parseQuery(combinedQuery(scope))).not.toThrow();
        },
      ),
    );
  });

  it('gives times with their zone', () => {
    const params = windowedParams({ query: '', filters: [] }, { fromMs: 0, toMs: 1000 });
    expect(params.toString()).toBe(
      'start_time=1970-01-01T00%3A00%3A00.000Z&end_time=1970-01-01T00%3A00%3A01.000Z',
    );
  });
});
