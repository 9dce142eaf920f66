import type { RetentionClass } from '@logstead/contracts';

declare const tenantIdBrand: unique symbol;
/** UUID of a tenant. Only credentials yield one; a request body never does. */
export type TenantId = string & { readonly [tenantIdBrand]: true };

/** Whom a store call is made for. Every method of every store takes it first. */
export interface TenantContext {
  readonly tenantId: TenantId;
  /** Small number of the tenant in the log tables. */
  readonly tenantNo: number;
  readonly retentionDays: RetentionClass;
}
