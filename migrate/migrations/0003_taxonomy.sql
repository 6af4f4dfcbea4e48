-- hh: requires-extension 1.0
--
-- Occupations, the names they go by, and how they relate.  A taxonomy shared by all tenants has
-- tenant_id '*'.

CREATE SCHEMA taxonomy;
COMMENT ON SCHEMA taxonomy IS 'The occupations, their aliases and relationships';

CREATE TABLE taxonomy.eco_occupation (
    tenant_id text NOT NULL DEFAULT '*',
    eco_id text NOT NULL,
    locale text NOT NULL DEFAULT 'pt-BR',
    country text NOT NULL DEFAULT 'BR',
    display_name text NOT NULL,
    normalized_title text NOT NULL,
    description text,
    evidence_count integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    updated_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT eco_occupation_pkey PRIMARY KEY (tenant_id, eco_id),
    CONSTRAINT eco_occupation_tenant_id_check CHECK (tenant_id <> ''),
    CONSTRAINT eco_occupation_eco_id_check CHECK (eco_id <> ''),
    CONSTRAINT eco_occupation_normalized_title_check
        CHECK (normalized_title = pg_catalog.lower(normalized_title)),
    CONSTRAINT eco_occupation_evidence_count_check CHECK (evidence_count >= 0)
);

CREATE INDEX eco_occupation_title_idx
    ON taxonomy.eco_occupation (tenant_id, normalized_title, locale, country);

COMMENT ON TABLE taxonomy.eco_occupation IS 'One row an occupation';
COMMENT ON COLUMN taxonomy.eco_occupation.tenant_id IS 'The tenant whose taxonomy it is; * for all';
COMMENT ON COLUMN taxonomy.eco_occupation.eco_id IS 'The occupation, for example ECO.BR.SE.FRONTEND';
COMMENT ON COLUMN taxonomy.eco_occupation.locale IS 'Language of the names, for example pt-BR';
COMMENT ON COLUMN taxonomy.eco_occupation.country IS 'Country of the labour market, for example BR';
COMMENT ON COLUMN taxonomy.eco_occupation.display_name IS 'The name shown to people';
COMMENT ON COLUMN taxonomy.eco_occupation.normalized_title IS
    'The name in lower case without diacritics, by which a title is looked up';
COMMENT ON COLUMN taxonomy.eco_occupation.description IS 'What one does in the occupation';
COMMENT ON COLUMN taxonomy.eco_occupation.evidence_count IS 'How many postings or profiles support it';
COMMENT ON COLUMN taxonomy.eco_occupation.created_at IS 'When the row was made';
COMMENT ON COLUMN taxonomy.eco_occupation.updated_at IS 'When the row was last written';

CREATE TABLE taxonomy.eco_alias (
    tenant_id text NOT NULL DEFAULT '*',
    normalized_alias text NOT NULL,
    eco_id text NOT NULL,
    alias text,
    locale text NOT NULL DEFAULT 'pt-BR',
    country text NOT NULL DEFAULT 'BR',
    confidence numeric NOT NULL DEFAULT 1,
    source text,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT eco_alias_pkey PRIMARY KEY (tenant_id, normalized_alias, eco_id),
    CONSTRAINT eco_alias_normalized_alias_check
        CHECK (normalized_alias <> '' AND normalized_alias = pg_catalog.lower(normalized_alias)),
    CONSTRAINT eco_alias_confidence_check CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT eco_alias_eco_id_fkey FOREIGN KEY (tenant_id, eco_id)
        REFERENCES taxonomy.eco_occupation (tenant_id, eco_id) ON DELETE CASCADE
);

CREATE INDEX eco_alias_eco_id_idx ON taxonomy.eco_alias (tenant_id, eco_id);

COMMENT ON TABLE taxonomy.eco_alias IS 'Other names of an occupation';
COMMENT ON COLUMN taxonomy.eco_alias.tenant_id IS 'The tenant whose taxonomy it is; * for all';
COMMENT ON COLUMN taxonomy.eco_alias.normalized_alias IS 'The alias in lower case without diacritics';
COMMENT ON COLUMN taxonomy.eco_alias.eco_id IS 'The occupation meant';
COMMENT ON COLUMN taxonomy.eco_alias.alias IS 'The alias as it was found';
COMMENT ON COLUMN taxonomy.eco_alias.locale IS 'Language of the alias';
COMMENT ON COLUMN taxonomy.eco_alias.country IS 'Country where the alias is used';
COMMENT ON COLUMN taxonomy.eco_alias.confidence IS 'How sure it is that the alias means the occupation, 0 to 1';
COMMENT ON COLUMN taxonomy.eco_alias.source IS 'Where the alias was found';
COMMENT ON COLUMN taxonomy.eco_alias.created_at IS 'When the row was made';

CREATE TABLE taxonomy.eco_relationship (
    tenant_id text NOT NULL DEFAULT '*',
    source_eco_id text NOT NULL,
    target_eco_id text NOT NULL,
    relationship_type text NOT NULL,
    weight numeric NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT eco_relationship_pkey
        PRIMARY KEY (tenant_id, source_eco_id, target_eco_id, relationship_type),
    CONSTRAINT eco_relationship_relationship_type_check CHECK (relationship_type <> ''),
    CONSTRAINT eco_relationship_distinct_check CHECK (source_eco_id <> target_eco_id),
    CONSTRAINT eco_relationship_weight_check CHECK (weight >= 0 AND weight < 'NaN'),
    CONSTRAINT eco_relationship_source_eco_id_fkey FOREIGN KEY (tenant_id, source_eco_id)
        REFERENCES taxonomy.eco_occupation (tenant_id, eco_id) ON DELETE CASCADE,
    CONSTRAINT eco_relationship_target_eco_id_fkey FOREIGN KEY (tenant_id, target_eco_id)
        REFERENCES taxonomy.eco_occupation (tenant_id, eco_id) ON DELETE CASCADE
);

CREATE INDEX eco_relationship_target_idx
    ON taxonomy.eco_relationship (tenant_id, target_eco_id);

COMMENT ON TABLE taxonomy.eco_relationship IS 'How two occupations relate';
COMMENT ON COLUMN taxonomy.eco_relationship.tenant_id IS 'The tenant whose taxonomy it is; * for all';
COMMENT ON COLUMN taxonomy.eco_relationship.source_eco_id IS 'The occupation the relationship starts from';
COMMENT ON COLUMN taxonomy.eco_relationship.target_eco_id IS 'The occupation it leads to';
COMMENT ON COLUMN taxonomy.eco_relationship.relationship_type IS 'The kind of relationship';
COMMENT ON COLUMN taxonomy.eco_relationship.weight IS 'How strong it is';
COMMENT ON COLUMN taxonomy.eco_relationship.created_at IS 'When the row was made';
