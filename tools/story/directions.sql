-- Stand-ins for what an embedding model would answer: no model is at hand here.  A text's direction is
-- drawn from its MD5, so it is the same everywhere; directions of different texts are all but
-- orthogonal.  What is close to a profession was made so, and proves nothing about language.

CREATE FUNCTION pg_temp.direction(text, dims integer DEFAULT 768) RETURNS vector
LANGUAGE sql IMMUTABLE AS $$
    SELECT l2_normalize(array_agg(('x' || left(md5($1 || i), 8))::bit(32)::integer::real ORDER BY i)::vector)
    FROM generate_series(1, dims) AS i
$$;

-- Someone of a profession: three parts of it, one part of their own.
CREATE FUNCTION pg_temp.embedding(profession text, person text) RETURNS vector
LANGUAGE sql IMMUTABLE AS $$
    SELECT l2_normalize(array_fill(3, ARRAY[768])::vector * pg_temp.direction(profession)
                        + pg_temp.direction(person))
$$;
