import { statfsSync } from 'node:fs';

export interface ServerTuning {
  /** PostgreSQL's own cache, MiB. 256 to 1024 measured alike for ingest; more helps reads over a larger store. */
  readonly sharedBuffersMb: number;
  /** False only for tests: nothing is forced to disk, so a power cut may destroy the cluster. */
  readonly durable: boolean;
  readonly maxConnections: number;
}

/** Room in /dev/shm below which parallel queries would fail there: containers often get 64 MiB. */
const MIN_SHARED_MEMORY_BYTES = 128 * 1024 * 1024;

/** Settings given on the command line, so that an older postgresql.conf in the data folder never wins. */
export function serverSettings(socketDir: string, tuning: ServerTuning): Record<string, string> {
  return {
    // Only a socket in a private folder: no port can be busy, and no other user can connect.
    listen_addresses: '',
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    shared_buffers: `${tuning.sharedBuffersMb}MB`,
    huge_pages: 'try',
    dynamic_shared_memory_type: hasRoomForSharedMemory() ? 'posix' : 'mmap',
    max_connections: String(tuning.maxConnections),
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '2GB',
    min_wal_size: '256MB',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: '0.9',
    jit: 'off',
    // What was cached at the stop is read again in the background at the start: the first queries find it warm.
    shared_preload_libraries: 'pg_prewarm',
    // Our columns are few and even; the default of 100 analyses ten times the rows for the same plans.
    default_statistics_target: '25',
    random_page_cost: '1.1',
    max_parallel_workers_per_gather: '2',
    parallel_setup_cost: '100',
    min_parallel_table_scan_size: '2MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    autovacuum: 'on',
    autovacuum_naptime: '5s',
    logging_collector: 'off',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] %a ',
    ...(tuning.durable
      ? { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }
      : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}

function hasRoomForSharedMemory(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize >= MIN_SHARED_MEMORY_BYTES;
  } catch {
    return false;
  }
}
