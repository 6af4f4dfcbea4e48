-- What only a superuser can do to a deployed database; a superuser's restore must bring it back.

\set ON_ERROR_STOP on

-- The extension's functions are the bootstrap superuser's.
GRANT EXECUTE ON FUNCTION hh.deploy(), hh.execute_as_owner(text) TO app WITH GRANT OPTION;
REVOKE EXECUTE ON FUNCTION hh.validate_embeddings(regclass, name, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hh.validate_embeddings(regclass, name, integer, boolean) TO analyst;
REVOKE EXECUTE ON FUNCTION public.vector_dims(public.vector) FROM PUBLIC;

-- A grant handed on, and objects and default privileges of other roles.
SET ROLE app;
GRANT USAGE ON SCHEMA search TO analyst;
GRANT INSERT (dims) ON hh.embedding_model TO analyst;
CREATE TABLE search.app_notes (tenant_id text, note text);
INSERT INTO search.app_notes VALUES ('t1', 'a note');
GRANT SELECT ON search.app_notes TO owner;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO owner;
RESET ROLE;
ALTER TABLE taxonomy.eco_alias OWNER TO app;
