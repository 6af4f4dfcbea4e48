-- What hh-search-svc asks: both arms' best 300, fused by reciprocal rank, then filtered.

\set QUIET on
\ir directions.sql
\set ECHO queries
SET hnsw.ef_search = 100;

WITH vector_arm AS (
    SELECT entity_id AS candidate_id, row_number() OVER (ORDER BY embedding <=> asked) AS rank
    FROM search.candidate_embeddings, pg_temp.embedding('engenharia de dados', 'a question') AS asked
    WHERE tenant_id = 'aurora'
    ORDER BY embedding <=> asked
    LIMIT 300
), text_arm AS (
    SELECT candidate_id, row_number() OVER (ORDER BY score DESC, candidate_id) AS rank
    FROM (SELECT candidate_id, ts_rank_cd(search_document, query) AS score
          FROM search.candidate_profiles, plainto_tsquery('portuguese', 'python e dados') AS query
          WHERE tenant_id = 'aurora' AND search_document @@ query
          ORDER BY score DESC
          LIMIT 300) AS matching
)
SELECT candidate_id, full_name, current_title, location, v.rank AS by_vector, t.rank AS by_text,
       round(coalesce(1.0 / (60 + v.rank), 0) + coalesce(1.0 / (60 + t.rank), 0), 5) AS score
FROM vector_arm AS v FULL JOIN text_arm AS t USING (candidate_id)
    JOIN search.candidate_profiles AS p USING (candidate_id)
WHERE p.tenant_id = 'aurora' AND (p.country = 'BR' OR p.country IS NULL)
    AND p.years_experience BETWEEN 3 AND 20
ORDER BY score DESC, candidate_id
LIMIT 5;
