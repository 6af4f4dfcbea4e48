# hh-migrate up: the plan and what becomes of it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use JSON::PP;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner');

sub up
{
    my ($database, @arguments) = @_;
    return try_client($node, $database, 'owner', 'up', @arguments);
}

# Refuses, says why, and leaves the ledger as it was.
sub refuses
{
    my ($database, $arguments, $message, $name) = @_;
    my $ledger = 'SELECT * FROM hh.migration ORDER BY version';
    my $before = (try_sql($node, $database, undef, $ledger))[1];
    my ($status, $out, $err) = up($database, @$arguments);
    is($status, 1, "$name: exit code");
    is($out, '', "$name: nothing was done");
    like($err, $message, "$name: message");
    is((try_sql($node, $database, undef, $ledger))[1], $before, "$name: the ledger is as before");
    return;
}

# A dry run prints the very list of a real one.
add_database($node, 'fresh', 'owner');
my ($status, $plan, $err) = up('fresh', '--dry-run');
is($status, 0, 'a dry run');
is(run_sql($node, 'fresh', 'owner', q{SELECT count(*) FROM pg_namespace WHERE nspname = 'hh'}),
    0, '... touches nothing');
($status, my $out, $err) = up('fresh');
is($status, 0, 'the first deployment');
is($err, '', '... is silent on standard error');
like($out, qr/\Acreated extension headhunter \S+ \(\d+ ms\)$/m, '... creates the extension');
like($out, qr/^applied 0002_search \(\d+ statements, \d+ ms\)$/m, '... a line a migration');
$plan =~ s/^would create/created/mg;
$plan =~ s/^would apply/applied/mg;
$plan =~ s/^would record/recorded/mg;
$out =~ s/,? ?\d+ ms//g;
$out =~ s/ \(\)//g;
is($plan, $out, '... and is what the dry run said');

($status, $out) = up('fresh');
is_deeply([ $status, $out ], [ 0, "nothing to do\n" ], 'a second one has nothing to do');
($status, $out, $err) = up('fresh', '--quiet');
is_deeply([ $status, $out, $err ], [ 0, '', '' ], '--quiet says nothing at all');

# Formats.
($status, $out) = up('fresh', '--format', 'json');
my $json = decode_json($out);
is_deeply($json->{actions}, [], 'JSON: nothing to do');
is_deeply([ sort keys %$json ], [qw(actions database dry_run embedding_dimensions owner tool)], 'JSON: members');
run_sql($node, 'fresh', 'owner', q{DELETE FROM hh.migration WHERE version = '0007'});
$json = decode_json((up('fresh', '--format', 'json', '--dry-run'))[1]);
my $statements = delete $json->{actions}[0]{statements};
cmp_ok($statements, '>', 1, 'JSON: the number of statements');
is_deeply(
    $json->{actions},
    [
        {
            action => 'apply', object => '0007_triggers', version => '0007', reason => 'not applied',
            milliseconds => undef, result => 'planned'
        }
    ],
    'JSON: a planned action');
ok($json->{dry_run} && $json->{embedding_dimensions} == 768, 'JSON: booleans and numbers');
($status, $out, $err) = up('fresh', '--format', 'csv');
like($out, qr/\Aaction,object,version,reason,statements,milliseconds,result\napply,0007_triggers,0007,not applied,$statements,\d+,done\n\z/,
    'CSV');
like($err, qr/\Aapplied 0007_triggers/, 'progress goes to standard error then');
like((up('fresh', '--format', 'html', '--dry-run'))[1], qr/<table.*<\/table>/s, 'HTML');

# Repeatable migrations are applied again where they must be.
run_sql($node, 'fresh', 'owner', 'DROP TRIGGER candidate_profiles_search_document ON search.candidate_profiles');
($status, $out) = up('fresh');
like($out, qr/\Aapplied again 0007_triggers \(a verify query is not true, \d+ statements, \d+ ms\)\n\z/,
    'a dropped trigger comes back');
run_sql($node, 'fresh', 'owner', q{UPDATE hh.migration SET checksum = repeat('0', 64) WHERE version = '0006'});
($status, $out) = up('fresh');
like($out, qr/\Aapplied again 0006_partitions \(its text changed, /, 'a changed text is applied');
is((up('fresh'))[1], "nothing to do\n", '... once');

run_sql($node, 'fresh', 'owner', 'SET client_min_messages = error; DROP EXTENSION headhunter CASCADE');
$plan = (up('fresh', '--dry-run'))[1];
like($plan, qr/would create extension headhunter.*would apply again 0007_triggers/s,
    'without the extension: planned');
($status, $out, $err) = up('fresh');
is($status, 0, '... and done') or diag($err);
is(run_sql($node, 'fresh', 'owner',
        q{SELECT count(*) FROM pg_trigger WHERE tgname = 'candidate_profiles_search_document'}),
    1, '... with its triggers');

# A ledger that doesn't fit.
run_sql($node, 'fresh', 'owner', q{UPDATE hh.migration SET checksum = repeat('0', 64) WHERE version = '0003'});
refuses('fresh', [], qr/error: migration 0003_taxonomy is not the one that was applied\n.*ledger's checksum is 0{64}, the file's is [0-9a-f]{64}/,
    'an edited migration');
refuses('fresh', ['--dry-run'], qr/0003_taxonomy is not the one/, 'an edited migration, in a dry run');
run_sql($node, 'fresh', 'owner', q{
    UPDATE hh.migration SET checksum = (SELECT checksum FROM hh.migration WHERE version = '0004'),
        version = '0999', name = 'later', tool = 'hh-migrate 9.9' WHERE version = '0003'});
refuses('fresh', [], qr/migration 0999_later, which this hh-migrate doesn't know\n.*hh-migrate 9\.9/,
    'a database newer than the program');

# The dimension: decided once.
add_database($node, 'dimensions', 'owner');
is((up('dimensions', '--embedding-dimensions', '256', '-q'))[0], 0, 'another dimension');
my $type = q{SELECT format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = 'search.candidate_embeddings'::regclass AND attname = 'embedding'};
is(run_sql($node, 'dimensions', 'owner', $type), 'vector(256)', '... is the column\'s');
is(run_sql($node, 'dimensions', 'owner', q{SELECT variables FROM hh.migration WHERE version = '0002'}),
    '{"embedding_dimensions": "256"}', '... and recorded');
is((up('dimensions'))[1], "nothing to do\n", 'who says none gets the database\'s');
is((up('dimensions', '--embedding-dimensions', '256'))[1], "nothing to do\n", 'who says the same, too');
refuses('dimensions', [ '--embedding-dimensions', '768' ],
    qr/embeddings of 256 dimensions, and --embedding-dimensions says 768/, 'who says another is refused');
{
    local $ENV{EMBEDDING_DIMENSIONS} = '1536';
    refuses('dimensions', [], qr/256 dimensions, and EMBEDDING_DIMENSIONS says 1536/, '... in the environment too');
    add_database($node, 'environment', 'owner');
    is((up('environment', '-q'))[0], 0, 'the environment\'s dimension');
    is(run_sql($node, 'environment', 'owner', $type), 'vector(1536)', '... at the first deployment');
}

# A migration that fails: what stands before it stands, it leaves nothing, the next run goes on.
add_database($node, 'failing', 'owner');
run_sql($node, 'failing', undef, q{
    CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'taxonomy.eco_alias') THEN
            RAISE 'not today' USING ERRCODE = 'HH001', HINT = 'Come back tomorrow.';
        END IF;
    END $$;
    CREATE EVENT TRIGGER refuse ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.refuse()});
foreach my $role ('owner', undef)
{
    my $who = $role // 'superuser';
    ($status, $out, $err) = try_client($node, 'failing', $role, 'up', '--embedding-dimensions', '512');
    is($status, 1, "$who: a failing migration: exit code");
    like($err, qr/error: migration 0003_taxonomy failed at statement \d+ of \d+ \(0003_taxonomy\.sql, line \d+\)\n/,
        "$who: ... which statement, which line");
    my ($line) = $err =~ /line (\d+)\)/;
    open my $file, '<', "$FindBin::RealBin/../../migrate/migrations/0003_taxonomy.sql" or die $!;
    my @lines = <$file>;
    close $file;
    like($lines[ $line - 1 ], qr/CREATE TABLE taxonomy\.eco_alias/, "$who: ... and the line is right");
    like($err, qr/detail: not today \(SQLSTATE HH001\)\n.*hint: Come back tomorrow\./, "$who: ... the server's words");
    like($err, qr/detail: What was done before stands \(steps: 4 of 13\)/, "$who: ... what stands") if defined $role;
    is(run_sql($node, 'failing', undef, q{SELECT max(version) FROM hh.migration WHERE state = 'applied'}), '0002', "$who: ... stands");
    is(run_sql($node, 'failing', undef, q{SELECT to_regnamespace('taxonomy') IS NULL}), 't', "$who: ... and no more");
}
($status, $out, $err) = up('failing', '--embedding-dimensions', '768');
is($status, 1, 'the dimension of a deployment half done stands too');
run_sql($node, 'failing', undef, 'DROP EVENT TRIGGER refuse');
($status, $out, $err) = up('failing');
like($out, qr/\Aapplied 0003_taxonomy/, 'the next run goes on where the last one stopped');
is(run_sql($node, 'failing', 'owner', $type), 'vector(512)', '... with its dimension');

# JSON of a run that fails says how far it came.
run_sql($node, 'failing', 'owner', q{DELETE FROM hh.migration WHERE version IN ('0005', '0006', '0008', '0009')});
($status, $out, $err) = up('failing', '--format', 'json', '--quiet');
is($status, 1, 'a migration whose objects exist fails');
is_deeply([ map { $_->{result} } @{ decode_json($out)->{actions} } ], [ 'failed', ('not run') x 3 ], 'JSON: how far it came');
like($err, qr/already exists/, '... and why it stopped');

# Schemas that are somebody else's.
add_database($node, 'partial', 'owner');
run_sql($node, 'partial', 'owner', 'CREATE SCHEMA search; CREATE SCHEMA ops');
refuses('partial', [], qr/some of Headhunter's schemas exist, others don't\n.*Existing: ops, search;/, 'two of the four schemas');
run_sql($node, 'partial', 'owner', 'CREATE SCHEMA taxonomy; CREATE SCHEMA msgs');
refuses('partial', [], qr/schemas exist, but not the ledger/, 'all four without a ledger');

# What up needs and can't make.
run_sql($node, 'postgres', undef, 'CREATE DATABASE bare OWNER owner');
($status, $out, $err) = up('bare');
is($status, 1, 'no vector');
like($err, qr/permission denied to create extension "vector".*hint: An administrator can create it.*CREATE EXTENSION vector SCHEMA public;/s,
    '... the administrator\'s command');
run_sql($node, 'bare', undef, 'CREATE SCHEMA elsewhere; CREATE EXTENSION vector SCHEMA elsewhere');
refuses('bare', [], qr/"vector" is in schema "elsewhere".*ALTER EXTENSION vector SET SCHEMA public/s, 'vector in another schema');
run_sql($node, 'bare', undef, 'ALTER EXTENSION vector SET SCHEMA public');
($status, $out, $err) = up('bare');
is($status, 0, 'vector in its place') or diag($err);
like($out, qr/\Acreated extension pgcrypto/, 'pgcrypto needs no administrator');
run_sql($node, 'postgres', undef, 'CREATE DATABASE superusers');
is((try_client($node, 'superusers', undef, 'up', '-q'))[0], 0, 'a superuser needs nothing prepared');

# An older extension is brought up to date, by its owner or a superuser.
foreach my $role ('owner', undef)
{
    my $database = 'older_' . ($role // 'superuser');
    add_database($node, $database, 'owner');
    run_sql($node, $database, 'owner', q{CREATE EXTENSION headhunter VERSION '1.0'});
    ($status, $out, $err) = try_client($node, $database, $role, 'up');
    is($status, 0, "$database: up") or diag($err);
    like($out, qr/\Aupdated extension headhunter \S+ \(an older version is installed, /, "$database: updated");
    is((try_client($node, $database, $role, 'up'))[1], "nothing to do\n", "$database: and that was all");
}

# A standard file that the caller has closed does not become the connection, which would get what is printed.
sub closed
{
    my ($database, $close, @arguments) = @_;
    add_database($node, $database, 'owner');
    return try_program('sh', '-c', "exec \"\$@\" $close", 'sh', $ENV{HH_MIGRATE} // 'hh-migrate', @arguments,
        '-d', conninfo($node, $database, 'owner'));
}
($status, $out, $err) = closed('without_output', '>&-', 'up', '--owner=owner');
is($status, 1, 'standard output is closed: exit code');
like($err, qr/\Ahh-migrate: error: could not write to standard output(?:: Bad file descriptor)?\n\z/, '... message');
is((try_client($node, 'without_output', 'owner', 'up'))[1], "nothing to do\n", '... all was done');
($status, $out, $err) = closed('without_errors', '2>&-', 'up', '-v', '--owner=owner');
is($status, 0, 'standard error is closed: exit code');
is((try_client($node, 'without_errors', 'owner', 'up'))[1], "nothing to do\n", '... all was done');

done_testing();
