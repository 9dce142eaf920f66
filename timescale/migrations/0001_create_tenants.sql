-- Goal: tenants, people, sessions, one-time sign-in links, API keys and plans, isolated by row-level security.
-- Reason: role logstead_app, which serves all requests, owns nothing and sees a tenant's rows only inside a
--   transaction that set logstead.tenant_id; a query with a forgotten filter returns nothing. What must be found
--   before the tenant is known (a key, a session, a link, a user) goes through the auth_* functions, which run
--   as the owner, ask for the proof (a hash) and return only what is needed.
-- Cost: creates empty tables only. Undo: drop the tables and functions named here.

-- The migrator creates the role (with its password); this is for a database prepared by hand.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'logstead_app') THEN
    CREATE ROLE logstead_app NOLOGIN;
  END IF;
END $$;
GRANT USAGE ON SCHEMA public TO logstead_app;

-- The tenant of the transaction; NULL when none was set (after SET LOCAL the setting is '' rather than absent).
CREATE FUNCTION current_tenant_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('logstead.tenant_id', true), '')::uuid
$$;

-- Limits as data. Rates are per tenant and second; query_rows and query_seconds bound one query.
CREATE TABLE plans (
  name              text PRIMARY KEY,
  logs_per_second   integer NOT NULL CHECK (logs_per_second > 0),
  bytes_per_second  bigint NOT NULL CHECK (bytes_per_second > 0),
  members           integer NOT NULL CHECK (members > 0),
  keys              integer NOT NULL CHECK (keys > 0),
  query_rows        bigint NOT NULL CHECK (query_rows > 0),
  query_seconds     integer NOT NULL CHECK (query_seconds > 0),
  tails             integer NOT NULL CHECK (tails > 0)
);
-- enterprise is what a single-machine installation uses: its rates are beyond what one machine takes.
INSERT INTO plans (name, logs_per_second, bytes_per_second, members, keys, query_rows, query_seconds, tails) VALUES
  ('free',       1000,    1048576,    3,     5,    10000000,    10,  2),
  ('pro',        20000,   20971520,   50,    50,   1000000000,  30,  20),
  ('enterprise', 2000000, 1073741824, 10000, 1000, 10000000000, 300, 500);

CREATE TABLE tenants (
  id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Small number of the tenant in the log tables.
  no                integer GENERATED ALWAYS AS IDENTITY UNIQUE,
  slug              text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  plan              text NOT NULL DEFAULT 'free' REFERENCES plans (name),
  retention_days    integer NOT NULL DEFAULT 30 CHECK (retention_days IN (7, 30, 90, 365)),
  -- NULL: the plan's rate.
  logs_per_second   integer CHECK (logs_per_second > 0),
  bytes_per_second  bigint CHECK (bytes_per_second > 0),
  state             text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended')),
  created_at        timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email           text NOT NULL UNIQUE CHECK (email = lower(email)),
  name            text NOT NULL,
  -- argon2id in its PHC form; NULL: signs in by link only.
  password_hash   text,
  platform_admin  boolean NOT NULL DEFAULT false,
  created_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE memberships (
  tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  user_id     uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role        text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id);

CREATE TABLE sessions (
  -- SHA-256 of the cookie's token. Tokens are 256 random bits: there is nothing to guess, so a fast hash is enough.
  id            bytea PRIMARY KEY CHECK (length(id) = 32),
  user_id       uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  csrf_secret   bytea NOT NULL,
  opened_by     text NOT NULL CHECK (opened_by IN ('password', 'link')),
  address       text NOT NULL DEFAULT '',
  agent         text NOT NULL DEFAULT '',
  created_at    timestamptz NOT NULL DEFAULT now(),
  last_seen_at  timestamptz NOT NULL DEFAULT now(),
  expires_at    timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE sign_in_links (
  -- SHA-256 of the link's token, for the same reason as sessions.id.
  id          bytea PRIMARY KEY CHECK (length(id) = 32),
  user_id     uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at  timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz
);
CREATE INDEX sign_in_links_user ON sign_in_links (user_id);

CREATE TABLE api_keys (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id     uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- What may be shown again: the key's public beginning.
  prefix        text NOT NULL,
  -- SHA-256 of the whole key. Secrets are 256 random bits, so a slow hash would protect nothing more and would
  -- cost milliseconds on each ingest request. Unique also among revoked keys: a key never comes back to life.
  secret_hash   bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
  scopes        text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['ingest', 'query', 'admin']),
  created_by    uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  expires_at    timestamptz,
  last_used_at  timestamptz,
  revoked_at    timestamptz
);
CREATE INDEX api_keys_tenant ON api_keys (tenant_id, created_at DESC);

-- Secrets of the installation that every process must share, such as the one that signs cursors.
CREATE TABLE installation_secrets (
  name        text PRIMARY KEY,
  value       bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

-- Every process listens on logstead_credentials and forgets what it cached; triggers, so that a change made by
-- hand in psql counts too.
CREATE FUNCTION announce_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP IN ('UPDATE', 'DELETE') THEN
    PERFORM pg_notify('logstead_credentials', 'key:' || encode(OLD.secret_hash, 'hex'));
  END IF;
  IF TG_OP IN ('UPDATE', 'INSERT') THEN
    PERFORM pg_notify('logstead_credentials', 'key:' || encode(NEW.secret_hash, 'hex'));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER announce_key AFTER INSERT OR DELETE OR UPDATE OF tenant_id, secret_hash, scopes, expires_at, revoked_at
  ON api_keys FOR EACH ROW EXECUTE FUNCTION announce_key();

CREATE FUNCTION announce_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('logstead_credentials', 'tenant:' || OLD.id);
  RETURN NULL;
END $$;
CREATE TRIGGER announce_tenant
  AFTER DELETE OR UPDATE OF slug, plan, retention_days, logs_per_second, bytes_per_second, state
  ON tenants FOR EACH ROW EXECUTE FUNCTION announce_tenant();

CREATE FUNCTION announce_plans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('logstead_credentials', 'all');
  RETURN NULL;
END $$;
CREATE TRIGGER announce_plans AFTER INSERT OR UPDATE OR DELETE ON plans
  FOR EACH STATEMENT EXECUTE FUNCTION announce_plans();

-- Row-level security. The owner (migrations, auth_* functions, first run) needs a policy of its own because
-- FORCE binds it too and it is not a superuser on every installation.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['plans', 'tenants', 'users', 'memberships', 'sessions', 'sign_in_links', 'api_keys',
                           'installation_secrets'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY owner_all ON %I TO %I USING (true) WITH CHECK (true)', t, current_user);
  END LOOP;
END $$;

CREATE POLICY everyone_reads ON plans FOR SELECT TO logstead_app USING (true);
CREATE POLICY own_tenant ON tenants FOR SELECT TO logstead_app USING (id = current_tenant_id());
CREATE POLICY own_tenant ON memberships TO logstead_app
  USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id());
CREATE POLICY own_members ON users FOR SELECT TO logstead_app
  USING (id IN (SELECT m.user_id FROM memberships m WHERE m.tenant_id = current_tenant_id()));
CREATE POLICY own_tenant ON api_keys TO logstead_app
  USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id());

-- Hashes are not readable for the application at all; sessions, links and secrets only through functions.
GRANT SELECT ON plans, tenants, memberships TO logstead_app;
GRANT SELECT (id, email, name, platform_admin, created_at) ON users TO logstead_app;
GRANT SELECT (id, tenant_id, name, prefix, scopes, created_by, created_at, expires_at, last_used_at, revoked_at)
  ON api_keys TO logstead_app;
GRANT INSERT (tenant_id, name, prefix, secret_hash, scopes, created_by, expires_at) ON api_keys TO logstead_app;
GRANT UPDATE (name, revoked_at, expires_at) ON api_keys TO logstead_app;

-- A key by the hash of the whole key, with its tenant and limits; no row when unknown, revoked or expired.
CREATE FUNCTION auth_key(p_hash bytea)
RETURNS TABLE (key_id uuid, scopes text[], expires_at timestamptz, tenant_id uuid, tenant_no integer, slug text,
               retention_days integer, state text, logs_per_second integer, bytes_per_second bigint,
               query_rows bigint, query_seconds integer, tails integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT k.id, k.scopes, k.expires_at, t.id, t.no, t.slug, t.retention_days, t.state,
         coalesce(t.logs_per_second, p.logs_per_second), coalesce(t.bytes_per_second, p.bytes_per_second),
         p.query_rows, p.query_seconds, p.tails
  FROM api_keys k JOIN tenants t ON t.id = k.tenant_id JOIN plans p ON p.name = t.plan
  WHERE k.secret_hash = p_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
$$;

-- Notes when keys were last used, many at once.
CREATE FUNCTION auth_touch_keys(p_ids uuid[], p_times timestamptz[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE api_keys k SET last_used_at = u.at
  FROM unnest(p_ids, p_times) AS u (id, at)
  WHERE k.id = u.id AND (k.last_used_at IS NULL OR k.last_used_at < u.at)
$$;

CREATE FUNCTION auth_user(p_email text) RETURNS TABLE (user_id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.id, u.password_hash FROM users u WHERE u.email = lower(btrim(p_email))
$$;

-- Consumes a sign-in link: a second use finds nothing, also when two arrive at once.
CREATE FUNCTION auth_use_link(p_hash bytea) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE sign_in_links SET used_at = now()
  WHERE id = p_hash AND used_at IS NULL AND expires_at > now()
  RETURNING user_id
$$;

-- Opens a session, ends the one it replaces and clears the user's expired ones.
CREATE FUNCTION auth_open_session(p_hash bytea, p_user uuid, p_csrf bytea, p_opened_by text, p_address text,
                                  p_agent text, p_expires_at timestamptz, p_replaces bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM sessions WHERE id = p_replaces OR (user_id = p_user AND expires_at <= now());
  INSERT INTO sessions (id, user_id, csrf_secret, opened_by, address, agent, expires_at)
  VALUES (p_hash, p_user, p_csrf, p_opened_by, left(p_address, 100), left(p_agent, 300), p_expires_at)
$$;

-- A live session with its user and the tenants the user belongs to, in one look-up; no row when unknown or expired.
CREATE FUNCTION auth_session(p_hash bytea)
RETURNS TABLE (user_id uuid, email text, name text, platform_admin boolean, csrf_secret bytea, opened_by text,
               created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz, memberships json)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.id, u.email, u.name, u.platform_admin, s.csrf_secret, s.opened_by, s.created_at, s.last_seen_at,
         s.expires_at,
         coalesce((SELECT json_agg(json_build_object(
                     'id', t.id, 'no', t.no, 'slug', t.slug, 'name', t.name, 'role', m.role, 'state', t.state,
                     'retentionDays', t.retention_days,
                     'logsPerSecond', coalesce(t.logs_per_second, p.logs_per_second),
                     'bytesPerSecond', coalesce(t.bytes_per_second, p.bytes_per_second),
                     'queryRows', p.query_rows, 'querySeconds', p.query_seconds, 'tails', p.tails)
                     ORDER BY m.created_at, t.no)
                   FROM memberships m JOIN tenants t ON t.id = m.tenant_id JOIN plans p ON p.name = t.plan
                   WHERE m.user_id = u.id), '[]')
  FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.id = p_hash AND s.expires_at > now()
$$;

CREATE FUNCTION auth_touch_session(p_hash bytea, p_expires_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE sessions SET last_seen_at = now(), expires_at = greatest(expires_at, p_expires_at)
  WHERE id = p_hash AND expires_at > now()
$$;

CREATE FUNCTION auth_close_session(p_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM sessions WHERE id = p_hash
$$;

CREATE FUNCTION auth_password_of_session(p_hash bytea) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.password_hash FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.id = p_hash AND s.expires_at > now()
$$;

-- Sets the password of the session's user, ends the user's other sessions and voids unused links.
CREATE FUNCTION auth_set_password(p_hash bytea, p_password_hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_user uuid;
BEGIN
  SELECT s.user_id INTO v_user FROM sessions s WHERE s.id = p_hash AND s.expires_at > now();
  IF v_user IS NULL THEN
    RETURN false;
  END IF;
  UPDATE users SET password_hash = p_password_hash WHERE id = v_user;
  DELETE FROM sessions WHERE user_id = v_user AND id <> p_hash;
  DELETE FROM sign_in_links WHERE user_id = v_user AND used_at IS NULL;
  RETURN true;
END $$;

-- The tenants of the installation; nothing unless the user is a platform admin.
CREATE FUNCTION platform_tenants(p_user uuid)
RETURNS TABLE (id uuid, slug text, name text, plan text, retention_days integer, state text, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id, t.slug, t.name, t.plan, t.retention_days, t.state, t.created_at
  FROM tenants t
  WHERE EXISTS (SELECT FROM users u WHERE u.id = p_user AND u.platform_admin)
  ORDER BY t.no
$$;

-- Creates a tenant owned by the platform admin who asks; insufficient_privilege for anybody else.
CREATE FUNCTION platform_create_tenant(p_user uuid, p_slug text, p_name text, p_plan text, p_retention_days integer)
RETURNS TABLE (id uuid, slug text, name text, plan text, retention_days integer, state text, created_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_id uuid;
BEGIN
  IF NOT EXISTS (SELECT FROM users u WHERE u.id = p_user AND u.platform_admin) THEN
    RAISE insufficient_privilege USING MESSAGE = 'only a platform admin creates tenants';
  END IF;
  INSERT INTO tenants AS t (slug, name, plan, retention_days) VALUES (p_slug, p_name, p_plan, p_retention_days)
  RETURNING t.id INTO v_id;
  INSERT INTO memberships (tenant_id, user_id, role) VALUES (v_id, p_user, 'owner');
  RETURN QUERY SELECT t.id, t.slug, t.name, t.plan, t.retention_days, t.state, t.created_at
               FROM tenants t WHERE t.id = v_id;
END $$;

-- The secret of that name, which is the candidate when there was none.
CREATE FUNCTION installation_secret(p_name text, p_candidate bytea) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_value bytea;
BEGIN
  INSERT INTO installation_secrets (name, value) VALUES (p_name, p_candidate) ON CONFLICT (name) DO NOTHING;
  SELECT s.value INTO v_value FROM installation_secrets s WHERE s.name = p_name;
  RETURN v_value;
END $$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid FROM pg_proc p
           WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
             AND (p.proname LIKE 'auth\_%' OR p.proname LIKE 'platform\_%' OR p.proname = 'installation_secret') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO logstead_app', f);
  END LOOP;
END $$;
