import type { WebSocket } from 'ws';
import type { TailCloseReason, TailEvent, TailSink } from './tail-sink';

const CLOSE_CODES: Readonly<Record<TailCloseReason, number>> = { error: 1008, refused: 1008, shutdown: 1001 };
/** A client that does not answer a ping by the next one is gone, though its connection looks open. */
const PING_MS = 15_000;

/** A viewer's messages over a WebSocket. */
export class WebSocketSink implements TailSink {
  onRoom: () => void = () => {};
  onClose: () => void = () => {};
  private readonly ping: NodeJS.Timeout;
  private answered = true;

  constructor(private readonly socket: WebSocket) {
    this.ping = setInterval(() => this.checkAlive(), PING_MS);
    this.ping.unref();
    socket.on('pong', () => (this.answered = true));
    socket.on('close', () => {
      clearInterval(this.ping);
      this.onClose();
    });
    // An error is followed by close; without a listener it would end the process.
    socket.on('error', () => {});
  }

  get bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  send(_event: TailEvent, json: string): void {
    this.socket.send(json, () => this.onRoom());
  }

  close(reason: TailCloseReason): void {
    this.socket.close(CLOSE_CODES[reason]);
    // A client that reads nothing does not answer the closing either.
    setTimeout(() => this.socket.terminate(), PING_MS).unref();
  }

  private checkAlive(): void {
    if (!this.answered) {
      this.socket.terminate();
      return;
    }
    this.answered = false;
    this.socket.ping();
  }
}
