-- $1: one role, quoted as SQL writes it, or NULL for all.
-- "kind" is the matrix's: of the row that the finding belongs to, if there may be one.  What is
-- missing comes with the policy's reason for it.
SELECT a.verdict, a.severity, a.role, a.object_type, a.object_schema, a.object_name, a.column_name,
    a.privilege, a.path, a.remedy, a.kind,
    (SELECT p.reason
     FROM ONLY hh.policy AS p
     WHERE a.verdict = 'missing' AND p.rule = 'privilege'
       AND p.role_name IS NOT DISTINCT FROM nullif(a.role, 'public')
       AND p.object_type = coalesce(a.kind, a.object_type)
       AND p.privilege = pg_catalog.replace(a.privilege, 'GRANT OPTION FOR ', '')
       AND (p.object_type IN ('database', 'schema') OR p.object_schema IS NOT DISTINCT FROM a.object_schema)
       AND (p.object_name IS NULL OR p.object_name = a.object_name)
       AND (p.column_name IS NULL OR p.column_name = a.column_name)
     ORDER BY p.object_name IS NULL, p.id
     LIMIT 1)
FROM (
    SELECT f.*,
        CASE WHEN f.object_type IN ('database', 'schema', 'table') THEN f.object_type END AS kind
    FROM hh.audit($1::pg_catalog.regrole) WITH ORDINALITY AS f (verdict, severity, role, object_type,
        object_schema, object_name, column_name, privilege, path, remedy)) AS a
ORDER BY pg_catalog.array_position(
        ARRAY['unknown role', 'wrong attribute', 'wrong membership', 'wrong owner', 'excess', 'missing',
              'wrong default'], a.verdict),
    pg_catalog.array_position(ARRAY['critical', 'high', 'error', 'medium', 'warning', 'low', 'note'],
        a.severity),
    a.ordinality;
