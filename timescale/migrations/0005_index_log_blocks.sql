-- Goal: find the blocks that overlap a time range, and the block of a log id, from the index alone.
-- Reason: whether a block reaches into a range is decided by ts_max too, without a look at the row; a log's id names
--   its block, because the id ranges of a tenant's blocks are disjoint. Blocks are 1/250 of the rows.
-- Cost: builds two indexes per partition of log_blocks; milliseconds per million logs. Undo: recreate the index on
--   (tenant_no, ts) and drop these.

DO $$
DECLARE
  days integer;
BEGIN
  FOREACH days IN ARRAY ARRAY[7, 30, 90, 365] LOOP
    EXECUTE format('DROP INDEX log_blocks_%sd_time', days);
    EXECUTE format('CREATE INDEX log_blocks_%1$sd_time ON log_blocks_%1$sd (tenant_no, ts, ts_max)', days);
    EXECUTE format('CREATE INDEX log_blocks_%1$sd_ids ON log_blocks_%1$sd (tenant_no, id_max)', days);
  END LOOP;
END $$;
