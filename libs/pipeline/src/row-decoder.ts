import { levelName } from '@logstead/contracts';
import { StoredLog } from '@logstead/ports';
import { formatUuid } from './log-id';
import { formatTimestamp } from './timestamp';
import { unescapeMessage, unescapeMetadata } from './unstorable-text';

const POSTGRES_EPOCH_US = 946_684_800_000_000;

/** Names of the numbers that rows carry. */
export interface RowNames {
  serviceName(serviceId: number): string;
  environmentName(envId: number): string;
}

/** Reads tuples written by `RowWriter` back to logs, for the viewers of a live tail. */
export function decodeRows(rows: Buffer, start: number, end: number, names: RowNames): StoredLog[] {
  const logs: StoredLog[] = [];
  let at = start;
  const field = (): Buffer | null => {
    const length = rows.readInt32BE(at);
    at += 4;
    if (length < 0) return null;
    at += length;
    return rows.subarray(at - length, at);
  };
  const number = (): number => {
    const bytes = field()!;
    return bytes.readIntBE(0, bytes.length);
  };
  while (at < end) {
    at += 2;
    const tsUs = Number(field()!.readBigInt64BE(0)) + POSTGRES_EPOCH_US;
    number();
    const serviceId = number();
    const envId = number();
    const level = levelName(number());
    const id = formatUuid(field()!);
    const traceId = field();
    const message = field()!.toString('utf8');
    const metadata = field();
    const traceText = field();
    const spanId = field();
    logs.push(
      new StoredLog({
        id,
        timestamp: formatTimestamp(tsUs),
        service_id: serviceId,
        service: names.serviceName(serviceId),
        environment: names.environmentName(envId),
        level,
        message: unescapeMessage(message),
        metadataText: metadata === null ? null : unescapeMetadata(metadata.toString('utf8')),
        trace_id: traceId?.toString('hex') ?? traceText?.toString('utf8') ?? null,
        span_id: spanId?.toString('utf8') ?? null,
      }),
    );
  }
  return logs;
}
