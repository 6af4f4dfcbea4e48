-- Rows in every table, as services write them, for tests of what must not lose any.

\set ON_ERROR_STOP on

INSERT INTO hh.embedding_model (model_version, dims, active, description) VALUES
    ('text-embedding-005', 768, true, 'added by an operator'),
    ('ada-002', 1536, false, E'of another dimension\nand with a line break');
UPDATE hh.embedding_model SET active = false WHERE model_version = 'text-embedding-004';

INSERT INTO search.tenants (tenant_id, last_seen_at)
SELECT 't' || i, '2026-01-01 00:00Z' FROM generate_series(1, 3) AS i;

INSERT INTO search.candidate_profiles (
    tenant_id, candidate_id, full_name, current_title, headline, location, country, industries,
    skills, years_experience, analysis_confidence, profile, legal_basis)
SELECT 't' || 1 + i % 3, 'c' || i, 'José Conceição ' || i, 'Engenheira de software',
    'Programação "a sério"', 'São Paulo', CASE WHEN i % 2 = 0 THEN 'BR' END, '{fintech,saúde}',
    ARRAY['Java', 'C++', 'skill ' || i], i / 2.0, 0.75,
    jsonb_build_object('resumo', 'canções', 'n', i),
    'consent'
FROM generate_series(1, 40) AS i;

INSERT INTO search.candidate_embeddings (
    tenant_id, entity_id, chunk_type, model_version, embedding, embedding_text, metadata)
SELECT 't' || 1 + i % 3, 'c' || i, CASE WHEN i % 5 = 0 THEN 'resume' ELSE 'default' END,
    CASE i % 4 WHEN 0 THEN 'invented-name' ELSE 'text-embedding-005' END,
    (SELECT array_agg(sin(i * d)::real) FROM generate_series(1, a.atttypmod) AS d)::public.vector,
    'texto ' || i, jsonb_build_object('lang', 'pt', 'n', i)
FROM generate_series(1, 40) AS i, pg_attribute AS a
WHERE a.attrelid = 'search.candidate_embeddings'::regclass AND a.attname = 'embedding';

INSERT INTO search.candidate_evidence (tenant_id, candidate_id, statement, source, confidence,
    observed_at, payload)
SELECT 't1', 'c' || i, 'led a team', 'resume', 0.9, '2026-02-03 04:05Z', '{"page": 1}'
FROM generate_series(1, 10) AS i;

-- Of this month, of months ahead, and of months that only the default partition holds.
INSERT INTO search.search_logs (tenant_id, request, response, latency_ms, source_service,
    created_at)
SELECT 't1', '{"q": "engenheira"}', '{"n": 3}', 12.5, 'hh-search-svc', moment
FROM (VALUES (now()), (now() + interval '1 month'), ('2019-02-28 23:59:59Z'), ('2023-12-31 12:00Z'),
    ('2099-01-01 00:00Z')) AS m (moment);

INSERT INTO taxonomy.eco_occupation (eco_id, display_name, normalized_title, evidence_count) VALUES
    ('ECO.BR.SE.FRONTEND', 'Desenvolvedor(a) Front-end', 'desenvolvedor front-end', 7),
    ('ECO.BR.SE.BACKEND', 'Desenvolvedor(a) Back-end', 'desenvolvedor back-end', 5);
INSERT INTO taxonomy.eco_alias (normalized_alias, eco_id, alias, confidence, source) VALUES
    ('dev front', 'ECO.BR.SE.FRONTEND', 'Dev Front', 0.8, 'postings');
INSERT INTO taxonomy.eco_relationship (source_eco_id, target_eco_id, relationship_type, weight)
VALUES ('ECO.BR.SE.FRONTEND', 'ECO.BR.SE.BACKEND', 'related', 0.5);

INSERT INTO msgs.skill_adjacency (
    skill_id, related_skill_id, related_skill_label, pmi_score, support, recency_days, sources)
VALUES ('java', 'kotlin', 'Kotlin', 3.25, 12, 9, '{postings,profiles}'),
    ('java', 'scala', 'Scala', '-Infinity', 1, NULL, '{}');
INSERT INTO msgs.skill_demand (skill_id, region, industry, week_start, postings_count, demand_index)
VALUES ('java', 'BR-SP', NULL, '2026-01-05', 30, 1.5),
    ('java', 'BR-SP', 'fintech', '2026-01-05', 3, 2);
INSERT INTO msgs.role_template (eco_id, title, required_skills, yoe_min, yoe_max, version)
VALUES ('ECO.BR.SE.FRONTEND', 'Front-end', '["js"]', 1, 5, '1');
INSERT INTO msgs.outbox (tenant_id, topic, payload, attempts, delivered_at, last_error)
SELECT 't1', 'profile.changed', jsonb_build_object('n', i), i % 3,
    CASE WHEN i % 2 = 0 THEN timestamptz '2026-03-01 00:00Z' END, NULL
FROM generate_series(1, 7) AS i;

INSERT INTO ops.refresh_jobs (job_type, status, requested_at, metadata)
VALUES ('skills', 'done', '2026-01-01 00:00Z', '{"by": "hh-admin-svc"}');
INSERT INTO ops.pipeline_metrics (service_name, metric_name, metric_value, recorded_at)
SELECT 'hh-embed-svc', 'latency', v, moment
FROM (VALUES (0.1::float8, now()), ('NaN', '2020-05-05 00:00Z'), (1e300, '2098-01-01 00:00Z'))
    AS m (v, moment);
