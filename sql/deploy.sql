CREATE FUNCTION hh.deploy()
RETURNS TABLE (version text, name text, action text)
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'hh_deploy';
COMMENT ON FUNCTION hh.deploy() IS
    'Applies the migrations that are pending, as the deployment''s owner, and returns them; the caller must be able to SET ROLE to the owner';

CREATE FUNCTION hh.execute_as_owner(statement text)
RETURNS SETOF text[]
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'hh_execute_as_owner';
COMMENT ON FUNCTION hh.execute_as_owner(text) IS
    'Runs SQL as the deployment''s owner, with no way back for what the owner planted, and returns the last statement''s rows; the caller must be able to SET ROLE to the owner';

CREATE FUNCTION hh.install() RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'hh_install';
COMMENT ON FUNCTION hh.install() IS
    'Last step of CREATE EXTENSION headhunter; an error at any other time';
