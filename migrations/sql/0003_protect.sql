-- Row-level security, rights and audit of the stored results, as every table of a tenant has them.
ALTER TABLE stored_result ENABLE ROW LEVEL SECURITY;
ALTER TABLE stored_result FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON stored_result USING (organisation_id = app_organisation())
    WITH CHECK (organisation_id = app_organisation());
-- Results are made anew from the rows: those of an earlier plan or period are removed.
GRANT SELECT, INSERT, UPDATE, DELETE ON stored_result TO outcomes_app;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON stored_result FOR EACH ROW EXECUTE FUNCTION audit_row();

-- What runs every night has to know for whom. It gets the organisations' ids and nothing else of them: each is then worked
-- for in a transaction of its own. The function reads as the tables' owner, whom row-level security binds as well.
DO $$ BEGIN
    EXECUTE format('CREATE POLICY listed ON organisation FOR SELECT TO %I USING (true)', current_user);
END $$;
CREATE FUNCTION organisation_ids() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$ SELECT id FROM organisation ORDER BY id $$;
REVOKE EXECUTE ON FUNCTION organisation_ids() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organisation_ids() TO outcomes_app;
