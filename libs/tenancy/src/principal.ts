import type { TenantContext } from '@logstead/ports';
import type { Role, Scope } from './access';

/** What the tenant's plan and its own overrides allow. */
export interface PlanLimits {
  readonly logsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Rows one query may read. */
  readonly queryRows: number;
  readonly querySeconds: number;
  /** Live-tail viewers at once. */
  readonly tails: number;
}

/** What an API key stands for. */
export interface Credential {
  readonly keyId: string;
  readonly tenant: TenantContext;
  readonly slug: string;
  readonly scopes: readonly Scope[];
  readonly limits: PlanLimits;
}

export interface KeyPrincipal extends Credential {
  readonly kind: 'key';
}

/** A tenant as a signed-in person belongs to it. */
export interface Membership {
  readonly tenant: TenantContext;
  readonly slug: string;
  readonly name: string;
  readonly role: Role;
  readonly suspended: boolean;
  readonly limits: PlanLimits;
}

export interface SessionUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly platformAdmin: boolean;
}

/** A live session. */
export interface Session {
  /** SHA-256 of the cookie's token: what the store knows the session by. */
  readonly hash: Buffer;
  readonly user: SessionUser;
  readonly memberships: readonly Membership[];
  readonly csrfToken: string;
  readonly openedBy: 'password' | 'link';
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
}

export interface SessionPrincipal {
  readonly kind: 'session';
  readonly session: Session;
  /** The tenant the request is for; null for a person without any. */
  readonly membership: Membership | null;
  readonly scopes: readonly Scope[];
}

/** Who a request is made by. */
export type Principal = KeyPrincipal | SessionPrincipal;

/** The tenant a request is for, or null. */
export function tenantOf(principal: Principal): TenantContext | null {
  return principal.kind === 'key' ? principal.tenant : (principal.membership?.tenant ?? null);
}

export function limitsOf(principal: Principal): PlanLimits | null {
  return principal.kind === 'key' ? principal.limits : (principal.membership?.limits ?? null);
}
