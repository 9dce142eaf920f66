import { newToken, type AuthenticatedRequest } from '@logstead/tenancy';
import { AppError } from '@logstead/errors';

const LIFETIME_MS = 30_000;
/** Tickets waiting to be used; beyond it none is made until some expire. */
const MAX_TICKETS = 10_000;

export interface IssuedTicket {
  readonly ticket: string;
  readonly expiresAtMs: number;
}

/**
 * Single-use tickets for sockets that browsers open: they cannot set headers on them. A ticket stands for the
 * credential it was asked for with, which is checked again when the ticket is used.
 */
export class TailTickets {
  private readonly waiting = new Map<
    string,
    { readonly holder: AuthenticatedRequest; readonly expiresAtMs: number }
  >();

  /** @throws AppError `overloaded` */
  issue(request: AuthenticatedRequest): IssuedTicket {
    const now = Date.now();
    // Tickets expire in the order they were made.
    for (const [ticket, { expiresAtMs }] of this.waiting) {
      if (expiresAtMs > now) break;
      this.waiting.delete(ticket);
    }
    if (this.waiting.size >= MAX_TICKETS) {
      throw new AppError({
        code: 'overloaded',
        message: `${MAX_TICKETS} tickets wait to be used. Try again shortly.`,
        retryAfterMs: LIFETIME_MS,
      });
    }
    const ticket = newToken();
    const expiresAtMs = now + LIFETIME_MS;
    this.waiting.set(ticket, { holder: credentialsOf(request), expiresAtMs });
    return { ticket, expiresAtMs };
  }

  /** @returns what the ticket stands for; null when it is unknown, used or expired */
  use(ticket: string): AuthenticatedRequest | null {
    const found = this.waiting.get(ticket);
    this.waiting.delete(ticket);
    return found === undefined || found.expiresAtMs <= Date.now() ? null : found.holder;
  }
}

const CREDENTIAL_HEADERS = ['x-api-key', 'authorization', 'cookie', 'x-logstead-tenant'] as const;

/** The part of a request that says who makes it, to ask again later; as a safe request, which needs no CSRF token. */
export function credentialsOf({ headers, query }: AuthenticatedRequest): AuthenticatedRequest {
  const kept: Record<string, string | string[]> = {};
  for (const name of CREDENTIAL_HEADERS) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  const tenant =
    typeof query === 'object' && query !== null && 'tenant' in query ? { tenant: query.tenant } : {};
  return { method: 'GET', headers: kept, query: tenant };
}
