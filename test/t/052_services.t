# The policy that is shipped: each service can do its work as its role, and nothing else.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

my $node = new_node('main');
my $superuser = run_sql($node, 'postgres', undef, 'SELECT current_user');
add_database($node, 'main', "\"$superuser\"");
run_client($node, 'main', undef, 'roles', 'apply', '-q');
run_client($node, 'main', undef, 'up', '-q');

sub can
{
    my ($role, $sql, $name) = @_;
    my ($status, $out, $err) = try_sql($node, 'main', $role, $sql);
    return ok($status == 0, "$role: $name") || diag($err);
}

sub sees
{
    my ($role, $expected, $sql, $name) = @_;
    return is((try_sql($node, 'main', $role, $sql))[1], $expected, "$role: $name");
}

# All in one session, each statement on its own; insufficient_privilege, and no other error.
sub may_not
{
    my ($role, @statements) = @_;
    foreach my $sql (@statements)
    {
        my ($status, undef, $err) = try_sql($node, 'main', $role, "\\set VERBOSITY sqlstate\n$sql;");
        ok($status != 0 && $err =~ /ERROR:\s+42501/, "$role may not: $sql") or diag("status $status: $err");
    }
    return;
}

my $vector = q{(SELECT array_agg(1.0 / i)::vector(768) FROM generate_series(1, 768) AS i)};

# hh-embed-svc.
sees('hh_app', "pgcrypto\nvector", q{SELECT extname FROM pg_extension WHERE extname IN ('vector', 'pgcrypto') ORDER BY 1}, 'the extensions');
sees('hh_app', '1', q{SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'search'}, 'schema search');
sees('hh_app', '2', q{SELECT count(*) FROM information_schema.tables WHERE table_schema = 'search'
    AND table_name IN ('candidate_embeddings', 'tenants')}, 'both tables');
sees('hh_app', '768', q{SELECT a.atttypmod FROM pg_attribute AS a
    WHERE a.attrelid = 'search.candidate_embeddings'::regclass AND a.attname = 'embedding'}, 'the dimension');
sees('hh_app', 't', q{SELECT indexdef LIKE '%USING hnsw%' FROM pg_indexes WHERE schemaname = 'search'
    AND tablename = 'candidate_embeddings' AND indexname = 'candidate_embeddings_embedding_hnsw_idx'}, 'the index');
can($_, 'SELECT hh.assert_embedding_dims(768)', 'asserts the dimension') foreach 'hh_app', 'hh_analytics';
foreach my $time ('first', 'second')
{
    can('hh_app', q{INSERT INTO search.tenants (tenant_id, last_seen_at) VALUES ('t', now())
        ON CONFLICT (tenant_id) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at}, "a tenant, the $time time");
    can('hh_app', qq{INSERT INTO search.candidate_embeddings (tenant_id, entity_id, embedding, embedding_text, metadata,
            model_version, chunk_type, created_at, updated_at)
        VALUES ('t', 'c', $vector, 'x', '{}', 'm', 'default', now(), now())
        ON CONFLICT (tenant_id, entity_id, chunk_type) DO UPDATE SET embedding = EXCLUDED.embedding,
            embedding_text = EXCLUDED.embedding_text, metadata = EXCLUDED.metadata,
            model_version = EXCLUDED.model_version, updated_at = EXCLUDED.updated_at
        RETURNING id, tenant_id, entity_id, embedding_text, metadata, model_version, chunk_type, created_at, updated_at},
        "an embedding, the $time time");
    can('hh_app', q{INSERT INTO search.candidate_profiles (candidate_id, tenant_id, full_name, current_title, headline, location,
            country, industries, skills, years_experience, analysis_confidence, profile, legal_basis, consent_record,
            transfer_mechanism, updated_at)
        VALUES ('c', 't', 'Ana', 'Engenheira', 'x', 'Recife', 'BR', '{a}', '{b}', 3, 0.5, '{}', 'consent', 'r', 'SCC', now())
        ON CONFLICT (tenant_id, candidate_id) DO UPDATE SET current_title = EXCLUDED.current_title, skills = EXCLUDED.skills,
            profile = EXCLUDED.profile, updated_at = EXCLUDED.updated_at}, "a profile, the $time time");
}
sees('hh_app', 'c', qq{SET hnsw.ef_search = 200; SELECT entity_id FROM search.candidate_embeddings
    WHERE tenant_id = 't' AND metadata @> '{}' AND embedding <=> $vector < 0.5 ORDER BY embedding <=> $vector LIMIT 300},
    'finds by distance');
sees('hh_app', '1', 'SELECT count(*) FROM search.candidate_embeddings', 'health');
can('hh_app', q{INSERT INTO search.candidate_evidence (tenant_id, candidate_id, source, confidence, observed_at, payload)
    VALUES ('t', 'c', 'resume', 0.8, now(), '{}')}, 'evidence');
can($_, q{INSERT INTO ops.refresh_jobs (tenant_id, job_type, status, requested_at, metadata)
    VALUES ('t', 'x', 'queued', now(), '{}') RETURNING job_id;
    UPDATE ops.refresh_jobs SET status = 'failed', started_at = now(), completed_at = now(), failure_reason = 'y'
    WHERE tenant_id = 't'}, 'a job') foreach 'hh_app', 'hh_ops';
can('hh_app', "SELECT * FROM taxonomy.$_", "reads $_") foreach 'eco_occupation', 'eco_alias', 'eco_relationship';

# hh-search-svc and hh-evidence-svc.
sees('hh_analytics', '2', q{SELECT count(*) FROM information_schema.tables WHERE table_schema = 'search'
    AND table_name IN ('candidate_embeddings', 'candidate_profiles')}, 'both tables');
sees('hh_analytics', '3', q{SELECT count(*) FROM information_schema.columns WHERE table_schema = 'search'
    AND table_name = 'candidate_profiles' AND column_name IN ('legal_basis', 'consent_record', 'transfer_mechanism')}, 'the columns');
sees('hh_analytics', 't', q{SELECT bool_or(pg_get_triggerdef(oid) LIKE '%portuguese%') FROM pg_trigger
    WHERE tgrelid = 'search.candidate_profiles'::regclass}, 'the trigger');
sees('hh_analytics', 'c', qq{
    SET hnsw.ef_search = 100;
    WITH vector_arm AS (
        SELECT entity_id AS candidate_id, row_number() OVER (ORDER BY distance) AS rank
        FROM (SELECT entity_id, embedding <=> $vector AS distance FROM search.candidate_embeddings
            WHERE tenant_id = 't' ORDER BY embedding <=> $vector LIMIT 300) AS nearest
    ), text_arm AS (
        SELECT candidate_id, row_number() OVER (ORDER BY ts_rank_cd(search_document, plainto_tsquery('portuguese', 'engenheiras')) DESC) AS rank
        FROM search.candidate_profiles
        WHERE tenant_id = 't' AND search_document @@ plainto_tsquery('portuguese', 'engenheiras') LIMIT 300
    ), fused AS (
        SELECT candidate_id, sum(1.0 / (60 + rank)) AS score
        FROM (SELECT * FROM vector_arm UNION ALL SELECT * FROM text_arm) AS arms GROUP BY candidate_id
    )
    SELECT p.candidate_id FROM fused JOIN search.candidate_profiles AS p ON p.tenant_id = 't' AND p.candidate_id = fused.candidate_id
    WHERE lower(p.location) = ANY ('{recife}') AND (p.country = ANY ('{BR}') OR p.country IS NULL) AND p.industries && '{a}'
        AND p.skills @> '{b}' AND p.years_experience BETWEEN 1 AND 9 AND p.profile @> '{}'
    ORDER BY score DESC LIMIT 10 OFFSET 0}, 'hybrid search');
can('hh_analytics', q{INSERT INTO search.search_logs (tenant_id, search_id, request, response, latency_ms, source_service)
    VALUES ('t', gen_random_uuid(), '{}', '{}', 42, 'hh-search-svc')}, 'logs a search');
sees('hh_analytics', '1', 'SELECT count(*) FROM search.candidate_profiles', 'health');
sees('hh_analytics', 'resume', q{SELECT source FROM search.candidate_evidence WHERE tenant_id = 't' AND candidate_id = 'c'
    ORDER BY observed_at DESC}, 'evidence');

# hh-msgs-svc, hh-admin-svc.
can('hh_ops', "SELECT * FROM msgs.$_", "reads $_") foreach 'skill_adjacency', 'role_template', 'skill_demand';
can('hh_ops', q{INSERT INTO msgs.outbox (tenant_id, topic, payload) VALUES ('t', 'x', '{}')}, 'a notification');
can('hh_ops', q{BEGIN; SELECT payload FROM msgs.outbox WHERE delivered_at IS NULL AND available_at <= now()
    ORDER BY available_at, outbox_id LIMIT 1 FOR UPDATE SKIP LOCKED;
    UPDATE msgs.outbox SET delivered_at = now(), attempts = attempts + 1, last_error = NULL, available_at = now(); COMMIT}, 'delivers it');
can('hh_ops', q{INSERT INTO ops.pipeline_metrics (service_name, metric_name, metric_value, recorded_at) VALUES ('s', 'm', 1, now())}, 'a metric');

# And nothing else.
my %own = (
    hh_app => [ 'search.tenants', 'search.candidate_embeddings', 'search.candidate_profiles', 'search.candidate_evidence',
        'ops.refresh_jobs' ],
    hh_analytics => [ 'search.candidate_profiles', 'search.candidate_embeddings', 'search.candidate_evidence', 'search.search_logs' ],
    hh_ops => [ 'msgs.outbox', 'msgs.skill_demand', 'ops.refresh_jobs', 'ops.pipeline_metrics' ]);
foreach my $role (sort keys %own)
{
    foreach my $table (@{ $own{$role} })
    {
        may_not($role, "TRUNCATE $table", "DELETE FROM $table", "DROP TABLE $table", "ALTER TABLE $table ADD COLUMN x int",
            "CREATE INDEX ON $table ((1))", "CREATE TRIGGER t BEFORE INSERT ON $table EXECUTE FUNCTION hh.search_document()");
    }
    may_not(
        $role, 'CREATE SCHEMA mine', 'CREATE TABLE search.mine ()', 'CREATE TABLE hh.mine ()', 'CREATE TABLE ops.mine ()',
        'CREATE TABLE public.mine ()', 'CREATE TEMPORARY TABLE mine ()', 'CREATE ROLE mine', 'CREATE DATABASE mine', 'SET ROLE hh_owner',
        'SELECT FROM hh.migration', 'SELECT FROM hh.policy', q{INSERT INTO hh.policy_role VALUES ('x')}, 'DELETE FROM hh.embedding_model',
        'SELECT ops.maintain_partitions()', 'DROP EXTENSION headhunter', q{COPY search.tenants TO PROGRAM 'id'},
        q{SELECT pg_read_file('/etc/passwd')}, "ALTER ROLE $role CREATEROLE", 'GRANT hh_owner TO ' . $role);
}
may_not('hh_app', 'SELECT FROM msgs.outbox', 'SELECT FROM search.search_logs', 'SELECT search_document FROM search.candidate_profiles',
    'SELECT FROM search.candidate_evidence', q{UPDATE search.candidate_evidence SET source = 'x'}, q{UPDATE search.tenants SET tenant_id = 'x'},
    'SELECT display_name FROM search.tenants', 'INSERT INTO taxonomy.eco_alias DEFAULT VALUES', 'SELECT FROM ops.pipeline_metrics',
    q{UPDATE search.candidate_embeddings SET entity_id = 'x'});
may_not('hh_analytics', 'SELECT FROM msgs.outbox', 'SELECT FROM msgs.skill_demand', 'SELECT FROM search.search_logs',
    'SELECT FROM search.search_logs_default', 'SELECT embedding_text FROM search.candidate_embeddings', 'SELECT FROM search.tenants',
    q{UPDATE search.candidate_profiles SET full_name = 'x'}, 'SELECT FROM taxonomy.eco_alias', 'SELECT FROM ops.refresh_jobs');
may_not('hh_ops', 'SELECT FROM search.candidate_profiles', 'SELECT FROM search.candidate_embeddings', 'SELECT FROM search.search_logs',
    'SELECT FROM taxonomy.eco_alias', 'SELECT hh.assert_embedding_dims(768)', 'INSERT INTO msgs.skill_demand DEFAULT VALUES',
    q{UPDATE msgs.outbox SET payload = '{}'}, 'SELECT FROM ops.pipeline_metrics');
add_role($node, 'stranger');
like((try_sql($node, 'main', 'stranger', 'SELECT 1'))[2], qr/permission denied for database "main"/, 'nobody else enters');

# What a deployment makes next is closed, or open to its readers, without a grant.
run_sql($node, 'main', undef, 'SET ROLE hh_owner; CREATE TABLE search.next (); CREATE TABLE taxonomy.next (); CREATE TABLE msgs.next ();
    CREATE FUNCTION ops.next() RETURNS int LANGUAGE sql RETURN 1');
may_not('hh_app', 'SELECT FROM search.next', 'SELECT FROM msgs.next', 'SELECT ops.next()');
can('hh_app', 'SELECT FROM taxonomy.next', 'the taxonomy\'s next table');
can('hh_ops', 'SELECT FROM msgs.next', 'the next table of msgs');
is((run_client($node, 'main', undef, 'roles', 'plan')), "nothing to do\n", '... and all is as the policy says');

# auto-migrate: hh-embed-svc's own DDL, twice, and no further.
my $start_up = q{
    CREATE EXTENSION IF NOT EXISTS vector; CREATE EXTENSION IF NOT EXISTS pgcrypto;
    CREATE SCHEMA IF NOT EXISTS search;
    CREATE TABLE IF NOT EXISTS search.tenants (tenant_id text PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS search.candidate_embeddings (tenant_id text PRIMARY KEY);
    CREATE INDEX IF NOT EXISTS candidate_embeddings_tenant_idx ON search.candidate_embeddings (tenant_id, entity_id);
    CREATE INDEX IF NOT EXISTS candidate_embeddings_embedding_hnsw_idx
        ON search.candidate_embeddings USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 64);
    DROP INDEX IF EXISTS search.candidate_embeddings_embedding_cosine_idx};
isnt((try_sql($node, 'main', 'hh_app', $start_up))[0], 0, 'strict: the start-up DDL fails');
run_client($node, 'main', undef, 'up', '-q', '--profile=auto-migrate');
can('hh_app', $start_up, "auto-migrate: the start-up DDL, the $_ time") foreach 'first', 'second';
can('hh_app', 'SELECT count(*) FROM search.candidate_embeddings', 'and its work');
may_not('hh_app', 'DELETE FROM hh.migration', 'DELETE FROM hh.policy', 'DROP TABLE search.candidate_profiles', 'DROP SCHEMA search',
    'CREATE TABLE hh.mine ()', 'SET ROLE hh_owner', 'SELECT FROM msgs.outbox', 'TRUNCATE search.candidate_profiles');
is(run_sql($node, 'main', undef, 'SELECT * FROM hh.audit()'), '', 'the audit finds nothing');
run_client($node, 'main', undef, 'up', '-q');
is(run_sql($node, 'main', undef, 'SELECT * FROM hh.audit()'), '', 'back to strict: the audit finds nothing');
isnt((try_sql($node, 'main', 'hh_app', $start_up))[0], 0, '... and the start-up DDL fails');

done_testing();
