-- Memberships of the policy's roles, and in them and in those that a database has claimed.  $1: the policy's roles, as a JSON array of names.
-- Before PostgreSQL 16, a membership has no options but ADMIN.  What a role leads to that the
-- policy gives nobody is its danger; the policy's own roles on the way are looked at themselves.
WITH RECURSIVE ours AS (
    SELECT r.oid
    FROM pg_catalog.pg_roles AS r
    JOIN pg_catalog.json_array_elements_text($1::pg_catalog.json) AS n ON n.value = r.rolname
), danger AS (
    SELECT r.oid, CASE
        WHEN r.rolname IN ('cloudsqlsuperuser', 'pg_read_all_data', 'pg_write_all_data',
            'pg_maintain', 'pg_read_server_files', 'pg_write_server_files',
            'pg_execute_server_program', 'pg_signal_backend', 'pg_create_subscription')
            THEN r.rolname::pg_catalog.text
        WHEN r.rolsuper THEN 'SUPERUSER'
        WHEN r.rolcreaterole THEN 'CREATEROLE'
        WHEN r.rolreplication THEN 'REPLICATION'
        WHEN r.rolbypassrls THEN 'BYPASSRLS'
    END AS name
    FROM pg_catalog.pg_roles AS r
), reached (origin, role) AS (
    SELECT r.oid, r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid NOT IN (SELECT ours.oid FROM ours)
    UNION
    SELECT reached.origin, m.roleid
    FROM reached
    JOIN pg_catalog.pg_auth_members AS m ON m.member = reached.role
    WHERE m.roleid NOT IN (SELECT ours.oid FROM ours)
)
SELECT pg_catalog.pg_get_userbyid(m.roleid), pg_catalog.pg_get_userbyid(m.member),
    pg_catalog.pg_get_userbyid(m.grantor),
    m.admin_option,
    coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::pg_catalog.bool, r.rolinherit),
    coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::pg_catalog.bool, true),
    m.member IN (SELECT ours.oid FROM ours),
    m.roleid IN (SELECT ours.oid FROM ours),
    r.rolsuper OR r.rolcreaterole,
    (SELECT pg_catalog.min(danger.name)
     FROM reached JOIN danger ON danger.oid = reached.role
     WHERE reached.origin = m.roleid)
FROM pg_catalog.pg_auth_members AS m
JOIN pg_catalog.pg_roles AS r ON r.oid = m.member
WHERE m.member IN (SELECT ours.oid FROM ours) OR m.roleid IN (SELECT ours.oid FROM ours)
   OR m.roleid IN (
       SELECT d.objoid
       FROM pg_catalog.pg_shdescription AS d
       WHERE d.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass
         AND d.description ~ '^hh-migrate "|\nhh-migrate "')
ORDER BY 1, 2, 3;
