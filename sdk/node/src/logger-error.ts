/**
 * - `config`: the logger cannot send at all (no key, bad endpoint); every record is dropped and counted
 * - `retrying`: first failure of an outage; the batch is tried again, nothing is lost yet
 * - `refused`: the server refused a batch for good (4xx); its records are dropped
 * - `rejected`: the server took the batch but not all of its records
 * - `deadline`: a batch could not be delivered within the retry deadline or number of retries
 */
export type LoggerErrorCode = 'config' | 'retrying' | 'refused' | 'rejected' | 'deadline';

/** What `onError` gets. Never thrown into the host. */
export class LoggerError extends Error {
  override readonly name = 'LoggerError';
  readonly code: LoggerErrorCode;
  /** HTTP status, when the server answered. */
  readonly status: number | undefined;
  /** Records concerned. */
  readonly count: number;
  /** Rejections as the server named them, at most 100. */
  readonly rejections: readonly Rejection[];

  constructor(
    code: LoggerErrorCode,
    message: string,
    details: {
      status?: number | undefined;
      count?: number;
      rejections?: readonly Rejection[];
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.count = details.count ?? 0;
    this.rejections = details.rejections ?? [];
  }
}

/** A record the server did not take, as in its answer. */
export interface Rejection {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}
