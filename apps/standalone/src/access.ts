import type { Config } from '@logstead/config';
import { PostgresFirstRunStore } from '@logstead/postgres';
import { ensureFirstRun } from '@logstead/tenancy';
import type { Store } from './store';

/** How the person at the terminal gets in. */
export interface Access {
  /** Token of a one-time sign-in link; null when the installation has no platform admin. */
  readonly linkToken: string | null;
  /** Token of another such link, for the tools of this machine's operator; see `writeLocalLink`. */
  readonly localToken: string | null;
  /** A key for ingest, on the very first start only: afterwards only its hash is known. */
  readonly ingestKey: string | null;
}

/** Makes what a start needs before anybody can sign in or send. */
export async function prepareAccess(config: Config, store: Store): Promise<Access> {
  const { signInToken, localToken, apiKey } = await ensureFirstRun(
    config,
    new PostgresFirstRunStore(store.ownerUrl),
  );
  return { linkToken: signInToken, localToken, ingestKey: apiKey };
}
