-- Row-level security, rights, audit and immutability of what is steered by.

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['provider_record', 'specialisation', 'process_requirement', 'requirement_event',
                                        'release_ledger', 'provider_fact', 'supervision_look', 'supervision_signal',
                                        'value_case',
                                        'outcome_contract', 'contract_payment', 'learning_meeting', 'learning_point',
                                        'subscription', 'report_batch', 'batch_item']
    LOOP
        EXECUTE format(
            'CREATE POLICY tenant ON %I USING (organisation_id = app_organisation())'
            ' WITH CHECK (organisation_id = app_organisation())', tenant_table);
    END LOOP;
    FOREACH tenant_table IN ARRAY ARRAY['provider_record', 'specialisation', 'outcome_target', 'process_requirement',
                                        'requirement_event', 'release', 'release_ledger', 'theme_set', 'provider_fact',
                                        'supervision_look', 'supervision_signal', 'price_set', 'value_case',
                                        'outcome_contract',
                                        'contract_payment', 'learning_meeting', 'learning_point', 'subscription',
                                        'report_batch', 'batch_item']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO outcomes_app', tenant_table);
        EXECUTE format(
            'CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION audit_row()',
            tenant_table);
    END LOOP;
    -- What was decided, recorded, published or paid stays as it was; a change is a new row.
    FOREACH tenant_table IN ARRAY ARRAY['provider_record', 'specialisation', 'outcome_target', 'requirement_event', 'release',
                                        'release_ledger', 'provider_fact', 'price_set', 'value_case', 'outcome_contract']
    LOOP
        EXECUTE format(
            'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
            tenant_table);
        EXECUTE format(
            'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
            tenant_table);
    END LOOP;
END $$;

GRANT UPDATE ON process_requirement, theme_set, supervision_look, supervision_signal, contract_payment, learning_meeting, learning_point,
    subscription, report_batch, batch_item TO outcomes_app;
-- Files of a batch are thrown away when their time is over.
GRANT DELETE ON report_batch, batch_item TO outcomes_app;

-- The end of a theme set, a signal's handling, a payment's verification: the rest of the row stays.
CREATE TRIGGER keep BEFORE UPDATE ON theme_set FOR EACH ROW EXECUTE FUNCTION keep_columns(
    'organisation_id', 'authority', 'title', 'valid_from', 'source', 'unverified', 'themes', 'shared', 'recorded_by');
CREATE TRIGGER keep BEFORE UPDATE ON supervision_signal FOR EACH ROW EXECUTE FUNCTION keep_columns(
    'organisation_id', 'provider_id', 'intervention_id', 'method', 'found_on', 'content');
CREATE TRIGGER keep BEFORE UPDATE ON contract_payment FOR EACH ROW EXECUTE FUNCTION keep_columns(
    'organisation_id', 'contract_id', 'release_id', 'amount', 'working', 'worked_out_by_id', 'code_version');
-- Whoever verified a payment is written once.
CREATE TRIGGER keep_verified BEFORE UPDATE ON contract_payment FOR EACH ROW WHEN (OLD.verified_by_id IS NOT NULL)
    EXECUTE FUNCTION keep_columns('verified_by', 'verified_by_id');
CREATE TRIGGER keep BEFORE UPDATE ON process_requirement FOR EACH ROW EXECUTE FUNCTION keep_columns(
    'organisation_id', 'code', 'title', 'minutes_per_month', 'minutes_source', 'interventions', 'entered_by');
-- What an organisation is decides what it reads of others: it is said when it is made, and never afterwards.
CREATE TRIGGER keep_kind BEFORE UPDATE ON organisation FOR EACH ROW EXECUTE FUNCTION keep_columns('id', 'kind');
CREATE TRIGGER keep BEFORE UPDATE ON learning_meeting FOR EACH ROW EXECUTE FUNCTION keep_columns(
    'organisation_id', 'intervention_id', 'provider_id', 'held_on', 'seen');
CREATE TRIGGER keep BEFORE UPDATE ON learning_point FOR EACH ROW EXECUTE FUNCTION keep_columns(
    'organisation_id', 'intervention_id', 'kind', 'words', 'observed_on');

-- An authority is an organisation of that kind. It has citizens, episodes and answers of its own as little as anybody else's:
-- what it reads of others are their releases, and what it sets for others are national targets, themes and prices.
CREATE FUNCTION app_is_authority() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT 1 FROM organisation WHERE id = app_organisation() AND kind = 'authority') $$;

-- Which municipalities there are, so that one that hasn't published is seen to be missing.
CREATE FUNCTION municipalities() RETURNS TABLE (id uuid, name text) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS
$$ SELECT o.id, o.name::text FROM organisation o WHERE o.kind = 'municipality' AND app_is_authority() ORDER BY o.name, o.id $$;
REVOKE EXECUTE ON FUNCTION municipalities() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION municipalities() TO outcomes_app;

CREATE POLICY tenant ON release USING (organisation_id = app_organisation())
    WITH CHECK (organisation_id = app_organisation());
CREATE POLICY authority ON release FOR SELECT USING (for_authority AND app_is_authority());

CREATE POLICY tenant ON outcome_target USING (organisation_id = app_organisation())
    WITH CHECK (organisation_id = app_organisation() AND (level <> 'national' OR app_is_authority()));
CREATE POLICY national ON outcome_target FOR SELECT USING (level = 'national' AND app_organisation() IS NOT NULL);

CREATE POLICY tenant ON theme_set USING (organisation_id = app_organisation())
    WITH CHECK (organisation_id = app_organisation() AND (NOT shared OR app_is_authority()));
CREATE POLICY shared ON theme_set FOR SELECT USING (shared AND app_organisation() IS NOT NULL);

CREATE POLICY tenant ON price_set USING (organisation_id = app_organisation())
    WITH CHECK (organisation_id = app_organisation());

-- What a law demands can't be retired, whoever asks.
CREATE FUNCTION refuse_retiring_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.step = 'retired' AND EXISTS (
        SELECT 1 FROM process_requirement r
        WHERE r.organisation_id = NEW.organisation_id AND r.id = NEW.requirement_id AND r.law_bound) THEN
        RAISE EXCEPTION 'a requirement that a law makes can not be retired'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'law_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER law_stays BEFORE INSERT ON requirement_event FOR EACH ROW EXECUTE FUNCTION refuse_retiring_law();

-- A law may come to demand it; that no law does any more is said by a new requirement in its place.
CREATE FUNCTION refuse_unbinding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.law_bound AND NOT NEW.law_bound THEN
        RAISE EXCEPTION 'what a law demands stays bound by it'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'law_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER law_binds BEFORE UPDATE ON process_requirement FOR EACH ROW EXECUTE FUNCTION refuse_unbinding();
