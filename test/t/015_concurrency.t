# Several deployments at once, and deployments that are stopped.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

without_roles();

# The server module sets a name of its own.
delete $ENV{PGAPPNAME};

my $node = new_node('main');
add_role($node, 'owner');

# The bytes of "hhmigrat": HH_DEPLOY_LOCK_KEY.
my $key = '7523383476996956532';
my $timeout = IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default);

# A program in the background: its handle, and what it says so far.
sub start
{
    my (@command) = @_;
    my ($out, $err) = ('', '');
    my $handle = IPC::Run::start(\@command, '<', \undef, '>', \$out, '2>', \$err, $timeout);
    return { handle => $handle, out => \$out, err => \$err };
}

sub start_client
{
    my ($database, @arguments) = @_;
    return start($ENV{HH_MIGRATE} // 'hh-migrate', @arguments, '--dbname', $node->connstr($database) . ' user=owner');
}

sub start_psql
{
    my ($database, $sql) = @_;
    return start($node->installed_command('psql'), '-Xq', '-d', $node->connstr($database), '-c', $sql);
}

sub finish
{
    my ($program) = @_;
    $program->{handle}->finish;
    return $program->{handle}->full_result(0) >> 8;
}

# Waits until the program has said it on standard error.
sub says
{
    my ($program, $expected, $name) = @_;
    $program->{handle}->pump until ${ $program->{err} } =~ $expected || !$program->{handle}->pumpable;
    return like(${ $program->{err} }, $expected, $name);
}

sub wait_for
{
    my ($database, $query, $name) = @_;
    return ok($node->poll_query_until($database, $query), $name);
}

# Many at once: each migration is applied once, and nobody fails.
add_database($node, 'many', 'owner');
my @clients = map { start_client('many', 'up') } 1 .. 6;
my @codes = map { finish($_) } @clients;
is_deeply(\@codes, [ (0) x 6 ], 'six at once: all are content') or diag(map { ${ $_->{err} } } @clients);
my %applied;
foreach my $client (@clients)
{
    $applied{$1}++ while ${ $client->{out} } =~ /^applied (\d+)/mg;
}
my %once = map { m{/(\d+)_[^/]*\.sql$} => 1 } glob("$FindBin::RealBin/../../migrate/migrations/*.sql");
is_deeply(\%applied, \%once, '... each migration was applied once');
is(scalar(grep { ${ $_->{out} } eq "nothing to do\n" } @clients), 5, '... by one of them');

# Beside hh.deploy(), which holds the same lock until its transaction ends.
run_sql($node, 'many', 'owner', q{DELETE FROM hh.migration WHERE version = '0007'});
my $deploy = start($node->installed_command('psql'), '-Xq', '-d', $node->connstr('many') . ' user=owner',
    '-c', 'BEGIN', '-c', 'SELECT hh.deploy()', '-c', 'SELECT pg_sleep(3)', '-c', 'COMMIT');
wait_for('many', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'}, 'hh.deploy() is at work');
my $client = start_client('many', 'up');
is(finish($client), 0, 'up after hh.deploy()');
is(${ $client->{out} }, "nothing to do\n", '... has nothing left to do');
like(${ $client->{err} }, qr/waiting for another deployment.*\n.*held by pid \d+ \(user owner, application "psql", connected since .* UTC\)/,
    '... and said what it waited for');
is(finish($deploy), 0, '... which ended well');

# --lock-wait.
my $holder = start_psql('many', "SELECT pg_advisory_lock($key), pg_sleep(600)");
wait_for('many', q{SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND granted}, 'somebody holds the lock');
my ($status, $out, $err) = try_client($node, 'many', 'owner', 'up', '--lock-wait', '1');
is($status, 1, 'a lock that isn\'t released: exit code');
like($err, qr/error: another deployment of this database did not end within 1 seconds\n.*detail: It is held by pid \d+ \(user/, '... message');
is((try_client($node, 'many', 'owner', 'up', '--lock-wait', '0'))[0], 1, '... not waited for at all');
is((try_client($node, 'many', 'owner', 'status'))[0], 0, 'status needs no lock');
is((try_client($node, 'many', 'owner', 'up', '--dry-run'))[0], 0, 'nor does a dry run');

# Between two tries nobody finds a transaction of ours, or a snapshot.
$client = start_client('many', 'up');
says($client, qr/waiting for/, 'waiting');
my @held = map { usleep(50_000);
    run_sql($node, 'many', undef, q{SELECT count(*) FROM pg_stat_activity
        WHERE application_name = 'hh-migrate' AND (xact_start IS NOT NULL AND state <> 'active' OR state LIKE 'idle in%')}) } 1 .. 10;
is_deeply(\@held, [ (0) x 10 ], '... holds no transaction');

# Ctrl-C, and the signal of a pipeline, while waiting.
$client->{handle}->signal('INT');
is(finish($client), 1, 'Ctrl-C while waiting: exit code');
like(${ $client->{err} }, qr/error: canceled while waiting/, '... message');
$client = start_client('many', 'up');
says($client, qr/waiting for/, 'waiting again');
$client->{handle}->signal('TERM');
is(finish($client), 1, 'SIGTERM while waiting: exit code');
run_sql($node, 'many', undef, q{SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'});
finish($holder);

# Ctrl-C in a migration: the server stops too, and nothing of it stands.
add_database($node, 'slow', 'owner');
run_sql($node, 'slow', undef, q{
    CREATE FUNCTION public.linger() RETURNS event_trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'taxonomy.eco_alias') THEN
            PERFORM pg_sleep(600);
        END IF;
    END $$;
    CREATE EVENT TRIGGER linger ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.linger()});
my $sleeping = q{SELECT count(*) = %d FROM pg_stat_activity WHERE application_name = 'hh-migrate' AND wait_event = 'PgSleep'};
foreach my $signal ('INT', 'TERM')
{
    $client = start_client('slow', 'up');
    wait_for('slow', sprintf($sleeping, 1), "$signal: in the middle of a migration");
    $client->{handle}->signal($signal);
    is(finish($client), 1, "$signal: exit code");
    like(${ $client->{err} }, qr/migration 0003_taxonomy failed at statement.*canceling statement due to user request/s, "$signal: message");
    wait_for('slow', sprintf($sleeping, 0), "$signal: the server has stopped");
    is(run_sql($node, 'slow', 'owner', q{SELECT max(version) FROM hh.migration WHERE state = 'applied'}), '0002', "$signal: what was done before stands");
    is(run_sql($node, 'slow', 'owner', q{SELECT to_regnamespace('taxonomy') IS NULL}), 't', "$signal: and no more");
}

# The connection is cut.
$client = start_client('slow', 'up');
wait_for('slow', sprintf($sleeping, 1), 'once more in the middle');
run_sql($node, 'slow', undef, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hh-migrate'});
is(finish($client), 1, 'a connection that is cut: exit code');
like(${ $client->{err} }, qr/migration 0003_taxonomy failed.*terminating connection due to administrator command/s, '... message');

# A client that is killed: its lock goes with its connection, and the next one goes on.
$client = start_client('slow', 'up');
wait_for('slow', sprintf($sleeping, 1), 'and once more');
$client->{handle}->signal('KILL');
finish($client);
run_sql($node, 'slow', undef, 'DROP EVENT TRIGGER linger; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = \'hh-migrate\'');
is((try_client($node, 'slow', 'owner', 'up'))[0], 0, 'a killed client\'s successor');
is((try_client($node, 'slow', 'owner', 'status'))[0], 0, '... brings it to its end');

# Somebody who stops reading our output doesn't stop a deployment.
add_database($node, 'unread', 'owner');
my $conninfo = $node->connstr('unread') . ' user=owner';
my $program = $ENV{HH_MIGRATE} // 'hh-migrate';
system("$program up --dbname \"$conninfo\" 2>/dev/null | true");
wait_for('unread', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'hh-migrate'}, 'it has ended');
is((try_client($node, 'unread', 'owner', 'status'))[0], 0, 'output that nobody reads');

done_testing();
