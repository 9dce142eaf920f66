/**
 * Carries accepted batches from the receiver to the writer. `T` is the batch as the implementation moves it:
 * the embedded bus hands over encoded rows in memory, Kafka an envelope with the original bytes.
 */
export interface LogBus<T> {
  /**
   * Resolves when the batch is durable (embedded: the database commit).
   * @throws AppError `overloaded` at once when the queue's bound in bytes is reached,
   *   `store_unavailable` when it could not be made durable.
   */
  publish(batch: T): Promise<PublishResult>;
  readonly queuedBytes: number;
  readonly queuedBatches: number;
}

export interface PublishResult {
  /** The first answer of this idempotency key, when the batch had been accepted before. */
  readonly earlierAnswer: string | null;
}
