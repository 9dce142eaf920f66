import { connect } from 'node:net';
import type { PoolClient } from 'pg';

/** PostgreSQL protocol, "CancelRequest": the code that takes the place of a protocol version. */
const CANCEL_CODE = 80_877_102;
const CONNECT_TIMEOUT_MS = 2_000;

interface ConnectedClient {
  readonly host: string;
  readonly port: number;
  readonly ssl: unknown;
  readonly processID: number | null;
  readonly secretKey: number | null;
}

/**
 * Asks the server to cancel what a connection is running. `pg_cancel_backend` would need rights that the application's
 * role lacks; the connection's own secret key needs none. Resolves when the server has passed the request on.
 * @throws Error when the server cannot be asked this way
 */
export function cancelStatement(client: PoolClient): Promise<void> {
  const { host, port, ssl, processID, secretKey } = client as unknown as ConnectedClient;
  if (ssl !== false && ssl !== undefined)
    return Promise.reject(new Error('Cancel requests travel unencrypted'));
  if (processID === null || secretKey === null)
    return Promise.reject(new Error('The connection has no key yet'));
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(CANCEL_CODE, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  return new Promise((resolve, reject) => {
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    socket.setTimeout(CONNECT_TIMEOUT_MS, () =>
      socket.destroy(new Error('The server did not take the request')),
    );
    socket.on('connect', () => socket.write(request));
    socket.on('error', reject);
    // The server says nothing; it closes the connection when it has sent the signal.
    socket.on('close', () => resolve());
    socket.resume();
  });
}
