-- hh: requires-extension 1.0
--
-- Labour-market signals, role templates, and the outbox of notifications.

CREATE SCHEMA msgs;
COMMENT ON SCHEMA msgs IS 'Skill adjacency and demand, role templates, and the outbox of notifications';

CREATE TABLE msgs.skill_adjacency (
    tenant_id text NOT NULL DEFAULT '*',
    skill_id text NOT NULL,
    related_skill_id text NOT NULL,
    related_skill_label text,
    pmi_score numeric NOT NULL,
    support integer NOT NULL DEFAULT 0,
    recency_days integer,
    sources text[] NOT NULL DEFAULT '{}',
    updated_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT skill_adjacency_pkey PRIMARY KEY (tenant_id, skill_id, related_skill_id),
    CONSTRAINT skill_adjacency_distinct_check CHECK (skill_id <> related_skill_id),
    CONSTRAINT skill_adjacency_pmi_score_check CHECK (pmi_score < 'NaN'),
    CONSTRAINT skill_adjacency_support_check CHECK (support >= 0),
    CONSTRAINT skill_adjacency_recency_days_check CHECK (recency_days >= 0)
);

CREATE INDEX skill_adjacency_pmi_score_idx
    ON msgs.skill_adjacency (tenant_id, skill_id, pmi_score DESC);

COMMENT ON TABLE msgs.skill_adjacency IS 'Which skills go together, and how strongly';
COMMENT ON COLUMN msgs.skill_adjacency.tenant_id IS 'The tenant whose signal it is; * for all';
COMMENT ON COLUMN msgs.skill_adjacency.skill_id IS 'The skill asked about';
COMMENT ON COLUMN msgs.skill_adjacency.related_skill_id IS 'A skill found beside it';
COMMENT ON COLUMN msgs.skill_adjacency.related_skill_label IS 'The related skill''s name for people';
COMMENT ON COLUMN msgs.skill_adjacency.pmi_score IS
    'Pointwise mutual information of the two skills; answers are ordered by it';
COMMENT ON COLUMN msgs.skill_adjacency.support IS 'How many observations the score rests on';
COMMENT ON COLUMN msgs.skill_adjacency.recency_days IS 'Age of the newest observation, in days';
COMMENT ON COLUMN msgs.skill_adjacency.sources IS 'Where the observations came from';
COMMENT ON COLUMN msgs.skill_adjacency.updated_at IS 'When the row was last written';

CREATE TABLE msgs.skill_demand (
    tenant_id text NOT NULL DEFAULT '*',
    demand_id uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
    skill_id text NOT NULL,
    region text NOT NULL,
    industry text,
    week_start date NOT NULL,
    postings_count integer NOT NULL DEFAULT 0,
    demand_index numeric,
    updated_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT skill_demand_pkey PRIMARY KEY (tenant_id, demand_id),
    -- An unknown industry is one industry: a week has one row for it.
    CONSTRAINT skill_demand_week_key
        UNIQUE NULLS NOT DISTINCT (tenant_id, skill_id, region, industry, week_start),
    CONSTRAINT skill_demand_postings_count_check CHECK (postings_count >= 0),
    CONSTRAINT skill_demand_demand_index_check CHECK (demand_index >= 0 AND demand_index < 'NaN')
);

CREATE INDEX skill_demand_since_idx ON msgs.skill_demand (tenant_id, skill_id, region, week_start);

COMMENT ON TABLE msgs.skill_demand IS 'How much a skill is asked for, by week';
COMMENT ON COLUMN msgs.skill_demand.tenant_id IS 'The tenant whose signal it is; * for all';
COMMENT ON COLUMN msgs.skill_demand.demand_id IS 'Identifier of the row';
COMMENT ON COLUMN msgs.skill_demand.skill_id IS 'The skill';
COMMENT ON COLUMN msgs.skill_demand.region IS 'Where it is asked for';
COMMENT ON COLUMN msgs.skill_demand.industry IS 'The industry asking, or NULL where it is unknown';
COMMENT ON COLUMN msgs.skill_demand.week_start IS 'First day of the week';
COMMENT ON COLUMN msgs.skill_demand.postings_count IS 'How many postings asked for it';
COMMENT ON COLUMN msgs.skill_demand.demand_index IS 'Demand relative to a base';
COMMENT ON COLUMN msgs.skill_demand.updated_at IS 'When the row was last written';

CREATE TABLE msgs.role_template (
    tenant_id text NOT NULL DEFAULT '*',
    eco_id text NOT NULL,
    locale text NOT NULL DEFAULT 'default',
    title text NOT NULL,
    summary text,
    required_skills jsonb NOT NULL DEFAULT '[]',
    preferred_skills jsonb NOT NULL DEFAULT '[]',
    yoe_min integer,
    yoe_max integer,
    version text,
    updated_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT role_template_pkey PRIMARY KEY (tenant_id, eco_id, locale),
    CONSTRAINT role_template_yoe_min_check CHECK (yoe_min >= 0),
    CONSTRAINT role_template_yoe_max_check CHECK (yoe_max >= 0),
    CONSTRAINT role_template_yoe_check CHECK (yoe_min <= yoe_max)
);

COMMENT ON TABLE msgs.role_template IS 'What a position in an occupation usually asks for';
COMMENT ON COLUMN msgs.role_template.tenant_id IS 'The tenant whose template it is; * for all';
COMMENT ON COLUMN msgs.role_template.eco_id IS 'The occupation, as in taxonomy.eco_occupation';
COMMENT ON COLUMN msgs.role_template.locale IS 'Language of the texts, or default';
COMMENT ON COLUMN msgs.role_template.title IS 'Title of the position';
COMMENT ON COLUMN msgs.role_template.summary IS 'What the position is about';
COMMENT ON COLUMN msgs.role_template.required_skills IS 'Skills one must have';
COMMENT ON COLUMN msgs.role_template.preferred_skills IS 'Skills one had better have';
COMMENT ON COLUMN msgs.role_template.yoe_min IS 'Least years of experience';
COMMENT ON COLUMN msgs.role_template.yoe_max IS 'Most years of experience';
COMMENT ON COLUMN msgs.role_template.version IS 'Version of the template';
COMMENT ON COLUMN msgs.role_template.updated_at IS 'When the row was last written';

CREATE TABLE msgs.outbox (
    tenant_id text NOT NULL,
    outbox_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    available_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    attempts integer NOT NULL DEFAULT 0,
    delivered_at timestamptz,
    last_error text,
    CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, outbox_id),
    CONSTRAINT outbox_tenant_id_check CHECK (tenant_id <> ''),
    CONSTRAINT outbox_topic_check CHECK (topic <> ''),
    CONSTRAINT outbox_attempts_check CHECK (attempts >= 0)
);

-- What a worker takes next with FOR UPDATE SKIP LOCKED; delivered rows are not in it.
CREATE INDEX outbox_pending_idx ON msgs.outbox (available_at, outbox_id) WHERE delivered_at IS NULL;

COMMENT ON TABLE msgs.outbox IS
    'Notifications to send: written with the change they tell of, delivered at least once';
COMMENT ON COLUMN msgs.outbox.tenant_id IS 'The tenant the notification concerns';
COMMENT ON COLUMN msgs.outbox.outbox_id IS 'Order of writing';
COMMENT ON COLUMN msgs.outbox.topic IS 'The kind of notification';
COMMENT ON COLUMN msgs.outbox.payload IS 'What is sent';
COMMENT ON COLUMN msgs.outbox.created_at IS 'When the change was made';
COMMENT ON COLUMN msgs.outbox.available_at IS 'When it may be sent, or tried again';
COMMENT ON COLUMN msgs.outbox.attempts IS 'How often it was tried';
COMMENT ON COLUMN msgs.outbox.delivered_at IS 'When it was delivered; NULL until then';
COMMENT ON COLUMN msgs.outbox.last_error IS 'Why the last try failed';
