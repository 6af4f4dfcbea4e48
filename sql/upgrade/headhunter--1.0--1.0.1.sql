\echo Use "ALTER EXTENSION headhunter UPDATE" to load this file. \quit

CREATE FUNCTION hh.library_version() RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'hh_library_version';
COMMENT ON FUNCTION hh.library_version() IS
    'Version of the library this session has loaded; another than the extension''s asks for a new session or for ALTER EXTENSION headhunter UPDATE';

-- Not parallel safe: it pins settings.
CREATE FUNCTION hh.audit(role regrole DEFAULT NULL)
RETURNS TABLE (
    verdict text,
    severity text,
    role name,
    object_type text,
    object_schema name,
    object_name text,
    column_name name,
    privilege text,
    path text,
    remedy text,
    policy_line integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 10000 ROWS 100
AS 'MODULE_PATHNAME', 'hh_audit';
COMMENT ON FUNCTION hh.audit(regrole) IS
    'Where roles, memberships, owners and privileges differ from the policy, for one role or all, each with the statement that mends it; no row: exactly the policy';
