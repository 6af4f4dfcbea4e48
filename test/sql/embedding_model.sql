-- hh.enforce_embedding_model() and the cached registry
SET client_min_messages = warning;
CREATE SCHEMA model_test;
SET search_path = model_test, public;
CREATE FUNCTION embedding(dims int, value float8 DEFAULT 0.5) RETURNS vector
    LANGUAGE sql IMMUTABLE
    RETURN array_fill(value, ARRAY[dims])::vector;
-- as candidate_embeddings, with a column for any dimension
CREATE TABLE anyhow (tenant_id text, entity_id text, model_version text, embedding vector, note text);
CREATE TRIGGER enforce BEFORE INSERT OR UPDATE ON anyhow
    FOR EACH ROW EXECUTE FUNCTION hh.enforce_embedding_model();
INSERT INTO hh.embedding_model (model_version, dims, active)
VALUES ('test-3', 3, true), ('test-1536', 1536, true), ('test-retired', 2, false);

-- the table of the services
BEGIN;
INSERT INTO search.candidate_embeddings (tenant_id, entity_id, model_version, embedding)
VALUES ('acme', 'cand-1', 'text-embedding-004', embedding(768)),
       ('acme', 'cand-2', 'a name nobody registered', embedding(768));
INSERT INTO search.candidate_embeddings (tenant_id, entity_id, model_version, embedding)
VALUES ('acme', 'cand-1', 'text-embedding-004', embedding(768, 0.25))
ON CONFLICT (tenant_id, entity_id, chunk_type) DO UPDATE SET embedding = EXCLUDED.embedding;
SAVEPOINT s;
INSERT INTO search.candidate_embeddings (tenant_id, entity_id, model_version, embedding)
VALUES ('acme', 'cand-3', 'test-1536', embedding(768));
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO s;
INSERT INTO search.candidate_embeddings (tenant_id, entity_id, model_version, embedding)
VALUES ('acme', 'cand-3', 'text-embedding-004', embedding(768, 0));
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO s;
UPDATE search.candidate_embeddings SET model_version = 'test-1536' WHERE entity_id = 'cand-1';
ROLLBACK TO s;
UPDATE search.candidate_embeddings SET embedding = embedding(768, 0) WHERE entity_id = 'cand-1';
ROLLBACK;

-- a model's dimension, whatever the column's
INSERT INTO anyhow VALUES ('acme', 'cand-1', 'test-3', '[1,2,3]'), ('acme', 'cand-2', 'test-1536', embedding(1536)),
    ('acme', 'cand-3', 'test-retired', '[1,2]'), ('acme', 'cand-4', 'unregistered', '[1,2,3,4]'),
    ('acme', 'cand-5', NULL, '[1,2,3,4,5]'), ('acme', 'cand-6', 'test-3', NULL), (NULL, NULL, '', '[1]');
INSERT INTO anyhow VALUES ('acme', 'cand-7', 'test-3', '[1,2]');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO anyhow VALUES ('acme', 'cand-7', 'test-retired', '[1,2,3]');
-- the names are compared whole
INSERT INTO anyhow VALUES ('acme', 'cand-7', 'test-', '[1]'), ('acme', 'cand-8', 'test-33', '[1]'),
    ('acme', 'cand-9', 'TEST-3', '[1]'), ('acme', 'cand-10', repeat('test-3', 10000), '[1]');
-- the row that is refused is named as it is
INSERT INTO anyhow VALUES ('a "quoted" tenant', NULL, 'test-3', '[1]');
-- of many rows one is wrong: nothing is stored
INSERT INTO anyhow SELECT 'acme', 'many-' || i, 'test-3', embedding(CASE i WHEN 700 THEN 2 ELSE 3 END)
FROM generate_series(1, 1000) AS i;
SELECT count(*) FROM anyhow WHERE entity_id LIKE 'many-%';
COPY anyhow (tenant_id, entity_id, model_version, embedding) FROM stdin;
acme	copied-1	test-3	[1,2,3]
acme	copied-2	test-3	[1,2,3,4]
\.

-- zero vectors: inline, out of line (INSERT ... SELECT hands on what the table holds), compressed;
-- the last element alone makes a vector nonzero; zero has two signs
CREATE TABLE source (name text, embedding vector);
INSERT INTO source VALUES ('short', '[0,-0,0]'), ('inline', embedding(400, 0)), ('out of line', embedding(5000, 0));
ALTER TABLE source ALTER embedding SET STORAGE extended;
INSERT INTO source VALUES ('compressed', embedding(5000, 0));
INSERT INTO anyhow SELECT 'zero', name, 'unregistered', embedding FROM source WHERE name = 'short';
INSERT INTO anyhow SELECT 'zero', name, 'unregistered', embedding FROM source WHERE name = 'inline';
INSERT INTO anyhow SELECT 'zero', name, 'unregistered', embedding FROM source WHERE name = 'out of line';
INSERT INTO anyhow SELECT 'zero', name, 'unregistered', embedding FROM source WHERE name = 'compressed';
UPDATE source SET embedding = (array_fill(0::real, ARRAY[vector_dims(embedding) - 1]) || 1e-45::real)::vector;
ALTER TABLE source ALTER embedding SET STORAGE external;
INSERT INTO source SELECT name || ', external', (embedding::real[])::vector FROM source;
INSERT INTO anyhow SELECT 'nonzero', name, 'unregistered', embedding FROM source;
SELECT count(*) FROM anyhow WHERE tenant_id = 'nonzero';

-- an update of another column
UPDATE anyhow SET note = 'updated' WHERE tenant_id = 'nonzero';

-- halfvec, sparsevec, a domain and varchar
CREATE DOMAIN name_of_model AS varchar(40);
CREATE DOMAIN unit_vector AS vector(2) CHECK (vector_norm(VALUE) > 0.99);
CREATE TABLE halves (model_version varchar, embedding halfvec(3), entity_id uuid, tenant_id int);
CREATE TABLE sparse (tenant_id text, entity_id text, model_version name_of_model, embedding sparsevec);
CREATE TABLE units (tenant_id text, entity_id text, model_version name_of_model, embedding unit_vector);
CREATE TRIGGER enforce BEFORE INSERT OR UPDATE ON halves
    FOR EACH ROW EXECUTE FUNCTION hh.enforce_embedding_model();
CREATE TRIGGER enforce BEFORE INSERT OR UPDATE ON sparse
    FOR EACH ROW EXECUTE FUNCTION hh.enforce_embedding_model();
CREATE TRIGGER enforce BEFORE INSERT OR UPDATE ON units
    FOR EACH ROW EXECUTE FUNCTION hh.enforce_embedding_model();
INSERT INTO halves VALUES ('test-3', '[0,0,1]'), ('test-retired', '[1,2,3]');
INSERT INTO halves VALUES ('test-3', '[0,-0,0]', '00000000-0000-0000-0000-000000000001', 7);
INSERT INTO halves SELECT 'test-3', '[1,2,3]' FROM generate_series(1, 3);
INSERT INTO sparse VALUES ('acme', 'cand-1', 'test-3', '{3:1}/3');
INSERT INTO sparse VALUES ('acme', 'cand-2', 'test-3', '{3:1}/4');
INSERT INTO sparse VALUES ('acme', 'cand-3', 'test-3', '{}/3');
INSERT INTO units VALUES ('acme', 'cand-1', 'test-retired', '[0,1]'), ('acme', 'cand-2', 'unregistered', '[0,1]');
INSERT INTO units VALUES ('acme', 'cand-3', 'test-3', '[0,1]');

-- partitions: the columns stand elsewhere in each
CREATE TABLE parted (tenant_id text, gone int, entity_id text, model_version text, embedding vector)
    PARTITION BY LIST (tenant_id);
CREATE TABLE parted_a PARTITION OF parted FOR VALUES IN ('a');
ALTER TABLE parted DROP gone;
CREATE TABLE parted_b (embedding vector, model_version text, entity_id text, tenant_id text);
ALTER TABLE parted ATTACH PARTITION parted_b FOR VALUES IN ('b');
CREATE TRIGGER enforce BEFORE INSERT OR UPDATE ON parted
    FOR EACH ROW EXECUTE FUNCTION hh.enforce_embedding_model();
INSERT INTO parted VALUES ('a', 'cand-1', 'test-3', '[1,2,3]'), ('b', 'cand-1', 'test-3', '[1,2,3]');
INSERT INTO parted VALUES ('a', 'cand-2', 'test-3', '[1,2,3]'), ('b', 'cand-2', 'test-3', '[1,2]');

-- our own changes: the next statement knows them, and their rollback
BEGIN;
PREPARE store(text) AS INSERT INTO anyhow VALUES ('acme', 'prepared', $1, '[1,2]');
EXECUTE store('test-new');
INSERT INTO hh.embedding_model (model_version, dims) VALUES ('test-new', 4);
SAVEPOINT before_error;
EXECUTE store('test-new');
ROLLBACK TO before_error;
UPDATE hh.embedding_model SET dims = 2 WHERE model_version = 'test-new';
EXECUTE store('test-new');
SAVEPOINT before_change;
UPDATE hh.embedding_model SET dims = 5 WHERE model_version = 'test-new';
SAVEPOINT after_change;
EXECUTE store('test-new');
ROLLBACK TO after_change;
ROLLBACK TO before_change;
EXECUTE store('test-new');
DELETE FROM hh.embedding_model WHERE model_version = 'test-3';
EXECUTE store('test-3');
ROLLBACK;
EXECUTE store('test-3');
BEGIN;
TRUNCATE hh.embedding_model;
EXECUTE store('test-3');
ROLLBACK;
EXECUTE store('test-3');
-- one statement that changes the registry in passing
CREATE FUNCTION registering(name text, dims int) RETURNS text
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hh.embedding_model (model_version, dims) VALUES (name, dims);
    RETURN name;
END $$;
INSERT INTO anyhow SELECT 'acme', 'cand-1', registering('test-passing-' || i, i), embedding(2)
FROM generate_series(2, 3) AS i;

-- in replica mode
SET session_replication_role = replica;
INSERT INTO hh.embedding_model (model_version, dims) VALUES ('test-replicated', 4);
RESET session_replication_role;
EXECUTE store('test-replicated');
DELETE FROM hh.embedding_model WHERE model_version = 'test-replicated';
EXECUTE store('test-replicated');

-- the function serves a row trigger as well, the only kind that a subscriber fires
BEGIN;
ALTER TABLE hh.embedding_model DISABLE TRIGGER ALL;
CREATE TRIGGER by_row AFTER INSERT OR UPDATE OR DELETE ON hh.embedding_model
    FOR EACH ROW EXECUTE FUNCTION hh.embedding_model_changed();
EXECUTE store('test-by-row');
INSERT INTO hh.embedding_model (model_version, dims) VALUES ('test-by-row', 4);
EXECUTE store('test-by-row');
ROLLBACK;

-- the table is gone, made anew, or is not the registry; search_path finds no other
CREATE TABLE model_test.embedding_model (model_version text, dims int);
INSERT INTO model_test.embedding_model VALUES ('test-new', 9);
BEGIN;
ALTER TABLE hh.embedding_model RENAME TO moved;
EXECUTE store('test-new');
EXECUTE store('test-3');
CREATE TABLE hh.embedding_model (dims int, note text, model_version text);
INSERT INTO hh.embedding_model VALUES (2, NULL, 'test-3'), (NULL, NULL, 'test-new'), (3, NULL, NULL);
EXECUTE store('test-3');
DROP TABLE hh.embedding_model;
CREATE TABLE hh.embedding_model (model_version varchar, dims int);
SAVEPOINT s;
EXECUTE store('test-3');
ROLLBACK TO s;
DROP TABLE hh.embedding_model;
CREATE VIEW hh.embedding_model AS SELECT 'test-3'::text AS model_version, 2 AS dims;
EXECUTE store('test-3');
ROLLBACK;
EXECUTE store('test-3');

-- more models than fit at first
BEGIN;
INSERT INTO hh.embedding_model (model_version, dims)
SELECT 'test-many-' || i, i FROM generate_series(1, 1000) AS i;
INSERT INTO anyhow SELECT 'acme', 'cand-' || i, 'test-many-' || i, embedding(i) FROM generate_series(1, 1000, 9) AS i;
INSERT INTO anyhow VALUES ('acme', 'cand-1', 'test-many-567', embedding(568));
ROLLBACK;

-- what it can't be used for
CREATE TABLE wrong (tenant_id text, entity_id text, model_version text, embedding bit(3));
CREATE TRIGGER enforce BEFORE INSERT ON wrong
    FOR EACH ROW EXECUTE FUNCTION hh.enforce_embedding_model();
INSERT INTO wrong VALUES ('acme', 'cand-1', 'test-3', B'101');
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE wrong ALTER embedding TYPE text;
INSERT INTO wrong VALUES ('acme', 'cand-1', 'test-3', '[1,2,3]');
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE wrong DROP embedding;
INSERT INTO wrong VALUES ('acme', 'cand-1', 'test-3');
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE wrong ADD embedding vector, ALTER model_version TYPE int USING 1;
INSERT INTO wrong VALUES ('acme', 'cand-1', 1, '[1,2,3]');
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE wrong DROP model_version;
INSERT INTO wrong VALUES ('acme', 'cand-1', '[1,2,3]');
ALTER TABLE wrong ADD model_version text, DROP entity_id;
INSERT INTO wrong VALUES ('acme');
ALTER TABLE wrong ADD entity_id text, DROP tenant_id;
INSERT INTO wrong DEFAULT VALUES;
DROP TRIGGER enforce ON wrong;
CREATE TRIGGER enforce AFTER INSERT ON wrong
    FOR EACH ROW EXECUTE FUNCTION hh.enforce_embedding_model();
INSERT INTO wrong DEFAULT VALUES;
\echo :LAST_ERROR_SQLSTATE
DROP TRIGGER enforce ON wrong;
CREATE TRIGGER enforce BEFORE INSERT ON wrong
    FOR EACH STATEMENT EXECUTE FUNCTION hh.enforce_embedding_model();
INSERT INTO wrong DEFAULT VALUES;
DROP TRIGGER enforce ON wrong;
INSERT INTO wrong DEFAULT VALUES;
CREATE TRIGGER enforce BEFORE DELETE ON wrong
    FOR EACH ROW EXECUTE FUNCTION hh.enforce_embedding_model();
DELETE FROM wrong;
DROP TRIGGER enforce ON wrong;
SELECT hh.enforce_embedding_model();
CREATE TRIGGER changed BEFORE INSERT ON wrong
    FOR EACH ROW EXECUTE FUNCTION hh.embedding_model_changed();
INSERT INTO wrong DEFAULT VALUES;
\echo :LAST_ERROR_SQLSTATE
SELECT hh.embedding_model_changed();

-- a writer needs no right on the registry
CREATE ROLE regress_hh_writer;
GRANT USAGE ON SCHEMA model_test TO regress_hh_writer;
GRANT INSERT ON anyhow TO regress_hh_writer;
SET ROLE regress_hh_writer;
INSERT INTO anyhow VALUES ('acme', 'cand-1', 'test-3', '[1,2,3]');
INSERT INTO anyhow VALUES ('acme', 'cand-1', 'test-3', '[1,2]');
RESET ROLE;

DROP SCHEMA model_test CASCADE;
DROP ROLE regress_hh_writer;
DELETE FROM hh.embedding_model WHERE model_version LIKE 'test-%';
