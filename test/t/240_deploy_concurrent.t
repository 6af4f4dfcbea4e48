# Several deployments at once, by hh.deploy() and by hh-migrate, and deployments that are killed.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner');
$node->append_conf('postgresql.conf', "restart_after_crash = on\n");
$node->reload;
my $timeout = IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default);

# A program in the background, as the owner.
sub start
{
    my (@command) = @_;
    my %program = (out => '', err => '');
    $program{handle} = IPC::Run::start(\@command, '<', \undef, '>', \$program{out}, '2>', \$program{err}, $timeout);
    return \%program;
}

sub start_sql
{
    my ($database, @sql) = @_;
    return start($node->installed_command('psql'), '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d',
        $node->connstr($database) . ' user=owner', map { ('-c', $_) } @sql);
}

sub start_up
{
    my ($database) = @_;
    return start($ENV{HH_MIGRATE} // 'hh-migrate', 'up', '--dbname', $node->connstr($database) . ' user=owner');
}

sub exit_code
{
    my ($program) = @_;
    $program->{handle}->finish;
    return $program->{handle}->full_result(0) >> 8;
}

# All end well, and the migrations that they say to have applied are each there once.
sub is_done_once
{
    my ($programs, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @codes = map { exit_code($_) } @$programs;
    is_deeply(\@codes, [ (0) x @$programs ], "$name: nobody fails") or diag(map { $_->{err} } @$programs);
    my @applied = sort map { $_->{out} =~ /^(?:applied (?:again )?)?(\d{4})[|_]/mg } @$programs;
    is("@applied", $expected, "$name: each migration is applied once");
    return;
}

my @versions = map { m{/(\d+)_[^/]*\z} } sort glob("$FindBin::RealBin/../../migrate/migrations/*.sql");

add_database($node, 'alone', 'owner');
run_sql($node, 'alone', 'owner', 'CREATE EXTENSION headhunter');
my $alone = catalog($node, 'alone');

# The first deployment, by eight sessions.
add_database($node, 'deploys', 'owner');
run_sql($node, 'deploys', 'owner', 'SET headhunter.deploy = off; CREATE EXTENSION headhunter');
is_done_once([ map { start_sql('deploys', 'SELECT * FROM hh.deploy()') } 1 .. 8 ], "@versions", 'eight hh.deploy()');
is_same_listing(catalog($node, 'deploys'), $alone, '... with the result that one has');

# By both ways.
add_database($node, 'mixed', 'owner');
run_sql($node, 'mixed', 'owner', 'SET headhunter.deploy = off; CREATE EXTENSION headhunter');
is_done_once([ map { (start_sql('mixed', 'SELECT * FROM hh.deploy()'), start_up('mixed')) } 1 .. 4 ], "@versions",
    'four hh.deploy() and four up');
is_same_listing(catalog($node, 'mixed'), $alone, '... with the result that one has');
run_sql($node, 'mixed', 'owner', q{DELETE FROM hh.migration WHERE version IN ('0006', '0007')});
is_done_once([ map { (start_up('mixed'), start_sql('mixed', 'SELECT * FROM hh.deploy()')) } 1 .. 4 ], '0006 0007',
    'four up and four hh.deploy(), for what is pending');

# Of two CREATE EXTENSION, PostgreSQL lets one fail.
add_database($node, 'creates', 'owner');
my @creates = map { start_sql('creates', '\\set VERBOSITY sqlstate', 'CREATE EXTENSION headhunter') } 1 .. 2;
is_deeply([ sort map { exit_code($_) } @creates ], [ 0, 1 ], 'of two CREATE EXTENSION one fails');
like(join('', map { $_->{err} } @creates), qr/ERROR:  (23505|42710)\b/, '... since the other has created it');
is_same_listing(catalog($node, 'creates'), $alone, '... with the result that one has');

# An hh.deploy() that holds the lock; a second, while it does.
my $first = start_sql('mixed', 'BEGIN', 'SELECT * FROM hh.deploy()', 'SELECT pg_sleep(600)');
ok($node->poll_query_until('mixed', q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active')}),
    'an hh.deploy() whose transaction goes on');
my $second = start_sql('mixed', q{SET lock_timeout = '300ms'}, 'SELECT * FROM hh.deploy()');
is(exit_code($second), 1, 'a second does not wait longer than lock_timeout says');
like($second->{err}, qr/ERROR:  another deployment of headhunter is running in this database/, '... and says what it waited for');
$second = start_sql('mixed', q{SET statement_timeout = '300ms'}, 'SELECT * FROM hh.deploy()');
is(exit_code($second), 1, 'nor than statement_timeout says');
like($second->{err}, qr/ERROR:  canceling statement due to statement timeout/, '... which interrupts the waiting');

# The first is killed while a third waits: the third goes on.
my $third = start_sql('mixed', 'SELECT 0006 FROM hh.deploy()', q{SELECT 'done'});
ok($node->poll_query_until('mixed', q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Extension' AND query LIKE '%hh.deploy%')}),
    'a third waits');
run_sql($node, 'mixed', undef, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'});
is(exit_code($third), 0, 'the first is ended, and the third goes on');
is($third->{out}, "done\n", '... and finds nothing to do');
exit_code($first);

# kill -9 of a server process in the middle of the first deployment: all or nothing, and the next one completes.
add_database($node, 'killed', 'owner');
run_sql($node, 'killed', 'owner', 'SET headhunter.deploy = off; CREATE EXTENSION headhunter');
run_sql($node, 'killed', undef, q{
    CREATE FUNCTION public.linger() RETURNS event_trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'msgs.outbox') THEN
            PERFORM pg_sleep(600);
        END IF;
    END $$;
    CREATE EVENT TRIGGER linger ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.linger()});
my $killed = start_sql('killed', 'SELECT * FROM hh.deploy()');
my $lingering = q{FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = 'killed'};
ok($node->poll_query_until('killed', "SELECT EXISTS (SELECT $lingering)"), 'in the middle of a deployment');
my $pid = run_sql($node, 'killed', undef, "SELECT pid $lingering");
kill 'KILL', $pid;
isnt(exit_code($killed), 0, 'its server process is killed');
ok($node->poll_query_until('killed', q{SELECT true}), 'the server recovers');
is(run_sql($node, 'killed', undef, q{SELECT to_regclass('hh.migration') IS NULL AND to_regnamespace('search') IS NULL}), 't', 'nothing stands');
run_sql($node, 'killed', undef, 'DROP EVENT TRIGGER linger; DROP FUNCTION public.linger()');
is_done_once([ map { start_sql('killed', 'SELECT * FROM hh.deploy()') } 1 .. 2 ], "@versions", 'the next two');
is_same_listing(catalog($node, 'killed'), $alone, '... with the result that one has');

done_testing();
