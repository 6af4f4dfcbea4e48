-- hh.embedding_dims(): right in every form a value can have, and without reading the value
SET client_min_messages = warning;
CREATE SCHEMA dims_test;
SET search_path = dims_test, public;

-- values in memory
SELECT hh.embedding_dims('[1]'::vector), hh.embedding_dims('[1,2,3]'::vector),
       hh.embedding_dims(array_fill(1, ARRAY[16000])::vector);
SELECT hh.embedding_dims('[1]'::halfvec), hh.embedding_dims('[1,2,3]'::halfvec),
       hh.embedding_dims(array_fill(1, ARRAY[16000])::halfvec);
SELECT hh.embedding_dims('{1:1}/1'::sparsevec), hh.embedding_dims('{}/5'::sparsevec),
       hh.embedding_dims('{1:1,1000000000:2}/1000000000'::sparsevec);
SELECT hh.embedding_dims(B''), hh.embedding_dims(B'101'), hh.embedding_dims(B'101010101'),
       hh.embedding_dims(repeat('10', 32000)::bit varying);
SELECT hh.embedding_dims('{}'::real[]), hh.embedding_dims('{1,NULL,3}'::real[]),
       hh.embedding_dims('[5:6]={1,2}'::real[]), hh.embedding_dims(array_fill(1::real, ARRAY[16001]));
SELECT hh.embedding_dims('{}'::float8[]), hh.embedding_dims('{1,NULL,3}'::float8[]),
       hh.embedding_dims('[5:6]={1,2}'::float8[]), hh.embedding_dims(array_fill(1::float8, ARRAY[16001]));
SELECT hh.embedding_dims('{{1,2},{3,4}}'::real[]);
\echo :LAST_ERROR_SQLSTATE
SELECT hh.embedding_dims('{{1,2},{3,4}}'::float8[]);
\echo :LAST_ERROR_SQLSTATE

-- PL/pgSQL's arrays are expanded objects
DO $$
DECLARE
    narrow real[];
    wide float8[] := ARRAY[0.5];
    square real[] := '{{1,2},{3,4}}';
BEGIN
    SET LOCAL client_min_messages = info;
    FOR i IN 1..300 LOOP
        narrow[i] := i;
        wide[i + 1] := i;
    END LOOP;
    RAISE INFO 'dims % and %', hh.embedding_dims(narrow), hh.embedding_dims(wide);
    square[1][1] := 5;
    BEGIN
        RAISE INFO 'dims %', hh.embedding_dims(square);
    EXCEPTION WHEN data_exception THEN
        RAISE INFO '%', SQLERRM;
    END;
END $$;

-- values in a table: with a short header, inline, out of line, compressed, and both
CREATE FUNCTION form(value_size int, compression text, content_size int) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN value_size = content_size + 1 THEN 'short'
                WHEN compression IS NOT NULL AND value_size > 2000 THEN 'compressed, out of line'
                WHEN compression IS NOT NULL THEN 'compressed'
                WHEN value_size = content_size + 4 THEN 'inline'
                WHEN value_size = content_size THEN 'out of line' END;
CREATE FUNCTION numbers(dims int) RETURNS float8[]
    LANGUAGE sql IMMUTABLE
    RETURN (SELECT array_agg(sin(i * 7.0) ORDER BY i) FROM generate_series(1, dims) AS i);

CREATE TABLE v (dims int, embedding vector);
ALTER TABLE v ALTER embedding SET STORAGE main;
INSERT INTO v SELECT n, array_fill(0.5, ARRAY[n])::vector FROM unnest('{1,29,768}'::int[]) AS n;
INSERT INTO v SELECT 100, numbers(100)::vector;
ALTER TABLE v ALTER embedding SET STORAGE external;
INSERT INTO v SELECT n, numbers(n)::vector FROM unnest('{768,1536,16000}'::int[]) AS n;
ALTER TABLE v ALTER embedding SET STORAGE extended;
INSERT INTO v SELECT 16000, (array_fill(0.5::float8, ARRAY[8000]) || numbers(8000))::vector;
SELECT form(pg_column_size(embedding), pg_column_compression(embedding), 4 * dims + 4),
       dims, hh.embedding_dims(embedding), vector_dims(embedding)
FROM v ORDER BY ctid;

CREATE TABLE h (dims int, embedding halfvec);
ALTER TABLE h ALTER embedding SET STORAGE main;
INSERT INTO h SELECT n, array_fill(0.5, ARRAY[n])::halfvec FROM unnest('{1,29,1536}'::int[]) AS n;
INSERT INTO h SELECT 101, numbers(101)::halfvec;
ALTER TABLE h ALTER embedding SET STORAGE external;
INSERT INTO h SELECT n, numbers(n)::halfvec FROM unnest('{1536,16000}'::int[]) AS n;
ALTER TABLE h ALTER embedding SET STORAGE extended;
INSERT INTO h SELECT 16000, (array_fill(0.5::float8, ARRAY[8000]) || numbers(8000))::halfvec;
SELECT form(pg_column_size(embedding), pg_column_compression(embedding), 2 * dims + 4),
       dims, hh.embedding_dims(embedding), vector_dims(embedding)
FROM h ORDER BY ctid;

CREATE TABLE s (dims int, embedding sparsevec);
INSERT INTO s VALUES (5, '{1:1,5:2}/5'), (1000000000, '{1:1,1000000000:2}/1000000000');
INSERT INTO s SELECT 16000, numbers(16000)::vector::sparsevec;
ALTER TABLE s ALTER embedding SET STORAGE main;
INSERT INTO s SELECT 400, array_fill(0.5, ARRAY[400])::vector::sparsevec;
ALTER TABLE s ALTER embedding SET STORAGE extended;
INSERT INTO s SELECT 16000, array_fill(0.5, ARRAY[16000])::vector::sparsevec;
SELECT pg_column_compression(embedding) IS NOT NULL AS compressed,
       dims, hh.embedding_dims(embedding)
FROM s ORDER BY ctid;

CREATE TABLE b (dims int, embedding bit varying);
INSERT INTO b SELECT n, repeat('1', n)::bit varying
FROM unnest('{1,8,9,1000,16000,400000}'::int[]) AS n;
ALTER TABLE b ALTER embedding SET STORAGE external;
INSERT INTO b SELECT n, repeat('1', n)::bit varying FROM unnest('{1000,40000,400000}'::int[]) AS n;
SELECT pg_column_compression(embedding) IS NOT NULL AS compressed,
       dims, hh.embedding_dims(embedding), length(embedding)
FROM b ORDER BY ctid;

CREATE TABLE a (dims int, narrow real[], wide float8[]);
INSERT INTO a SELECT n, array_fill(0.5, ARRAY[n]), array_fill(0.5, ARRAY[n])
FROM unnest('{0,1,10,768,16000}'::int[]) AS n;
INSERT INTO a SELECT n, numbers(n), numbers(n) FROM unnest('{768,16000}'::int[]) AS n;
ALTER TABLE a ALTER narrow SET STORAGE external, ALTER wide SET STORAGE external;
INSERT INTO a SELECT n, numbers(n), numbers(n) FROM unnest('{768,16000}'::int[]) AS n;
SELECT pg_column_compression(narrow) IS NOT NULL AS compressed,
       dims, hh.embedding_dims(narrow), hh.embedding_dims(wide)
FROM a ORDER BY ctid;

-- in an expression index, in a constraint, in parallel
CREATE INDEX ON v (hh.embedding_dims(embedding));
ALTER TABLE v ADD CHECK (hh.embedding_dims(embedding) = dims);
SELECT provolatile, proisstrict, proparallel, count(*)
FROM pg_proc WHERE oid::regprocedure::text LIKE 'hh.embedding_dims(%' GROUP BY 1, 2, 3;

-- The pages a scan touches, those of TOAST among them. count() of the column reads no value, and
-- vector_dims() all of them.
CREATE FUNCTION pages(query text) RETURNS int
    LANGUAGE plpgsql
AS $$
DECLARE
    plan json;
BEGIN
    -- the first run fills the caches of the catalogs
    FOR run IN 1..2 LOOP
        EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT json) ' || query INTO plan;
    END LOOP;
    RETURN (plan->0->'Plan'->>'Shared Hit Blocks')::int + (plan->0->'Plan'->>'Shared Read Blocks')::int;
END $$;
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SET enable_bitmapscan = off;
SET max_parallel_workers_per_gather = 0;
INSERT INTO v SELECT 16000, numbers(16000)::vector FROM generate_series(1, 20);
INSERT INTO h SELECT 16000, numbers(16000)::halfvec FROM generate_series(1, 20);
SELECT pages('SELECT count(hh.embedding_dims(embedding)) FROM v')
           = pages('SELECT count(embedding) FROM v') AS reads_no_vector,
       pages('SELECT count(hh.embedding_dims(embedding)) FROM h')
           = pages('SELECT count(embedding) FROM h') AS reads_no_halfvec,
       pages('SELECT count(vector_dims(embedding)) FROM v')
           > pages('SELECT count(embedding) FROM v') + 20 * 8 AS vector_dims_does;

-- A first chunk is in one page of the TOAST table, found through one or two of its index; all of
-- the value is in many.
CREATE TABLE large (sparse sparsevec, bits bit varying, narrow real[], wide float8[]);
ALTER TABLE large ALTER bits SET STORAGE external, ALTER narrow SET STORAGE external,
    ALTER wide SET STORAGE external;
INSERT INTO large
SELECT numbers(16000)::vector::sparsevec, repeat('10', 500000)::bit varying,
       numbers(32000)::real[], numbers(16000);
SELECT column_name,
       pages(format('SELECT hh.embedding_dims(%I) FROM large', column_name)) <= 6 AS reads_a_chunk
FROM unnest('{sparse,bits,narrow,wide}'::text[]) AS column_name;
SELECT pages('SELECT l2_norm(sparse) FROM large') > 16 AS all_of_it_is_more;

-- The same of compressed values, by LZ4 too where the server has it. The last one begins with
-- 600 kB that can't be compressed: the head of such a value is not in LZ4's first chunk alone.
SELECT CASE WHEN 'lz4' = ANY (enumvals) THEN 'lz4' ELSE 'pglz' END AS lz4
FROM pg_settings WHERE name = 'default_toast_compression' \gset
CREATE TABLE compressed (pglz_bits bit varying COMPRESSION pglz, bits bit varying COMPRESSION :lz4,
                         late bit varying COMPRESSION :lz4, narrow real[] COMPRESSION :lz4);
INSERT INTO compressed
SELECT noise || zeros, noise || zeros, long_noise || zeros,
       array_fill(0.5::real, ARRAY[20000]) || numbers(16000)::real[]
FROM (SELECT ('x' || string_agg(repeat(md5(i::text), 2), '' ORDER BY i))::bit varying AS noise
      FROM generate_series(1, 5000) AS i) AS a,
     (SELECT ('x' || string_agg(md5(i::text), '' ORDER BY i))::bit varying AS long_noise
      FROM generate_series(1, 38000) AS i) AS b,
     repeat('0', 1000000) AS digits, CAST(digits AS bit varying) AS zeros;
SELECT hh.embedding_dims(pglz_bits) = length(pglz_bits) AS pglz,
       hh.embedding_dims(bits) = length(bits) AS lz4,
       hh.embedding_dims(late) = length(late) AS late,
       hh.embedding_dims(narrow) AS narrow,
       pg_column_compression(pglz_bits) = 'pglz' AND pg_column_compression(bits) = :'lz4'
           AND (:'lz4' <> 'lz4' OR pg_column_compression(late) = 'lz4')
           AND pg_column_compression(narrow) = :'lz4' AS compressed
FROM compressed;
SELECT column_name,
       pages(format('SELECT hh.embedding_dims(%I) FROM compressed', column_name)) <= 6 AS reads_a_chunk
FROM unnest('{pglz_bits,bits,late,narrow}'::text[]) AS column_name;
SELECT pages('SELECT bit_count(bits) FROM compressed') > 16 AS all_of_it_is_more;

-- null, also where someone altered the function
SELECT hh.embedding_dims(NULL::vector), hh.embedding_dims(NULL::halfvec),
       hh.embedding_dims(NULL::sparsevec), hh.embedding_dims(NULL::bit),
       hh.embedding_dims(NULL::real[]), hh.embedding_dims(NULL::float8[]);
BEGIN;
ALTER FUNCTION hh.embedding_dims(vector) CALLED ON NULL INPUT;
SELECT hh.embedding_dims(NULL::vector);
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN;
ALTER FUNCTION hh.embedding_dims(halfvec) CALLED ON NULL INPUT;
SELECT hh.embedding_dims(NULL::halfvec);
ROLLBACK;
BEGIN;
ALTER FUNCTION hh.embedding_dims(sparsevec) CALLED ON NULL INPUT;
SELECT hh.embedding_dims(NULL::sparsevec);
ROLLBACK;
BEGIN;
ALTER FUNCTION hh.embedding_dims(bit) CALLED ON NULL INPUT;
SELECT hh.embedding_dims(NULL::bit);
ROLLBACK;
BEGIN;
ALTER FUNCTION hh.embedding_dims(real[]) CALLED ON NULL INPUT;
SELECT hh.embedding_dims(NULL::real[]);
ROLLBACK;
BEGIN;
ALTER FUNCTION hh.embedding_dims(float8[]) CALLED ON NULL INPUT;
SELECT hh.embedding_dims(NULL::float8[]);
ROLLBACK;

DROP SCHEMA dims_test CASCADE;
