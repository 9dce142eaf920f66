-- Goal: partitions of the log tables are made when first needed and dropped when expired.
-- Reason: role logstead_app owns nothing; it makes and drops partitions through these functions only.
-- Cost: catalogue changes only. Undo: drop the functions; partitions stay.

-- A block's bloom stays in its row, uncompressed, so that a probe reads no other relation.
DO $$
DECLARE
  days integer;
BEGIN
  FOREACH days IN ARRAY ARRAY[7, 30, 90, 365] LOOP
    EXECUTE format('ALTER TABLE log_blocks_%sd ALTER COLUMN bloom SET STORAGE PLAIN', days);
    BEGIN
      EXECUTE format('ALTER TABLE logs_%sd ALTER COLUMN message SET COMPRESSION lz4', days);
      EXECUTE format('ALTER TABLE logs_%sd ALTER COLUMN metadata SET COMPRESSION lz4', days);
    EXCEPTION WHEN feature_not_supported THEN
      NULL; -- a server built without lz4 compresses long values with pglz
    END;
  END LOOP;
END $$;

-- Makes the partition of one table that holds [lower, upper). Attaching takes a weaker lock on the parent than
-- CREATE TABLE ... PARTITION OF, so neither commits nor long reads wait.
CREATE FUNCTION make_partition(parent text, lower timestamptz, upper timestamptz, suffix text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  child text := parent || '_p' || suffix;
BEGIN
  IF to_regclass(child) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
  -- Rows never change, so there is nothing to vacuum until they are frozen; the visibility map is not used.
  EXECUTE format('ALTER TABLE %I SET (autovacuum_vacuum_insert_threshold = -1)', child);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, lower, upper);
END $$;

-- Makes all partitions that logs of a retention class with timestamps in [from_ts, to_ts] need: a day each, a month
-- for the hourly rollups. Concurrent callers wait for each other.
CREATE FUNCTION ensure_partitions(class_days integer, from_ts timestamptz, to_ts timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  day timestamptz;
  name text;
BEGIN
  IF to_ts - from_ts > interval '400 days' THEN
    RAISE EXCEPTION 'range of % is longer than 400 days', to_ts - from_ts;
  END IF;
  PERFORM pg_advisory_xact_lock(7316250);
  FOR day IN SELECT generate_series(date_trunc('day', from_ts), to_ts, interval '1 day') LOOP
    FOREACH name IN ARRAY ARRAY[format('logs_%sd', class_days), format('log_blocks_%sd', class_days),
                                format('rollups_10s_%sd', class_days), 'latency_10s'] LOOP
      PERFORM make_partition(name, day, day + interval '1 day', to_char(day, 'YYYYMMDD'));
    END LOOP;
  END LOOP;
  FOR day IN SELECT generate_series(date_trunc('month', from_ts), to_ts, interval '1 month') LOOP
    PERFORM make_partition('rollups_1h', day, day + interval '1 month', to_char(day, 'YYYYMM'));
  END LOOP;
END $$;

-- Drops partitions that lie wholly before the class's retention (and the latency histograms after 31 days, hourly
-- rollups after 13 months). Gives up on a partition that is being read for longer than the lock timeout.
CREATE FUNCTION drop_expired_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  child record;
  dropped integer := 0;
BEGIN
  SET LOCAL lock_timeout = '5s';
  FOR child IN
    SELECT c.relname AS name, p.relname AS parent, substring(c.relname FROM '_p(\d+)$') AS stamp
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
     WHERE p.relname ~ '^(logs|log_blocks|rollups_10s)_\d+d$|^latency_10s$|^rollups_1h$' AND p.relkind = 'p'
  LOOP
    CONTINUE WHEN child.stamp IS NULL;
    IF (CASE WHEN length(child.stamp) = 6 THEN to_date(child.stamp, 'YYYYMM') + interval '14 months'
             WHEN child.parent = 'latency_10s' THEN to_date(child.stamp, 'YYYYMMDD') + interval '32 days'
             ELSE to_date(child.stamp, 'YYYYMMDD') + interval '1 day'
                  + substring(child.parent FROM '(\d+)d$')::integer * interval '1 day' END) <= now() THEN
      BEGIN
        EXECUTE format('DROP TABLE %I', child.name);
        dropped := dropped + 1;
      EXCEPTION WHEN lock_not_available THEN
        RAISE WARNING 'partition % is in use and will be dropped later', child.name;
      END;
    END IF;
  END LOOP;
  RETURN dropped;
END $$;

REVOKE ALL ON FUNCTION make_partition(text, timestamptz, timestamptz, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION ensure_partitions(integer, timestamptz, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION drop_expired_partitions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_partitions(integer, timestamptz, timestamptz) TO logstead_app;
GRANT EXECUTE ON FUNCTION drop_expired_partitions() TO logstead_app;
