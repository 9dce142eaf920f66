/** One HTTP request with a batch. */
export interface TransportRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Time without any answer after which the request fails. */
  readonly timeoutMs: number;
  /** Aborted when the logger gives up (close, exit). */
  readonly signal: AbortSignal;
}

export interface TransportResponse {
  readonly status: number;
  /** Value of the Retry-After header, when there is one. */
  readonly retryAfter?: string | undefined;
  readonly body: string;
}

/** Sends one request; rejects when no answer came. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;
