export { installationSecret } from './installation-secret';
export { PostgresAccountStore } from './postgres-account-store';
export { type ApiKeyRecord, type ApiKeyToStore, PostgresApiKeyStore } from './postgres-api-key-store';
export { PostgresCredentialStore } from './postgres-credential-store';
export { PostgresFirstRunStore } from './postgres-first-run-store';
export { PostgresRejectionStore, type RejectionRecord } from './postgres-rejection-store';
export { PostgresSamplingStore, type SamplingRule } from './postgres-sampling-store';
export { PostgresTenantStore, type TenantRecord } from './postgres-tenant-store';
export { POSTGRES_TENANCY } from './tenancy-stores';
