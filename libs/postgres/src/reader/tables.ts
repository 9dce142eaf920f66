import type { TenantContext } from '@logstead/ports';

/** Tables of the tenant's retention class. */
export interface LogTables {
  readonly logs: string;
  readonly blocks: string;
  readonly rollups: string;
  readonly minutes: string;
}

export function tablesOf({ retentionDays }: TenantContext): LogTables {
  return {
    logs: `logs_${retentionDays}d`,
    blocks: `log_blocks_${retentionDays}d`,
    rollups: `rollups_10s_${retentionDays}d`,
    minutes: `rollups_1m_${retentionDays}d`,
  };
}
