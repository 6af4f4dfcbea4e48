CREATE FUNCTION hh.library_version() RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'hh_library_version';
COMMENT ON FUNCTION hh.library_version() IS
    'Version of the library this session has loaded; another than the extension''s asks for a new session or for ALTER EXTENSION headhunter UPDATE';
