import type { RetentionClass } from '@logstead/contracts';
import type { TenantContext, TenantId } from '@logstead/ports';
import type { PlanLimits } from '@logstead/tenancy';

/** 64-bit columns come as text when a number cannot hold them; budgets beyond 2^53 are as good as none. */
export interface LimitColumns {
  readonly logs_per_second: number;
  readonly bytes_per_second: number | string;
  readonly query_rows: number | string;
  readonly query_seconds: number;
  readonly tails: number;
}

export function planLimits(row: LimitColumns): PlanLimits {
  return {
    logsPerSecond: row.logs_per_second,
    bytesPerSecond: Number(row.bytes_per_second),
    queryRows: Number(row.query_rows),
    querySeconds: row.query_seconds,
    tails: row.tails,
  };
}

export function tenantContext(id: string, no: number, retentionDays: number): TenantContext {
  return { tenantId: id as TenantId, tenantNo: no, retentionDays: retentionDays as RetentionClass };
}
