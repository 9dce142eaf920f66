import type { Connection, Submittable } from 'pg';

/** One COPY of a commit: the statement's table and the tuples in binary form, without header and trailer. */
export interface CopyPart {
  readonly tuples: readonly Buffer[];
}

/** Signature, flags and extension length of PostgreSQL's binary COPY format. */
const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const COPY_TRAILER = Buffer.from([0xff, 0xff]);
const COPY_DATA = 0x64;
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);

/**
 * Sends a whole commit in one burst: the statements as one simple query, then the data of its COPY statements, and
 * waits once for the end. The server takes the messages in order; data that arrives after a failed statement is
 * ignored by it (PostgreSQL protocol, "COPY Operations"), so nothing needs to be waited for in between. Eight round
 * trips less per commit, each of which would wait for a turn of a busy event loop.
 */
export class CommitStatement implements Submittable {
  readonly done: Promise<void>;
  private resolve!: () => void;
  private reject!: (error: Error) => void;

  /** @param statements SQL in which each `COPY … FROM STDIN` takes the next of `parts` */
  constructor(
    private readonly statements: string,
    private readonly parts: readonly CopyPart[],
  ) {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  submit(connection: Connection): void {
    connection.stream.cork();
    connection.query(this.statements);
    for (const part of this.parts) {
      connection.stream.write(frame(COPY_HEADER.length));
      connection.stream.write(COPY_HEADER);
      for (const tuples of part.tuples) {
        connection.stream.write(frame(tuples.length));
        connection.stream.write(tuples);
      }
      connection.stream.write(frame(COPY_TRAILER.length));
      connection.stream.write(COPY_TRAILER);
      connection.stream.write(COPY_DONE);
    }
    connection.stream.uncork();
  }

  handleCopyInResponse(): void {}
  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}

  /** node-postgres tells a failed query nothing more, not even the server's ReadyForQuery. */
  handleError(error: Error): void {
    this.reject(error);
  }

  handleReadyForQuery(): void {
    this.resolve();
  }
}

function frame(length: number): Buffer {
  const head = Buffer.allocUnsafe(5);
  head[0] = COPY_DATA;
  head.writeInt32BE(length + 4, 1);
  return head;
}
