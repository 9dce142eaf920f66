import { levelName } from '@logstead/contracts';
import { formatTimestamp, unescapeMessage, unescapeMetadata } from '@logstead/pipeline';
import { StoredLog, type TenantContext } from '@logstead/ports';
import type { NameDirectory } from './name-directory';
import { microsOf } from './sql-params';

/** Columns of `LogRow` in their order. */
export const LOG_COLUMNS = `${microsOf('ts')} AS us, id, service_id, env_id, level, message, metadata, trace_id, trace_text, span_id`;

export type LogRow = [
  us: number,
  id: string,
  serviceId: number,
  envId: number,
  level: number,
  message: string,
  metadata: string | null,
  traceId: string | null,
  traceText: string | null,
  spanId: string | null,
];

/** Turns rows into logs as they were sent. */
export async function toLogs(
  names: NameDirectory,
  tenant: TenantContext,
  rows: readonly LogRow[],
): Promise<StoredLog[]> {
  if (rows.length === 0) return [];
  const serviceIds = new Set<number>();
  const envIds = new Set<number>();
  for (const row of rows) {
    serviceIds.add(row[2]);
    envIds.add(row[3]);
  }
  const known = await names.namesFor(tenant, serviceIds, envIds);
  return rows.map(
    (row) =>
      new StoredLog({
        id: row[1],
        timestamp: formatTimestamp(row[0]),
        service_id: row[2],
        service: known.service(row[2]),
        environment: known.environment(row[3]),
        level: levelName(row[4]),
        message: unescapeMessage(row[5]),
        metadataText: row[6] === null ? null : unescapeMetadata(row[6]),
        trace_id: row[8] ?? (row[7] === null ? null : row[7].replaceAll('-', '')),
        span_id: row[9],
      }),
  );
}
