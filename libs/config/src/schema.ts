import { KIB, MIB } from '@logstead/contracts';
import { choice, integer, optionalNetworks, optionalText, text } from './variable';

/** Slugs name tenants in addresses and headers; the database checks the same form. */
const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Every environment variable of the product. Each is a property of `Config` under its camelCase name without the
 * prefix `LOGSTEAD_`: `LOGSTEAD_DATA_DIR` is `config.dataDir`, `INGEST_QUEUE_BYTES` is `config.ingestQueueBytes`.
 * docs/configuration.md is generated from this object.
 */
export const VARIABLES = {
  LOGSTEAD_PORT: integer({
    fallback: 4600,
    min: 0,
    max: 65535,
    doc: 'Port of everything: explorer, API, ingest, live tail. 0 takes any free port.',
  }),
  LOGSTEAD_HOST: text({
    fallback: '127.0.0.1',
    pattern: /^[A-Za-z0-9.:_-]{1,253}$/,
    rule: 'a host name or an IP address',
    doc: 'Address to listen on. The default is reachable from this machine only, because passwords and keys would cross a network unencrypted; `0.0.0.0` opens it to the network: put a proxy that speaks TLS in front.',
  }),
  LOGSTEAD_DATA_DIR: text({
    fallback: './data',
    pattern: /^[^\0]{1,4096}$/,
    rule: 'a path',
    doc: 'Folder of the database that the process starts itself. Unused with DATABASE_URL.',
  }),
  DATABASE_URL: optionalText({
    pattern: /^postgres(?:ql)?:\/\/\S+$/,
    rule: 'an address that begins with postgres:// or postgresql://',
    unset: 'none: starts its own',
    doc: 'PostgreSQL 15 or newer to use instead. Its user owns the schema and may create roles.',
  }),
  LOGSTEAD_PUBLIC_URL: optionalText({
    pattern: /^https?:\/\/[^\s/?#]+(?:\/[^\s?#]*)?$/,
    rule: 'an address that begins with http:// or https://, without query',
    unset: 'http://localhost:<port>',
    doc: 'Address under which people reach the explorer; used in links. With https the session cookie is Secure.',
  }),
  LOGSTEAD_TRUSTED_PROXIES: optionalNetworks({
    unset: 'none',
    doc: 'Proxies whose X-Forwarded-For is believed. Set it behind a proxy: without it all people share the proxy’s address, and one who guesses passwords locks out the others.',
  }),
  LOGSTEAD_LOG_LEVEL: choice({
    of: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    fallback: 'info',
    doc: 'Least severe level of the process’s own log (JSON lines on standard output).',
  }),
  LOGSTEAD_ADMIN_EMAIL: text({
    fallback: 'admin@localhost',
    pattern: /^[^\s@]{1,64}@[^\s@]{1,189}$/,
    rule: 'an e-mail address',
    doc: 'The platform admin made on the first start, owner of the first tenant.',
  }),
  LOGSTEAD_ADMIN_PASSWORD: optionalText({
    pattern: /^[^\0]{8,200}$/s,
    rule: '8 to 200 characters',
    unset: 'none: sign in by link',
    doc: 'Password of that admin, set on the first start only.',
  }),
  LOGSTEAD_BOOTSTRAP_TENANT: optionalText({
    pattern: SLUG,
    rule: '1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit; together with LOGSTEAD_BOOTSTRAP_API_KEY',
    unset: 'none',
    doc: 'Slug of a tenant that is created when absent, for unattended set-ups.',
  }),
  LOGSTEAD_BOOTSTRAP_API_KEY: optionalText({
    pattern: /^[A-Za-z0-9_-]{32,128}$/,
    rule: '32 to 128 of A-Z, a-z, 0-9, _ and -; together with LOGSTEAD_BOOTSTRAP_TENANT',
    unset: 'none',
    doc: 'API key of that tenant, taken as given, with scopes ingest and query. Created once: a revoked one stays revoked.',
  }),
  LOGSTEAD_SESSION_HOURS: integer({
    fallback: 168,
    min: 1,
    max: 8760,
    doc: 'Hours without a request after which a browser session ends; it ends after 30 days (or this, when longer) in any case.',
  }),
  LOGSTEAD_CURSOR_SECRET: optionalText({
    pattern: /^[^\0]{32,256}$/s,
    rule: '32 to 256 characters',
    unset: 'made once, kept in the database',
    doc: 'Signs page cursors. Changing it makes cursors in use invalid (400).',
  }),

  INGEST_MAX_BATCH_LOGS: integer({
    fallback: 1000,
    min: 1,
    max: 65000,
    doc: 'Logs in one request; beyond it 413. Larger batches save overhead and cost latency and memory.',
  }),
  INGEST_MAX_BODY_BYTES: integer({
    fallback: 8 * MIB,
    min: KIB,
    max: 1024 * MIB,
    doc: 'Bytes of a request body as sent (compressed); beyond it 413.',
  }),
  INGEST_MAX_DECOMPRESSED_BYTES: integer({
    fallback: 32 * MIB,
    min: KIB,
    max: 1024 * MIB,
    doc: 'Bytes of a request body after decompression, counted while streaming; beyond it 413. Bounds what one request can hold in memory.',
  }),
  INGEST_MAX_MESSAGE_BYTES: integer({
    fallback: 256 * KIB,
    min: 1,
    max: 16 * MIB,
    doc: 'Bytes of UTF-8 of one message; a longer one is rejected with `message_too_long`, never cut.',
  }),
  INGEST_MAX_METADATA_BYTES: integer({
    fallback: 64 * KIB,
    min: 2,
    max: 16 * MIB,
    doc: 'Bytes of the metadata of one log as sent; more is rejected with `metadata_too_large`.',
  }),
  INGEST_MAX_METADATA_KEYS: integer({
    fallback: 1024,
    min: 1,
    max: 100_000,
    doc: 'Keys in the metadata of one log, nested ones counted; more is rejected with `metadata_too_many_keys`.',
  }),
  INGEST_MAX_METADATA_DEPTH: integer({
    fallback: 32,
    min: 1,
    max: 1000,
    doc: 'Nesting of the metadata of one log; deeper is rejected with `metadata_too_deep`.',
  }),
  INGEST_QUEUE_BYTES: integer({
    fallback: 128 * MIB,
    min: MIB,
    max: 16_384 * MIB,
    doc: 'Bytes of accepted batches that may wait for the database, all tenants together; when full 503 with Retry-After.',
  }),
  INGEST_TENANT_QUEUE_BYTES: integer({
    fallback: 32 * MIB,
    min: MIB,
    max: 16_384 * MIB,
    doc: 'The same for one tenant, so that one cannot fill the queue of all; when full 503 with Retry-After.',
  }),
  INGEST_MAX_SERVICES_PER_TENANT: integer({
    fallback: 10_000,
    min: 1,
    max: 1_000_000,
    doc: 'Different service names, and environment names, of a tenant; logs of further ones are rejected with `too_many_services`.',
  }),
  INGEST_FUTURE_MS: integer({
    fallback: 3_600_000,
    min: 0,
    max: 86_400_000,
    doc: 'Milliseconds a timestamp may lie ahead of the server’s clock; beyond it `timestamp_in_future`.',
  }),
  WRITER_CONNECTIONS: integer({
    fallback: 2,
    min: 1,
    max: 16,
    doc: 'Database connections that write logs. A third gained nothing when measured on 2 cores.',
  }),
  WRITER_MAX_ROWS: integer({
    fallback: 5000,
    min: 1,
    max: 100_000,
    doc: 'Rows in one commit. More raises throughput a little and the latency of each acknowledgement.',
  }),

  QUERY_TIMEOUT_MS: integer({
    fallback: 30_000,
    min: 100,
    max: 3_600_000,
    doc: 'Milliseconds a query may run, unless the plan of its tenant allows less; then it is cancelled in the database.',
  }),
  QUERY_MAX_CONCURRENT_PER_TENANT: integer({
    fallback: 16,
    min: 1,
    max: 1000,
    doc: 'Queries of one tenant that run at once; further ones wait for their turn within their timeout.',
  }),
  TAIL_BUFFER_LOGS: integer({
    fallback: 5000,
    min: 1,
    max: 1_000_000,
    doc: 'Logs kept for a live-tail viewer that reads too slowly; beyond it they are dropped for that viewer and the number is reported.',
  }),
  POSTGRES_SHARED_BUFFERS_MB: integer({
    fallback: 384,
    min: 16,
    max: 65_536,
    doc: 'Page cache of the database that the process starts itself, in MiB. Unused with DATABASE_URL.',
  }),
};
