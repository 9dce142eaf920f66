-- Goal: the log store: rows, token blocks and rollups, one family of tables per retention class.
-- Reason: expiry drops whole partitions, so a class is a table; design.md section 4 has the measured choices.
-- Cost: creates empty tables only. Undo: drop the tables and functions named here.

-- Services and environments are registered by their first log; rows carry their numbers, not their names.
CREATE TABLE services (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  name        text NOT NULL,
  first_seen  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name)
);
CREATE TABLE environments (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  name        text NOT NULL,
  first_seen  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name)
);

-- One sequence orders the commits of a writer; live tail resumes from it.
CREATE SEQUENCE log_block_seq AS bigint;

-- Creates logs_<n>d, log_blocks_<n>d and rollups_10s_<n>d, range-partitioned by time.
CREATE FUNCTION create_retention_class(days integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Columns are ordered by alignment; service, environment and tenant are numbers (4 bytes), ids are uuid.
  -- trace_id holds the common form (32 lower-case hex digits); any other form is kept verbatim in trace_text.
  -- metadata is the record's JSON text as sent, not jsonb: jsonb costs a fifth of the write rate and loses it.
  EXECUTE format($f$
    CREATE TABLE logs_%1$sd (
      ts          timestamptz NOT NULL,
      tenant_no   integer NOT NULL,
      service_id  integer NOT NULL,
      env_id      integer NOT NULL,
      level       smallint NOT NULL,
      id          uuid NOT NULL,
      trace_id    uuid,
      message     text COLLATE "C" NOT NULL,
      metadata    text COLLATE "C",
      trace_text  text COLLATE "C",
      span_id     text COLLATE "C"
    ) PARTITION BY RANGE (ts)$f$, days);
  EXECUTE format('CREATE INDEX logs_%1$sd_time ON logs_%1$sd (tenant_no, ts DESC, id DESC)', days);
  -- A block is a run of rows of one tenant written in one commit: its time range, its id range (disjoint from
  -- every other block of the tenant) and the token bloom of its rows. ts is the block's lowest timestamp.
  EXECUTE format($f$
    CREATE TABLE log_blocks_%1$sd (
      ts          timestamptz NOT NULL,
      ts_max      timestamptz NOT NULL,
      seq         bigint NOT NULL,
      tenant_no   integer NOT NULL,
      row_count   integer NOT NULL,
      id_min      uuid NOT NULL,
      id_max      uuid NOT NULL,
      bloom       bytea NOT NULL
    ) PARTITION BY RANGE (ts)$f$, days);
  EXECUTE format('CREATE INDEX log_blocks_%1$sd_time ON log_blocks_%1$sd (tenant_no, ts)', days);
  EXECUTE format('CREATE INDEX log_blocks_%1$sd_seq ON log_blocks_%1$sd (tenant_no, seq)', days);
  -- Counts are exact and taken before sampling: kept = rows stored, count = logs accepted.
  EXECUTE format($f$
    CREATE TABLE rollups_10s_%1$sd (
      bucket      timestamptz NOT NULL,
      tenant_no   integer NOT NULL,
      service_id  integer NOT NULL,
      env_id      integer NOT NULL,
      level       smallint NOT NULL,
      count       bigint NOT NULL,
      kept        bigint NOT NULL,
      bytes       bigint NOT NULL,
      PRIMARY KEY (tenant_no, bucket, service_id, env_id, level)
    ) PARTITION BY RANGE (bucket)$f$, days);
END $$;

SELECT create_retention_class(days) FROM unnest(ARRAY[7, 30, 90, 365]) AS days;

-- Latency histogram of the 10-second rollups: bin b counts values in [2^((b-1)/8), 2^(b/8)) ms (b = 0: below 1 ms).
-- Relative error of a percentile read from it is at most 4.5 % (half a bin).
CREATE TABLE latency_10s (
  bucket      timestamptz NOT NULL,
  tenant_no   integer NOT NULL,
  service_id  integer NOT NULL,
  env_id      integer NOT NULL,
  level       smallint NOT NULL,
  bin         smallint NOT NULL,
  count       bigint NOT NULL,
  PRIMARY KEY (tenant_no, bucket, service_id, env_id, level, bin)
) PARTITION BY RANGE (bucket);

-- Hourly rollups outlive the rows (13 months), so that long trends stay exact.
CREATE TABLE rollups_1h (
  bucket      timestamptz NOT NULL,
  tenant_no   integer NOT NULL,
  service_id  integer NOT NULL,
  env_id      integer NOT NULL,
  level       smallint NOT NULL,
  count       bigint NOT NULL,
  kept        bigint NOT NULL,
  bytes       bigint NOT NULL,
  PRIMARY KEY (tenant_no, bucket, service_id, env_id, level)
) PARTITION BY RANGE (bucket);

-- A client's retry of a batch finds its key here and gets the first answer again.
CREATE TABLE idempotency_keys (
  created_at  timestamptz NOT NULL DEFAULT now(),
  tenant_no   integer NOT NULL,
  key         text COLLATE "C" NOT NULL,
  answer      text NOT NULL,
  PRIMARY KEY (tenant_no, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys USING brin (created_at);

-- What was turned away and why, per tenant and hour, so that nothing is dropped in silence.
CREATE TABLE ingest_rejections (
  bucket      timestamptz NOT NULL,
  tenant_no   integer NOT NULL,
  code        text NOT NULL,
  count       bigint NOT NULL,
  bytes       bigint NOT NULL,
  sample      text NOT NULL,
  PRIMARY KEY (tenant_no, bucket, code)
);

-- Sampling rules: keep `rate` of the logs below `error` of a service (NULL: all services) at a level.
CREATE TABLE sampling_rules (
  tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  service     text,
  level       smallint NOT NULL CHECK (level < 40),
  rate        real NOT NULL CHECK (rate >= 0 AND rate <= 1),
  UNIQUE NULLS NOT DISTINCT (tenant_id, service, level)
);
