/** Where a viewer's messages go: a WebSocket or an event stream. */
export interface TailSink {
  /** @param json the message; @param event its type; @param cursor the position after it */
  send(event: TailEvent, json: string, cursor: string): void;
  /** Bytes handed over that the network has not taken yet. */
  readonly bufferedBytes: number;
  /** Called by the sink when it has room again. */
  onRoom: () => void;
  /** Called once when the client has left or the connection broke. */
  onClose: () => void;
  close(reason: TailCloseReason): void;
}

export type TailEvent = 'logs' | 'dropped' | 'heartbeat' | 'error';
export type TailCloseReason = 'error' | 'shutdown' | 'refused';
