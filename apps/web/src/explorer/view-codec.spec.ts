import fc from 'fast-check';
import type { FieldFilter } from './filters';
import {
  decodeView,
  DEFAULT_VIEW,
  encodeView,
  parseSearchString,
  printSearchString,
  readExplorerSearch,
  type ExplorerView,
} from './view-codec';

/** Through the address bar and back, as the router does it. */
function travel(view: ExplorerView): ExplorerView {
  return decodeView(readExplorerSearch(parseSearchString(printSearchString({ ...encodeView(view) }))));
}

const text = fc.string({ minLength: 1, unit: 'grapheme' });
const field = fc.oneof(fc.constantFrom('service', 'level', 'metadata.a.b', '-odd', 'a:b\\c'), text);
const filters: fc.Arbitrary<FieldFilter[]> = fc.uniqueArray(
  fc.record({
    field,
    mode: fc.constantFrom('include' as const, 'exclude' as const),
    values: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
  }),
  // A field has at most one filter here: a value cannot be wanted and unwanted at once.
  { selector: (filter) => filter.field, maxLength: 4 },
);
const instant = fc.integer({ min: 0, max: 4e12 });
const range = fc.oneof(
  fc.record({
    kind: fc.constant('relative' as const),
    text: fc.constantFrom('15m', '1h', '24h', '7d', '90s'),
  }),
  fc
    .tuple(instant, instant)
    .filter(([from, to]) => from !== to)
    .map(([a, b]) => ({ kind: 'absolute' as const, fromMs: Math.min(a, b), toMs: Math.max(a, b) })),
);

describe('the address of a view', () => {
  it('brings back the same view', () => {
    fc.assert(
      fc.property(
        fc.record({
          query: fc.string({ unit: 'grapheme' }),
          filters,
          range,
          selectedId: fc.option(text),
          live: fc.boolean(),
        }),
        (view) => {
          // Live is about now: an absolute range cannot be.
          const possible = { ...view, live: view.live && view.range.kind === 'relative' };
          expect(travel(possible)).toEqual(possible);
        },
      ),
    );
  });

  it('is plain for the plain view', () => {
    expect(printSearchString({ ...encodeView(DEFAULT_VIEW) })).toBe('');
  });

  it('is readable', () => {
    const view: ExplorerView = {
      ...DEFAULT_VIEW,
      query: 'refused',
      filters: [
        { field: 'service', mode: 'include', values: ['a', 'b'] },
        { field: 'level', mode: 'exclude', values: ['debug'] },
      ],
      range: { kind: 'relative', text: '24h' },
    };
    expect(decodeURIComponent(printSearchString({ ...encodeView(view) }))).toBe(
      '?q=refused&f=service:a&f=service:b&f=-level:debug&range=24h',
    );
  });

  it.each([
    '?range=forever',
    '?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    '?from=x&to=y',
    '?f=&f=nocolon&f=:value&live=yes&unknown=1',
  ])('shows the default view for %s', (search) => {
    expect(decodeView(readExplorerSearch(parseSearchString(search)))).toEqual(DEFAULT_VIEW);
  });

  it('takes repeated parameters that may not repeat once', () => {
    expect(decodeView(readExplorerSearch(parseSearchString('?q=a&q=b'))).query).toBe('a');
  });
});
