/** A query that cannot be understood. Positions are UTF-16 offsets in the query text. */
export class QuerySyntaxError extends Error {
  /** One of `ERROR_CODES` of the contracts, so that a filter treats it like any other domain error. */
  readonly code = 'invalid_query';
  readonly retryable = false;

  constructor(
    message: string,
    readonly position: number,
    readonly length: number,
    readonly expected?: readonly string[],
  ) {
    super(message);
    this.name = 'QuerySyntaxError';
  }

  /** For `Problem.details`. */
  get details(): Record<string, unknown> {
    const { position, length, expected } = this;
    return { position, length, ...(expected ? { expected } : {}) };
  }
}
