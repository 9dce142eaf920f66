import fc from 'fast-check';
import { findLinks, visibleText } from './hostile-text';

describe('hostile text', () => {
  it('shows what would be invisible, at the same length', () => {
    expect(visibleText('\u001b[31mred\u0000\u202Eabc\tx\ny')).toBe('␛[31mred␀\uFFFDabc\tx\ny');
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => visibleText(text).length === text.length));
  });

  it('finds http and https addresses only, with the host they lead to', () => {
    const text =
      'see https://good.example/a?b=c, (http://10.0.0.1:8080/x) javascript:alert(1) data:text/html,x https://user@evil.example/ ftp://no';
    expect(findLinks(text, 10).map((link) => link.host)).toEqual([
      'good.example',
      '10.0.0.1:8080',
      'evil.example',
    ]);
    expect(findLinks(text, 1)).toHaveLength(1);
  });

  it('makes no link of anything but http(s)', () => {
    fc.assert(
      fc.property(fc.string(), (text) => findLinks(text, 5).every((link) => /^https?:\/\//.test(link.href))),
    );
  });
});
