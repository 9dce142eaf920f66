import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeBody } from './fake-server.ts';
import type { SentRecord } from './fake-server.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** The request gets no answer at all. */
  readonly hang?: boolean;
}

/** An ingest endpoint on a real socket that keeps what it took, once per idempotency key. */
export interface HttpServer {
  readonly endpoint: string;
  readonly port: number;
  readonly records: SentRecord[];
  /** Idempotency keys in the order of the requests, repeats included. */
  readonly keys: string[];
  readonly connections: () => number;
  /** Answers to give first, one per request. */
  readonly script: HttpAnswer[];
  stop(): Promise<void>;
}

export async function startHttpServer(port = 0): Promise<HttpServer> {
  const records: SentRecord[] = [];
  const keys: string[] = [];
  const script: HttpAnswer[] = [];
  const seen = new Set<string>();
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const key = String(request.headers['idempotency-key']);
      keys.push(key);
      const answer = script.shift();
      if (answer?.hang === true) return;
      if (answer !== undefined) {
        response.writeHead(answer.status, answer.headers).end(answer.body);
        return;
      }
      const taken = decodeBody(request.headers, Buffer.concat(chunks));
      if (!seen.has(key)) records.push(...taken);
      seen.add(key);
      response.writeHead(202).end(JSON.stringify({ accepted: taken.length, rejected: [], rejectedCount: 0 }));
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: used } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${used}`,
    port: used,
    records,
    keys,
    connections: () => connections,
    script,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
