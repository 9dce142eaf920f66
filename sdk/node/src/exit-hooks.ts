import { isMainThread } from 'node:worker_threads';

/** A logger that wants its records out before the process ends. */
export interface ExitClient {
  readonly pending: number;
  readonly flushTimeoutMs: number;
  /** Asynchronous, with a time limit; never rejects. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Blocking, for the exit handler. */
  flushSync(timeoutMs: number): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * One set of process listeners for all loggers. It sits on globalThis because a process may hold this package twice
 * (CommonJS and ES module, two versions): two sets would take each other for the host's handlers and neither
 * would end the process.
 */
const REGISTRY = Symbol.for('@logstead/logger.exit-hooks.v1');

class ExitHooks {
  private readonly clients = new Set<ExitClient>();
  /** Clients whose last flush ran out of time: trying again would only delay the exit. */
  private readonly givenUp = new WeakSet<ExitClient>();
  private endingBySignal = false;
  private readonly onBeforeExit = (): void => void this.flushAll();
  private readonly onExit = (): void => this.flushAllSync();
  private readonly onSignal = (signal: NodeJS.Signals): void => void this.endBySignal(signal);

  add(client: ExitClient): void {
    if (this.clients.size === 0) this.install();
    this.clients.add(client);
  }

  remove(client: ExitClient): void {
    if (this.clients.delete(client) && this.clients.size === 0) this.uninstall();
  }

  private install(): void {
    process.on('beforeExit', this.onBeforeExit);
    process.on('exit', this.onExit);
    // Signals only reach the main thread. In front of the host's listeners: a `once` listener of the host that ran
    // before would already be gone and the host would look as if it had none.
    if (isMainThread) for (const signal of SIGNALS) process.prependListener(signal, this.onSignal);
  }

  private uninstall(): void {
    process.removeListener('beforeExit', this.onBeforeExit);
    process.removeListener('exit', this.onExit);
    for (const signal of SIGNALS) process.removeListener(signal, this.onSignal);
  }

  private async flushAll(): Promise<void> {
    const waiting = [...this.clients].filter((client) => client.pending > 0 && !this.givenUp.has(client));
    await Promise.all(
      waiting.map(async (client) => {
        if (!(await client.flush(client.flushTimeoutMs))) this.givenUp.add(client);
      }),
    );
  }

  private flushAllSync(): void {
    for (const client of this.clients) {
      if (client.pending > 0 && !this.givenUp.has(client)) client.flushSync(client.flushTimeoutMs);
    }
  }

  /**
   * A listener takes away the signal's default effect. When the host has none of its own, the signal is raised again
   * after the flush, so that the process ends by it as it would have. When the host has one, the end is the host's
   * business; the flush only starts early.
   */
  private async endBySignal(signal: NodeJS.Signals): Promise<void> {
    const hostDecides = process.listenerCount(signal) > 1;
    // A second signal while flushing: somebody is impatient.
    if (!this.endingBySignal) {
      this.endingBySignal = !hostDecides;
      await this.flushAll();
    }
    if (hostDecides) return;
    process.removeListener(signal, this.onSignal);
    process.kill(process.pid, signal);
  }
}

export function exitHooks(): Pick<ExitHooks, 'add' | 'remove'> {
  const holder = globalThis as { [REGISTRY]?: ExitHooks };
  return (holder[REGISTRY] ??= new ExitHooks());
}
