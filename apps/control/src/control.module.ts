import {
  Database,
  POSTGRES_TENANCY,
  PostgresApiKeyStore,
  PostgresRejectionStore,
  PostgresSamplingStore,
  PostgresTenantStore,
} from '@logstead/postgres';
import { Module } from '@nestjs/common';
import { KeysController } from './keys/keys.controller';
import { RejectionsController } from './rejections/rejections.controller';
import { SamplingController } from './sampling/sampling.controller';
import { SessionController } from './session/session.controller';
import { TenantsController } from './tenants/tenants.controller';

const STORES = [PostgresApiKeyStore, PostgresRejectionStore, PostgresSamplingStore, PostgresTenantStore];

/** Sessions, keys, tenants, sampling, rejections. `Config`, `Database` and `Logger` come from a global module. */
@Module({
  imports: [POSTGRES_TENANCY],
  controllers: [
    SessionController,
    KeysController,
    TenantsController,
    SamplingController,
    RejectionsController,
  ],
  providers: STORES.map((Store) => ({
    provide: Store,
    inject: [Database],
    useFactory: (database: Database) => new Store(database),
  })),
})
export class ControlModule {}
