\set QUIET on
\ir directions.sql
\set ECHO queries

SELECT candidate_id, full_name, current_title,
       round((embedding <=> pg_temp.embedding('engenharia de dados', 'a question'))::numeric, 3) AS distance
FROM search.candidate_embeddings JOIN search.candidate_profiles USING (tenant_id)
WHERE tenant_id = 'aurora' AND candidate_id = entity_id
ORDER BY embedding <=> pg_temp.embedding('engenharia de dados', 'a question')
LIMIT 5;
