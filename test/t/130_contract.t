# What the services send, to the letter: each sentence of the contract as the statement it means.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

my $node = new_node('main');
add_role($node, 'owner');
add_database($node, 'contract', 'owner');
run_sql($node, 'contract', 'owner', 'CREATE EXTENSION headhunter');

sub answers
{
    my ($name, $expected, $sql) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is(run_sql($node, 'contract', 'owner', $sql), $expected, $name);
    return;
}

sub refuses
{
    my ($name, $message, $sql) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($status, $out, $err) = try_sql($node, 'contract', 'owner', $sql);
    like($err, $message, $name);
    return;
}

# A column as a service names it; types as format_type() has them.
sub has_columns
{
    my ($table, %columns) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my %found = map { split /\|/ } split /\n/, run_sql($node, 'contract', 'owner', qq{
        SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = '$table'::regclass AND attnum > 0 AND NOT attisdropped});
    is_deeply({ map { $_ => $found{$_} } keys %columns }, \%columns,
        "$table has the columns named");
    return;
}

# Every named column and its type.

has_columns('search.tenants', tenant_id => 'text', last_seen_at => 'timestamp with time zone');
has_columns(
    'search.candidate_embeddings',
    id => 'uuid',
    tenant_id => 'text',
    entity_id => 'text',
    chunk_type => 'text',
    model_version => 'text',
    embedding => 'vector(768)',
    embedding_text => 'text',
    metadata => 'jsonb',
    created_at => 'timestamp with time zone',
    updated_at => 'timestamp with time zone');
has_columns(
    'search.candidate_profiles',
    candidate_id => 'text',
    tenant_id => 'text',
    full_name => 'text',
    current_title => 'text',
    headline => 'text',
    location => 'text',
    country => 'text',
    industries => 'text[]',
    skills => 'text[]',
    years_experience => 'numeric',
    analysis_confidence => 'numeric',
    profile => 'jsonb',
    legal_basis => 'text',
    consent_record => 'text',
    transfer_mechanism => 'text',
    search_document => 'tsvector',
    updated_at => 'timestamp with time zone');
has_columns(
    'search.candidate_evidence',
    tenant_id => 'text',
    candidate_id => 'text',
    source => 'text',
    confidence => 'numeric',
    observed_at => 'timestamp with time zone',
    payload => 'jsonb');
has_columns(
    'search.search_logs',
    tenant_id => 'text',
    search_id => 'uuid',
    request => 'jsonb',
    response => 'jsonb',
    latency_ms => 'numeric',
    source_service => 'text');
has_columns(
    'taxonomy.eco_occupation',
    eco_id => 'text',
    locale => 'text',
    country => 'text',
    display_name => 'text',
    normalized_title => 'text',
    description => 'text',
    evidence_count => 'integer');
has_columns(
    'taxonomy.eco_alias',
    normalized_alias => 'text',
    eco_id => 'text',
    confidence => 'numeric',
    source => 'text');
has_columns('taxonomy.eco_relationship', relationship_type => 'text', weight => 'numeric');
has_columns(
    'msgs.skill_adjacency',
    tenant_id => 'text',
    skill_id => 'text',
    related_skill_id => 'text',
    related_skill_label => 'text',
    pmi_score => 'numeric',
    support => 'integer',
    recency_days => 'integer',
    sources => 'text[]');
has_columns(
    'msgs.role_template',
    tenant_id => 'text',
    eco_id => 'text',
    locale => 'text',
    title => 'text',
    summary => 'text',
    required_skills => 'jsonb',
    preferred_skills => 'jsonb',
    yoe_min => 'integer',
    yoe_max => 'integer',
    version => 'text');
has_columns(
    'msgs.skill_demand',
    tenant_id => 'text',
    skill_id => 'text',
    region => 'text',
    industry => 'text',
    week_start => 'date',
    postings_count => 'integer',
    demand_index => 'numeric');
has_columns(
    'ops.refresh_jobs',
    tenant_id => 'text',
    job_type => 'text',
    status => 'text',
    requested_at => 'timestamp with time zone',
    started_at => 'timestamp with time zone',
    completed_at => 'timestamp with time zone',
    failure_reason => 'text',
    metadata => 'jsonb');
has_columns(
    'ops.pipeline_metrics',
    service_name => 'text',
    metric_name => 'text',
    metric_value => 'double precision',
    recorded_at => 'timestamp with time zone');

# hh-embed-svc: verify.

answers('the driver finds type vector', 'vector',
    q{SELECT typname FROM pg_type WHERE typname = 'vector'});
answers('vector and pgcrypto are installed', "pgcrypto\nvector",
    q{SELECT extname FROM pg_extension WHERE extname IN ('vector', 'pgcrypto') ORDER BY 1});
answers('schema search is there', '1',
    q{SELECT 1 FROM information_schema.schemata WHERE schema_name = 'search'});
answers('so are both tables', '2',
    q{SELECT count(*) FROM information_schema.tables
        WHERE table_schema = 'search' AND table_name IN ('candidate_embeddings', 'tenants')});
answers('the column has the dimension', '768',
    q{SELECT a.atttypmod FROM pg_attribute AS a
        JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = 'search' AND c.relname = 'candidate_embeddings'
            AND a.attname = 'embedding'});
answers('the HNSW index is there by name', 't',
    q{SELECT indexdef LIKE '%USING hnsw%' FROM pg_indexes
        WHERE schemaname = 'search' AND tablename = 'candidate_embeddings'
            AND indexname = 'candidate_embeddings_embedding_hnsw_idx'});
answers('built as designed', 't',
    q{SELECT indexdef LIKE '%USING hnsw (embedding vector_cosine_ops) WITH (m=''16'', ef_construction=''64'')'
            AND indisvalid
        FROM pg_indexes JOIN pg_index
            ON indexrelid = 'search.candidate_embeddings_embedding_hnsw_idx'::regclass
        WHERE indexname = 'candidate_embeddings_embedding_hnsw_idx'});

# hh-embed-svc: its own DDL at start-up, over what stands.

my $start_up = q{
    CREATE EXTENSION IF NOT EXISTS vector;
    CREATE EXTENSION IF NOT EXISTS pgcrypto;
    CREATE SCHEMA IF NOT EXISTS search;
    CREATE TABLE IF NOT EXISTS search.tenants (tenant_id text PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS search.candidate_embeddings (tenant_id text PRIMARY KEY);
    CREATE INDEX IF NOT EXISTS candidate_embeddings_tenant_idx
        ON search.candidate_embeddings (tenant_id, entity_id);
    CREATE INDEX IF NOT EXISTS candidate_embeddings_embedding_hnsw_idx
        ON search.candidate_embeddings USING hnsw (embedding vector_cosine_ops)
        WITH (m = 16, ef_construction = 64);
    DROP INDEX IF EXISTS search.candidate_embeddings_embedding_cosine_idx;
};
my $before = catalog($node, 'contract');
run_sql($node, 'contract', 'owner', $start_up);
is_same_listing(catalog($node, 'contract'), $before,
    'start-up DDL makes nothing and drops nothing');

# hh-embed-svc: writes.  The embedding comes first: no tenant, no profile yet.

my $unit = q{(SELECT array_agg(CASE WHEN i = %d THEN 1 ELSE 0 END::real)::vector
    FROM generate_series(1, 768) AS i)};
my $upsert = q{
    INSERT INTO search.candidate_embeddings (tenant_id, entity_id, embedding, embedding_text,
        metadata, model_version, chunk_type, created_at, updated_at)
    VALUES ('t1', %s, %s, %s, %s, 'text-embedding-004', %s, now(), now())
    ON CONFLICT (tenant_id, entity_id, chunk_type) DO UPDATE
    SET embedding = EXCLUDED.embedding, embedding_text = EXCLUDED.embedding_text,
        metadata = EXCLUDED.metadata, model_version = EXCLUDED.model_version,
        updated_at = EXCLUDED.updated_at
    RETURNING id, tenant_id, entity_id, embedding_text, metadata, model_version, chunk_type,
        created_at, updated_at};

my $row = run_sql($node, 'contract', 'owner',
    sprintf $upsert, q{'c1'}, sprintf($unit, 1), q{'um'}, q{'{"lang": "pt"}'}, 'DEFAULT');
like($row, qr/^[0-9a-f]{8}-[-0-9a-f]{27}\|t1\|c1\|um\|\{"lang": "pt"\}\|text-embedding-004\|default\|/,
    'an embedding before its tenant and profile');
my ($id) = $row =~ /^([-0-9a-f]+)\|/;
like(
    run_sql($node, 'contract', 'owner',
        sprintf $upsert, q{'c1'}, sprintf($unit, 2), q{'dois'}, q{'{"lang": "pt", "n": 2}'},
            q{'default'}),
    qr/^\Q$id\E\|t1\|c1\|dois\|/,
    'again: the same row with the same id');
like(
    run_sql($node, 'contract', 'owner',
        sprintf $upsert, q{'c1'}, sprintf($unit, 3), 'NULL', q{'{}'}, q{'resume'}),
    qr/\|resume\|/, 'another chunk of the same entity is another row');
my @insert = split /\n/, run_sql($node, 'contract', 'owner', q{
    INSERT INTO search.candidate_embeddings (tenant_id, entity_id, embedding, model_version)
    SELECT 't1', 'c' || i,
        (SELECT array_agg(CASE d WHEN 1 THEN 1 WHEN i THEN i / 2.0 ELSE 0 END::real)
        FROM generate_series(1, 768) AS d)::vector,
        'a name nobody registered'
    FROM generate_series(2, 20) AS i
    RETURNING chunk_type});
is("@{[ @insert[0, 18] ]}", 'default default', q{chunk_type is 'default' where it isn't said});

foreach (1, 2)
{
    run_sql($node, 'contract', 'owner', q{
        INSERT INTO search.tenants (tenant_id, last_seen_at) VALUES ('t1', now())
        ON CONFLICT (tenant_id) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at});
}
answers('a tenant is seen twice and there once', '1',
    q{SELECT count(*) FROM search.tenants WHERE tenant_id = 't1' AND last_seen_at >= created_at});

# hh-embed-svc: queries.

my $query = q{
    SET hnsw.ef_search = 200;
    SELECT entity_id, chunk_type FROM search.candidate_embeddings
    WHERE tenant_id = 't1' AND embedding <=> %s < %s %s
    ORDER BY embedding <=> %s LIMIT 300};
answers('cosine distance under a threshold', 'c1|default',
    sprintf $query, sprintf($unit, 2), 0.05, q{AND metadata @> '{"n": 2}'}, sprintf($unit, 2));
answers('metadata that nobody has', '',
    sprintf $query, sprintf($unit, 2), 2, q{AND metadata @> '{"n": 3}'}, sprintf($unit, 2));
answers('ordered by distance', "c2|default\nc3|default\nc4|default",
    q{SELECT entity_id, chunk_type FROM search.candidate_embeddings WHERE tenant_id = 't1'
        ORDER BY embedding <=> } . sprintf($unit, 1) . ' LIMIT 3');
answers('of one tenant only', '',
    q{SELECT entity_id FROM search.candidate_embeddings WHERE tenant_id = 't2'
        ORDER BY embedding <=> } . sprintf($unit, 1) . ' LIMIT 300');
answers('the distance and the filter each have an index',
    "embedding_hnsw_idx\nmetadata_idx\ntenant_idx",
    q{SELECT substr(indexname, 22) FROM pg_indexes WHERE tablename = 'candidate_embeddings'
        AND schemaname = 'search'
        AND (indexdef LIKE '%hnsw%' OR indexdef LIKE '%gin (metadata%'
            OR indexdef LIKE '%btree (tenant_id, entity_id)')
        ORDER BY 1});
answers('health', '21', 'SELECT count(*) FROM search.candidate_embeddings');

# hh-search-svc: verify.

answers('both tables are visible', '2',
    q{SELECT count(*) FROM information_schema.tables
        WHERE table_schema = 'search'
            AND table_name IN ('candidate_embeddings', 'candidate_profiles')});
answers('the compliance columns exist', '3',
    q{SELECT count(*) FROM information_schema.columns
        WHERE table_schema = 'search' AND table_name = 'candidate_profiles'
            AND column_name IN ('legal_basis', 'consent_record', 'transfer_mechanism')});
answers(q{'portuguese' is legible in a trigger's definition}, 't',
    q{SELECT bool_or(pg_get_triggerdef(oid) LIKE '%portuguese%') FROM pg_trigger
        WHERE tgrelid = 'search.candidate_profiles'::regclass AND NOT tgisinternal});
answers('in information_schema too', 't',
    q{SELECT bool_or(action_statement LIKE '%portuguese%') FROM information_schema.triggers
        WHERE event_object_schema = 'search' AND event_object_table = 'candidate_profiles'});

# hh-enrich-svc: every column but search_document, in any order and again.

my $profile = q{
    INSERT INTO search.candidate_profiles (candidate_id, tenant_id, full_name, current_title,
        headline, location, country, industries, skills, years_experience, analysis_confidence,
        profile, legal_basis, consent_record, transfer_mechanism, updated_at)
    VALUES (%s, 'consent', 'record-1', 'SCC', now())
    ON CONFLICT (tenant_id, candidate_id) DO UPDATE
    SET current_title = EXCLUDED.current_title, headline = EXCLUDED.headline,
        skills = EXCLUDED.skills, profile = EXCLUDED.profile, updated_at = EXCLUDED.updated_at};
run_sql($node, 'contract', 'owner', sprintf $profile, $_) foreach (
    q{'c1', 't1', 'Ana', 'Engenheira de software', 'Líder', 'São Paulo', 'BR', '{fintech}',
        '{Java,C++}', 8, 0.9, '{"about": "pagamentos"}'},
    q{'c2', 't1', 'Bruno', 'Engenheiro de dados', NULL, 'Porto Alegre', NULL, '{varejo}',
        '{Python}', 3.5, 0.5, '{"about": ["um pouco de software"]}'},
    q{'c3', 't1', 'Carla', 'Médica', NULL, 'são paulo', 'PT', '{saúde}', '{}', 12, 1, '{}'},
    q{'c3', 't1', 'Carla', 'Médica', NULL, 'são paulo', 'PT', '{saúde}', '{}', 12, 1, '{}'},
    q{'c1', 't2', 'Ana', 'Engenheira', NULL, NULL, NULL, '{}', '{}', NULL, NULL, '{}'});
run_sql($node, 'contract', 'owner', q{
    INSERT INTO search.candidate_profiles (tenant_id, candidate_id)
    VALUES ('nobody', 'barely known')});

# hh-search-svc: hybrid search.

sub text_arm
{
    my ($text) = @_;
    return qq{SELECT candidate_id FROM search.candidate_profiles
        WHERE tenant_id = 't1' AND search_document @@ plainto_tsquery('portuguese', '$text')
        ORDER BY ts_rank_cd(search_document, plainto_tsquery('portuguese', '$text')) DESC,
            candidate_id LIMIT 300};
}
answers('engenheiras finds Engenheira', 'c1', text_arm('engenheiras pagamentos'));
answers('and Engenheiro is an inflection of it', "c1\nc2", text_arm('engenheiras'));
answers('the profile is searched', 'c1', text_arm('pagamento'));
answers('so are skills', 'c2', text_arm('python'));
answers('a title weighs more than a profile', 't', q{
    SELECT ts_rank_cd(a.search_document, q) > ts_rank_cd(b.search_document, q)
    FROM search.candidate_profiles AS a, search.candidate_profiles AS b,
        plainto_tsquery('portuguese', 'software') AS q
    WHERE (a.tenant_id, a.candidate_id) = ('t1', 'c1')
        AND (b.tenant_id, b.candidate_id) = ('t1', 'c2')});

my $hybrid = q{
    SET hnsw.ef_search = 100;
    WITH vector_arm AS (
        SELECT entity_id AS candidate_id, row_number() OVER (ORDER BY distance) AS rank
        FROM (
            SELECT entity_id, embedding <=> } . sprintf($unit, 2) . q{ AS distance
            FROM search.candidate_embeddings WHERE tenant_id = 't1'
            ORDER BY embedding <=> } . sprintf($unit, 2) . q{ LIMIT 300) AS nearest
    ), text_arm AS (
        SELECT candidate_id, row_number() OVER (
            ORDER BY ts_rank_cd(search_document,
                plainto_tsquery('portuguese', 'engenheiras')) DESC) AS rank
        FROM search.candidate_profiles
        WHERE tenant_id = 't1' AND search_document @@ plainto_tsquery('portuguese', 'engenheiras')
        LIMIT 300
    ), fused AS (
        SELECT candidate_id, sum(1.0 / (60 + rank)) AS score
        FROM (SELECT * FROM vector_arm UNION ALL SELECT * FROM text_arm) AS arms
        GROUP BY candidate_id
    )
    SELECT p.candidate_id FROM fused JOIN search.candidate_profiles AS p
        ON p.tenant_id = 't1' AND p.candidate_id = fused.candidate_id
    WHERE %s
    ORDER BY score DESC, p.candidate_id LIMIT 10 OFFSET %d};
answers('hybrid search', "c1\nc2\nc3", sprintf $hybrid, 'true', 0);
answers('location in a list', "c1\nc3", sprintf $hybrid, q{lower(p.location) = ANY ('{são paulo}')},
    0);
answers('country in a list or unknown', "c1\nc2", sprintf $hybrid,
    q{(p.country = ANY ('{BR}') OR p.country IS NULL)}, 0);
answers('industries overlap', "c2\nc3", sprintf $hybrid, q{p.industries && '{varejo,saúde}'}, 0);
answers('skills contain', "c1", sprintf $hybrid, q{p.skills @> '{Java}'}, 0);
answers('years between', "c1\nc2", sprintf $hybrid, q{p.years_experience BETWEEN 3.5 AND 8}, 0);
answers('profile contains', "c1", sprintf $hybrid, q{p.profile @> '{"about": "pagamentos"}'}, 0);
answers('with an offset', "c2\nc3", sprintf $hybrid, 'true', 1);
answers('health', '5', 'SELECT count(*) FROM search.candidate_profiles');

answers('one row a search is logged', 'hh-search-svc|42', q{
    INSERT INTO search.search_logs (tenant_id, search_id, request, response, latency_ms,
        source_service)
    VALUES ('t1', gen_random_uuid(), '{"q": "engenheiras"}', '{"total": 2}', 42, 'hh-search-svc')
    RETURNING source_service, latency_ms});
answers('in the partition of its month', 't', q{
    SELECT tableoid::regclass::text
        = 'search.search_logs' || to_char(now() AT TIME ZONE 'UTC', '_YYYY_MM')
    FROM search.search_logs});

# hh-enrich-svc and hh-evidence-svc.

answers('evidence: where a statement came from', 'resume|0.8|{"page": 1}', q{
    INSERT INTO search.candidate_evidence (tenant_id, candidate_id, source, confidence, observed_at,
        payload)
    VALUES ('t1', 'never seen', 'resume', 0.8, now(), '{"page": 1}');
    SELECT source, confidence, payload FROM search.candidate_evidence
    WHERE tenant_id = 't1' AND candidate_id = 'never seen' ORDER BY observed_at DESC});

# hh-eco-svc.

run_sql($node, 'contract', 'owner', q{
    INSERT INTO taxonomy.eco_occupation (eco_id, locale, country, display_name, normalized_title,
        description, evidence_count)
    VALUES ('ECO.BR.SE.FRONTEND', 'pt-BR', 'BR', 'Desenvolvedor(a) Front-end',
        'desenvolvedor front-end', 'Faz telas', 7),
        ('ECO.BR.SE.BACKEND', 'pt-BR', 'BR', 'Desenvolvedor(a) Back-end', 'desenvolvedor back-end',
            NULL, 0);
    INSERT INTO taxonomy.eco_alias (normalized_alias, eco_id, confidence, source)
    VALUES ('dev front', 'ECO.BR.SE.FRONTEND', 0.8, 'postings');
    INSERT INTO taxonomy.eco_relationship (source_eco_id, target_eco_id, relationship_type, weight)
    VALUES ('ECO.BR.SE.FRONTEND', 'ECO.BR.SE.BACKEND', 'related', 0.5)});
answers('a title, exactly', 'ECO.BR.SE.FRONTEND|7', q{
    SELECT eco_id, evidence_count FROM taxonomy.eco_occupation
    WHERE tenant_id = '*' AND normalized_title = 'desenvolvedor front-end' AND locale = 'pt-BR'
        AND country = 'BR'});
answers('an alias', 'ECO.BR.SE.FRONTEND|0.8|postings', q{
    SELECT eco_id, confidence, source FROM taxonomy.eco_alias
    WHERE tenant_id = '*' AND normalized_alias = 'dev front' ORDER BY confidence DESC});
answers('a relationship', 'ECO.BR.SE.BACKEND|0.5', q{
    SELECT target_eco_id, weight FROM taxonomy.eco_relationship
    WHERE tenant_id = '*' AND source_eco_id = 'ECO.BR.SE.FRONTEND'
        AND relationship_type = 'related'});
refuses('a confidence above one', qr/ERROR:  .*"eco_alias_confidence_check"/, q{
    INSERT INTO taxonomy.eco_alias (normalized_alias, eco_id, confidence)
    VALUES ('x', 'ECO.BR.SE.FRONTEND', 1.01)});

# hh-msgs-svc.

run_sql($node, 'contract', 'owner', q{
    INSERT INTO msgs.skill_adjacency (tenant_id, skill_id, related_skill_id, related_skill_label,
        pmi_score, support, recency_days, sources)
    VALUES ('t1', 'java', 'scala', 'Scala', 1.5, 3, 10, '{a}'),
        ('t1', 'java', 'kotlin', 'Kotlin', 3.25, 12, 9, '{a,b}');
    INSERT INTO msgs.role_template (tenant_id, eco_id, locale, title, summary, required_skills,
        preferred_skills, yoe_min, yoe_max, version)
    VALUES ('t1', 'E', 'default', 'Padrão', NULL, '["js"]', '[]', 1, 5, '1'),
        ('t1', 'E', 'pt-BR', 'Brasil', NULL, '["js"]', '[]', 1, 5, '1')});
answers('adjacent skills by score', "kotlin|Kotlin|3.25|12|9|{a,b}\nscala|Scala|1.5|3|10|{a}", q{
    SELECT related_skill_id, related_skill_label, pmi_score, support, recency_days, sources
    FROM msgs.skill_adjacency WHERE tenant_id = 't1' AND skill_id = 'java'
        ORDER BY pmi_score DESC});
answers('a template of the locale', 'Brasil', q{
    SELECT title FROM msgs.role_template WHERE tenant_id = 't1' AND eco_id = 'E'
        AND locale IN ('pt-BR', 'default')
    ORDER BY locale = 'default' LIMIT 1});
answers('or the default one', 'Padrão', q{
    SELECT title FROM msgs.role_template WHERE tenant_id = 't1' AND eco_id = 'E'
        AND locale IN ('en-US', 'default')
    ORDER BY locale = 'default' LIMIT 1});

my $demand = q{
    INSERT INTO msgs.skill_demand (tenant_id, skill_id, region, industry, week_start,
        postings_count, demand_index)
    VALUES ('t1', 'java', 'BR-SP', %s, '2026-01-05', %d, 1.5)
    ON CONFLICT (tenant_id, skill_id, region, industry, week_start) DO UPDATE
    SET postings_count = EXCLUDED.postings_count};
run_sql($node, 'contract', 'owner', sprintf $demand, 'NULL', $_) foreach (1, 2);
run_sql($node, 'contract', 'owner', sprintf $demand, q{'fintech'}, 5);
answers('a week of an unknown industry has one row', '2', q{
    SELECT postings_count FROM msgs.skill_demand
    WHERE tenant_id = 't1' AND skill_id = 'java' AND region = 'BR-SP' AND industry IS NULL
        AND week_start >= '2026-01-01'});
refuses('a second one is refused', qr/ERROR:  .*"skill_demand_week_key"/, q{
    INSERT INTO msgs.skill_demand (tenant_id, skill_id, region, week_start)
    VALUES ('t1', 'java', 'BR-SP', '2026-01-05')});
answers('of any industry since a date', "|2\nfintech|5", q{
    SELECT industry, postings_count FROM msgs.skill_demand
    WHERE tenant_id = 't1' AND skill_id = 'java' AND region = 'BR-SP' AND week_start >= '2026-01-01'
    ORDER BY postings_count});

# The outbox: written with the change, nothing of a change that failed; workers side by side.

run_sql($node, 'contract', 'owner', q{
    BEGIN;
    UPDATE search.candidate_profiles SET headline = 'Nova'
    WHERE (tenant_id, candidate_id) = ('t1', 'c1');
    INSERT INTO msgs.outbox (tenant_id, topic, payload)
    SELECT 't1', 'profile.changed', jsonb_build_object('n', i)
    FROM generate_series(1, 3) AS i;
    COMMIT;
    BEGIN;
    INSERT INTO msgs.outbox (tenant_id, topic, payload) VALUES ('t1', 'profile.changed',
        '{"n": 4}');
    ROLLBACK});
my $take = q{SELECT payload ->> 'n' FROM msgs.outbox WHERE delivered_at IS NULL
    AND available_at <= now()
    ORDER BY available_at, outbox_id LIMIT 1 FOR UPDATE SKIP LOCKED};
my $worker = $node->background_psql('contract', extra_params => [ '-U', 'owner' ]);
$worker->query_safe('BEGIN');
is($worker->query_safe($take), '1', 'a worker takes the oldest');
answers('one beside it takes the next, without waiting', '2', "SET lock_timeout = '1s'; $take");
$worker->query_safe(q{UPDATE msgs.outbox SET delivered_at = now(), attempts = attempts + 1
    WHERE payload = '{"n": 1}'});
$worker->query_safe('COMMIT');
$worker->quit;
answers('a failed delivery is counted and comes again', '2|1|timeout', q{
    UPDATE msgs.outbox SET attempts = attempts + 1, last_error = 'timeout', available_at = now()
    WHERE payload = '{"n": 2}';
    SELECT payload ->> 'n', attempts, last_error FROM msgs.outbox WHERE delivered_at IS NULL
        AND attempts > 0});
answers('what is delivered is not taken again', "2\n3", q{
    SELECT payload ->> 'n' FROM msgs.outbox WHERE delivered_at IS NULL ORDER BY outbox_id});

# hh-admin-svc.

answers('a job from request to failure', 'failed|no disk', q{
    INSERT INTO ops.refresh_jobs (tenant_id, job_type, status, requested_at, metadata)
    VALUES ('t1', 'skills', 'queued', now(), '{}');
    UPDATE ops.refresh_jobs SET status = 'running', started_at = now() WHERE tenant_id = 't1';
    UPDATE ops.refresh_jobs SET status = 'failed', completed_at = now(),
        failure_reason = 'no disk' WHERE tenant_id = 't1';
    SELECT status, failure_reason FROM ops.refresh_jobs WHERE tenant_id = 't1'
        AND job_type = 'skills'});
answers('a metric of the whole service', '*|0.25', q{
    INSERT INTO ops.pipeline_metrics (service_name, metric_name, metric_value, recorded_at)
    VALUES ('hh-embed-svc', 'latency', 0.25, now()) RETURNING tenant_id, metric_value});
answers('no insert is lost in a month without a partition', 'ops.pipeline_metrics_default', q{
    INSERT INTO ops.pipeline_metrics (service_name, metric_name, metric_value, recorded_at)
    VALUES ('hh-embed-svc', 'latency', 0.25, '2023-04-05') RETURNING tableoid::regclass});

done_testing();
