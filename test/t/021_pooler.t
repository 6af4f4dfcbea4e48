# hh-migrate behind PgBouncer: refused where sessions are shared, at home where they are not.

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

my $node = new_node('main');
add_role($node, 'owner');
my $superuser = run_sql($node, 'postgres', undef, 'SELECT current_user');
my ($program) = grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}), '/usr/sbin';
defined $program or die 'no pgbouncer: install the package of that name';
my $timeout = IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default);

# Starts a PgBouncer; returns its handle, and where it listens.
sub start_pooler
{
    my (@settings) = @_;
    my $directory = PostgreSQL::Test::Utils::tempdir_short();
    my ($out, $err) = ('', '');
    append_to_file("$directory/users", qq{"owner" ""\n"$superuser" ""\n});
    append_to_file("$directory/pgbouncer.ini", join("\n",
        '[databases]', '* = host=' . $node->host . ' port=' . $node->port,
        '[pgbouncer]', 'listen_addr =', 'listen_port = 6543', "unix_socket_dir = $directory",
        'auth_type = trust', "auth_file = $directory/users", "logfile = $directory/log", @settings, ''));
    my $handle = IPC::Run::start([ $program, '-q', "$directory/pgbouncer.ini" ], '<', \undef, '>', \$out, '2>', \$err, $timeout);
    for (1 .. 500)
    {
        last if -S "$directory/.s.PGSQL.6543";
        usleep(20_000);
    }
    return ($handle, $directory);
}

sub stop_pooler
{
    my ($handle) = @_;
    $handle->signal('INT');
    $handle->finish;
    return;
}

sub client
{
    my ($directory, $database, $role, @arguments) = @_;
    return try_program($ENV{HH_MIGRATE} // 'hh-migrate', @arguments, '--dbname',
        "host=$directory port=6543 dbname=$database user=$role");
}

sub psql
{
    my ($directory, $database, $sql) = @_;
    return run_program($node->installed_command('psql'), '-XqAt', '-d', "host=$directory port=6543 dbname=$database user=owner", '-c', $sql);
}

# So many sessions at once, that the pool has them.
sub warm
{
    my ($directory, $database, $count) = @_;
    my @handles = map {
        IPC::Run::start([ $node->installed_command('psql'), '-Xq', '-d', "host=$directory port=6543 dbname=$database user=owner",
            '-c', 'SELECT pg_sleep(0.5)' ], '<', \undef, '>', \my $out, '2>', \my $err, $timeout)
    } 1 .. $count;
    $_->finish foreach @handles;
    return;
}

my $number = 0;
foreach my $case (
    [ 'transaction mode, one session', 1, 'pool_mode = transaction', 'default_pool_size = 1' ],
    [ 'transaction mode, two sessions', 2, 'pool_mode = transaction', 'default_pool_size = 2' ],
    [ 'transaction mode, in turns', 2, 'pool_mode = transaction', 'default_pool_size = 2', 'server_round_robin = 1' ],
    [ 'transaction mode, sessions that end soon', 2, 'pool_mode = transaction', 'default_pool_size = 2', 'server_lifetime = 1' ],
    [ 'transaction mode, nobody before', 0, 'pool_mode = transaction', 'default_pool_size = 20' ],
    [ 'statement mode', 2, 'pool_mode = statement' ])
{
    my ($name, $sessions, @settings) = @$case;
    my $database = 'shared' . ++$number;
    add_database($node, $database, 'owner');
    my ($handle, $directory) = start_pooler(@settings);
    warm($directory, $database, $sessions) if $sessions > 0;
    foreach my $command ('up', 'status', 'maintain')
    {
        my ($status, $out, $err) = client($directory, $database, 'owner', $command);
        is($status, 1, "$name, $command: exit code");
        is($out, '', "$name, $command: nothing was done");
        like($err, qr/error: the connection goes through a pooler that shares the server's sessions\n.*hint: .*connect to the server itself/s,
            "$name, $command: the reason, and what to do");
    }
    is(run_sql($node, $database, undef, q{SELECT count(*) FROM pg_namespace WHERE nspname = 'hh'}), 0, "$name: nothing was made");
    is(run_sql($node, $database, undef, q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'}), 0, "$name: no lock is left behind");
    is(psql($directory, $database, 'SHOW search_path'), qq{"\$user", public\n}, "$name: nor a setting for the next client");
    stop_pooler($handle);
}

# Session mode: also where there is no second session to be had.
foreach my $case ([ 'session mode', 'default_pool_size = 20' ], [ 'session mode, one session', 'default_pool_size = 1' ])
{
    my ($name, @settings) = @$case;
    my $database = 'own' . ++$number;
    add_database($node, $database, 'owner');
    my ($handle, $directory) = start_pooler('pool_mode = session', @settings);
    my ($status, $out, $err) = client($directory, $database, 'owner', 'up');
    is($status, 0, "$name: up") or diag($err);
    is($err, '', "$name: ... without a word");
    is((client($directory, $database, 'owner', 'up'))[1], "nothing to do\n", "$name: up again");
    is((client($directory, $database, $superuser, 'up'))[1], "nothing to do\n", "$name: up as another role");
    is((client($directory, $database, 'owner', 'status'))[0], 0, "$name: status");
    is(run_sql($node, $database, undef, q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'}), 0, "$name: no lock is left behind");
    stop_pooler($handle);
}

# A lock that is lost under way is noticed before the next migration.
foreach my $role ('owner', undef)
{
    my $database = 'lost' . ++$number;
    add_database($node, $database, 'owner');
    my ($status, $out, $err) = try_client($node, $database, $role, 'up', '--owner', 'owner', '--dir',
        migrations_in('1000_unlock.sql' => 'SELECT pg_advisory_unlock_all()', '1001_next.sql' => 'CREATE TABLE hh.never ()'));
    is($status, 1, 'a migration that releases the lock: exit code');
    like($out, qr/^applied 1000_unlock .*\n\z/m, '... is the last one');
    like($err, qr/error: the deployment lock is no longer held\n.*hint: No migration may call pg_advisory_unlock_all/s, '... and it is said');
    is(run_sql($node, $database, undef, q{SELECT to_regclass('hh.never') IS NULL}), 't', '... nothing is run without it');
}

# By its key, too.  Given back once only, it is still held: the session has it twice over.
my $unlock = 'pg_advisory_unlock(7523383476996956532)';
my $held = q{DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
    AND pid = pg_backend_pid()) THEN RAISE 'it is not held'; END IF; END $$};
foreach my $role ('owner', undef)
{
    my $database = 'given_back' . ++$number;
    add_database($node, $database, 'owner');
    my ($status, $out, $err) = try_client($node, $database, $role, 'up', '--owner', 'owner', '--dir',
        migrations_in('1000_once.sql' => "SELECT $unlock", '1001_held.sql' => $held,
            '1002_twice.sql' => "SELECT $unlock, $unlock", '1003_next.sql' => 'CREATE TABLE hh.never ()'));
    is($status, 1, 'migrations that give the lock back: exit code');
    like($out, qr/^applied 1001_held .*\napplied 1002_twice .*\n\z/m, '... once does no harm, and more than that is the last one');
    like($err, qr/error: the deployment lock is no longer held\n/, '... and it is said');
}

done_testing();
