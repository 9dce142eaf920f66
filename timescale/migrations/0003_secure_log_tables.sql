-- Goal: row-level security on the metadata tables of 0002, and the grants of role logstead_app on the log tables.
-- Reason: see 0001. The log tables themselves have none: TimescaleDB cannot combine it with the columnstore, and
--   a commit of the writer holds rows of many tenants. Their isolation is the store API, whose every method takes
--   a tenant first. Partitions are made and dropped by functions of a later migration, as the owner.
-- Cost: catalogue changes only. Undo: drop the policies, disable row-level security, revoke.

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['services', 'environments', 'sampling_rules', 'ingest_rejections'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY owner_all ON %I TO %I USING (true) WITH CHECK (true)', t, current_user);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['services', 'environments', 'sampling_rules'] LOOP
    EXECUTE format('CREATE POLICY own_tenant ON %I TO logstead_app
                      USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id())', t);
  END LOOP;
END $$;
-- The writer counts the rejections of many tenants in one transaction that has no tenant set; a transaction of
-- one tenant sees and writes that tenant's only.
CREATE POLICY own_tenant ON ingest_rejections TO logstead_app
  USING (current_tenant_id() IS NULL OR tenant_no = (SELECT t.no FROM tenants t WHERE t.id = current_tenant_id()))
  WITH CHECK (current_tenant_id() IS NULL OR tenant_no = (SELECT t.no FROM tenants t WHERE t.id = current_tenant_id()));

GRANT SELECT, INSERT ON services, environments TO logstead_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sampling_rules TO logstead_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ingest_rejections, idempotency_keys TO logstead_app;
GRANT SELECT, INSERT, UPDATE ON latency_10s, rollups_1h TO logstead_app;
GRANT USAGE, SELECT ON SEQUENCE log_block_seq TO logstead_app;

DO $$
DECLARE
  days integer;
BEGIN
  FOREACH days IN ARRAY ARRAY[7, 30, 90, 365] LOOP
    EXECUTE format('GRANT SELECT, INSERT ON logs_%1$sd, log_blocks_%1$sd TO logstead_app', days);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON rollups_10s_%sd TO logstead_app', days);
  END LOOP;
END $$;
