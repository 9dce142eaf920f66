import type { Config } from '@logstead/config';
import type { Store } from './store';

/** How the person at the terminal gets in. */
export interface Access {
  /** One-time sign-in token, when one was made. */
  readonly linkToken?: string;
  /** A key for ingest, on the very first start only: afterwards only its hash is known. */
  readonly ingestKey?: string;
}

export function firstRun(_config: Config, _store: Store): Promise<Access> {
  return Promise.resolve({});
}
