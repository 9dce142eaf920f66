import type { TenantContext } from '@logstead/ports';
import { invalidCursor } from '../cursor/page-cursor';
import type { SignedTokens } from '../cursor/signed-token';

/** A place in the commit order: the first log not yet seen is number `offset` of block `seq`. */
export interface TailPosition {
  readonly seq: number;
  readonly offset: number;
}

const PURPOSE = 'tail.v1';

/** Cursors of live tails: good for one tenant, under any filter. */
export class TailCursors {
  constructor(private readonly tokens: SignedTokens) {}

  seal(tenant: TenantContext, { seq, offset }: TailPosition): string {
    return this.tokens.seal(PURPOSE, JSON.stringify([tenant.tenantId, seq, offset]));
  }

  /** @throws AppError `invalid_cursor` */
  open(tenant: TenantContext, cursor: string): TailPosition {
    const text = this.tokens.open(PURPOSE, cursor);
    if (text === null) throw invalidCursor('The cursor was not made by this server, or was altered.');
    const [tenantId, seq, offset] = JSON.parse(text) as [string, number, number];
    if (tenantId !== tenant.tenantId) throw invalidCursor('The cursor belongs to another tenant.');
    return { seq, offset };
  }
}
