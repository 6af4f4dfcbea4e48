\set ECHO queries

INSERT INTO search.candidate_embeddings (tenant_id, entity_id, embedding, model_version, chunk_type)
VALUES ('aurora', 'c01', array_fill(0, ARRAY[768])::vector, 'text-embedding-004', 'headline');
