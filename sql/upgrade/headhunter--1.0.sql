\echo Use "CREATE EXTENSION headhunter" to load this file. \quit

-- Said by name, before the first use of its types fails with less.
DO $prerequisites$
DECLARE
    vector_schema name;
BEGIN
    SELECT n.nspname INTO vector_schema
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
    WHERE e.extname OPERATOR(pg_catalog.=) 'vector';
    IF vector_schema OPERATOR(pg_catalog.<>) 'public' THEN
        RAISE EXCEPTION 'extension "vector" is in schema "%"', vector_schema
            USING ERRCODE = 'feature_not_supported',
                  DETAIL = 'headhunter needs it in schema "public".',
                  HINT = 'Run ALTER EXTENSION vector SET SCHEMA public.';
    END IF;
END
$prerequisites$;

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
CREATE FUNCTION hh.search_document() RETURNS trigger
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'hh_search_document';
COMMENT ON FUNCTION hh.search_document() IS
    'Trigger that derives search_document of search.candidate_profiles; its argument is the text search configuration';
-- Embeddings: their dimension, the registry's trigger functions, validation.

CREATE FUNCTION hh.embedding_dims(embedding public.vector) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hh_embedding_dims_vector';
COMMENT ON FUNCTION hh.embedding_dims(public.vector) IS
    'The dimension of a vector, from its header or TOAST pointer alone';

CREATE FUNCTION hh.embedding_dims(embedding public.halfvec) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hh_embedding_dims_halfvec';
COMMENT ON FUNCTION hh.embedding_dims(public.halfvec) IS
    'The dimension of a halfvec, from its header or TOAST pointer alone';

CREATE FUNCTION hh.embedding_dims(embedding public.sparsevec) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hh_embedding_dims_sparsevec';
COMMENT ON FUNCTION hh.embedding_dims(public.sparsevec) IS
    'The dimension of a sparsevec; reads no more than its first chunk';

CREATE FUNCTION hh.embedding_dims(embedding bit) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hh_embedding_dims_bit';
COMMENT ON FUNCTION hh.embedding_dims(bit) IS
    'The length of a bit string; reads no more than its first chunk';

CREATE FUNCTION hh.embedding_dims(embedding real[]) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hh_embedding_dims_array';
COMMENT ON FUNCTION hh.embedding_dims(real[]) IS
    'The length of an array of one dimension; reads no more than its first chunk';

CREATE FUNCTION hh.embedding_dims(embedding double precision[]) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hh_embedding_dims_array';
COMMENT ON FUNCTION hh.embedding_dims(double precision[]) IS
    'The length of an array of one dimension; reads no more than its first chunk';

CREATE FUNCTION hh.enforce_embedding_model() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'hh_enforce_embedding_model';
COMMENT ON FUNCTION hh.enforce_embedding_model() IS
    'Trigger that refuses zero vectors, and embeddings whose dimension is not that of their model';

CREATE FUNCTION hh.embedding_model_changed() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'hh_embedding_model_changed';
COMMENT ON FUNCTION hh.embedding_model_changed() IS
    'Trigger of hh.embedding_model that tells every session of a change';

-- Not parallel safe: it runs a query, and reads the registry with the latest snapshot.
CREATE FUNCTION hh.validate_embeddings(
    relation regclass,
    column_name name,
    expected_dims integer DEFAULT NULL,
    deep boolean DEFAULT false
) RETURNS TABLE (verdict text, dims integer, row_count bigint, sample text[])
    LANGUAGE c STABLE PARALLEL UNSAFE COST 10000 ROWS 10
    AS 'MODULE_PATHNAME', 'hh_validate_embeddings';
COMMENT ON FUNCTION hh.validate_embeddings(regclass, name, integer, boolean) IS
    'Counts the embeddings of a column by verdict and dimension; deep reads the values too';

-- The default is no regclass literal, so that the function can be created before the table.
CREATE FUNCTION hh.assert_embedding_dims(
    expected integer,
    relation regclass DEFAULT pg_catalog.to_regclass('search.candidate_embeddings'),
    column_name name DEFAULT 'embedding'
) RETURNS void
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hh_assert_embedding_dims';
COMMENT ON FUNCTION hh.assert_embedding_dims(integer, regclass, name) IS
    'Silent if the column has the expected dimension, an error otherwise: for a service to call at start';
SELECT hh.install();
