import { AppError } from '@logstead/errors';
import type { ReadOptions } from '@logstead/ports';
import type { PlanLimits } from '@logstead/tenancy';
import type { ServerResponse } from 'node:http';

/** What a read ends with whose client has left; nobody sees the answer. */
export function clientLeft(): AppError {
  return new AppError({ code: 'bad_request', message: 'The client left before the answer was complete.' });
}

/** A signal that fires when the connection of an answer closes before the answer is complete. */
export function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort(clientLeft());
  response.on('close', () => {
    if (!response.writableFinished) controller.abort(clientLeft());
  });
  return controller.signal;
}

/** @param timeoutMs the installation's limit; the tenant's plan may allow less */
export function readOptions(signal: AbortSignal, timeoutMs: number, limits: PlanLimits): ReadOptions {
  return { signal, deadlineMs: Math.min(timeoutMs, limits.querySeconds * 1000) };
}
