-- The embedding's dimension, held against the recorded one ($1) and the service's ($2, said by
-- $3); each may be unknown.
SELECT 'search.candidate_embeddings.embedding',
    CASE
        WHEN a.atttypmod IS DISTINCT FROM coalesce($1::pg_catalog.int4, a.atttypmod)
        THEN 'the column has ' || found.dimensions || ', and was deployed with ' || $1
        ELSE 'the column has ' || found.dimensions || ', and ' || $3::pg_catalog.text || ' says '
            || $2
    END,
    CASE
        WHEN a.atttypmod IS DISTINCT FROM coalesce($1::pg_catalog.int4, a.atttypmod)
        THEN retype.command || $1 || ')'
        WHEN a.atttypmod > 0 THEN 'sh export EMBEDDING_DIMENSIONS=' || a.atttypmod
        ELSE retype.command || $2 || ')'
    END
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT CASE WHEN a.atttypmod > 0 THEN a.atttypmod || ' dimensions' ELSE 'no dimension' END
) AS found (dimensions)
-- The trigger stands in the way; that it is gone is the next finding, which "up" mends.
CROSS JOIN (VALUES (
    'owner DROP TRIGGER IF EXISTS candidate_embeddings_enforce_model ON search.candidate_embeddings ;; '
    'ALTER TABLE search.candidate_embeddings ALTER COLUMN embedding TYPE public.vector('
)) AS retype (command)
WHERE n.nspname = 'search' AND c.relname = 'candidate_embeddings' AND a.attname = 'embedding'
  AND NOT a.attisdropped
  AND (a.atttypmod <> $1::pg_catalog.int4 OR a.atttypmod <> $2::pg_catalog.int4);
