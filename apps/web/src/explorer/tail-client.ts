import type { Problem } from '@logstead/contracts';
import { readEnvelope, type LogRow } from './log-row';

export type TailState = 'connecting' | 'open' | 'paused' | 'waiting' | 'refused';

export interface TailListener {
  /** The tail starts anew: what was received before does not connect to what follows. */
  onFresh(): void;
  onLogs(rows: readonly LogRow[]): void;
  onDropped(count: number): void;
  onState(state: TailState, problem: string | null): void;
}

export interface TailOptions {
  /** Fetches a single-use ticket and returns the socket's address without a cursor. */
  readonly address: (signal: AbortSignal) => Promise<string>;
  readonly listener: TailListener;
}

/** Received logs are handed on at this pace: a fast tail must not redraw the page for every message. */
const BATCH_MS = 100;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;
/** The server says something every 15 s; a socket silent for longer is dead though it looks open. */
const SILENCE_MS = 40_000;

/** A live tail over WebSocket that reconnects where it left off. */
export class TailClient {
  private socket: WebSocket | null = null;
  private cursor: string | null = null;
  private failures = 0;
  private paused = false;
  private stopped = false;
  private retryTimer: number | undefined;
  private batchTimer: number | undefined;
  private silenceTimer: number | undefined;
  private batch: LogRow[] = [];
  private readonly abort = new AbortController();

  constructor(private readonly options: TailOptions) {}

  start(): void {
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.abort.abort();
    window.clearTimeout(this.retryTimer);
    window.clearTimeout(this.batchTimer);
    window.clearTimeout(this.silenceTimer);
    this.socket?.close();
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    if (this.socket?.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ type: paused ? 'pause' : 'resume' }));
      this.options.listener.onState(paused ? 'paused' : 'open', null);
    }
  }

  private async connect(): Promise<void> {
    this.options.listener.onState('connecting', null);
    let address: string;
    try {
      address = await this.options.address(this.abort.signal);
    } catch (error) {
      this.retry(error instanceof Error ? error.message : null);
      return;
    }
    if (this.stopped) return;
    const resuming = this.cursor !== null;
    const url = this.cursor === null ? address : `${address}&cursor=${encodeURIComponent(this.cursor)}`;
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.addEventListener('open', () => {
      if (!resuming) {
        this.batch = [];
        this.options.listener.onFresh();
      }
      this.options.listener.onState(this.paused ? 'paused' : 'open', null);
      if (this.paused) socket.send(JSON.stringify({ type: 'pause' }));
      this.watchSilence(socket);
    });
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      this.watchSilence(socket);
      if (typeof event.data === 'string') this.receive(event.data);
    });
    socket.addEventListener('close', () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.retry(null);
    });
  }

  private receive(text: string): void {
    const { rows, rest } = readEnvelope(text, { rows: ['logs'] });
    this.failures = 0;
    switch (rest['type']) {
      case 'logs':
        this.batch.push(...(rows.get('logs') ?? []));
        this.batchTimer ??= window.setTimeout(() => this.handOn(), BATCH_MS);
        break;
      case 'dropped':
        this.options.listener.onDropped(Number(rest['count'] ?? 0));
        break;
      case 'error': {
        // A cursor that cannot be resumed from must not be tried for ever: the next connection starts anew.
        const problem = rest['problem'] as Partial<Problem> | undefined;
        if (problem?.code === 'invalid_cursor') this.cursor = null;
        else this.options.listener.onState('refused', problem?.detail ?? null);
        break;
      }
    }
    if (typeof rest['cursor'] === 'string') this.cursor = rest['cursor'];
  }

  private handOn(): void {
    this.batchTimer = undefined;
    const rows = this.batch;
    this.batch = [];
    if (rows.length === 0) return;
    // Commits of several senders interleave; what came in together is put in the order of the table.
    rows.sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0));
    this.options.listener.onLogs(rows);
  }

  private watchSilence(socket: WebSocket): void {
    window.clearTimeout(this.silenceTimer);
    this.silenceTimer = window.setTimeout(() => socket.close(), SILENCE_MS);
  }

  private retry(problem: string | null): void {
    if (this.stopped) return;
    window.clearTimeout(this.silenceTimer);
    this.options.listener.onState('waiting', problem);
    const delay = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures) * (0.75 + Math.random() / 2);
    this.failures += 1;
    this.retryTimer = window.setTimeout(() => void this.connect(), delay);
  }
}
