-- $1: a role; $2: pg_has_role()'s word for "may SET ROLE to it".
SELECT pg_catalog.pg_has_role(session_user, r.oid, $2),
    pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CREATE'),
    -- Whether schema hh, which will be this role's, can be used before anything is granted in it.
    pg_catalog.pg_has_role(session_user, r.oid, 'USAGE')
        OR coalesce(pg_catalog.has_schema_privilege(session_user,
            (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'hh'), 'USAGE'), false)
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = $1;
