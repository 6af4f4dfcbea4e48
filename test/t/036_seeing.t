# What hh-migrate shows while something takes its time: on a terminal, and elsewhere.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Terminal;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner');
run_sql($node, 'postgres', undef, 'GRANT pg_read_all_stats TO owner');
my $timeout = IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default);

# A session that holds a lock: its handle.
sub start_blocker
{
    my ($database, $sql, $table) = @_;
    my ($out, $err) = ('', '');
    my $handle = IPC::Run::start(
        [ $node->installed_command('psql'), '-Xq', '-d', $node->connstr($database) . ' application_name=blocker', '-c', $sql ],
        '<', \undef, '>', \$out, '2>', \$err, $timeout);
    $node->poll_query_until($database, qq{
        SELECT EXISTS (SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
            WHERE l.relation = '$table'::regclass AND l.granted AND a.application_name = 'blocker')}) or die;
    return $handle;
}

sub end_blocker
{
    my ($handle) = @_;
    run_sql($node, 'postgres', undef, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'blocker'});
    $handle->finish;
    return;
}

sub client
{
    my ($database, @arguments) = @_;
    return ($ENV{HH_MIGRATE} // 'hh-migrate', @arguments, '--dbname', conninfo($node, $database, 'owner'));
}

sub on_terminal
{
    my ($columns, @arguments) = @_;
    return Terminal->start($columns, client(@arguments));
}

# Nothing but lines of these: no rest of a live line, no line that is broken.
sub is_clean
{
    my ($terminal, $expected, $name) = @_;
    my @wrong = grep { !/$expected/ } $terminal->screen;
    return is(join("\n", @wrong), '', $name) || diag(join("\n", $terminal->screen));
}

# The whole of a deployment.
add_database($node, 'main', 'owner');
my $terminal = on_terminal(80, 'main', 'up');
is($terminal->finish, 0, 'a deployment on a terminal');
is_clean($terminal, qr/^(created extension|applied \d{4}_\w+ \(|recorded policy )/, '... leaves its lines, and nothing else');
like($terminal->written, qr/\r\e\[Kcreate extension headhunter, 0 s/, '... shows what it begins');

# A lock that somebody holds, with a query that has hostile bytes in it.
my $work = 'CREATE TABLE hh.city (id int, name text, code double precision);';
my %files = ('1000_city.sql' => $work);
run_client($node, 'main', 'owner', 'up', '--dir', migrations_in(%files));
$files{'1001_first.sql'} = 'SELECT 1;';
$files{'1002_zip.sql'} = "-- hh: lock-timeout 60s\nSELECT 1;\nALTER TABLE hh.city ADD zip text;\n";
my $hostile = "LOCK TABLE hh.city; SELECT '\x1b[31m\x07\xC2\x9B0m a\tb\nc', pg_sleep(600)";
my $blocker = start_blocker('main', $hostile, 'hh.city');
$terminal = on_terminal(250, 'main', 'up', '--dir', migrations_in(%files));
ok($terminal->wait_for(qr/in the way: pid \d+/), 'a lock is waited for: it is shown');
like($terminal->written, qr/\e\[Kmigration 2 of 2: 1002_zip, statement 2 of 2, \d+ s, in the way: pid \d+ \(user \w+, application "blocker", its query running for \d+ s: LOCK TABLE hh\.city; SELECT ' \[31m 0m a b c', pg_sleep\(600\)\)/,
    '... with migration, statement, pid, user, application, age and query, without what would command the terminal');
ok($terminal->wait_for(qr/statement 2 of 2, 2 s, in the way/), '... and how long it has taken');
end_blocker($blocker);
is($terminal->finish, 0, '... until it goes away');
is_clean($terminal, qr/^applied 100[12]_/, '... which leaves the two lines');

# A narrow terminal.
$files{'1003_narrow.sql'} = "-- hh: lock-timeout 60s\nALTER TABLE hh.city ADD narrow text;\n";
$blocker = start_blocker('main', 'LOCK TABLE hh.city; SELECT pg_sleep(600)', 'hh.city');
$terminal = on_terminal(60, 'main', 'up', '--dir', migrations_in(%files));
ok($terminal->wait_for(qr/in the way: pid/), 'a narrow terminal');
like($terminal->written, qr/\e\[K(1 of 1: 1003_narrow, \d s, in the way: .*\.\.\.)$/, '... has a shorter line');
is((grep { length > 59 } $terminal->written =~ /\e\[K([^\r]*)/g), 0, '... which fits');

# Ctrl-C.
$terminal->type("\x03");
is($terminal->finish, 1, 'Ctrl-C: exit code');
like(join('', $terminal->screen), qr/canceling statement due to user request/, '... is told');
unlike(join("\n", $terminal->screen), qr/of 1: 1003|\^C/, '... and leaves nothing of the live line');
is(run_sql($node, 'main', undef, q{SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hh-migrate' AND state = 'active'}),
    0, '... the statement has ended on the server');
is(run_sql($node, 'main', undef, q{SELECT state || ' ' || error FROM hh.migration WHERE version = '1003'}),
    'failed canceling statement due to user request', '... which the ledger has');

# Each try at a lock is told between live lines.
$files{'1003_narrow.sql'} = "-- hh: lock-timeout 600ms\nALTER TABLE hh.city ADD narrow text;\n";
$terminal = on_terminal(300, 'main', 'up', '--dir', migrations_in(%files), '--lock-retries', '1');
is($terminal->finish, 1, 'tries: exit code');
is_clean($terminal, qr/^(\S*hh-migrate: )?(\e\[\S*)?(warning|error|detail|hint): /, '... each on a line of its own');

# --quiet, and terminals that can't.
$terminal = on_terminal(80, 'main', 'up', '--quiet', '--dir', migrations_in(%files), '--lock-retries', '0');
is($terminal->finish, 1, '--quiet');
unlike($terminal->written, qr/\e\[K/, '... has no live line');
{
    my @dumb = ('env', 'TERM=dumb', client('main', 'up', '--dir', migrations_in(%files), '--lock-retries', '0'));
    $terminal = Terminal->start(80, @dumb);
    is($terminal->finish, 1, 'TERM=dumb');
    unlike($terminal->written, qr/\e\[K/, '... neither');
}

# Elsewhere: a line every ten seconds, in the same words.
my ($out, $err) = ('', '');
$files{'1003_narrow.sql'} = "-- hh: lock-timeout 120s\nSELECT pg_sleep(3);\nALTER TABLE hh.city ADD narrow text;\n";
my $handle = IPC::Run::start([ client('main', 'up', '--dir', migrations_in(%files)) ], '<', \undef, '>', \$out, '2>', \$err, $timeout);
$handle->pump until $err =~ /\n/ || !$handle->pumpable;
like($err, qr/\Ahh-migrate: migration 1 of 1: 1003_narrow, statement 2 of 2, [4-9] s, in the way: pid \d+ \(user \w+, application "blocker", its query running for \d+ s: LOCK TABLE hh\.city; SELECT pg_sleep\(600\)\)\n\z/,
    'without a terminal: a plain line after ten seconds');
end_blocker($blocker);
$handle->finish;
is($handle->full_result(0), 0, '... until it goes away') or diag($err);

# The deployment lock.
my $key = '7523383476996956532';
$blocker = start_blocker('main', "LOCK TABLE hh.city; SELECT pg_advisory_lock($key), pg_sleep(600)", 'hh.city');
$node->poll_query_until('main', q{SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND granted}) or die;
$terminal = on_terminal(200, 'main', 'up');
ok($terminal->wait_for(qr/waiting for another deployment of this database, 1 s: it is held by pid \d+ \(user \w+, application "blocker", connected since [^)]* UTC\)/),
    'another deployment: who holds the lock');
end_blocker($blocker);
is($terminal->finish, 0, '... until it is released');
is_clean($terminal, qr/^nothing to do$/, '... and nothing else is left');

# An index build.
$files{'1004_rows.sql'} = 'INSERT INTO hh.city (id, code) SELECT g, sin(g) FROM generate_series(1, 20000) AS g;';
run_client($node, 'main', 'owner', 'up', '--dir', migrations_in(%files));
$files{'1005_index.sql'} = <<'END';
CREATE FUNCTION hh.slowly(n double precision) RETURNS double precision LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    until timestamptz := clock_timestamp() + interval '0.2 ms';
BEGIN
    WHILE clock_timestamp() < until LOOP
    END LOOP;
    RETURN n;
END $$;
CREATE INDEX city_code_idx ON hh.city (hh.slowly(code));
DROP INDEX hh.city_code_idx;
END
$terminal = on_terminal(120, 'main', 'up', '--dir', migrations_in(%files));
is($terminal->finish, 0, 'an index build');
like($terminal->written, qr/migration 1 of 1: 1005_index, statement 2 of 3, \d+ s, building index: scanning table [1-9]\d?%/, '... shows its phase and how far it is');
is_clean($terminal, qr/^applied 1005_index \(3 statements/, '... and leaves nothing');

# One that waits for an old transaction.
$files{'1006_concurrently.sql'} = "-- hh: no-transaction\nCREATE INDEX CONCURRENTLY city_name_idx ON hh.city (name);\n";
$blocker = start_blocker('main', 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM hh.city; SELECT pg_sleep(600)', 'hh.city');
$terminal = on_terminal(400, 'main', 'up', '--dir', migrations_in(%files));
ok($terminal->wait_for(qr/migration 1 of 1: 1006_concurrently, statement 1 of 1, \d+ s, waiting for old snapshots, in the way: pid \d+ \(user \w+, application "blocker"/),
    'CREATE INDEX CONCURRENTLY beside an old transaction: phase, and who is in the way');
end_blocker($blocker);
is($terminal->finish, 0, '... until it ends');
is_clean($terminal, qr/^applied 1006_concurrently/, '... and leaves nothing');

# Other commands that may take their time.
$files{'1007_verified.sql'} = "SELECT 1;\n-- hh: verify\nSELECT true;\nSELECT pg_sleep(1) IS NOT NULL;\n";
run_client($node, 'main', 'owner', 'up', '--dir', migrations_in(%files));
$terminal = on_terminal(120, 'main', 'verify', '--dir', migrations_in(%files));
is($terminal->finish, 0, 'verify');
like($terminal->written, qr/\e\[K1007_verified, statement 2 of 2, \d s/, '... shows where it is');
unlike(join("\n", $terminal->screen), qr/1007_verified/, '... and leaves nothing of it');
$blocker = start_blocker('main', 'LOCK TABLE search.search_logs; SELECT pg_sleep(600)', 'search.search_logs');
$terminal = on_terminal(200, 'main', 'maintain', '--months-ahead', '5');
ok($terminal->wait_for(qr/\e\[Kmake and expire partitions, \d+ s, in the way: pid \d+/), 'maintain shows who is in the way');
end_blocker($blocker);
$terminal->finish;
unlike(join("\n", $terminal->screen), qr/make and expire/, '... and leaves nothing of it');

done_testing();
