# The upkeep of partitions beside services that write and read all the time: nobody fails, no row is
# lost or doubled, no partition is made twice.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_node('main');
add_role($node, 'owner');
add_database($node, 'main', 'owner');
run_sql($node, 'main', 'owner', 'CREATE EXTENSION headhunter');
$node->append_conf('postgresql.conf', "restart_after_crash = on\n");
$node->reload;
my $timeout = IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default);

sub start
{
    my (@command) = @_;
    my %program = (out => '', err => '');
    $program{handle} = IPC::Run::start(\@command, '<', \undef, '>', \$program{out}, '2>', \$program{err}, $timeout);
    return \%program;
}

sub start_sql
{
    my (@sql) = @_;
    return start($node->installed_command('psql'), '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d',
        $node->connstr('main') . ' user=owner', map { ('-c', $_) } @sql);
}

sub exit_code
{
    my ($program) = @_;
    $program->{handle}->finish;
    return $program->{handle}->full_result(0) >> 8;
}

# A service: pgbench with a script, for so many seconds.
sub start_service
{
    my ($name, $clients, $script) = @_;
    my $file = $node->basedir . "/$name.sql";
    append_to_file($file, $script);
    my $service = start($node->installed_command('pgbench'), '-n', '-c', $clients, '-T', 6, '-f', $file, '-M', 'prepared',
        $node->connstr('main') . ' user=owner');
    $service->{name} = $name;
    return $service;
}

# How many transactions it has made; its error is a failed test.
sub transactions_of
{
    my ($service) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is(exit_code($service), 0, "$service->{name}: no error") or diag($service->{err});
    # pgbench takes a deadlock for a thing that happens.
    like($service->{out}, qr/^number of failed transactions: 0 /m, "$service->{name}: no deadlock");
    my ($made) = $service->{out} =~ /number of transactions actually processed: (\d+)/;
    cmp_ok($made // 0, '>', 50, "$service->{name}: has done something");
    return $made // 0;
}

# All rows back into the default partitions, as where nobody had made any.
sub remove_partitions
{
    run_sql($node, 'main', 'owner', q{
        DO $$
        DECLARE child record;
        BEGIN
            FOR child IN
                SELECT i.inhrelid::regclass AS name, i.inhparent::regclass AS parent,
                       p.partdefid::regclass AS default_partition
                FROM pg_inherits AS i JOIN pg_partitioned_table AS p ON p.partrelid = i.inhparent
                WHERE i.inhparent IN ('search.search_logs'::regclass, 'ops.pipeline_metrics'::regclass)
                    AND i.inhrelid <> p.partdefid
            LOOP
                EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', child.parent, child.name);
                EXECUTE format('INSERT INTO %s SELECT * FROM %s', child.default_partition, child.name);
                EXECUTE format('DROP TABLE %s', child.name);
            END LOOP;
        END $$});
    return;
}

my $counts = q{SELECT count(*), count(DISTINCT search_id), count(*) FILTER (WHERE tableoid = 'search.search_logs_default'::regclass)
    FROM search.search_logs};

# Rows of three months arrive in the default partition while eight sessions empty it.
run_sql($node, 'main', 'owner', q{CREATE TABLE public.sent (service text, n bigint)});
remove_partitions();
my $insert = q{INSERT INTO search.search_logs (tenant_id, request, created_at)
    VALUES ('acme', '{}', date_trunc('month', now(), 'UTC') + make_interval(months => :month, secs => 60));};
my @services = (
    start_service('writers', 3, "\\set month random(-1, 1)\n$insert\n"),
    start_service('a writer of two rows', 1, "\\set month random(-1, 1)\nBEGIN;\n$insert\n$insert\nCOMMIT;\n"),
    start_service('a reader that writes', 1, "\\set month 0\nBEGIN;\nSELECT count(*) FROM search.search_logs WHERE tenant_id = 'none';\n$insert\nCOMMIT;\n"),
);
my %weight = ('writers' => 1, 'a writer of two rows' => 2, 'a reader that writes' => 1);
ok($node->poll_query_until('main', 'SELECT count(*) > 500 FROM search.search_logs_default'), 'rows arrive in the default partition');
my @maintainers = map { start_sql('SELECT relation, partition_name, action FROM ops.maintain_partitions(2)') } 1 .. 8;
my @codes = map { exit_code($_) } @maintainers;
is_deeply(\@codes, [ (0) x 8 ], 'eight ops.maintain_partitions() at once: nobody fails') or diag(map { $_->{err} } @maintainers);
my %made;
foreach my $maintainer (@maintainers)
{
    $made{$1}++ while $maintainer->{out} =~ /^\S+?\|(\S+?)\|/mg;
}
is(scalar(keys %made), 7, 'seven partitions: a month back with rows in it, this month and two more, twice') or diag(%made);
is_deeply([ grep { $made{$_} != 1 } keys %made ], [], '... each made once');
my $sent = 0;
$sent += $weight{ $_->{name} } * transactions_of($_) foreach @services;
is(run_sql($node, 'main', 'owner', $counts), "$sent|$sent|0", 'every row is there once, and none in the default partition');

# A run that also drops takes stronger locks than readers let go while they wait for it.
remove_partitions();
run_sql($node, 'main', 'owner', q{SELECT ops.add_month_partition('search.search_logs', 'created_at', 'search.search_logs_default',
    date_trunc('month', now(), 'UTC') - make_interval(months => n)) FROM generate_series(20, 22) AS n});
@services = (
    start_service('writers beside drops', 2, "\\set month random(0, 1)\n$insert\n"),
    start_service('readers beside drops', 2, "SELECT count(*) FROM search.search_logs WHERE tenant_id = 'none';\n"),
);
ok($node->poll_query_until('main', "SELECT count(*) > $sent + 50 FROM search.search_logs"), 'they are at work');
my @runs;
foreach my $months (1 .. 4)
{
    my $run = start_sql("SELECT action FROM ops.maintain_partitions($months, " . (22 - $months) . ')');
    push @runs, exit_code($run);
    diag($run->{err}) if $run->{err};
}
is_deeply(\@runs, [ (0) x 4 ], 'runs that add and drop');
$sent += transactions_of($services[0]);
transactions_of($services[1]);
is(run_sql($node, 'main', 'owner', $counts), "$sent|$sent|0", 'every row is there once');
is(run_sql($node, 'main', 'owner', q{SELECT count(*) FROM ops.partition_ranges('search.search_logs') WHERE range_end < now() - interval '18 months'}), '0',
    '... and the old partitions are not');

# Whoever holds a table for long keeps the upkeep waiting, but nobody behind it.
remove_partitions();
my $reader = start_sql('BEGIN', 'SELECT count(*) FROM search.search_logs', 'SELECT pg_sleep(600)');
ok($node->poll_query_until('main', q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active')}),
    'a reader goes on and on');
my $waiting = start_sql(q{SELECT count(*) FROM ops.maintain_partitions(2) WHERE relation = 'search.search_logs'});
ok($node->poll_query_until('main', q{SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'search.search_logs_default'::regclass}),
    'the upkeep waits for it');
my $slowest = 0;
foreach my $try (1 .. 20)
{
    my ($status, $out, $err) = try_sql($node, 'main', 'owner', q{SET lock_timeout = '1s';
        INSERT INTO search.search_logs (tenant_id, request) VALUES ('acme', '{}')});
    $sent++ if $status == 0;
    $slowest++ if $status != 0;
}
is($slowest, 0, 'no writer waits a second behind it');

# A run that is killed while it waits, one that is killed in the middle of the move, and what comes after.
$waiting->{handle}->signal('KILL');
eval { exit_code($waiting) };
run_sql($node, 'main', undef, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'owner'});
eval { exit_code($reader) };
run_sql($node, 'main', 'owner', q{CREATE FUNCTION public.linger() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM set_config('application_name', 'moving', true); PERFORM pg_sleep(600); RETURN NULL; END $$;
    CREATE TRIGGER linger AFTER DELETE ON search.search_logs_default FOR EACH STATEMENT EXECUTE FUNCTION public.linger()});
my $moving = start_sql('SELECT * FROM ops.maintain_partitions(2)');
ok($node->poll_query_until('main', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'moving'}), 'rows are being moved');
kill 'KILL', run_sql($node, 'main', undef, q{SELECT pid FROM pg_stat_activity WHERE application_name = 'moving'});
isnt(exit_code($moving), 0, 'the server process is killed');
ok($node->poll_query_until('main', 'SELECT true'), 'the server recovers');
is(run_sql($node, 'main', 'owner', $counts), "$sent|$sent|$sent", 'all rows are where they were');
run_sql($node, 'main', 'owner', 'DROP FUNCTION public.linger() CASCADE; SELECT * FROM ops.maintain_partitions(2)');
is(run_sql($node, 'main', 'owner', $counts), "$sent|$sent|0", 'the next run moves them');

# A service that may insert can't make the upkeep fail, nor make partitions without end.
run_sql($node, 'main', 'owner', q{INSERT INTO search.search_logs (tenant_id, request, created_at)
    SELECT 'acme', '{}', t FROM unnest(ARRAY['0044-03-15 BC', '0044-03-15', '4713-01-01 BC', '1999-12-31', '294276-12-31']::timestamptz[]) AS t});
is(run_sql($node, 'main', 'owner', 'SELECT count(*) FROM ops.maintain_partitions(2)'), '0', 'rows of impossible months make no partition');
is(run_sql($node, 'main', 'owner', q{SELECT default_rows FROM ops.partition_horizon() WHERE relation = 'search.search_logs'}), '5', '... are kept, and reported');

done_testing();
