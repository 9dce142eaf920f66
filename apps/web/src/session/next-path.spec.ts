import { safeNextPath } from './next-path';

describe('where to go after signing in', () => {
  it('is the view one came from', () => {
    expect(safeNextPath('/t/acme/explore?q=a')).toBe('/t/acme/explore?q=a');
  });

  it.each([
    undefined,
    '',
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/sign-in?next=/',
  ])('is never %s', (next) => {
    expect(safeNextPath(next)).toBeNull();
  });
});
