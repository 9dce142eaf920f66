import { Injectable } from '@nestjs/common';
import { AppError } from '@logstead/errors';
import { scopesOf } from './access';
import { KeyAuthenticator } from './key-authenticator';
import type { Membership, Principal, Session } from './principal';
import { sameSecret } from './secret-token';
import { sessionTokenOf } from './session-cookie';
import { SessionService } from './session.service';

/** What of a request decides who makes it; fits Fastify's request and a raw upgrade request with its parsed query. */
export interface AuthenticatedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query?: unknown;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

function header(request: AuthenticatedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** The API key a request brings in `X-API-Key` or as a bearer token. */
export function apiKeyOf(request: AuthenticatedRequest): string | undefined {
  const direct = header(request, 'x-api-key');
  if (direct !== undefined) return direct.trim();
  return /^Bearer\s+(\S+)\s*$/i.exec(header(request, 'authorization') ?? '')?.[1];
}

/** A page of another site cannot make a browser do this: browsers set the header themselves, scripts cannot. */
export function refuseCrossSite(request: AuthenticatedRequest): void {
  if (!SAFE_METHODS.has(request.method) && header(request, 'sec-fetch-site') === 'cross-site') {
    throw new AppError({ code: 'csrf_failed', message: 'Requests from pages of other sites are refused.' });
  }
}

/** Turns the credential of a request into a principal: an API key when there is one, else the browser's session. */
@Injectable()
export class RequestAuthenticator {
  constructor(
    private readonly keys: KeyAuthenticator,
    private readonly sessions: SessionService,
  ) {}

  /**
   * @throws AppError `unauthenticated`, `csrf_failed` for an unsafe request of a session without its token,
   *   `forbidden` when the named tenant is not the person's or is suspended, `store_unavailable`
   */
  async authenticate(request: AuthenticatedRequest): Promise<Principal> {
    const key = apiKeyOf(request);
    if (key !== undefined) return this.byKey(key);
    const token = sessionTokenOf(header(request, 'cookie'));
    const session = token === undefined ? null : await this.sessions.resolve(token);
    if (session === null) {
      throw new AppError({
        code: 'unauthenticated',
        message:
          token === undefined
            ? 'Send an API key in X-API-Key, or sign in.'
            : 'The session has ended. Sign in again.',
      });
    }
    checkCsrf(request, session);
    const membership = chooseMembership(session, tenantNamed(request));
    return { kind: 'session', session, membership, scopes: membership ? scopesOf(membership.role) : [] };
  }

  private async byKey(key: string): Promise<Principal> {
    const credential = await this.keys.authenticate(key);
    if (credential === null) {
      throw new AppError({ code: 'unauthenticated', message: 'The API key is unknown, revoked or expired.' });
    }
    const { keyId, tenant, slug, scopes, limits } = credential;
    return { kind: 'key', keyId, tenant, slug, scopes, limits };
  }
}

function checkCsrf(request: AuthenticatedRequest, session: Session): void {
  if (SAFE_METHODS.has(request.method)) return;
  refuseCrossSite(request);
  const given = header(request, 'x-csrf-token');
  if (given === undefined || !sameSecret(given, session.csrfToken)) {
    throw new AppError({
      code: 'csrf_failed',
      message: 'Send the csrfToken of GET /api/v1/session in X-CSRF-Token.',
    });
  }
}

/** The slug in `X-Logstead-Tenant`, or in `tenant` for addresses a browser opens by itself. */
function tenantNamed(request: AuthenticatedRequest): string | undefined {
  const named = header(request, 'x-logstead-tenant');
  if (named !== undefined) return named;
  const query = request.query;
  if (typeof query !== 'object' || query === null || !('tenant' in query)) return undefined;
  return typeof query.tenant === 'string' ? query.tenant : undefined;
}

function chooseMembership(session: Session, slug: string | undefined): Membership | null {
  const membership =
    slug === undefined
      ? session.memberships[0]
      : session.memberships.find((candidate) => candidate.slug === slug);
  if (membership === undefined) {
    if (slug === undefined) return null;
    // The same answer for a tenant that does not exist and one of somebody else.
    throw new AppError({ code: 'forbidden', message: 'You are not a member of a tenant of that name.' });
  }
  return membership;
}
