/** The embedded server could not be started; the message says what to do and is meant for the operator. */
export class PostgresStartError extends Error {
  override readonly name = 'PostgresStartError';
}
