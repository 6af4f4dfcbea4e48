-- hh.validate_embeddings()
SET client_min_messages = warning;
CREATE SCHEMA validate_test;
SET search_path = validate_test, public;
CREATE FUNCTION embedding(dims int, value float8 DEFAULT 0.5) RETURNS vector
    LANGUAGE sql IMMUTABLE
    RETURN array_fill(value, ARRAY[dims])::vector;
INSERT INTO hh.embedding_model (model_version, dims) VALUES ('test-3', 3), ('test-1536', 1536);

-- every verdict, each row in one of them
CREATE TABLE mixed (tenant_id text, gone int, entity_id text, embedding vector, model_version text,
                    "a ""key""" int, PRIMARY KEY ("a ""key""", tenant_id, entity_id));
ALTER TABLE mixed DROP gone;
SELECT * FROM hh.validate_embeddings('mixed', 'embedding');
INSERT INTO mixed VALUES
    ('acme', 'good-1', '[1,2,3]', 'test-3', 1), ('acme', 'good-2', embedding(1536), 'test-1536', 2),
    ('acme', 'wrong', '[1,2]', 'test-3', 3), ('acme', 'wrong zero', embedding(1535, 0), 'test-1536', 4),
    ('acme', 'null', NULL, 'test-3', 5), ('acme', 'null too', NULL, NULL, 6),
    ('acme', 'zero', '[0,0,0]', 'test-3', 7),
    ('acme', 'zero, out of line', embedding(1536, 0), 'test-1536', 8),
    ('acme', 'unregistered', '[1,2,3]', 'test-5', 9), ('acme', 'no model', '[1,2,3,4]', NULL, 10),
    ('acme', 'a, "comma"', '[1,2,3]', 'test-5', 11), ('acme', 'zero too', '[0,0]', 'test-5', 12);
INSERT INTO mixed SELECT 'many', i, '[1]', 'test-3', i FROM generate_series(1, 1000) AS i;
SELECT * FROM hh.validate_embeddings('mixed', 'embedding');
SELECT * FROM hh.validate_embeddings('mixed', 'embedding', deep => true);
SELECT * FROM hh.validate_embeddings('mixed', 'embedding', 3);
SELECT * FROM hh.validate_embeddings('mixed', 'embedding', 1536, true);
SELECT verdict, sum(row_count) FROM hh.validate_embeddings('mixed', 'embedding', 16000) GROUP BY 1;

-- without a model: the column's dimension counts, and without that each is as good
CREATE TABLE typed (id int PRIMARY KEY, embedding vector(3), other vector, halves halfvec(3),
                    sparse sparsevec(5), bits bit(4), varying_bits bit varying(8),
                    narrow real[], wide float8[]);
INSERT INTO typed VALUES
    (1, '[1,2,3]', '[1]', '[1,2,3]', '{5:1}/5', B'1010', B'1', '{1,2}', '{1,2}'),
    (2, '[0,-0,0]', '[0,-0]', '[0,-0,0]', '{}/5', B'0000', B'0000', '{0,-0}', '{0,-0}'),
    (3, '[0,0,1]', '[0,0,1]', '[0,0,1]', '{1:1}/5', B'0001', B'0000', '{0,NULL}', '{NULL,1}'),
    (4, NULL, '[1]', NULL, NULL, NULL, B'', '{{1,2},{3,4}}', '{}');
SELECT * FROM hh.validate_embeddings('typed', 'embedding', NULL, true);
SELECT * FROM hh.validate_embeddings('typed', 'other', NULL, true);
SELECT * FROM hh.validate_embeddings('typed', 'other', 1);
SELECT * FROM hh.validate_embeddings('typed', 'halves', NULL, true);
SELECT * FROM hh.validate_embeddings('typed', 'sparse', NULL, true);
SELECT * FROM hh.validate_embeddings('typed', 'bits', NULL, true);
SELECT * FROM hh.validate_embeddings('typed', 'varying_bits', NULL, true);
SELECT * FROM hh.validate_embeddings('typed', 'narrow', NULL, true);
SELECT * FROM hh.validate_embeddings('typed', 'wide', NULL, true);
-- a type's declared dimension counts where the model's does not say
CREATE TABLE declared (id int PRIMARY KEY, embedding vector(2), model_version varchar(20));
INSERT INTO declared VALUES (1, '[1,2]', 'test-3'), (2, '[1,2]', 'test-5');
SELECT * FROM hh.validate_embeddings('declared', 'embedding');
-- a model_version that is no text is none
ALTER TABLE declared ALTER model_version TYPE int USING 1;
SELECT * FROM hh.validate_embeddings('declared', 'embedding');

-- deep: every form of value
CREATE TABLE forms (id serial PRIMARY KEY, embedding vector);
INSERT INTO forms (embedding) VALUES (embedding(400, 0)), (embedding(5000, 0));
ALTER TABLE forms ALTER embedding SET STORAGE extended;
INSERT INTO forms (embedding) VALUES (embedding(400, 0)), (embedding(5000, 0)), (embedding(16000, 0)),
    ((array_fill(0::real, ARRAY[15999]) || 1e-45::real)::vector);
SELECT * FROM hh.validate_embeddings('forms', 'embedding', NULL, true);

-- shallow reads nothing but the table: not one page of the vectors
CREATE FUNCTION pages(query text) RETURNS int
    LANGUAGE plpgsql
AS $$
DECLARE
    plan json;
BEGIN
    FOR run IN 1..2 LOOP
        EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT json) ' || query INTO plan;
    END LOOP;
    RETURN (plan->0->'Plan'->>'Shared Hit Blocks')::int + (plan->0->'Plan'->>'Shared Read Blocks')::int;
END $$;
CREATE TABLE many (id int PRIMARY KEY, embedding vector);
INSERT INTO many SELECT i, embedding(2000 + i % 2) FROM generate_series(1, 500) AS i;
SELECT pages($$SELECT * FROM hh.validate_embeddings('many', 'embedding')$$) < 60 AS shallow,
       pages($$SELECT * FROM hh.validate_embeddings('many', 'embedding', NULL, true)$$) > 500 AS deep;

-- without a primary key: the place of the row; in partitions, the partition too
CREATE TABLE keyless (embedding vector(3));
INSERT INTO keyless VALUES (NULL), ('[1,2,3]'), (NULL);
SELECT * FROM hh.validate_embeddings('keyless', 'embedding');
CREATE TABLE "Parent" (tenant_id text, embedding vector, model_version text)
    PARTITION BY LIST (tenant_id);
CREATE TABLE "Child 1" PARTITION OF "Parent" FOR VALUES IN ('a');
CREATE TABLE child_2 (model_version text, embedding vector, tenant_id text);
ALTER TABLE "Parent" ATTACH PARTITION child_2 FOR VALUES IN ('b');
INSERT INTO "Parent" VALUES ('a', '[1,2,3]', 'test-3'), ('a', '[1,2]', 'test-3'),
    ('b', '[1,2,3]', 'test-5'), ('b', NULL, 'x');
SELECT * FROM hh.validate_embeddings('"Parent"', 'embedding');
SELECT * FROM hh.validate_embeddings('child_2', 'embedding');
ALTER TABLE "Parent" ADD entity_id int GENERATED ALWAYS AS (vector_dims(embedding)) STORED;
DELETE FROM "Parent" WHERE entity_id IS NULL;
ALTER TABLE "Parent" ADD PRIMARY KEY (entity_id, tenant_id);
SELECT * FROM hh.validate_embeddings('"Parent"', 'embedding', 4);
CREATE TABLE old_parent (embedding vector);
CREATE TABLE old_child () INHERITS (old_parent);
INSERT INTO old_parent VALUES (NULL);
INSERT INTO old_child VALUES (NULL);
SELECT * FROM hh.validate_embeddings('old_parent', 'embedding');

-- views, materialized views, foreign tables, temporary tables
CREATE VIEW seen AS SELECT id, embedding, 'test-3'::text AS model_version FROM typed;
SELECT * FROM hh.validate_embeddings('seen', 'embedding', NULL, true);
CREATE MATERIALIZED VIEW kept AS SELECT * FROM seen;
SELECT * FROM hh.validate_embeddings('kept', 'embedding', 2);
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE TABLE near (part int, embedding vector) PARTITION BY LIST (part);
CREATE TABLE nearest PARTITION OF near FOR VALUES IN (1);
CREATE FOREIGN TABLE far PARTITION OF near FOR VALUES IN (2)
    SERVER files OPTIONS (program 'echo "2;[1,2]"', format 'csv', delimiter ';');
INSERT INTO near VALUES (1, '[1]'), (1, NULL);
SELECT * FROM hh.validate_embeddings('far', 'embedding', 3);
SELECT * FROM hh.validate_embeddings('near', 'embedding', 3);
CREATE TEMPORARY TABLE passing (id int PRIMARY KEY, embedding vector);
INSERT INTO passing VALUES (1, '[1]'), (2, NULL);
SELECT * FROM hh.validate_embeddings('passing', 'embedding');

-- a domain; odd names; a function called from a function
CREATE DOMAIN unit_vector AS vector(2);
CREATE TABLE "Tab""le" ("Col'umn "" x" unit_vector, model_version text, "select" int PRIMARY KEY);
INSERT INTO "Tab""le" VALUES ('[1,2]', 'test-5', 1), (NULL, NULL, 2);
SELECT * FROM hh.validate_embeddings('"Tab""le"', 'Col''umn " x');
DO $$
DECLARE
    finding record;
BEGIN
    SET LOCAL client_min_messages = info;
    FOR finding IN SELECT * FROM hh.validate_embeddings('validate_test.typed', 'embedding') LOOP
        RAISE INFO '%', finding;
    END LOOP;
END $$;

-- the registry's changes count at once, our own too
BEGIN;
PREPARE validate AS SELECT * FROM hh.validate_embeddings('declared', 'embedding');
ALTER TABLE declared ALTER model_version TYPE text USING 'test-5';
EXECUTE validate;
INSERT INTO hh.embedding_model (model_version, dims) VALUES ('test-5', 2);
EXECUTE validate;
ROLLBACK;
-- in a parallel plan, too, where no snapshot can be taken
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 1;
EXPLAIN (COSTS OFF) SELECT embedding, model_version FROM mixed;
INSERT INTO hh.embedding_model (model_version, dims) VALUES ('test-5', 3);
SELECT verdict, dims, row_count FROM hh.validate_embeddings('mixed', 'embedding', deep => true);
ROLLBACK;

-- the caller's rights and row security
CREATE ROLE regress_hh_reader;
GRANT USAGE ON SCHEMA hh, validate_test TO regress_hh_reader;
SET ROLE regress_hh_reader;
SELECT * FROM hh.validate_embeddings('mixed', 'embedding');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
GRANT SELECT (tenant_id, entity_id, model_version, "a ""key""") ON mixed TO regress_hh_reader;
SET ROLE regress_hh_reader;
SELECT * FROM hh.validate_embeddings('mixed', 'embedding');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
-- no more is read than the caller may: no sample without the whole key, no models without theirs
REVOKE SELECT (entity_id, model_version) ON mixed FROM regress_hh_reader;
GRANT SELECT (embedding) ON mixed TO regress_hh_reader;
SET client_min_messages = notice;
SET ROLE regress_hh_reader;
SELECT * FROM hh.validate_embeddings('mixed', 'embedding', 3);
RESET ROLE;
GRANT SELECT (entity_id) ON mixed TO regress_hh_reader;
SET ROLE regress_hh_reader;
SELECT * FROM hh.validate_embeddings('mixed', 'embedding', 3, true);
RESET ROLE;
REVOKE SELECT (entity_id) ON mixed FROM regress_hh_reader;
GRANT SELECT (model_version) ON mixed TO regress_hh_reader;
SET ROLE regress_hh_reader;
SELECT * FROM hh.validate_embeddings('mixed', 'embedding', 3);
RESET ROLE;
GRANT SELECT (entity_id) ON mixed TO regress_hh_reader;
-- without a primary key
GRANT SELECT (embedding) ON keyless, "Parent" TO regress_hh_reader;
SET ROLE regress_hh_reader;
SELECT * FROM hh.validate_embeddings('keyless', 'embedding');
SELECT * FROM hh.validate_embeddings('"Parent"', 'embedding', 4);
RESET ROLE;
GRANT SELECT (ctid, tableoid) ON keyless TO regress_hh_reader;
SET ROLE regress_hh_reader;
SELECT * FROM hh.validate_embeddings('keyless', 'embedding');
RESET ROLE;
SET client_min_messages = warning;
-- what a key's index includes is no part of the key
CREATE TABLE including (secret text, id int, embedding vector, PRIMARY KEY (id) INCLUDE (secret));
INSERT INTO including VALUES ('do not tell', 1, NULL);
SELECT * FROM hh.validate_embeddings('including', 'embedding');
GRANT SELECT (id, embedding) ON including TO regress_hh_reader;
SET ROLE regress_hh_reader;
SELECT * FROM hh.validate_embeddings('including', 'embedding');
RESET ROLE;
ALTER TABLE mixed ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON mixed FOR SELECT
    USING (entity_id = ANY (string_to_array(current_setting('validate_test.seen'), ',')));
SET ROLE regress_hh_reader;
SET validate_test.seen = 'good-1,wrong';
SELECT * FROM hh.validate_embeddings('mixed', 'embedding');
SET validate_test.seen = '';
SELECT * FROM hh.validate_embeddings('mixed', 'embedding');
SET row_security = off;
SELECT * FROM hh.validate_embeddings('mixed', 'embedding');
\echo :LAST_ERROR_SQLSTATE
RESET row_security;
RESET ROLE;
REVOKE USAGE ON SCHEMA validate_test FROM regress_hh_reader;
SELECT 'validate_test.mixed'::regclass::oid AS mixed \gset
SET ROLE regress_hh_reader;
SELECT * FROM hh.validate_embeddings(:mixed, 'embedding');
RESET ROLE;

-- errors
CREATE INDEX typed_idx ON typed (id);
CREATE SEQUENCE counter;
SELECT * FROM hh.validate_embeddings('missing', 'embedding');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM hh.validate_embeddings(1, 'embedding');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM hh.validate_embeddings('typed', 'missing');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM hh.validate_embeddings('mixed', 'gone');
SELECT * FROM hh.validate_embeddings('mixed', '........pg.dropped.2........');
SELECT * FROM hh.validate_embeddings('mixed', 'ctid');
SELECT * FROM hh.validate_embeddings('typed', 'id');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM hh.validate_embeddings('typed_idx', 'id');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM hh.validate_embeddings('counter', 'last_value');
SELECT * FROM hh.validate_embeddings('typed', 'embedding', 0);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM hh.validate_embeddings('typed', 'embedding', -768);
SELECT * FROM hh.validate_embeddings('typed', 'embedding', 16001);
SELECT * FROM hh.validate_embeddings(NULL, 'embedding');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM hh.validate_embeddings('typed', NULL);
SELECT * FROM hh.validate_embeddings('typed', 'embedding', 3, NULL);
SELECT proisstrict, provolatile, proparallel FROM pg_proc WHERE proname = 'validate_embeddings';

-- it can be cancelled
CREATE VIEW endless AS SELECT embedding FROM typed, generate_series(1, 1000000000);
SET statement_timeout = '200ms';
SELECT * FROM hh.validate_embeddings('endless', 'embedding');
\echo :LAST_ERROR_SQLSTATE
RESET statement_timeout;

DROP SCHEMA validate_test CASCADE;
DROP EXTENSION file_fdw;
REVOKE USAGE ON SCHEMA hh FROM regress_hh_reader;
DROP ROLE regress_hh_reader;
DELETE FROM hh.embedding_model WHERE model_version LIKE 'test-%';
