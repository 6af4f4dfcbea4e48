\echo Use "ALTER EXTENSION headhunter UPDATE" to load this file. \quit

CREATE FUNCTION hh.library_version() RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'hh_library_version';
COMMENT ON FUNCTION hh.library_version() IS
    'Version of the library this session has loaded; another than the extension''s asks for a new session or for ALTER EXTENSION headhunter UPDATE';

-- What roles may do, by which way, and what more they can come to.

CREATE FUNCTION hh.effective_privileges(role regrole DEFAULT NULL)
RETURNS TABLE (
    role regrole,
    object_type text,
    object_schema name,
    object_name text,
    column_name name,
    privilege text,
    via text,
    path text,
    grantable boolean,
    grantor regrole
)
    LANGUAGE c STABLE PARALLEL SAFE COST 100000 ROWS 100000
    AS 'MODULE_PATHNAME', 'hh_effective_privileges';
COMMENT ON FUNCTION hh.effective_privileges(regrole) IS
    'Every privilege that each role, or one, holds or can come by, on which object, and by which way';

-- security_invoker, though it reads nothing that not everybody may: nobody's rights are lent.
CREATE VIEW hh.schema_privileges WITH (security_invoker = true) AS
SELECT
    r.oid::pg_catalog.regrole AS role,
    n.nspname AS schema,
    pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE') AS can_use,
    pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE') AS can_create
FROM pg_catalog.pg_roles AS r
CROSS JOIN pg_catalog.pg_namespace AS n
WHERE n.nspname OPERATOR(pg_catalog.!~) '^pg_(toast_)?temp_';
COMMENT ON VIEW hh.schema_privileges IS
    'Which role may use which schema, and create in it, by what it holds without SET ROLE';
COMMENT ON COLUMN hh.schema_privileges.role IS 'The role';
COMMENT ON COLUMN hh.schema_privileges.schema IS 'The schema''s name';
COMMENT ON COLUMN hh.schema_privileges.can_use IS 'Whether it holds USAGE';
COMMENT ON COLUMN hh.schema_privileges.can_create IS 'Whether it holds CREATE';
GRANT SELECT ON hh.schema_privileges TO PUBLIC;
