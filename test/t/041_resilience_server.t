# What a server does to a deployment: it runs out of space, takes rights away half-way, ends
# the connection at the worst moment, or is a standby.  Each time the migration in question leaves
# nothing, what was done before stands, and the next run completes.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

without_roles();

# Segments of the log that are smaller than what a table may grow to, below.
my $node = new_node('main', allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C.UTF-8', '--wal-segsize=1' ]);
add_role($node, 'owner', 'pipeline');
my $timeout = IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default);

my %clean;

# What the catalogs are after these migrations, without a disturbance.
sub clean_catalog
{
    my ($files) = @_;
    my $key = join "\0", %$files{ sort keys %$files };
    $clean{$key} //= do
    {
        my $database = 'clean_' . keys %clean;
        add_database($node, $database, 'owner');
        run_client($node, $database, 'owner', 'up', '--dir', migrations_in(%$files));
        catalog($node, $database);
    };
    return $clean{$key};
}

# The migration that failed, where it did, and how; then everything is set right and it is run again.
sub fails_and_completes
{
    my ($database, $role, $files, $failure, $run, $repair, $name) = @_;
    my $directory = migrations_in(%$files);
    my ($status, $out, $err) = $run->($database, $role, 'up', '--dir', $directory);
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($status, 1, "$name: exit code") or diag($out . $err);
    like($err, $failure, '... message');
    like($out, qr/^applied 1000_base/m, '... what was done before stands');
    like($err, qr/What was done before stands \(steps: \d+ of \d+\); the failed step left nothing behind\./, '... and it says so');
    is(run_sql($node, $database, undef, q{SELECT string_agg(version, ',' ORDER BY version) FROM hh.migration WHERE version >= '1000' AND state = 'applied'}),
        '1000', '... as the ledger does');
    is(run_sql($node, $database, undef, q{SELECT to_regclass('team.half') IS NULL}), 't', '... and nothing else');
    $repair->();
    ($status, $out, $err) = try_client($node, $database, $role, 'up', '--dir', $directory);
    is($status, 0, '... the next run completes') or diag($err);
    is_same_listing(catalog($node, $database), clean_catalog($files), '... with the catalogs of a clean run');
    return;
}

sub client
{
    return try_client($node, @_);
}

my $base = "CREATE SCHEMA team;\nCREATE TABLE team.numbers (id bigint, body text);\n";

# No space for temporary files.
my %files = ('1000_base.sql' => $base, '1001_index.sql' => <<'END');
CREATE TABLE team.half ();
INSERT INTO team.numbers SELECT g, md5(g::text) FROM generate_series(1, 50000) AS g;
SET LOCAL maintenance_work_mem = '1MB';
CREATE INDEX numbers_body_idx ON team.numbers (body);
END
add_database($node, 'temporary', 'owner');
run_sql($node, 'postgres', undef, q{ALTER ROLE owner SET temp_file_limit = '64kB'});
fails_and_completes('temporary', 'owner', \%files,
    qr/1001_index failed at statement 4 of 4 \(.*\n.*detail: temporary file size exceeds temp_file_limit \(64kB\) \(SQLSTATE 53400\)/,
    \&client, sub { run_sql($node, 'postgres', undef, 'ALTER ROLE owner RESET temp_file_limit') }, 'temp_file_limit');

# No space for the table itself: the server may write no file beyond 3 MB.
sub limit_files
{
    my ($bytes) = @_;
    my ($pid) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
    system('prlimit', '--pid', $pid, "--fsize=$bytes:unlimited") == 0 or die "prlimit: $?";
    return;
}
%files = ('1000_base.sql' => $base,
    '1001_rows.sql' => "CREATE TABLE team.half ();\nINSERT INTO team.numbers SELECT g, repeat('x', 1000) FROM generate_series(1, 10000) AS g;\n");
add_database($node, 'disk', 'owner');
limit_files(3 << 20);
fails_and_completes('disk', 'owner', \%files, qr/1001_rows failed at statement 2 of 2 \(.*\n.*detail: could not extend file "[^"]*".*: File too large.*hint: Check free disk space/s,
    \&client, sub { limit_files('unlimited') }, 'a disk that is full');
is(run_sql($node, 'disk', undef, 'SELECT count(*) FROM team.numbers'), 10000, '... and every row');

# Rights that are taken away in the middle.  The migration waits for a lock that we hold meanwhile.
sub start_sql
{
    my ($database, $sql) = @_;
    my ($out, $err) = ('', '');
    return IPC::Run::start([ $node->installed_command('psql'), '-Xq', '-d', $node->connstr($database) . ' application_name=blocker', '-c', $sql ],
        '<', \undef, '>', \$out, '2>', \$err, $timeout);
}

# Runs the client; when it waits for the advisory lock 7 (of a migration's), does something, and lets it go on.
sub client_meanwhile
{
    my ($action) = @_;
    return sub {
        my ($database, $role, @arguments) = @_;
        my $blocker = start_sql($database, 'SELECT pg_advisory_lock(7), pg_sleep(600)');
        $node->poll_query_until($database, q{SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND granted}) or die;
        my ($out, $err) = ('', '');
        my $client = IPC::Run::start([ $ENV{HH_MIGRATE} // 'hh-migrate', @arguments, '--dbname', conninfo($node, $database, $role) ],
            '<', \undef, '>', \$out, '2>', \$err, $timeout);
        $node->poll_query_until($database, q{SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted})
          or diag("$out$err");
        $action->();
        run_sql($node, 'postgres', undef, q{SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'blocker'});
        $blocker->finish;
        $client->finish;
        return ($client->full_result(0) >> 8, $out, $err);
    };
}

my $wait = "SELECT pg_advisory_xact_lock(7);\n";
my $long = "-- hh: lock-timeout 10min\n";

# The pipeline's role may no longer act for the owner: inside of a migration, and between two.
%files = ('1000_base.sql' => $base, '1001_inside.sql' => "${long}CREATE TABLE team.half ();\n${wait}CREATE TABLE team.more ();\n");
add_database($node, 'member', 'owner');
run_sql($node, 'postgres', undef, 'GRANT owner TO pipeline');
run_client($node, 'member', 'owner', 'up');
fails_and_completes('member', 'pipeline', \%files, qr/1001_inside failed at statement 3 of 3 \(.*\n.*detail: [^\n]*(must be member of|must be able to SET ROLE|permission denied|may not)/,
    client_meanwhile(sub { run_sql($node, 'postgres', undef, 'REVOKE owner FROM pipeline') }),
    sub { run_sql($node, 'postgres', undef, 'GRANT owner TO pipeline') }, 'a membership revoked in a migration');

# The owner may no longer create schemas, from the next migration on.
add_role($node, 'tenant');
run_sql($node, 'postgres', undef, 'CREATE DATABASE rights');
run_sql($node, 'rights', undef, 'CREATE EXTENSION vector; CREATE EXTENSION pgcrypto; GRANT CREATE ON DATABASE rights TO tenant');
%files = ('1000_base.sql' => "$long$base$wait", '1001_schema.sql' => "CREATE TABLE team.half ();\nCREATE SCHEMA another;\n");
my $directory = migrations_in(%files);
my ($status, $out, $err) =
  client_meanwhile(sub { run_sql($node, 'rights', undef, 'REVOKE CREATE ON DATABASE rights FROM tenant') })->('rights', 'tenant', 'up', '--dir', $directory);
is($status, 1, 'a right revoked between migrations: exit code') or diag($err);
like($out, qr/^applied 1000_base/m, '... the one before stands');
like($err, qr/1001_schema failed at statement 2 of 2 \(.*\n.*detail: permission denied for database rights \(SQLSTATE 42501\)/, '... message');
is(run_sql($node, 'rights', undef, q{SELECT to_regclass('team.half') IS NULL}), 't', '... nothing else does');
is((try_client($node, 'rights', 'tenant', 'status', '--dir', $directory))[0], 2, '... which status says');
run_sql($node, 'rights', undef, 'GRANT CREATE ON DATABASE rights TO tenant');
is((try_client($node, 'rights', 'tenant', 'up', '--dir', $directory))[0], 0, '... the next run completes');

# The connection ends while a lock is waited for, in a statement, and at COMMIT.
my $terminate = q{SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query NOT LIKE '%pg_stat_activity%'
    AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted)};
my $commit = <<'END';
CREATE FUNCTION team.wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON team.numbers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION team.wait();
END
my @moments = (
    [ 'in a lock wait', $base, "${long}CREATE TABLE team.half ();\n$wait", qr/1001_cut failed at statement 2 of 2 \(/ ],
    [ 'in the first statement', $base, "${long}${wait}CREATE TABLE team.half ();\n", qr/1001_cut failed at statement 1 of 2 \(/ ],
    [ 'at COMMIT', "$base$commit", "${long}CREATE TABLE team.half ();\nINSERT INTO team.numbers VALUES (1);\n", qr/1001_cut could not be committed/ ],
);
foreach my $moment (@moments)
{
    my ($when, $first, $second, $message) = @$moment;
    my $database = 'cut' . keys %clean;
    add_database($node, $database, 'owner');
    %files = ('1000_base.sql' => $first, '1001_cut.sql' => $second);
    if ($when eq 'at COMMIT')
    {
        # Whether it was committed is not known to the client, and it doesn't pretend.
        my $there = migrations_in(%files);
        ($status, $out, $err) = client_meanwhile(sub { run_sql($node, $database, undef, $terminate) })->($database, 'owner', 'up', '--dir', $there);
        is($status, 1, "$when: exit code");
        like($err, $message, '... message');
        like($err, qr/hint: Whether 1001_cut was committed is not known: "hh-migrate status" says\./, '... and what to do');
        unlike($err, qr/left nothing behind/, '... and no more');
        is((try_client($node, $database, 'owner', 'status', '--dir', $there))[0], 2, '... status says that it was not');
        is((try_client($node, $database, 'owner', 'up', '--dir', $there))[0], 0, '... the next run completes');
        is_same_listing(catalog($node, $database), clean_catalog(\%files), '... with the catalogs of a clean run');
        next;
    }
    fails_and_completes($database, 'owner', \%files, qr/$message.*\n.*detail: terminating connection due to administrator command/,
        client_meanwhile(sub { run_sql($node, $database, undef, $terminate) }), sub { }, "a connection cut $when");
}

# While waiting for another deployment.
my $key = '7523383476996956532';
my $holder = start_sql('disk', "SELECT pg_advisory_lock($key), pg_sleep(600)");
$node->poll_query_until('disk', qq{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'blocker' AND wait_event = 'PgSleep'}) or die;
my $client = IPC::Run::start([ $ENV{HH_MIGRATE} // 'hh-migrate', 'up', '--dbname', conninfo($node, 'disk', 'owner') . ' application_name=waiter' ],
    '<', \undef, '>', \$out, '2>', \$err, $timeout);
$client->pump until $err =~ /waiting for another deployment/ || !$client->pumpable;
run_sql($node, 'postgres', undef, q{SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'waiter'});
$client->finish;
is($client->full_result(0) >> 8, 1, 'a connection cut while waiting for the deployment lock: exit code');
like($err, qr/error: (terminating connection due to administrator command|server closed the connection|no connection to the server)/, '... message');
run_sql($node, 'postgres', undef, q{SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'blocker'});
$holder->finish;

# A standby with something pending: refused; when it has become the primary, it completes.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
$directory = migrations_in('1000_base.sql' => $base, '1001_more.sql' => "CREATE TABLE team.half ();\n");
add_database($node, 'standing', 'owner');
run_client($node, 'standing', 'owner', 'up');
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
($status, $out, $err) = try_client($standby, 'standing', 'owner', 'up', '--dir', $directory);
is($status, 1, 'a standby: exit code');
is($out, '', '... nothing is done');
like($err, qr/error: the server is a standby.*hint: Connect to the primary/s, '... message and hint');
is((try_client($standby, 'standing', 'owner', 'status', '--dir', $directory))[0], 2, '... status says what is pending');
my $both = 'host=' . join(',', map { $_->host } $standby, $node) . ' port=' . join(',', map { $_->port } $standby, $node) . " user=owner dbname=standing";
($status, $out, $err) = try_program($ENV{HH_MIGRATE} // 'hh-migrate', 'up', '--dry-run', '--dir', $directory, '-d', "$both target_session_attrs=read-write");
is($status, 0, '... target_session_attrs=read-write finds the primary') or diag($err);
$standby->promote;
($status, $out, $err) = try_client($standby, 'standing', 'owner', 'up', '--dir', $directory);
is($status, 0, 'promoted: it completes') or diag($err);
like($out, qr/\Aapplied 1000_base.*\napplied 1001_more.*\n\z/, '... what was pending');

done_testing();
