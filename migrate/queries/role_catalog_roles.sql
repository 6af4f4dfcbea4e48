-- The roles of a policy, those that a database has claimed, and who is connected.  $1: the policy's
-- roles, as a JSON array of names; $2: whether CREATEROLE reaches only roles on which one has ADMIN.
SELECT r.rolname, r.rolsuper, r.rolcanlogin, r.rolinherit, r.rolcreatedb, r.rolcreaterole,
    r.rolreplication, r.rolbypassrls, r.rolconnlimit,
    d.description,
    me.rolsuper
    OR me.rolcreaterole AND NOT r.rolsuper
       AND CASE WHEN $2::pg_catalog.bool
               THEN pg_catalog.pg_has_role(me.oid, r.oid, 'MEMBER WITH ADMIN OPTION')
               -- Its comment it may write, and the lock that goes before that it can't have.
               ELSE NOT r.rolreplication
           END
FROM pg_catalog.pg_roles AS r
JOIN pg_catalog.pg_roles AS me ON me.rolname = session_user
LEFT JOIN pg_catalog.pg_shdescription AS d
    ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass
WHERE r.oid = me.oid
   OR r.rolname IN (SELECT n.value FROM pg_catalog.json_array_elements_text($1::pg_catalog.json) AS n)
   OR d.description ~ '^hh-migrate "|\nhh-migrate "'
ORDER BY r.rolname;
