import type { Transport, TransportRequest, TransportResponse } from '../transport.ts';
import { gunzipSync } from 'node:zlib';

/** A record as the server reads it. */
export interface SentRecord {
  timestamp: string;
  level: string;
  message: string;
  metadata?: Record<string, unknown>;
  trace_id?: string;
  span_id?: string;
  service: string;
  environment: string;
}

export interface ReceivedBatch {
  readonly headers: Readonly<Record<string, string>>;
  readonly records: SentRecord[];
}

/** Decodes a request's body in both formats the logger uses; throws when it is not valid JSON. */
export function decodeBody(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Uint8Array,
): SentRecord[] {
  const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : Buffer.from(body)).toString(
    'utf8',
  );
  if (headers['content-type'] === 'application/x-ndjson') {
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as SentRecord);
  }
  const { service, environment, logs } = JSON.parse(text) as {
    service: string;
    environment: string;
    logs: SentRecord[];
  };
  return logs.map((log) => ({ ...log, service, environment }));
}

/** A transport for unit tests: records what arrives and answers from a script, 202 when it has run out. */
export class FakeServer {
  readonly requests: ReceivedBatch[] = [];
  readonly script: (Partial<TransportResponse> | Error)[] = [];
  /** While true, requests get no answer until `release`. */
  hold = false;
  private held: (() => void)[] = [];

  readonly transport: Transport = async (request: TransportRequest): Promise<TransportResponse> => {
    this.requests.push({ headers: request.headers, records: decodeBody(request.headers, request.body) });
    const step = this.script.shift();
    if (this.hold) await new Promise<void>((resolve) => this.held.push(resolve));
    if (step instanceof Error) throw step;
    return { status: 202, body: '{}', ...step };
  };

  get records(): SentRecord[] {
    return this.requests.flatMap(({ records }) => records);
  }

  release(): void {
    this.hold = false;
    for (const resolve of this.held.splice(0)) resolve();
  }
}
