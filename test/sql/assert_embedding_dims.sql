-- hh.assert_embedding_dims()
SET client_min_messages = warning;
CREATE SCHEMA assert_test;
SET search_path = assert_test, public;

-- what a service calls
SELECT hh.assert_embedding_dims(768);
SELECT hh.assert_embedding_dims(1536);
\echo :LAST_ERROR_SQLSTATE
SELECT hh.assert_embedding_dims(768, 'search.candidate_embeddings', 'embedding');
-- without the table
BEGIN;
ALTER TABLE search.candidate_embeddings RENAME TO moved;
SELECT hh.assert_embedding_dims(768);
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;

-- other columns, and the kinds of relation that have any
CREATE DOMAIN unit_vector AS vector(2);
CREATE TABLE "Typed" (id int, embedding vector(3), anyhow vector, unit unit_vector, halves halfvec(4),
                      sparse sparsevec(16000), bits bit(5), varying_bits bit varying(5),
                      narrow real[], wide float8[3], gone vector(3));
ALTER TABLE "Typed" DROP gone;
CREATE TABLE parted (id int, embedding vector(3)) PARTITION BY HASH (id);
CREATE VIEW seen AS SELECT embedding, halves FROM "Typed";
CREATE MATERIALIZED VIEW kept AS SELECT * FROM seen;
CREATE FUNCTION check_dims(expected int, relation regclass, column_name name) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    message text;
    hint text;
BEGIN
    PERFORM hh.assert_embedding_dims(expected, relation, column_name);
    RETURN 'silent';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN concat(SQLSTATE, ' ', message, CASE WHEN hint <> '' THEN ' / ' || hint END);
END $$;
SELECT relation, column_name, dims, check_dims(dims, relation, column_name),
       left(check_dims(dims + 1, relation, column_name), 5) AS otherwise
FROM (VALUES ('"Typed"'::regclass, 'embedding', 3), ('"Typed"', 'unit', 2), ('"Typed"', 'halves', 4),
             ('"Typed"', 'sparse', 15999), ('"Typed"', 'bits', 5), ('parted', 'embedding', 3),
             ('seen', 'embedding', 3), ('seen', 'halves', 4), ('kept', 'embedding', 3))
     AS asserted (relation, column_name, dims);
\pset format unaligned
SELECT check_dims(16000, '"Typed"', 'sparse');
SELECT check_dims(2, '"Typed"', 'embedding');
-- what declares no dimension
SELECT check_dims(3, '"Typed"', 'anyhow');
SELECT check_dims(5, '"Typed"', 'varying_bits');
SELECT check_dims(3, '"Typed"', 'narrow');
SELECT check_dims(3, '"Typed"', 'wide');
-- errors
SELECT check_dims(3, '"Typed"', 'id');
SELECT check_dims(3, '"Typed"', 'gone');
SELECT check_dims(3, '"Typed"', 'Embedding');
SELECT check_dims(3, '"Typed"', 'ctid');
SELECT check_dims(3, 1::regclass, 'embedding');
SELECT check_dims(3, NULL, 'embedding');
CREATE SEQUENCE counter;
SELECT check_dims(3, 'counter', 'last_value');
SELECT check_dims(0, '"Typed"', 'embedding');
SELECT check_dims(-1, '"Typed"', 'embedding');
SELECT check_dims(-2147483648, '"Typed"', 'embedding');
SELECT check_dims(16001, '"Typed"', 'embedding');
SELECT check_dims(NULL, '"Typed"', 'embedding');
SELECT check_dims(3, '"Typed"', NULL);
\pset format aligned

-- it reads the catalogs and demands no right on the table
CREATE ROLE regress_hh_service;
GRANT USAGE ON SCHEMA hh, search TO regress_hh_service;
SET ROLE regress_hh_service;
SELECT hh.assert_embedding_dims(768);
SELECT hh.assert_embedding_dims(3);
RESET ROLE;
SELECT proisstrict, provolatile, proparallel FROM pg_proc WHERE proname = 'assert_embedding_dims';

DROP SCHEMA assert_test CASCADE;
REVOKE USAGE ON SCHEMA hh, search FROM regress_hh_service;
DROP ROLE regress_hh_service;
