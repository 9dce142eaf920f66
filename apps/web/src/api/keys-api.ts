import { requestJson, requestText } from './http-client';

export const KEY_SCOPES = ['ingest', 'query', 'admin'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** The beginning of the key that is not secret. */
  readonly prefix: string;
  readonly scopes: readonly KeyScope[];
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export async function fetchKeys(tenant: string, signal: AbortSignal): Promise<ApiKey[]> {
  return (await requestJson<{ keys: ApiKey[] }>('/api/v1/keys', { tenant, signal })).keys;
}

/** The secret is in this answer only. */
export function createKey(
  tenant: string,
  name: string,
  scopes: readonly KeyScope[],
): Promise<{ key: ApiKey; secret: string }> {
  return requestJson('/api/v1/keys', { method: 'POST', tenant, body: { name, scopes } });
}

export async function revokeKey(tenant: string, id: string): Promise<void> {
  await requestText(`/api/v1/keys/${encodeURIComponent(id)}`, { method: 'DELETE', tenant });
}
