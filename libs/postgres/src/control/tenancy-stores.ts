import { ACCOUNT_STORE, CREDENTIAL_STORE, TenancyModule } from '@logstead/tenancy';
import { Database } from '../database';
import { PostgresAccountStore } from './postgres-account-store';
import { PostgresCredentialStore } from './postgres-credential-store';

/**
 * Keys, sessions and the guard of all routes, on PostgreSQL. Every app imports this one object, so that a process
 * has one guard and one key cache. `Database`, `Config` and `Logger` come from a global module.
 */
export const POSTGRES_TENANCY = TenancyModule.register([
  {
    provide: CREDENTIAL_STORE,
    inject: [Database],
    useFactory: (database: Database) => new PostgresCredentialStore(database),
  },
  {
    provide: ACCOUNT_STORE,
    inject: [Database],
    useFactory: (database: Database) => new PostgresAccountStore(database),
  },
]);
