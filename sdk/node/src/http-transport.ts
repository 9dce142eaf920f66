import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

/** An answer is a short JSON document; more than this is not read. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Transport over node:http and node:https with kept-alive connections.
 *
 * Not fetch: its connections cannot be unref'ed, so a hanging server would keep a finished host alive; the host's
 * instrumentation of fetch (tracing, mocks, a global dispatcher) would see the logger's own traffic; and it needs
 * about twice the CPU per request (web streams). node:http is there from Node 18 on and takes any `agent`, a proxy's too.
 *
 * @param agent the host's own http.Agent or https.Agent; it is not destroyed with the logger
 */
export function createHttpTransport(
  endpoint: URL,
  maxSockets: number,
  agent: unknown,
): { transport: Transport; destroy: () => void } {
  const secure = endpoint.protocol === 'https:';
  const options = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, scheduling: 'lifo' as const };
  const own = agent === undefined ? (secure ? new HttpsAgent(options) : new HttpAgent(options)) : undefined;
  const used = (own ?? agent) as HttpAgent;
  const start = secure ? httpsRequest : httpRequest;

  const transport: Transport = (outgoing) =>
    new Promise((resolve, reject) => {
      const request = start(
        outgoing.url,
        {
          method: 'POST',
          agent: used,
          headers: { ...outgoing.headers, 'content-length': String(outgoing.body.byteLength) },
          signal: outgoing.signal,
        },
        (response) => void readAnswer(response).then(resolve, reject),
      );
      // A request under way does not keep the host alive: before it exits, the logger flushes with a time limit.
      request.on('socket', (socket) => socket.unref());
      request.on('error', reject);
      watchTimeout(request, outgoing, reject);
      request.end(outgoing.body);
    });
  return { transport, destroy: () => own?.destroy() };
}

function watchTimeout(
  request: { destroy(error: Error): unknown; on(event: 'close', listener: () => void): unknown },
  outgoing: TransportRequest,
  reject: (error: Error) => void,
): void {
  const timer = setTimeout(() => {
    const error = new Error(`no answer within ${outgoing.timeoutMs} ms`);
    reject(error);
    request.destroy(error);
  }, outgoing.timeoutMs);
  timer.unref();
  request.on('close', () => clearTimeout(timer));
}

function readAnswer(response: IncomingMessage): Promise<TransportResponse> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
      else response.destroy(new Error(`answer of more than ${MAX_ANSWER_BYTES} bytes`));
    });
    response.on('error', reject);
    response.on('end', () => {
      resolve({
        status: response.statusCode ?? 0,
        retryAfter: response.headers['retry-after'],
        body: Buffer.concat(chunks).toString('utf8'),
      });
    });
  });
}
