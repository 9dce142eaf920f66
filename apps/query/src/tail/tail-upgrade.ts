import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError, problemOf, toAppError } from '@logstead/errors';
import { apiKeyOf } from '@logstead/tenancy';
import { requestIdOf } from '@logstead/telemetry';
import { type WebSocket, WebSocketServer } from 'ws';
import type { RawQuery } from '../params/request-params';
import type { TailService, Watcher } from './tail.service';
import { WebSocketSink } from './websocket-sink';

export const TAIL_PATH = '/api/v1/logs/tail';
/** Clients only send pause and resume. */
const MAX_CLIENT_MESSAGE_BYTES = 4_096;

/** Turns upgrade requests of the tail's address into viewers; refuses all others. */
export class TailUpgrade {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
    perMessageDeflate: false,
  });

  /** @param publicOrigin origin of the configured public address, allowed beside the one the request itself came to */
  constructor(
    private readonly tails: TailService,
    private readonly publicOrigin: string | null,
  ) {}

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      void this.upgrade(request, socket, head);
    });
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const requestId = requestIdOf(request);
    let watcher: Watcher;
    const url = new URL(request.url ?? '/', 'http://host');
    try {
      if (url.pathname !== TAIL_PATH)
        throw new AppError({ code: 'not_found', message: 'There is nothing here.' });
      this.checkOrigin(request);
      const ticket = url.searchParams.get('ticket') ?? undefined;
      const query = { tenant: url.searchParams.get('tenant') ?? undefined };
      watcher = await this.tails.authenticate({ method: 'GET', headers: request.headers, query }, ticket);
    } catch (error) {
      refuse(socket, toAppError(error), requestId);
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const sink = new WebSocketSink(webSocket);
      this.listen(webSocket, sink);
      void this.tails.serve(watcher, queryOf(url), sink, requestId);
    });
  }

  private listen(socket: WebSocket, sink: WebSocketSink): void {
    socket.on('message', (data, isBinary) => {
      const action = isBinary ? null : actionOf(String(data));
      if (action !== null) this.tails.control(sink, action);
    });
  }

  /** A page of another site may open a socket with this browser's cookies; only the header tells. */
  private checkOrigin(request: IncomingMessage): void {
    const { origin, host } = request.headers;
    if (origin === undefined || apiKeyOf({ method: 'GET', headers: request.headers }) !== undefined) return;
    if (origin === this.publicOrigin || URL.parse(origin)?.host === host) return;
    throw new AppError({ code: 'forbidden', message: 'Sockets opened by pages of other sites are refused.' });
  }

  close(): void {
    this.tails.shutDown();
    this.sockets.close();
  }
}

function actionOf(text: string): 'pause' | 'resume' | null {
  try {
    const { type } = JSON.parse(text) as { type?: unknown };
    return type === 'pause' || type === 'resume' ? type : null;
  } catch {
    return null;
  }
}

/** Parameters as Fastify reads them: repeated ones as a list. */
function queryOf({ searchParams }: URL): RawQuery {
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(searchParams.keys())) {
    const values = searchParams.getAll(name);
    query[name] = values.length === 1 ? values[0]! : values;
  }
  return query;
}

function refuse(socket: Duplex, error: AppError, requestId: string): void {
  const problem = problemOf(error, requestId);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${requestId}\r\nconnection: close\r\n\r\n${body}`,
  );
}
