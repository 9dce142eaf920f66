import { Logger } from '../logger.ts';
import type { Drop } from '../delivery-stats.ts';
import type { LoggerError } from '../logger-error.ts';
import type { LoggerOptions } from '../options.ts';
import { FakeServer } from './fake-server.ts';

/** A logger that sends to a fake server and keeps what it reports. */
export function createLogger(options: Partial<LoggerOptions> = {}): {
  logger: Logger;
  server: FakeServer;
  errors: LoggerError[];
  drops: Drop[];
} {
  const server = new FakeServer();
  const errors: LoggerError[] = [];
  const drops: Drop[] = [];
  const logger = new Logger({
    apiKey: 'key',
    service: 'shop',
    environment: 'test',
    transport: server.transport,
    onError: (error) => errors.push(error),
    onDrop: (drop) => drops.push(drop),
    flushOnExit: false,
    // The compressor works in a thread of its own, which fake time does not wait for.
    compression: false,
    ...options,
  });
  return { logger, server, errors, drops };
}

/** Lets promises settle; fake timers leave setImmediate alone. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Fake time that starts at a known moment, and a jitter that is always the largest. */
export function useFakeTime(): void {
  beforeEach(() => {
    jest.useFakeTimers({
      now: Date.parse('2026-11-21T03:00:00.000Z'),
      doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'],
    });
    jest.spyOn(Math, 'random').mockReturnValue(1);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });
}
