-- Whether who is connected may SET ROLE to $1 and inherits from it, and whether that role may create
-- schemas here.  $2, $3: pg_has_role()'s words for the first two.
SELECT pg_catalog.pg_has_role(session_user, r.oid, $2)
        AND pg_catalog.pg_has_role(session_user, r.oid, $3),
    pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CREATE')
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = $1;
