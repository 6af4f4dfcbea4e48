\set QUIET on
\ir directions.sql
SELECT pg_temp.embedding('engenharia de dados', 'quem sabe tratar dados?') AS wanted \gset
\set QUIET off

SELECT candidate_id, full_name, current_title, round((embedding <=> :'wanted')::numeric, 3) AS distance
FROM search.candidate_embeddings JOIN search.candidate_profiles USING (tenant_id)
WHERE tenant_id = 'aurora' AND candidate_id = entity_id
ORDER BY embedding <=> :'wanted'
LIMIT 5;
