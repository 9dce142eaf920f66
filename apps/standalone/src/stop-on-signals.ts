const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/**
 * One Ctrl-C arrives more than once: from the terminal, and again from npm and the bootstrap, which pass it on.
 * Signals within this time count as one.
 */
const SAME_SIGNAL_MS = 1_000;

/** A start that has not ended by then after a signal is given up. */
const START_ABORT_MS = 10_000;

export interface StopOnSignals {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** What the first signal does from now on, or at once when it has come already. */
  handOver(stop: () => Promise<void>): void;
}

/** The first SIGINT, SIGTERM or SIGHUP stops in order and exits with 0; a later one exits at once with 130. */
export function stopOnSignals(): StopOnSignals {
  const controller = new AbortController();
  let firstAt: number | undefined;
  let stop: (() => Promise<void>) | undefined;
  let stopped: Promise<void> | undefined;

  const run = (): void => {
    if (stop === undefined || firstAt === undefined) return;
    stopped ??= stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(
          `Stopping failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
        );
        process.exit(1);
      },
    );
  };

  for (const name of SIGNALS) {
    process.on(name, () => {
      const now = Date.now();
      if (firstAt === undefined) {
        firstAt = now;
        setTimeout(() => {
          if (stopped === undefined) process.exit(130);
        }, START_ABORT_MS).unref();
      }
      if (now - firstAt >= SAME_SIGNAL_MS) {
        process.stderr.write('Stopped at once; what was not yet acknowledged is lost.\n');
        process.exit(130);
      }
      controller.abort();
      run();
    });
  }
  return {
    signal: controller.signal,
    handOver(given) {
      stop = given;
      run();
    },
  };
}
