SELECT nspname AS schema, count(*) AS tables, string_agg(DISTINCT rolname, ', ') AS owner,
       count(deptype) AS extension_members
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_roles r ON r.oid = relowner
    LEFT JOIN pg_depend d ON classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e'
WHERE nspname IN ('search', 'taxonomy', 'msgs', 'ops') AND relkind IN ('r', 'p') AND NOT relispartition
GROUP BY nspname ORDER BY nspname;
