/** What a credential may do. */
export const SCOPES = ['ingest', 'query', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a person is in a tenant, in falling order of power. */
export const ROLES = ['owner', 'admin', 'member', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** People never ingest: logs are sent with keys. */
const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  owner: ['query', 'admin'],
  admin: ['query', 'admin'],
  member: ['query'],
  viewer: ['query'],
};

export function scopesOf(role: Role): readonly Scope[] {
  return SCOPES_OF_ROLE[role];
}
