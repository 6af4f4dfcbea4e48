-- Whether who is connected may SET ROLE to $1, and that role create schemas here; $2:
-- pg_has_role()'s word for the first.
SELECT pg_catalog.pg_has_role(session_user, r.oid, $2),
    pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CREATE')
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = $1;
