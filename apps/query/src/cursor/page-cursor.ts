import { createHash } from 'node:crypto';
import type { TotalRelation } from '@logstead/contracts';
import { AppError } from '@logstead/errors';
import type { Position, TenantContext } from '@logstead/ports';
import type { RawQuery } from '../params/request-params';
import type { TimeRange } from '../params/time-params';
import type { SignedTokens } from './signed-token';

/** Where a walk through pages stands. */
export interface PageState {
  readonly position: Position;
  /** The range of the first page: `time_range=1h` must not slide from page to page. */
  readonly range: TimeRange;
  /** Total of the first page, repeated on each. */
  readonly total: number;
  readonly totalRelation: TotalRelation;
  /** Logs on the pages before. */
  readonly seen: number;
}

const PURPOSE = 'page.v1';
/** Parameters that may differ from page to page of one walk. */
const FREE_PARAMETERS = new Set(['cursor', 'limit', 'highlights', 'tenant']);

/** What a cursor belongs to: the tenant, the route and every parameter that chooses or orders logs. */
export function walkKey(tenant: TenantContext, route: string, query: RawQuery): string {
  const chosen = Object.entries(query)
    .filter(([name]) => !FREE_PARAMETERS.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([tenant.tenantId, route, chosen]))
    .digest('base64url')
    .slice(0, 22);
}

type Payload = [
  walk: string,
  tsUs: number,
  id: string,
  fromUs: number,
  toUs: number,
  total: number,
  totalRelation: TotalRelation,
  seen: number,
];

/** Cursors of list routes: opaque, signed, and good for one tenant and one set of filters only. */
export class PageCursors {
  constructor(private readonly tokens: SignedTokens) {}

  seal(walk: string, { position, range, total, totalRelation, seen }: PageState): string {
    const payload: Payload = [
      walk,
      position.tsUs,
      position.id,
      range.fromUs,
      range.toUs,
      total,
      totalRelation,
      seen,
    ];
    return this.tokens.seal(PURPOSE, JSON.stringify(payload));
  }

  /** @throws AppError `invalid_cursor` for a cursor that was altered, or made for another tenant or other filters */
  open(walk: string, cursor: string): PageState {
    const text = this.tokens.open(PURPOSE, cursor);
    if (text === null) throw invalidCursor('The cursor was not made by this server, or was altered.');
    const [madeFor, tsUs, id, fromUs, toUs, total, totalRelation, seen] = JSON.parse(text) as Payload;
    if (madeFor !== walk) {
      throw invalidCursor(
        'The cursor belongs to other filters: keep every parameter but limit from page to page.',
      );
    }
    return { position: { tsUs, id }, range: { fromUs, toUs }, total, totalRelation, seen };
  }
}

export function invalidCursor(message: string): AppError {
  return new AppError({ code: 'invalid_cursor', message, details: { parameter: 'cursor' } });
}
