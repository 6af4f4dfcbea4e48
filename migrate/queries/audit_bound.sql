-- As audit.sql, by the function that bind_audit.sql made.
SELECT a.verdict, a.severity, a.role, a.object_type, a.object_schema, a.object_name, a.column_name,
    a.privilege, a.path, a.remedy, a.policy_line
FROM pg_temp.hh_audit($1::pg_catalog.regrole) WITH ORDINALITY AS a
ORDER BY a.ordinality;
