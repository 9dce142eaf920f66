export { NameDirectory, type RegisteredName, type NamesOfTenant } from './name-directory';
export { PostgresLogReader } from './postgres-log-reader';
export { ReaderSlots, type SlotLimits } from './reader-slots';
