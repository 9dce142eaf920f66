import type { AccountStore, Membership, NewSession, Role, Session } from '@logstead/tenancy';
import type { Database } from '../database';
import { tenantContext } from './plan-limits';

interface MembershipJson {
  readonly id: string;
  readonly no: number;
  readonly slug: string;
  readonly name: string;
  readonly role: Role;
  readonly state: string;
  readonly retentionDays: number;
  readonly logsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly queryRows: number;
  readonly querySeconds: number;
  readonly tails: number;
}

interface SessionRow {
  readonly user_id: string;
  readonly email: string;
  readonly name: string;
  readonly platform_admin: boolean;
  readonly csrf_secret: Buffer;
  readonly opened_by: 'password' | 'link';
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly memberships: MembershipJson[];
}

function membership(json: MembershipJson): Membership {
  const { logsPerSecond, bytesPerSecond, queryRows, querySeconds, tails } = json;
  return {
    tenant: tenantContext(json.id, json.no, json.retentionDays),
    slug: json.slug,
    name: json.name,
    role: json.role,
    suspended: json.state !== 'active',
    limits: { logsPerSecond, bytesPerSecond, queryRows, querySeconds, tails },
  };
}

/** People, sessions and sign-in links, through the functions that ask for a hash as proof. */
export class PostgresAccountStore implements AccountStore {
  constructor(private readonly database: Database) {}

  async userByEmail(email: string): Promise<{ id: string; passwordHash: string | null } | null> {
    const row = await this.first<{ user_id: string; password_hash: string | null }>(
      'SELECT * FROM auth_user($1)',
      [email],
    );
    return row === undefined ? null : { id: row.user_id, passwordHash: row.password_hash };
  }

  async useLink(hash: Buffer): Promise<string | null> {
    const row = await this.first<{ user_id: string | null }>('SELECT auth_use_link($1) AS user_id', [hash]);
    return row?.user_id ?? null;
  }

  async openSession(session: NewSession): Promise<void> {
    await this.database.control.query('SELECT auth_open_session($1, $2, $3, $4, $5, $6, $7, $8)', [
      session.hash,
      session.userId,
      session.csrfSecret,
      session.openedBy,
      session.address,
      session.agent,
      session.expiresAt,
      session.replaces,
    ]);
  }

  async session(hash: Buffer): Promise<Session | null> {
    const row = await this.first<SessionRow>('SELECT * FROM auth_session($1)', [hash]);
    if (row === undefined) return null;
    return {
      hash,
      user: { id: row.user_id, email: row.email, name: row.name, platformAdmin: row.platform_admin },
      memberships: row.memberships.map(membership),
      csrfToken: row.csrf_secret.toString('base64url'),
      openedBy: row.opened_by,
      createdAt: row.created_at,
      lastSeenAt: row.last_seen_at,
      expiresAt: row.expires_at,
    };
  }

  async touchSession(hash: Buffer, expiresAt: Date): Promise<void> {
    await this.database.control.query('SELECT auth_touch_session($1, $2)', [hash, expiresAt]);
  }

  async closeSession(hash: Buffer): Promise<void> {
    await this.database.control.query('SELECT auth_close_session($1)', [hash]);
  }

  async passwordOfSession(hash: Buffer): Promise<string | null> {
    const row = await this.first<{ password_hash: string | null }>(
      'SELECT auth_password_of_session($1) AS password_hash',
      [hash],
    );
    return row?.password_hash ?? null;
  }

  async setPassword(sessionHash: Buffer, passwordHash: string): Promise<boolean> {
    const row = await this.first<{ changed: boolean }>('SELECT auth_set_password($1, $2) AS changed', [
      sessionHash,
      passwordHash,
    ]);
    return row?.changed ?? false;
  }

  private async first<R extends object>(sql: string, values: unknown[]): Promise<R | undefined> {
    const { rows } = await this.database.control.query<R>(sql, values);
    return rows[0];
  }
}
