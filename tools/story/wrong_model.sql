\set QUIET on
\ir directions.sql
\set ECHO queries

INSERT INTO hh.embedding_model (model_version, dims, active) VALUES ('text-embedding-3-small', 1536, false);

INSERT INTO search.candidate_embeddings (tenant_id, entity_id, embedding, model_version, chunk_type)
VALUES ('aurora', 'c01', pg_temp.direction('cut to 768'), 'text-embedding-3-small', 'headline');
