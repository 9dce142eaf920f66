import { clearedSessionCookie, sessionCookie, sessionTokenOf } from './session-cookie';

describe('the session cookie', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['logstead_session=', undefined],
    ['logstead_session=abc', 'abc'],
    ['theme=dark; logstead_session=abc; x=y', 'abc'],
    ['xlogstead_session=abc', undefined],
    ['logstead_session_old=abc;logstead_session=def', 'def'],
    ['logstead_session', undefined],
    ['=abc', undefined],
  ])('is read from %p as %p', (header, token) => {
    expect(sessionTokenOf(header)).toBe(token);
  });

  it('is out of reach of scripts, other sites and, with https, plain connections', () => {
    const expiresAt = new Date('2026-11-21T03:00:00Z');
    expect(sessionCookie('abc', { secure: true, expiresAt })).toBe(
      'logstead_session=abc; Path=/; Expires=Sat, 21 Nov 2026 03:00:00 GMT; HttpOnly; SameSite=Lax; Secure',
    );
    expect(sessionCookie('abc', { secure: false, expiresAt })).not.toContain('Secure');
  });

  it('is removed by one that has expired', () => {
    expect(clearedSessionCookie(false)).toContain('logstead_session=; Path=/; Expires=Thu, 01 Jan 1970');
  });
});
