import { requestJson, requestText, setCsrfToken } from './http-client';
import { ApiError } from './api-error';

export type Role = 'owner' | 'admin' | 'member' | 'viewer';

export interface SessionTenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly role: Role;
  readonly retentionDays: number;
}

export interface Session {
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly platformAdmin: boolean;
  };
  readonly tenants: readonly SessionTenant[];
  readonly csrfToken: string;
  readonly expiresAt: string;
}

function adopt(session: Session): Session {
  setCsrfToken(session.csrfToken);
  return session;
}

/** The session, or null when nobody is signed in. */
export async function fetchSession(signal?: AbortSignal): Promise<Session | null> {
  try {
    return adopt(await requestJson<Session>('/api/v1/session', signal === undefined ? {} : { signal }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      setCsrfToken(null);
      return null;
    }
    throw error;
  }
}

export async function signIn(email: string, password: string): Promise<Session> {
  return adopt(await requestJson<Session>('/api/v1/session', { method: 'POST', body: { email, password } }));
}

export async function signInByLink(token: string): Promise<Session> {
  return adopt(await requestJson<Session>('/api/v1/session/link', { method: 'POST', body: { token } }));
}

export async function signOut(): Promise<void> {
  await requestText('/api/v1/session', { method: 'DELETE' });
  setCsrfToken(null);
}

/** Who may create and revoke keys. */
export function mayManageKeys(role: Role): boolean {
  return role === 'owner' || role === 'admin';
}
