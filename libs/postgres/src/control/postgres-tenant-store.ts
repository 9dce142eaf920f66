import type { RetentionClass } from '@logstead/contracts';
import { AppError } from '@logstead/errors';
import type { Database } from '../database';

export interface TenantRecord {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly plan: string;
  readonly retentionDays: RetentionClass;
  readonly state: 'active' | 'suspended';
  readonly createdAt: Date;
}

const COLUMNS = `id, slug, name, plan, retention_days AS "retentionDays", state, created_at AS "createdAt"`;

/** Tenants of the installation. The database itself refuses users who are no platform admins. */
export class PostgresTenantStore {
  constructor(private readonly database: Database) {}

  async list(adminId: string): Promise<TenantRecord[]> {
    const { rows } = await this.database.control.query<TenantRecord>(
      `SELECT ${COLUMNS} FROM platform_tenants($1)`,
      [adminId],
    );
    return rows;
  }

  /** @throws AppError `conflict` when the slug is taken, `invalid_body` when there is no such plan */
  async create(
    adminId: string,
    tenant: { slug: string; name: string; plan: string; retentionDays: RetentionClass },
  ): Promise<TenantRecord> {
    try {
      const { rows } = await this.database.control.query<TenantRecord>(
        `SELECT ${COLUMNS} FROM platform_create_tenant($1, $2, $3, $4, $5)`,
        [adminId, tenant.slug, tenant.name, tenant.plan, tenant.retentionDays],
      );
      const created = rows[0];
      if (created === undefined) throw new Error('The tenant was not created');
      return created;
    } catch (error) {
      if (sqlStateOf(error) === '23505') {
        throw new AppError({
          code: 'conflict',
          message: `The slug ${tenant.slug} is taken.`,
          details: { field: 'slug' },
        });
      }
      if (sqlStateOf(error) === '23503') {
        throw new AppError({
          code: 'invalid_body',
          message: 'There is no plan of that name.',
          details: { field: 'plan' },
        });
      }
      throw error;
    }
  }
}

function sqlStateOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
