import { closeSync, copyFileSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs';

/** Above this the log is moved to `<name>.1`, so both together stay below about twice as much. */
const MAX_LOG_BYTES = 8 * 1024 * 1024;
const CHECK_EVERY_MS = 10 * 60_000;
const TAIL_BYTES = 16 * 1024;

/** The server's log file: bounded, appended to by the server, read by us when a start fails. */
export class ServerLog {
  private timer: NodeJS.Timeout | undefined;

  constructor(readonly path: string) {}

  /** Opens the file for the server to append to; the caller closes it after the spawn. */
  open(): { fd: number; offset: number } {
    this.rotateWhenLarge();
    const fd = openSync(this.path, 'a', 0o600);
    this.timer ??= setInterval(() => this.rotateWhenLarge(), CHECK_EVERY_MS).unref();
    return { fd, offset: fstatSync(fd).size };
  }

  /** What was written since the offset, at most its last lines. */
  tail(offset: number, lines: number): string {
    const fd = openSync(this.path, 'r');
    try {
      const { size } = fstatSync(fd);
      const start = Math.max(Math.min(offset, size), size - TAIL_BYTES);
      const buffer = Buffer.alloc(size - start);
      readSync(fd, buffer, 0, buffer.length, start);
      return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
    } finally {
      closeSync(fd);
    }
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Copy and cut: the server keeps appending to the file it has open. A few lines in between may be lost. */
  private rotateWhenLarge(): void {
    try {
      if (statSync(this.path).size <= MAX_LOG_BYTES) return;
      copyFileSync(this.path, `${this.path}.1`);
      truncateSync(this.path);
    } catch {
      // No file yet, or a full disk: tried again later.
    }
  }
}
