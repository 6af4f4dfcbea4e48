-- The roles of a policy, and who is connected.  $1: the policy's roles, as a JSON array of names.
SELECT r.rolname, r.rolsuper, r.rolcanlogin, r.rolinherit, r.rolcreatedb, r.rolcreaterole,
    r.rolreplication, r.rolbypassrls, r.rolconnlimit
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = session_user
   OR r.rolname IN (SELECT n.value FROM pg_catalog.json_array_elements_text($1::pg_catalog.json) AS n)
ORDER BY r.rolname;
