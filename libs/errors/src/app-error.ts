import type { ErrorCode } from '@logstead/contracts';

export interface AppErrorInit {
  readonly code: ErrorCode;
  /** Shown to the client as `detail`: the observed value, the limit, what to change. Never a secret. */
  readonly message: string;
  /** Shown to the client: names the field, the position, the limit. */
  readonly details?: Record<string, unknown>;
  /** For the log only, never shown. */
  readonly cause?: unknown;
  /** When a retry can succeed; becomes `Retry-After`, rounded up to whole seconds. */
  readonly retryAfterMs?: number;
}

/** The one error of request-level failures. Across packages compare `code`, not the class. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(init: AppErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.details = init.details;
    this.retryAfterMs = init.retryAfterMs;
  }
}
