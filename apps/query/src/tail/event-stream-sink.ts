import type { ServerResponse } from 'node:http';
import type { TailCloseReason, TailEvent, TailSink } from './tail-sink';

/** A connection whose client has taken nothing for this long, though something waits, is cut. */
const STALL_MS = 60_000;

/** A viewer's messages as server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class EventStreamSink implements TailSink {
  onRoom: () => void = () => {};
  onClose: () => void = () => {};

  constructor(private readonly response: ServerResponse) {
    response.on('drain', () => this.onRoom());
    response.on('close', () => this.onClose());
    response.on('error', () => {});
    response.setTimeout(STALL_MS, () => {
      if (response.writableLength > 0) response.destroy();
    });
  }

  get bufferedBytes(): number {
    return this.response.writableLength;
  }

  /** The JSON holds no line break, so one data line carries it. */
  send(event: TailEvent, json: string, cursor: string): void {
    const id = cursor === '' ? '' : `id: ${cursor}\n`;
    this.response.write(`event: ${event}\n${id}data: ${json}\n\n`);
  }

  close(_reason: TailCloseReason): void {
    this.response.end();
  }
}
