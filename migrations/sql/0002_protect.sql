-- Row-level security, rights and audit of the stored aggregates and of what was sent of them, as every table of a tenant has them.
ALTER TABLE score_aggregate ENABLE ROW LEVEL SECURITY;
ALTER TABLE score_aggregate FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON score_aggregate USING (organisation_id = app_organisation())
    WITH CHECK (organisation_id = app_organisation());
-- Sums are made anew from the rows: those of people who aren't there any more are removed.
GRANT SELECT, INSERT, UPDATE, DELETE ON score_aggregate TO outcomes_app;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON score_aggregate FOR EACH ROW EXECUTE FUNCTION audit_row();

ALTER TABLE aggregate_export ENABLE ROW LEVEL SECURITY;
ALTER TABLE aggregate_export FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON aggregate_export USING (organisation_id = app_organisation())
    WITH CHECK (organisation_id = app_organisation());
GRANT SELECT, INSERT ON aggregate_export TO outcomes_app;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON aggregate_export FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON aggregate_export FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON aggregate_export FOR EACH ROW EXECUTE FUNCTION audit_row();
