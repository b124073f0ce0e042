-- Row-level security, rights, audit and immutability of the citizen's side.

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['relation', 'citizen_session', 'login_code', 'instrument_audio', 'access_share',
                                        'risk_protocol', 'keyed_sheet', 'message', 'signal', 'correction']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY tenant ON %I USING (organisation_id = app_organisation())'
            ' WITH CHECK (organisation_id = app_organisation())', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO outcomes_app', tenant_table);
        EXECUTE format(
            'CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION audit_row()',
            tenant_table);
    END LOOP;
END $$;

-- A keying goes once its answers are a response, as a draft does.
GRANT DELETE ON keyed_sheet TO outcomes_app;
-- What was counted is forgotten when its time is over. It belongs to no organisation: whoever tries isn't known yet.
GRANT SELECT, INSERT, DELETE ON attempt TO outcomes_app;

-- Whoever holds a code, a challenge, a session or their own address sees that one row before the organisation is known.
CREATE POLICY key_holder_code ON personal_link FOR SELECT USING (code_hash = app_key());
CREATE POLICY key_holder ON login_code FOR SELECT USING (challenge_hash = app_key());
CREATE POLICY key_holder ON citizen_session FOR SELECT USING (token_hash = app_key());
CREATE POLICY key_holder ON citizen_identity FOR SELECT
    USING (cpr_hash = app_key() OR phone_hash = app_key() OR email_hash = app_key());

-- What was decided or said stays as it was.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON risk_protocol FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON correction FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON instrument_audio FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON risk_protocol FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON correction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE ON risk_protocol, correction, instrument_audio FROM outcomes_app;
CREATE TRIGGER keep BEFORE UPDATE ON signal FOR EACH ROW EXECUTE FUNCTION keep_columns(
    'organisation_id', 'citizen_id', 'episode_id', 'occasion_id', 'respondent_kind', 'relation_id', 'kind', 'subject',
    'from_paper', 'protocol_id', 'raised_at', 'due_at');

-- An instrument that can find danger isn't in use before somebody has decided what happens then.
CREATE FUNCTION require_protocol() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.active AND NEW.definition ->> 'kind' = 'measure'
       AND jsonb_path_exists(NEW.definition, '$.items[*].risk')
       AND NOT EXISTS (SELECT 1 FROM risk_protocol p
                       WHERE p.organisation_id = NEW.organisation_id AND p.instrument_key = NEW.key) THEN
        RAISE EXCEPTION 'an instrument with risk items needs a protocol first'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'risk_needs_protocol';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_needs_protocol BEFORE INSERT OR UPDATE ON instrument_version FOR EACH ROW
    EXECUTE FUNCTION require_protocol();
