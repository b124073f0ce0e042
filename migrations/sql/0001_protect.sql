-- Row-level security, audit and immutability of the first schema.
-- Every table that has organisation_id belongs to a tenant; the loops below find them by that, so that none is forgotten.

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'outcomes_app') THEN
        CREATE ROLE outcomes_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    -- Also where the role was there already: another database of the server may have made it for another owner.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        BEGIN
            EXECUTE format('GRANT outcomes_app TO %I', current_user);
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE '% may not grant outcomes_app to itself', current_user;  -- the application says what to do
        END;
    END IF;
END $$;

GRANT USAGE ON SCHEMA public TO outcomes_app;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- 1. Whose rows ---------------------------------------------------------------------------------------------------------

CREATE FUNCTION app_organisation() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('app.organisation', true), '')::uuid $$;

CREATE FUNCTION app_key() RETURNS bytea LANGUAGE sql STABLE AS
$$ SELECT decode(nullif(current_setting('app.key', true), ''), 'hex') $$;

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOR tenant_table IN
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname = 'organisation_id'
        ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY tenant ON %I USING (organisation_id = app_organisation())'
            ' WITH CHECK (organisation_id = app_organisation())', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO outcomes_app', tenant_table);
    END LOOP;
END $$;

-- Nothing that counts is ever removed by the program: only a draft goes, once its answers are a response.
GRANT DELETE ON response_draft TO outcomes_app;

ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON organisation USING (id = app_organisation()) WITH CHECK (id = app_organisation());
CREATE POLICY named ON organisation FOR SELECT USING (slug = nullif(current_setting('app.slug', true), ''));
GRANT SELECT, INSERT, UPDATE ON organisation TO outcomes_app;

-- A link or session is visible to whoever holds its token, before the organisation is known.
CREATE POLICY key_holder ON personal_link FOR SELECT USING (token_hash = app_key());
CREATE POLICY key_holder ON sign_in_link FOR SELECT USING (token_hash = app_key());
CREATE POLICY key_holder ON staff_session FOR SELECT USING (token_hash = app_key());

GRANT SELECT ON alembic_version TO outcomes_app;

-- 2. What stays as it was -----------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Arguments: the columns that must stay as they are.
CREATE FUNCTION keep_columns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY TG_ARGV LOOP
        IF to_jsonb(NEW) -> kept IS DISTINCT FROM to_jsonb(OLD) -> kept THEN
            RAISE EXCEPTION '%.% can''t be changed', TG_TABLE_NAME, kept
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER keep BEFORE UPDATE ON instrument_version FOR EACH ROW
    EXECUTE FUNCTION keep_columns('organisation_id', 'key', 'version', 'definition', 'checksum');
CREATE TRIGGER keep BEFORE UPDATE ON goal FOR EACH ROW
    EXECUTE FUNCTION keep_columns('organisation_id', 'episode_id', 'own_words', 'set_on', 'baseline_level');
-- A rating means what its level meant when it was given: once there is one, the scale that it stands on stays.
CREATE FUNCTION is_rated(organisation uuid, goal uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM goal_rating r WHERE r.organisation_id = organisation AND r.goal_id = goal)
$$;
CREATE TRIGGER keep_rated BEFORE UPDATE ON goal FOR EACH ROW WHEN (is_rated(OLD.organisation_id, OLD.id))
    EXECUTE FUNCTION keep_columns('levels', 'kind', 'weight');
CREATE TRIGGER keep_frozen BEFORE UPDATE ON analysis_plan FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL)
    EXECUTE FUNCTION keep_columns(
        'organisation_id', 'intervention_id', 'version', 'definition', 'frozen_at', 'frozen_by');
CREATE TRIGGER keep_seen BEFORE UPDATE ON analysis_plan FOR EACH ROW WHEN (OLD.results_first_seen_at IS NOT NULL)
    EXECUTE FUNCTION keep_columns('results_first_seen_at');
CREATE TRIGGER keep_frozen_row BEFORE DELETE ON analysis_plan FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL)
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON response FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON goal_rating FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON access_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON response FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON goal_rating FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON access_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE ON response, score, goal_rating, access_entry, import_batch FROM outcomes_app;
REVOKE INSERT, UPDATE ON audit_entry FROM outcomes_app;

-- 3. Audit --------------------------------------------------------------------------------------------------------------

-- The trigger writes as the tables' owner, also for organisations that the session didn't name.
DO $$ BEGIN
    EXECUTE format('CREATE POLICY writer ON audit_entry TO %I USING (true) WITH CHECK (true)', current_user);
END $$;

CREATE FUNCTION audit_entry_seal(
    previous bytea, entry_position bigint, happened timestamptz, who text, login text, what text, row_key uuid,
    operation text, columns text[], row_seal bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(previous || convert_to(jsonb_build_array(
        entry_position, extract(epoch FROM happened), who, login, what, row_key, operation, to_jsonb(columns),
        encode(row_seal, 'hex'))::text, 'UTF8'))
$$;

CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET timezone = 'UTC' SET extra_float_digits = 1 SET bytea_output = 'hex' AS $$
DECLARE
    content jsonb;
    organisation uuid;
    last_position bigint;
    last_hash bytea;
    row_columns text[];
    row_seal bytea;
    happened timestamptz := clock_timestamp();
    who text := coalesce(nullif(current_setting('app.actor', true), ''), 'database:' || session_user);
BEGIN
    IF TG_OP = 'DELETE' THEN content := to_jsonb(OLD); ELSE content := to_jsonb(NEW); END IF;
    organisation := coalesce(content ->> 'organisation_id', content ->> 'id')::uuid;
    -- One writer at a time per organisation, until commit: the chain has no forks.
    PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || organisation, 0));
    SELECT position, entry_hash INTO last_position, last_hash FROM audit_entry
        WHERE organisation_id = organisation ORDER BY position DESC LIMIT 1;
    last_position := coalesce(last_position, 0) + 1;
    last_hash := coalesce(last_hash, sha256(''));
    SELECT array_agg(key ORDER BY key) INTO row_columns FROM jsonb_object_keys(content) AS key;
    row_seal := sha256(convert_to(content::text, 'UTF8'));
    -- Beside who acts, which the program says, stands who is signed in to the database, which it can't choose.
    INSERT INTO audit_entry (organisation_id, position, at, actor, database_user, table_name, row_id, operation, columns,
                             row_hash, previous_hash, entry_hash)
    VALUES (organisation, last_position, happened, who, session_user, TG_TABLE_NAME, (content ->> 'id')::uuid, TG_OP,
            row_columns, row_seal, last_hash,
            audit_entry_seal(last_hash, last_position, happened, who, session_user, TG_TABLE_NAME,
                             (content ->> 'id')::uuid, TG_OP, row_columns, row_seal));
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION audit_row() FROM PUBLIC;

DO $$
DECLARE
    audited text;
BEGIN
    FOR audited IN
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
          AND c.relname NOT IN ('alembic_version', 'audit_entry', 'response_draft')
        ORDER BY c.relname
    LOOP
        EXECUTE format(
            'CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION audit_row()',
            audited);
    END LOOP;
END $$;

-- Every fault of the organisation in force: a broken chain, and rows that aren't what the audit last saw.
CREATE FUNCTION audit_faults() RETURNS TABLE (table_name text, row_id uuid, fault text) LANGUAGE plpgsql STABLE
    SET timezone = 'UTC' SET extra_float_digits = 1 SET bytea_output = 'hex' AS $$
DECLARE
    audited text;
BEGIN
    RETURN QUERY
        SELECT e.table_name::text, e.row_id,
               CASE WHEN e.position <> e.expected THEN 'entry missing before' ELSE 'entry changed' END
        FROM (SELECT a.*, lag(a.position, 1, 0::bigint) OVER w + 1 AS expected, lag(a.entry_hash, 1, sha256('')) OVER w AS before
              FROM audit_entry a WHERE a.organisation_id = app_organisation() WINDOW w AS (ORDER BY a.position)) e
        WHERE e.position <> e.expected OR e.previous_hash <> e.before
           OR e.entry_hash <> audit_entry_seal(e.previous_hash, e.position, e.at, e.actor, e.database_user,
                                               e.table_name, e.row_id, e.operation, e.columns, e.row_hash);
    FOR audited IN SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                   WHERE t.tgname = 'audit' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
    LOOP
        RETURN QUERY EXECUTE format($query$
            WITH last AS (
                SELECT DISTINCT ON (a.row_id) a.row_id, a.operation, a.columns, a.row_hash FROM audit_entry a
                WHERE a.organisation_id = app_organisation() AND a.table_name = %1$L
                ORDER BY a.row_id, a.position DESC)
            SELECT %1$L::text, coalesce(r.id, last.row_id),
                   CASE WHEN last.row_id IS NULL THEN 'row never recorded'
                        WHEN r.id IS NULL THEN 'row removed unrecorded'
                        WHEN last.operation = 'DELETE' THEN 'row back unrecorded'
                        ELSE 'row changed unrecorded' END
            FROM last FULL JOIN (SELECT * FROM %1$I WHERE %2$I = app_organisation()) r ON r.id = last.row_id
            WHERE (r.id IS NULL AND last.operation <> 'DELETE') OR (r.id IS NOT NULL AND (
                last.row_id IS NULL OR last.operation = 'DELETE' OR last.row_hash <> (
                    SELECT sha256(convert_to(jsonb_object_agg(c.key, c.value)::text, 'UTF8'))
                    FROM jsonb_each(to_jsonb(r)) c WHERE c.key = ANY (last.columns))))
            $query$, audited, CASE WHEN audited = 'organisation' THEN 'id' ELSE 'organisation_id' END);
    END LOOP;
END $$;
