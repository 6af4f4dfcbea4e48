-- Binds hh.audit() by its OID: what it returns is run, and by name whoever owns schema hh could put a
-- function of their own in its place between our look at it and the call.
CREATE OR REPLACE FUNCTION pg_temp.hh_audit(wanted pg_catalog.regrole)
RETURNS TABLE (
    verdict pg_catalog.text, severity pg_catalog.text, role pg_catalog.name,
    object_type pg_catalog.text, object_schema pg_catalog.name, object_name pg_catalog.text,
    column_name pg_catalog.name, privilege pg_catalog.text, path pg_catalog.text,
    remedy pg_catalog.text, policy_line pg_catalog.int4)
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT a.verdict, a.severity, a.role, a.object_type, a.object_schema, a.object_name, a.column_name,
        a.privilege, a.path, a.remedy, a.policy_line
    FROM hh.audit(wanted) WITH ORDINALITY AS a
    ORDER BY a.ordinality;
END;
