import type { TenantId } from '@logstead/ports';
import { type Role, ROLES, type Scope, SCOPES, scopesOf } from './access';
import type { AccessRule } from './access.decorators';
import { authorize } from './authorize';
import type { Membership, Principal } from './principal';

const limits = { logsPerSecond: 1, bytesPerSecond: 1, queryRows: 1, querySeconds: 1, tails: 1 };
const tenant = { tenantId: 't' as TenantId, tenantNo: 1, retentionDays: 30 } as const;

const keyWith = (...scopes: Scope[]): Principal => ({
  kind: 'key',
  keyId: 'k',
  tenant,
  slug: 's',
  scopes,
  limits,
});

function person(
  role: Role | null,
  options: { platformAdmin?: boolean; suspended?: boolean } = {},
): Principal {
  const { platformAdmin = false, suspended = false } = options;
  const membership: Membership | null = role && { tenant, slug: 's', name: 'S', role, suspended, limits };
  return {
    kind: 'session',
    session: {
      hash: Buffer.alloc(32),
      user: { id: 'u', email: 'e', name: 'n', platformAdmin },
      memberships: membership ? [membership] : [],
      csrfToken: 'c',
      openedBy: 'password',
      createdAt: new Date(0),
      lastSeenAt: new Date(0),
      expiresAt: new Date(0),
    },
    membership,
    scopes: role ? scopesOf(role) : [],
  };
}

function allowed(principal: Principal, rule: Exclude<AccessRule, { kind: 'public' }>): boolean {
  try {
    authorize(principal, rule);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'forbidden' });
    return false;
  }
}

describe('authorize', () => {
  it.each(SCOPES)('lets in a key with scope %s and no other', (scope) => {
    for (const given of SCOPES)
      expect(allowed(keyWith(given), { kind: 'scope', scope })).toBe(given === scope);
    expect(allowed(keyWith(...SCOPES), { kind: 'scope', scope })).toBe(true);
  });

  it('gives roles the scopes of the table, and ingest to nobody', () => {
    const table = ROLES.map((role) => SCOPES.map((scope) => allowed(person(role), { kind: 'scope', scope })));
    expect(table).toEqual([
      [false, true, true],
      [false, true, true],
      [false, true, false],
      [false, true, false],
    ]);
  });

  it('checks roles of people only', () => {
    const rule = { kind: 'role', roles: ['owner', 'admin'] } as const;
    expect(ROLES.map((role) => allowed(person(role), rule))).toEqual([true, true, false, false]);
    expect(allowed(keyWith('ingest', 'query', 'admin'), rule)).toBe(false);
    expect(allowed(person(null, { platformAdmin: true }), rule)).toBe(false);
  });

  it('keeps keys out of sessions and the platform', () => {
    const everything = keyWith('ingest', 'query', 'admin');
    expect(allowed(everything, { kind: 'session' })).toBe(false);
    expect(allowed(everything, { kind: 'platform_admin' })).toBe(false);
  });

  it('lets a person without a tenant see the session only', () => {
    expect(allowed(person(null), { kind: 'session' })).toBe(true);
    expect(allowed(person(null), { kind: 'scope', scope: 'query' })).toBe(false);
    expect(allowed(person(null), { kind: 'platform_admin' })).toBe(false);
    expect(allowed(person('owner'), { kind: 'platform_admin' })).toBe(false);
    expect(allowed(person(null, { platformAdmin: true }), { kind: 'platform_admin' })).toBe(true);
  });

  it('closes a suspended tenant', () => {
    const owner = person('owner', { suspended: true });
    expect(allowed(owner, { kind: 'scope', scope: 'query' })).toBe(false);
    expect(allowed(owner, { kind: 'role', roles: ['owner'] })).toBe(false);
    expect(allowed(owner, { kind: 'session' })).toBe(true);
  });
});
