-- What the tables refuse, and what they must take.
BEGIN;
SET LOCAL ROLE regress_hh_owner;

-- The services write in any order.
INSERT INTO search.candidate_embeddings (tenant_id, entity_id, embedding, model_version)
VALUES ('t', 'before-its-profile', array_fill(1::real, '{768}')::public.vector, 'text-embedding-004')
RETURNING chunk_type, id IS NOT NULL AS has_id;
INSERT INTO search.candidate_profiles (tenant_id, candidate_id) VALUES ('t', 'before-its-tenant');
INSERT INTO search.candidate_evidence (tenant_id, candidate_id, source) VALUES ('t', 'unknown', 'cv');
INSERT INTO search.tenants (tenant_id, last_seen_at) VALUES ('t', now())
ON CONFLICT (tenant_id) DO UPDATE SET last_seen_at = excluded.last_seen_at;

-- An unknown industry is one industry.
INSERT INTO msgs.skill_demand (tenant_id, skill_id, region, industry, week_start, postings_count)
VALUES ('t', 'c', 'BR', NULL, '2026-11-16', 1)
ON CONFLICT (tenant_id, skill_id, region, industry, week_start) DO UPDATE SET postings_count = 9;
INSERT INTO msgs.skill_demand (tenant_id, skill_id, region, industry, week_start, postings_count)
VALUES ('t', 'c', 'BR', NULL, '2026-11-16', 1), ('t', 'c', 'BR', 'bank', '2026-11-16', 1)
ON CONFLICT (tenant_id, skill_id, region, industry, week_start) DO UPDATE SET postings_count = 9;
SELECT industry, postings_count FROM msgs.skill_demand ORDER BY 1 NULLS FIRST;

-- What belongs to all tenants.
INSERT INTO taxonomy.eco_occupation (eco_id, display_name, normalized_title)
VALUES ('ECO.BR.SE.FRONTEND', 'Pessoa Desenvolvedora Frontend', 'desenvolvedor frontend'),
       ('ECO.BR.SE.BACKEND', 'Pessoa Desenvolvedora Backend', 'desenvolvedor backend');
INSERT INTO taxonomy.eco_alias (normalized_alias, eco_id, confidence, source)
VALUES ('dev front', 'ECO.BR.SE.FRONTEND', 0.9, 'vagas');
INSERT INTO taxonomy.eco_relationship (source_eco_id, target_eco_id, relationship_type, weight)
VALUES ('ECO.BR.SE.FRONTEND', 'ECO.BR.SE.BACKEND', 'related', 0.5);
INSERT INTO msgs.role_template (eco_id, title, yoe_min, yoe_max) VALUES ('ECO.BR.SE.FRONTEND', 'Frontend', 2, NULL);
INSERT INTO ops.refresh_jobs (job_type) VALUES ('skills') RETURNING tenant_id, status;
INSERT INTO ops.pipeline_metrics (service_name, metric_name, metric_value) VALUES ('s', 'm', 1.5)
RETURNING tenant_id;
SELECT DISTINCT tenant_id FROM taxonomy.eco_occupation;

-- The outbox: two workers never take the same row; retries are counted.
INSERT INTO msgs.outbox (tenant_id, topic, payload)
SELECT 't', 'candidate.updated', jsonb_build_object('n', n) FROM generate_series(1, 3) AS n;
UPDATE msgs.outbox AS o SET attempts = attempts + 1, delivered_at = now()
FROM (SELECT tenant_id, outbox_id FROM msgs.outbox
      WHERE delivered_at IS NULL AND available_at <= now()
      ORDER BY available_at, outbox_id LIMIT 2 FOR UPDATE SKIP LOCKED) AS taken
WHERE (o.tenant_id, o.outbox_id) = (taken.tenant_id, taken.outbox_id)
RETURNING payload, attempts;

-- What is refused.
\set VERBOSITY terse
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    constraint_name text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN integrity_constraint_violation THEN
    GET STACKED DIAGNOSTICS constraint_name = CONSTRAINT_NAME;
    RETURN coalesce(nullif(constraint_name, ''), SQLERRM);
END $$;
SELECT pg_temp.refused(format('INSERT INTO %s', t)) AS refused_by FROM unnest(ARRAY[
    'search.tenants (tenant_id) VALUES ('''')',
    'search.candidate_profiles (tenant_id, candidate_id, years_experience) VALUES (''t'', ''x'', -1)',
    'search.candidate_profiles (tenant_id, candidate_id, years_experience) VALUES (''t'', ''x'', ''NaN'')',
    'search.candidate_profiles (tenant_id, candidate_id, analysis_confidence) VALUES (''t'', ''x'', 1.1)',
    'search.candidate_profiles (tenant_id, candidate_id, profile) VALUES (''t'', ''x'', ''[]'')',
    'search.candidate_embeddings (tenant_id, entity_id, model_version) VALUES (''t'', ''x'', ''m'')',
    'search.candidate_embeddings (tenant_id, entity_id, embedding, model_version, metadata) VALUES (''t'', ''x'', array_fill(1::real, ''{768}'')::public.vector, ''m'', ''1'')',
    'search.search_logs (tenant_id, request, latency_ms) VALUES (''t'', ''{}'', -1)',
    'taxonomy.eco_alias (normalized_alias, eco_id) VALUES (''a'', ''ECO.NOWHERE'')',
    'taxonomy.eco_alias (normalized_alias, eco_id) VALUES (''Upper'', ''ECO.BR.SE.BACKEND'')',
    'taxonomy.eco_relationship (source_eco_id, target_eco_id, relationship_type) VALUES (''ECO.BR.SE.BACKEND'', ''ECO.BR.SE.BACKEND'', ''r'')',
    'msgs.skill_adjacency (skill_id, related_skill_id, pmi_score) VALUES (''c'', ''c'', 1)',
    'msgs.role_template (eco_id, title, yoe_min, yoe_max) VALUES (''e'', ''t'', 5, 2)',
    'hh.embedding_model (model_version, dims) VALUES (''m'', 0)',
    'hh.migration (version, name, kind, checksum, state, applied_by, tool, server_version) VALUES (''1'', ''n'', ''versioned'', '''', ''applied'', '''', '''', '''')'
]) AS t;
\set VERBOSITY default

ROLLBACK;
