import fc from 'fast-check';
import type { TenantContext, TenantId } from '@logstead/ports';
import { PageCursors, type PageState, walkKey } from './page-cursor';
import { SignedTokens } from './signed-token';

const tenantOf = (id: string): TenantContext => ({
  tenantId: id as TenantId,
  tenantNo: 1,
  retentionDays: 30,
});
const A = tenantOf('a1b2c3d4-0000-4000-8000-000000000001');
const B = tenantOf('a1b2c3d4-0000-4000-8000-000000000002');
const tokens = new SignedTokens(Buffer.alloc(32, 7));
const cursors = new PageCursors(tokens);

const REFUSED = expect.objectContaining({ code: 'invalid_cursor' }) as Error;

const state = fc.record<PageState>({
  position: fc.record({ tsUs: fc.nat({ max: Number.MAX_SAFE_INTEGER }), id: fc.uuid() }),
  range: fc.record({ fromUs: fc.nat(), toUs: fc.nat({ max: Number.MAX_SAFE_INTEGER }) }),
  total: fc.nat(),
  totalRelation: fc.constantFrom('exact', 'at_least', 'estimate'),
  seen: fc.nat(),
});

describe('page cursors', () => {
  it('open to what was sealed', () => {
    fc.assert(
      fc.property(state, (value) => {
        const walk = walkKey(A, 'logs', { level: 'error' });
        expect(cursors.open(walk, cursors.seal(walk, value))).toEqual(value);
      }),
    );
  });

  it('refuse any change of a character, a cut and an addition', () => {
    const walk = walkKey(A, 'logs', {});
    fc.assert(
      fc.property(state, fc.nat(), fc.constantFrom(...'AaZz09-_.='), (value, at, character) => {
        const cursor = cursors.seal(walk, value);
        const i = at % cursor.length;
        const changed = cursor.slice(0, i) + character + cursor.slice(i + 1);
        for (const wrong of [changed, cursor.slice(0, i), cursor + character]) {
          if (wrong !== cursor) expect(() => cursors.open(walk, wrong)).toThrow(REFUSED);
        }
      }),
    );
  });

  it('refuse any text that is not one', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => cursors.open(walkKey(A, 'logs', {}), text)).toThrow(REFUSED);
      }),
    );
  });

  it.each([
    ['another tenant', walkKey(B, 'logs', { level: 'error' })],
    ['another route', walkKey(A, 'search', { level: 'error' })],
    ['another filter', walkKey(A, 'logs', { level: 'warn' })],
    ['another order', walkKey(A, 'logs', { level: 'error', order: 'asc' })],
  ])('refuse a cursor of %s', (_what, walk) => {
    const own = walkKey(A, 'logs', { level: 'error' });
    const [value] = fc.sample(state, 1);
    expect(() => cursors.open(walk, cursors.seal(own, value!))).toThrow(REFUSED);
  });

  it('let the page size change, and the order of parameters', () => {
    const first = walkKey(A, 'logs', { level: 'error', q: 'x', limit: '5' });
    expect(walkKey(A, 'logs', { q: 'x', cursor: 'c', limit: '9', level: 'error' })).toBe(first);
  });

  it('refuse tokens made for another purpose or with another key', () => {
    const token = tokens.seal('tail.v1', '[]');
    expect(tokens.open('page.v1', token)).toBeNull();
    expect(new SignedTokens(Buffer.alloc(32, 8)).open('tail.v1', token)).toBeNull();
    expect(tokens.open('tail.v1', token)).toBe('[]');
  });
});
