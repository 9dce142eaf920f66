/** The view to go back to after signing in. Only a path of this site counts: a link must not lead elsewhere. */
export function safeNextPath(next: string | undefined): string | null {
  if (next === undefined || !next.startsWith('/') || next.startsWith('//') || next.includes('\\'))
    return null;
  return next.startsWith('/sign-in') ? null : next;
}
