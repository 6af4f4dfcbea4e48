-- What differs from the policy; $1: one role, quoted as SQL writes it, or NULL for all.
SELECT a.verdict, a.severity, a.role, a.object_type, a.object_schema, a.object_name, a.column_name,
    a.privilege, a.path, a.remedy, a.policy_line
FROM hh.audit($1::pg_catalog.regrole) WITH ORDINALITY AS a
ORDER BY a.ordinality;
