-- Rights to the queue, and functions that find their tables whatever the caller's search path is.

DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'queue'::regnamespace ORDER BY oid LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = queue, pg_temp', routine);
    END LOOP;
END $$;

-- Jobs hold ids only and belong to no organisation: each job says for whom it works, in a transaction of its own.
GRANT USAGE ON SCHEMA queue TO outcomes_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO outcomes_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO outcomes_app;
