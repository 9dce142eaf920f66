export * from './control';
export * from './database';
export * from './embedded/embedded-postgres';
export { PostgresStartError } from './embedded/postgres-start-error';
export { APP_ROLE, migrate, MigrationError } from './migrate';
export * from './reader';
export * from './store-error';
export * from './writer';
