# The outage, case by case, as incident.md numbers them: each fault made for real, the doctor names it
# and what mends it, that is typed as printed, and the doctor is content.  Then three faults at once.
# HH_DOCTOR_SEEDS says how many times; 50 is the whole of it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use Doctor;
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Secrets;
use Test::More;

my $node = new_node('main');
ask_for_passwords($node);
run_sql($node, 'postgres', undef, 'CREATE ROLE cloudsqlsuperuser NOLOGIN CREATEROLE CREATEDB');
run_sql($node, 'postgres', undef, 'CREATE DATABASE main');
my $secrets = heal($node, 'main');
my @arguments = ('--secrets-dir', $secrets);

sub sql
{
    my ($sql) = @_;
    return run_sql($node, 'main', undef, $sql);
}

# What a finding must say: its check, the service that it is of (undef: the database), and the remedy.
sub names
{
    my ($visit, $name, $check, $service, $remedy) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($where) = defined $service ? grep { $_->{service} eq $service } @{ $visit->{services} } : { findings => $visit->{database} };
    my ($finding) = grep { $_->{check} eq $check } @{ $where->{findings} };
    ok(defined $finding, "$name: " . ($service // 'the database') . " has $check")
      or diag(join "\n", complaints($visit));
    like($finding->{remedy} // '', $remedy, '... with the command that mends it');
    return $finding;
}

sub is_cured
{
    my ($name, $most) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $rounds = cure($node, 'main', undef, @arguments);
    ok(defined $rounds && $rounds <= ($most // 1), "$name: typed as printed, they mend it")
      or diag(join "\n", @Doctor::log);
    return;
}

is_deeply([ complaints(doctor($node, 'main', undef, @arguments)) ], [], 'before: nothing is found');

# 1. Placeholder passwords in the secret store, another password in the server, no hh_ops.

put_secret($secrets, 'hh_app', 'changeme');
sql("ALTER ROLE hh_analytics PASSWORD 'set by hand in the night'");
sql('DROP OWNED BY hh_ops; DROP ROLE hh_ops');
my $visit = doctor($node, 'main', undef, @arguments);
is_deeply([ ready($visit) ], [ 'hh-admin-svc', 'hh-rerank-svc' ], '1. passwords: 2 of 8');
is($visit->{status}, 2, '... exit code');
like(names($visit, '1. a placeholder', 'secret', 'hh-embed-svc', qr/^hh-migrate roles passwords hh_app --rotate hh_app .*--secrets-dir /)->{detail}, qr/placeholder/, '... and says what it is');
unlike(join(' ', map { $_->{detail} // '' } findings($visit)), qr/changeme/, '... without showing it');
names($visit, '1. another password', 'password', 'hh-search-svc', qr/^hh-migrate roles passwords hh_analytics .*--secrets-dir /);
names($visit, '1. no role', 'role', 'hh-msgs-svc', qr/^hh-migrate roles apply /);
is_cured('1. passwords', 2);
like(secret($secrets, 'hh_app'), qr/^[A-Za-z0-9+\/]{43}=$/, '... the new secret is of 44 characters');
is(logs_in($node, 'main', $_, secret($secrets, $_)), $_, "... $_ logs in with its secret") foreach qw(hh_app hh_analytics hh_ops);

# 2. Migrations were never run.

run_sql($node, 'postgres', undef, 'CREATE DATABASE empty');
$visit = doctor($node, 'empty', undef, @arguments);
is_deeply([ complaints($visit) ], [ 'extensions: pgcrypto', 'extensions: vector' ], '2. never run, without extensions');
run_sql($node, 'empty', undef, 'CREATE EXTENSION vector; CREATE EXTENSION pgcrypto');
$visit = doctor($node, 'empty', undef, @arguments);
is_deeply([ complaints($visit) ], [ map { "schemas: $_" } qw(msgs ops search taxonomy) ], '2. never run: the schemas are missing, and nothing that comes of that');
like($_->{remedy}, qr/^hh-migrate up -d /, "... $_->{message}") foreach findings($visit);
my $rounds = cure($node, 'empty', undef, @arguments);
ok(defined $rounds, '2. typed as printed, they mend it') or diag(join "\n", @Doctor::log);
is_deeply([ complaints(doctor($node, 'main', undef, @arguments)) ], [], '... and the other database of the cluster stays as it was');
run_sql($node, 'postgres', undef, 'DROP DATABASE empty');

# 3. Scripts that don't agree with the services' queries: other columns, types, keys, index names.

sql(q{
    ALTER TABLE search.candidate_profiles DROP COLUMN legal_basis;
    ALTER TABLE search.candidate_evidence ALTER COLUMN confidence TYPE double precision;
    ALTER TABLE search.candidate_embeddings DROP CONSTRAINT candidate_embeddings_pkey;
    ALTER INDEX search.candidate_embeddings_embedding_hnsw_idx RENAME TO candidate_embeddings_embedding_cosine_idx});
$visit = doctor($node, 'main', undef, @arguments);
my $finding = names($visit, '3. a column is missing', 'columns', 'hh-search-svc', qr/^hh-migrate run .*ADD COLUMN legal_basis text/);
is($finding->{object}, 'search.candidate_profiles.legal_basis', '... by its name');
names($visit, '3. a column of another type', 'columns', 'hh-evidence-svc', qr/^hh-migrate run .*ALTER COLUMN confidence TYPE numeric/);
names($visit, '3. a key is missing', 'keys', 'hh-embed-svc', qr/^hh-migrate run .*PRIMARY KEY \(tenant_id, entity_id, chunk_type\)/);
names($visit, '3. an index of another name', 'indexes', 'hh-embed-svc', qr/^psql .*CREATE INDEX CONCURRENTLY candidate_embeddings_embedding_hnsw_idx/);
is_cured('3. another schema', 3);
sql('DROP INDEX search.candidate_embeddings_embedding_cosine_idx');

# 4. A column reference in a DEFAULT expression, which PostgreSQL refuses.

my $directory = migrations_in('1001_half_way.sql' => "CREATE TABLE search.half (a int);\nCREATE TABLE search.way (b int, c int DEFAULT b);\n");
push @arguments, '--dir', $directory;
my ($code, $out, $err) = try_client($node, 'main', undef, 'up', '--dir', $directory);
is($code, 1, '4. a migration that fails');
is(sql(q{SELECT to_regclass('search.half')}), '', '... leaves nothing half-way');
$visit = doctor($node, 'main', undef, @arguments);
$finding = names($visit, '4. a migration failed', 'migrations', 'hh-embed-svc', qr/^hh-migrate up .*--dir /);
like($finding->{detail}, qr/column reference/, '... and says why');
unlink "$directory/1001_half_way.sql" or die;
append_to_file("$directory/1001_half_way.sql", "SELECT 1;\n");
is_cured('4. with the file mended', 2);

# 5. The service is configured for another dimension.

$visit = doctor($node, 'main', undef, @arguments, '--embedding-dimensions', '1536');
$finding = names($visit, '5. another dimension configured', 'dimension', 'hh-embed-svc', qr/^export EMBEDDING_DIMENSIONS=768$/);
like($finding->{detail}, qr/768.*1536/, '... with both numbers');
{
    local $ENV{EMBEDDING_DIMENSIONS} = '1536';
    $visit = doctor($node, 'main', undef, @arguments);
    ($finding) = grep { $_->{check} eq 'dimension' } findings($visit);
    like($finding->{detail}, qr/EMBEDDING_DIMENSIONS says 1536/, '... from the environment');
    my $sh = "$finding->{remedy}; " . join(' ', map { "'" . s/'/'\\''/gr . "'" } $ENV{HH_MIGRATE} // 'hh-migrate', 'doctor', @arguments, '-d', conninfo($node, 'main'));
    my ($status, $said) = run_remedy($node, 'main', undef, $sh);
    is($status, 0, '... typed as printed, it mends it') or diag($said);
}

# 6. The column was dropped and made anew with 1536 by an old script: key, indexes and trigger went.

run_sql($node, 'main', undef, q{
    ALTER TABLE search.candidate_embeddings DROP COLUMN embedding CASCADE;
    ALTER TABLE search.candidate_embeddings ADD COLUMN embedding vector(1536);
    CREATE INDEX candidate_embeddings_embedding_hnsw_idx ON search.candidate_embeddings USING hnsw (embedding vector_cosine_ops)});
$visit = doctor($node, 'main', undef, @arguments);
$finding = names($visit, '6. the dimension was changed', 'dimension', 'hh-search-svc', qr/^hh-migrate run .*TYPE public\.vector\(768\)/);
like($finding->{detail}, qr/1536.*768/, '... with both numbers');
is_cured('6. the dimension', 4);
is(sql(q{SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'search.candidate_embeddings'::regclass AND attname = 'embedding'}), 'vector(768)', '... it is 768 again');

# 7. hh_app lacks CREATE on schema search; the schema is postgres's.

run_client($node, 'main', undef, 'up', '--profile', 'auto-migrate', '--dir', $directory);
is_deeply([ complaints(doctor($node, 'main', undef, @arguments)) ], [], '7. the profile that migrates by itself: nothing is found');
my $superuser = sql('SELECT quote_ident(session_user)');
sql("ALTER SCHEMA search OWNER TO $superuser; REVOKE CREATE ON SCHEMA search FROM hh_app, hh_search_owner");
$visit = doctor($node, 'main', undef, @arguments);
$finding = names($visit, '7. CREATE is missing', 'start_up', 'hh-embed-svc', qr/^hh-migrate roles apply --profile=auto-migrate/);
is($finding->{object}, 'CREATE on schema search', '... by its name');
names($visit, '7. a superuser owns the schema', 'privileges_of_others', undef, qr/^(?:psql .*ALTER SCHEMA search OWNER TO hh_owner|hh-migrate roles apply)/);
is_cured('7. CREATE and owner', 2);
run_client($node, 'main', undef, 'up', '--profile', 'strict', '--dir', $directory);

# 8. Partitions of some months only.

sql(q{DO $$ DECLARE p regclass; BEGIN
    FOR p IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'search.search_logs'::regclass AND inhrelid::regclass::text !~ 'default' LOOP
        EXECUTE format('DROP TABLE %s', p);
    END LOOP;
    INSERT INTO search.search_logs (tenant_id, request) VALUES ('t', '{}');
END $$});
$visit = doctor($node, 'main', undef, @arguments);
names($visit, '8. no partitions', 'partitions', 'hh-search-svc', qr/^hh-migrate maintain /);
names($visit, '8. rows in the default partition', 'default_rows', 'hh-search-svc', qr/^hh-migrate maintain /);
ok((grep { $_ eq 'hh-evidence-svc' } ready($visit)), '... a service that needs none is ready');
is_cured('8. partitions');
is(sql('SELECT count(*) FROM search.search_logs'), 1, '... no row is lost');

# 9. Grants issued, success assumed: a grant of another grantor's that was taken, a column that was not given.

sql('REVOKE ALL ON search.search_logs FROM hh_analytics; REVOKE USAGE ON SCHEMA taxonomy FROM hh_app; REVOKE UPDATE (status) ON ops.refresh_jobs FROM hh_ops');
$visit = doctor($node, 'main', undef, @arguments);
$finding = names($visit, '9. a privilege is missing', 'privileges', 'hh-search-svc', qr/^hh-migrate roles apply /);
like($finding->{detail}, qr/INSERT \(.*tenant_id.*\) for role hh_analytics/, '... which, and whose');
names($visit, '9. USAGE is missing', 'usage', 'hh-eco-svc', qr/^hh-migrate roles apply /);
$finding = names($visit, '9. a column\'s privilege is missing', 'privileges', 'hh-msgs-svc', qr/^hh-migrate roles apply /);
like($finding->{detail}, qr/UPDATE \(status\)/, '... which');
is_cured('9. privileges');

# 10. A restart was needed for new rights to be seen: the doctor connects anew each time.

{
    my $open = $node->background_psql('main');
    $open->query_safe('SET ROLE hh_analytics');
    sql('REVOKE SELECT (full_name) ON search.candidate_profiles FROM hh_analytics');
    names(doctor($node, 'main', undef, @arguments), '10. a right taken a moment ago', 'privileges', 'hh-search-svc', qr/roles apply/);
    deploy_roles($node, 'main');
    is_deeply([ complaints(doctor($node, 'main', undef, @arguments)) ], [], '10. a right given a moment ago is seen');
    $open->quit;
}

# 11. Users made through the console are in cloudsqlsuperuser.

sql("GRANT cloudsqlsuperuser TO hh_app; ALTER ROLE hh_app CREATEROLE");
$visit = doctor($node, 'main', undef, @arguments);
$finding = names($visit, '11. more than it needs', 'excess', 'hh-embed-svc', qr/^(?:hh-migrate roles apply |psql )/);
like($finding->{detail}, qr/cloudsqlsuperuser/, '... which');
is($finding->{severity}, 'warning', '... which is a warning');
is($visit->{status}, 0, '... and the service is ready all the same');
is_cured('11. membership');

# Three at once.  Each fault leaves the others possible.

my @faults = (
    sub { sql("ALTER ROLE hh_app PASSWORD 'something else altogether'") },
    sub { put_secret($secrets, 'hh_analytics', "PLACEHOLDER\n") },
    sub { unlink "$secrets/hh_ops" },
    sub { sql('ALTER ROLE hh_ops NOLOGIN') },
    sub { sql("ALTER ROLE hh_ops VALID UNTIL '2020-01-01'") },
    sub { sql('ALTER ROLE hh_analytics CONNECTION LIMIT 0') },
    sub { sql('REVOKE CONNECT ON DATABASE main FROM hh_app') },
    sub { sql('REVOKE USAGE ON SCHEMA search FROM hh_analytics') },
    sub { sql('REVOKE ALL ON ALL TABLES IN SCHEMA msgs FROM hh_ops') },
    sub { sql('DROP INDEX IF EXISTS search.candidate_embeddings_embedding_hnsw_idx') },
    sub { sql(q{UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass('search.candidate_embeddings_embedding_hnsw_idx')}) },
    sub { sql(q{UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'search.candidate_profiles_skills_idx'::regclass}) },
    sub { sql('ALTER TABLE search.candidate_embeddings DROP COLUMN embedding CASCADE; ALTER TABLE search.candidate_embeddings ADD COLUMN embedding vector(1536)') },
    sub { sql('ALTER TABLE search.candidate_profiles DROP COLUMN consent_record') },
    sub { sql('ALTER TABLE search.tenants DROP CONSTRAINT tenants_pkey') },
    sub { sql('ALTER TABLE search.candidate_profiles ENABLE ROW LEVEL SECURITY') },
    sub { sql('DROP TRIGGER IF EXISTS candidate_profiles_search_document ON search.candidate_profiles') },
    sub { sql('DROP EXTENSION headhunter CASCADE') },
    sub { sql(q{DO $$ DECLARE p regclass; BEGIN FOR p IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'ops.pipeline_metrics'::regclass AND inhrelid::regclass::text !~ 'default' LOOP EXECUTE format('DROP TABLE %s', p); END LOOP; END $$}) },
    sub { sql('GRANT cloudsqlsuperuser TO hh_app') },
    sub { sql('ALTER TABLE msgs.outbox SET (autovacuum_enabled = off)') },
    sub { sql('ALTER DATABASE main SET default_transaction_read_only = on') },
    sub { sql('DELETE FROM hh.policy_source') },
    sub { sql('SET ROLE hh_owner; GRANT ALL ON search.tenants TO PUBLIC') },
    sub { sql('DROP OWNED BY hh_ops; DROP ROLE hh_ops') });

my $seeds = $ENV{HH_DOCTOR_SEEDS} // 6;
foreach my $seed (1 .. $seeds)
{
    srand($seed);
    my %chosen;
    $chosen{ int(rand(@faults)) } = 1 while keys %chosen < 3;
    my @chosen = sort { $a <=> $b } keys %chosen;
    {
        # One may be in another's way, which has already done what it would.
        local $ENV{PGOPTIONS} = '-c default_transaction_read_only=off -c allow_system_table_mods=on';
        foreach my $fault (@chosen)
        {
            eval { $faults[$fault]->(); 1 } or note("fault $fault: $@");
        }
    }
    my $found = join '; ', complaints(doctor($node, 'main', undef, @arguments));
    isnt($found, '', "seed $seed, faults @chosen: something is found");
    my $cured = cure($node, 'main', undef, @arguments);
    unless (ok(defined $cured, "seed $seed: and mended ($found)"))
    {
        diag(join "\n", @Doctor::log);
        last;
    }
}

done_testing();
