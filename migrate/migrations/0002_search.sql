-- hh: requires-extension 1.0
-- hh: vars embedding_dimensions
--
-- What is searched, and what was searched for.  The services write in any order, so no foreign
-- key ties an embedding to its profile or a profile to its tenant.

CREATE SCHEMA search;
COMMENT ON SCHEMA search IS 'Candidate profiles, their embeddings and evidence, and the log of searches';

CREATE TABLE search.tenants (
    tenant_id text NOT NULL,
    display_name text,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    last_seen_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenants_tenant_id_check CHECK (tenant_id <> '')
);

COMMENT ON TABLE search.tenants IS 'The tenants seen so far; a row appears with a tenant''s first embedding';
COMMENT ON COLUMN search.tenants.tenant_id IS 'The tenant, the first column of every key';
COMMENT ON COLUMN search.tenants.display_name IS 'The tenant''s name for people';
COMMENT ON COLUMN search.tenants.created_at IS 'When the tenant was first seen';
COMMENT ON COLUMN search.tenants.last_seen_at IS 'When a service last worked for the tenant';

CREATE TABLE search.candidate_profiles (
    tenant_id text NOT NULL,
    candidate_id text NOT NULL,
    full_name text,
    current_title text,
    headline text,
    location text,
    country text,
    industries text[] NOT NULL DEFAULT '{}',
    skills text[] NOT NULL DEFAULT '{}',
    years_experience numeric,
    analysis_confidence numeric,
    profile jsonb NOT NULL DEFAULT '{}',
    legal_basis text,
    consent_record text,
    transfer_mechanism text,
    search_document tsvector,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    updated_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT candidate_profiles_pkey PRIMARY KEY (tenant_id, candidate_id),
    CONSTRAINT candidate_profiles_tenant_id_check CHECK (tenant_id <> ''),
    CONSTRAINT candidate_profiles_candidate_id_check CHECK (candidate_id <> ''),
    -- NaN sorts above every number, so the upper bound keeps it out.
    CONSTRAINT candidate_profiles_years_experience_check
        CHECK (years_experience >= 0 AND years_experience < 'NaN'),
    CONSTRAINT candidate_profiles_analysis_confidence_check
        CHECK (analysis_confidence BETWEEN 0 AND 1),
    CONSTRAINT candidate_profiles_profile_check
        CHECK (pg_catalog.jsonb_typeof(profile) = 'object')
);

CREATE INDEX candidate_profiles_search_document_idx
    ON search.candidate_profiles USING gin (search_document);
CREATE INDEX candidate_profiles_skills_idx ON search.candidate_profiles USING gin (skills);
CREATE INDEX candidate_profiles_industries_idx ON search.candidate_profiles USING gin (industries);
CREATE INDEX candidate_profiles_profile_idx
    ON search.candidate_profiles USING gin (profile jsonb_path_ops);
CREATE INDEX candidate_profiles_location_idx
    ON search.candidate_profiles (tenant_id, pg_catalog.lower(location));
CREATE INDEX candidate_profiles_country_idx ON search.candidate_profiles (tenant_id, country);

COMMENT ON TABLE search.candidate_profiles IS 'One row a candidate and tenant: what hh-search-svc searches';
COMMENT ON COLUMN search.candidate_profiles.tenant_id IS 'The tenant the candidate belongs to';
COMMENT ON COLUMN search.candidate_profiles.candidate_id IS
    'The candidate, per tenant; candidate_embeddings.entity_id is the same';
COMMENT ON COLUMN search.candidate_profiles.full_name IS 'The candidate''s name';
COMMENT ON COLUMN search.candidate_profiles.current_title IS
    'Title of the present position; weight A in search_document';
COMMENT ON COLUMN search.candidate_profiles.headline IS 'One line about the candidate; weight B in search_document';
COMMENT ON COLUMN search.candidate_profiles.location IS 'Place of residence as written; filtered by lower(location)';
COMMENT ON COLUMN search.candidate_profiles.country IS 'Country, or NULL where it is unknown';
COMMENT ON COLUMN search.candidate_profiles.industries IS 'Industries worked in; weight C in search_document';
COMMENT ON COLUMN search.candidate_profiles.skills IS 'Skills; weight B in search_document';
COMMENT ON COLUMN search.candidate_profiles.years_experience IS 'Years of professional experience';
COMMENT ON COLUMN search.candidate_profiles.analysis_confidence IS
    'How sure the enrichment was of its analysis, 0 to 1';
COMMENT ON COLUMN search.candidate_profiles.profile IS
    'The whole profile; its strings have weight D in search_document';
COMMENT ON COLUMN search.candidate_profiles.legal_basis IS 'Legal basis of processing the candidate''s data';
COMMENT ON COLUMN search.candidate_profiles.consent_record IS 'Reference to the record of consent';
COMMENT ON COLUMN search.candidate_profiles.transfer_mechanism IS
    'Mechanism that permits transferring the data abroad';
COMMENT ON COLUMN search.candidate_profiles.search_document IS
    'Portuguese full-text document, derived by a trigger; what is written to it is replaced';
COMMENT ON COLUMN search.candidate_profiles.created_at IS 'When the row was made';
COMMENT ON COLUMN search.candidate_profiles.updated_at IS 'When a service last wrote the row';

-- What every scan reads stands before the embedding, so that no scan decodes a long text to reach it.
CREATE TABLE search.candidate_embeddings (
    id uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
    tenant_id text NOT NULL,
    entity_id text NOT NULL,
    chunk_type text NOT NULL DEFAULT 'default',
    model_version text NOT NULL,
    embedding public.vector(:embedding_dimensions) NOT NULL,
    embedding_text text,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    updated_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT candidate_embeddings_pkey PRIMARY KEY (tenant_id, entity_id, chunk_type),
    CONSTRAINT candidate_embeddings_id_key UNIQUE (tenant_id, id),
    CONSTRAINT candidate_embeddings_tenant_id_check CHECK (tenant_id <> ''),
    CONSTRAINT candidate_embeddings_entity_id_check CHECK (entity_id <> ''),
    CONSTRAINT candidate_embeddings_metadata_check
        CHECK (pg_catalog.jsonb_typeof(metadata) = 'object')
);

-- hh-embed-svc makes this index at start-up in auto-migrate mode, by this name.
CREATE INDEX candidate_embeddings_tenant_idx
    ON search.candidate_embeddings (tenant_id, entity_id);
CREATE INDEX candidate_embeddings_metadata_idx
    ON search.candidate_embeddings USING gin (metadata jsonb_path_ops);
CREATE INDEX candidate_embeddings_embedding_hnsw_idx
    ON search.candidate_embeddings USING hnsw (embedding public.vector_cosine_ops)
    WITH (m = 16, ef_construction = 64);

COMMENT ON TABLE search.candidate_embeddings IS
    'Embeddings of candidates, one row a tenant, entity and kind of chunk';
COMMENT ON COLUMN search.candidate_embeddings.id IS 'Identifier returned to the service, unique per tenant';
COMMENT ON COLUMN search.candidate_embeddings.tenant_id IS 'The tenant the entity belongs to';
COMMENT ON COLUMN search.candidate_embeddings.entity_id IS 'What was embedded: the candidate_id';
COMMENT ON COLUMN search.candidate_embeddings.chunk_type IS 'Which part of the entity was embedded';
COMMENT ON COLUMN search.candidate_embeddings.model_version IS
    'The model that made the embedding; hh.embedding_model lists the known ones';
COMMENT ON COLUMN search.candidate_embeddings.embedding IS
    'The embedding; its type''s modifier is the dimension of this database';
COMMENT ON COLUMN search.candidate_embeddings.embedding_text IS 'The text that was embedded';
COMMENT ON COLUMN search.candidate_embeddings.metadata IS 'What a query may filter by with @>';
COMMENT ON COLUMN search.candidate_embeddings.created_at IS 'When the row was made';
COMMENT ON COLUMN search.candidate_embeddings.updated_at IS 'When the embedding was last written';

CREATE TABLE search.candidate_evidence (
    tenant_id text NOT NULL,
    evidence_id uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
    candidate_id text NOT NULL,
    statement text,
    source text NOT NULL,
    confidence numeric,
    observed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    payload jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT candidate_evidence_pkey PRIMARY KEY (tenant_id, evidence_id),
    CONSTRAINT candidate_evidence_tenant_id_check CHECK (tenant_id <> ''),
    CONSTRAINT candidate_evidence_candidate_id_check CHECK (candidate_id <> ''),
    CONSTRAINT candidate_evidence_confidence_check CHECK (confidence BETWEEN 0 AND 1)
);

CREATE INDEX candidate_evidence_candidate_idx
    ON search.candidate_evidence (tenant_id, candidate_id, observed_at DESC);

COMMENT ON TABLE search.candidate_evidence IS 'Where each statement about a candidate came from';
COMMENT ON COLUMN search.candidate_evidence.tenant_id IS 'The tenant the candidate belongs to';
COMMENT ON COLUMN search.candidate_evidence.evidence_id IS 'Identifier of the evidence, unique per tenant';
COMMENT ON COLUMN search.candidate_evidence.candidate_id IS 'The candidate the statement is about';
COMMENT ON COLUMN search.candidate_evidence.statement IS 'What is stated';
COMMENT ON COLUMN search.candidate_evidence.source IS 'Where the statement was found';
COMMENT ON COLUMN search.candidate_evidence.confidence IS 'How sure the source is, 0 to 1';
COMMENT ON COLUMN search.candidate_evidence.observed_at IS 'When the source was read';
COMMENT ON COLUMN search.candidate_evidence.payload IS 'What the source said, as it said it';
COMMENT ON COLUMN search.candidate_evidence.created_at IS 'When the row was made';

CREATE TABLE search.search_logs (
    tenant_id text NOT NULL,
    search_id uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
    request jsonb NOT NULL,
    response jsonb,
    latency_ms numeric,
    source_service text,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT search_logs_pkey PRIMARY KEY (tenant_id, created_at, search_id),
    CONSTRAINT search_logs_tenant_id_check CHECK (tenant_id <> ''),
    CONSTRAINT search_logs_latency_ms_check CHECK (latency_ms >= 0 AND latency_ms < 'NaN'),
    CONSTRAINT search_logs_created_at_check CHECK (pg_catalog.isfinite(created_at))
) PARTITION BY RANGE (created_at);

COMMENT ON TABLE search.search_logs IS 'One row a search, partitioned by month (UTC) of created_at';
COMMENT ON COLUMN search.search_logs.tenant_id IS 'The tenant that searched';
COMMENT ON COLUMN search.search_logs.search_id IS 'Identifier of the search';
COMMENT ON COLUMN search.search_logs.request IS 'What was asked';
COMMENT ON COLUMN search.search_logs.response IS 'What was answered';
COMMENT ON COLUMN search.search_logs.latency_ms IS 'How long the search took, in milliseconds';
COMMENT ON COLUMN search.search_logs.source_service IS 'The service that searched';
COMMENT ON COLUMN search.search_logs.created_at IS 'When the search was made; decides the partition';

-- LIKE, not PARTITION OF, brings the columns' comments along.
CREATE TABLE search.search_logs_default (LIKE search.search_logs INCLUDING ALL);
ALTER TABLE search.search_logs ATTACH PARTITION search.search_logs_default DEFAULT;
COMMENT ON TABLE search.search_logs_default IS
    'Safety net for rows of months without a partition; ops.maintain_partitions() empties it';
