-- The policy's roles in the order of its file, and their attributes as CREATE ROLE says them; $1: one
-- role, quoted as SQL writes it, or NULL for all.
SELECT p.role_name,
    pg_catalog.concat_ws(' ',
        CASE WHEN p.can_login THEN 'LOGIN' ELSE 'NOLOGIN' END,
        CASE WHEN NOT p.inherit THEN 'NOINHERIT' END,
        CASE WHEN p.create_db THEN 'CREATEDB' END,
        CASE WHEN p.create_role THEN 'CREATEROLE' END,
        CASE WHEN p.replication THEN 'REPLICATION' END,
        CASE WHEN p.bypass_rls THEN 'BYPASSRLS' END,
        CASE WHEN p.connection_limit >= 0 THEN 'CONNECTION LIMIT ' || p.connection_limit END),
    pg_catalog.array_to_string(p.settings, E'\n'), p.reason, p.line
FROM ONLY hh.policy_role AS p
WHERE $1::pg_catalog.regrole IS NULL OR p.role_name = pg_catalog.pg_get_userbyid($1::pg_catalog.regrole)
ORDER BY p.line, p.role_name;
