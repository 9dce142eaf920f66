export const SESSION_COOKIE = 'logstead_session';

/** The session token of a `Cookie` header. */
export function sessionTokenOf(cookieHeader: string | undefined): string | undefined {
  if (cookieHeader === undefined) return undefined;
  for (const pair of cookieHeader.split(';')) {
    const split = pair.indexOf('=');
    if (split > 0 && pair.slice(0, split).trim() === SESSION_COOKIE) {
      const value = pair.slice(split + 1).trim();
      return value === '' ? undefined : value;
    }
  }
  return undefined;
}

/**
 * `Set-Cookie` of a session. Out of reach of scripts, not sent along with requests other sites cause (Lax lets a
 * link from elsewhere open the explorer signed in), and with https only over https.
 */
export function sessionCookie(token: string, options: { secure: boolean; expiresAt: Date }): string {
  return cookie(token, options.secure, options.expiresAt);
}

/** `Set-Cookie` that removes the session's cookie. */
export function clearedSessionCookie(secure: boolean): string {
  return cookie('', secure, new Date(0));
}

function cookie(value: string, secure: boolean, expires: Date): string {
  const attributes = `Path=/; Expires=${expires.toUTCString()}; HttpOnly; SameSite=Lax`;
  return `${SESSION_COOKIE}=${value}; ${attributes}${secure ? '; Secure' : ''}`;
}
