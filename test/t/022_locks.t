# What migrations do about locks that others hold: timeouts, tries, and who is in the way.

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
add_role($node, 'owner', 'service');
$node->append_conf('postgresql.conf', "deadlock_timeout = 200ms\n");
$node->reload;
my $timeout = IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default);

# A session that runs SQL in one transaction, named "blocker"; begun when it has the lock.
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

sub rows_of
{
    my ($database, $query) = @_;
    return run_sql($node, $database, undef, $query);
}

# As the owner, and as a superuser through hh.execute_as_owner().
foreach my $role ('owner', undef)
{
    my $who = $role // 'superuser';
    my $database = "locks_$who";
    add_database($node, $database, 'owner');
    my %files = ('1000_city.sql' => "CREATE SCHEMA team;\nCREATE TABLE team.city (id int);\nCREATE TABLE team.log (what text);\n");
    run_client($node, $database, 'owner', 'up', '--dir', migrations_in(%files));
    my $up = sub { return try_client($node, $database, $role, 'up', @_) };

    # The blocker goes, the migration is applied, and once.
    $files{'1001_name.sql'} = <<'END';
-- hh: lock-timeout 300ms
INSERT INTO team.log VALUES (current_setting('lock_timeout') || ' ' || current_setting('statement_timeout'));
ALTER TABLE team.city ADD name text;
END
    my $blocker = start_blocker($database, 'LOCK TABLE team.city IN ACCESS SHARE MODE; ' . until_refused('team.city'), 'team.city');
    my ($status, $out, $err) = $up->('--dir', migrations_in(%files));
    $blocker->finish;
    is($status, 0, "$who: a blocker that goes away: exit code") or diag($err);
    like($out, qr/\Aapplied 1001_name \(2 statements, \d+ ms\)\n\z/, '... one line');
    like($err, qr/warning: migration 1001_name could not get a lock, and will be tried again \(1 of 10\)\n/, '... each try is told');
    like($err, qr/detail: canceling statement due to lock timeout \(SQLSTATE 55P03\)/, '... with the server\'s words');
    like($err, qr/detail: In the way: pid \d+ \(user \S+, application "blocker", its query running for \d+ s: LOCK TABLE team\.city IN ACCESS SHARE MODE; DO [^\n]*\)\.\n/, '... and who it was')
      if !defined $role;
    like($err, qr/detail: In the way: pid \d+ \(user \S+, application "[^"]*", its query is hidden from this role\)\./,
        '... and who it was, as far as the role may see') if defined $role;
    is(rows_of($database, 'SELECT * FROM team.log'), '300ms 0', '... nothing was done twice, under the timeout of the file');

    # One that stays.
    $files{'1002_zip.sql'} = "-- hh: lock-timeout 300 ms\nINSERT INTO team.log VALUES ('again');\nALTER TABLE team.city ADD zip text;\n";
    $blocker = start_blocker($database, 'LOCK TABLE team.city; SELECT pg_sleep(60)', 'team.city');
    ($status, $out, $err) = $up->('--dir', migrations_in(%files), '--lock-retries', '2');
    is($status, 1, "$who: a blocker that stays: exit code");
    is($out, '', '... nothing was done');
    is(() = $err =~ /will be tried again \(\d of 2\)/g, 2, '... after two more tries');
    like($err, qr/error: migration 1002_zip failed at statement 2 of 2 \(\S*1002_zip\.sql, line 3\)\n.*detail: In the way: pid \d+ /s,
        '... which says where, and who it was');
    is(rows_of($database, q{SELECT count(*) FROM team.log WHERE what = 'again'}), 0, '... and leaves nothing');
    ($status, $out, $err) = $up->('--dir', migrations_in(%files), '--lock-retries', '0');
    is($status, 1, "$who: no tries: exit code");
    unlike($err, qr/tried again/, '... no tries');
    rows_of($database, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'blocker'});
    $blocker->finish;

    # A deadlock: the migration's backend meets it first, for it waits for its first lock less long.
    $files{'1003_order.sql'} = <<'END';
-- hh: lock-timeout 1min
LOCK TABLE team.log IN ACCESS EXCLUSIVE MODE;
DO $$
BEGIN
    -- Until the other one waits for our lock, or is gone.
    WHILE EXISTS (SELECT FROM pg_locks WHERE relation = 'team.city'::regclass)
        AND NOT EXISTS (SELECT FROM pg_locks WHERE relation = 'team.log'::regclass AND NOT granted)
    LOOP
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$;
LOCK TABLE team.city IN ACCESS EXCLUSIVE MODE;
INSERT INTO team.log VALUES ('after a deadlock');
END
    run_client($node, $database, 'owner', 'up', '--dir', migrations_in(map { $_ => $files{$_} } grep { !/^1003/ } keys %files));
    $blocker = start_blocker($database,
        q{SET deadlock_timeout = '90s'; LOCK TABLE team.city;
          DO $$ BEGIN
              WHILE NOT EXISTS (SELECT FROM pg_locks WHERE relation = 'team.log'::regclass AND granted)
              LOOP PERFORM pg_sleep(0.01); END LOOP; END $$;
          LOCK TABLE team.log}, 'team.city');
    ($status, $out, $err) = $up->('--dir', migrations_in(%files));
    $blocker->finish;
    is($status, 0, "$who: a deadlock: exit code") or diag($err);
    like($err, qr/tried again \(1 of 10\)\n.*SQLSTATE 40P01/, '... is told');
    is(rows_of($database, q{SELECT count(*) FROM team.log WHERE what = 'after a deadlock'}), 1, '... and tried again');

    # Another error is no reason to try again.
    $files{'1004_slow.sql'} = "-- hh: statement-timeout 200 ms\nSELECT pg_sleep(20);\n";
    ($status, $out, $err) = $up->('--dir', migrations_in(%files));
    is($status, 1, "$who: a statement that takes too long: exit code");
    like($err, qr/1004_slow\.sql, line 2\)\n.*detail: canceling statement due to statement timeout \(SQLSTATE 57014\)/, '... message');
    unlike($err, qr/tried again/, '... and no other try');

    # A file's timeouts, and what its statements set, are its own.
    $files{'1004_slow.sql'} = "-- hh: statement-timeout 10min\nSET statement_timeout = '7s';\nSET lock_timeout = '8s';\n";
    $files{'1005_next.sql'} = "INSERT INTO team.log VALUES (current_setting('lock_timeout') || ' ' || current_setting('statement_timeout'));\n";
    ($status, $out, $err) = $up->('--dir', migrations_in(%files));
    is($status, 0, "$who: timeouts of two files") or diag($err);
    is(rows_of($database, q{SELECT what FROM team.log ORDER BY ctid DESC LIMIT 1}), '3s 0', '... the defaults are back for the next');
}

# Without a second connection the migration is tried again all the same.
add_database($node, 'lonely', 'owner');
my %files = ('1000_city.sql' => "CREATE TABLE hh.city (id int);\n");
run_client($node, 'lonely', 'owner', 'up', '--dir', migrations_in(%files));
run_sql($node, 'lonely', undef, 'ALTER ROLE owner CONNECTION LIMIT 1');
$files{'1001_name.sql'} = "-- hh: lock-timeout 200ms\nALTER TABLE hh.city ADD name text;\n";
my $blocker = start_blocker('lonely', 'LOCK TABLE hh.city; ' . until_refused('hh.city'), 'hh.city');
my ($status, $out, $err) = try_client($node, 'lonely', 'owner', 'up', '--dir', migrations_in(%files));
$blocker->finish;
is($status, 0, 'no second connection: exit code') or diag($err);
like($err, qr/tried again/, '... tried again');
unlike($err, qr/In the way|too many connections/, '... and quiet about what it can\'t see');
run_sql($node, 'lonely', undef, 'ALTER ROLE owner CONNECTION LIMIT -1');

# hh.deploy() doesn't care, and a directive that is wrong is found before anything is done.
foreach my $directive ('lock-timeout', 'lock-timeout soon', 'lock-timeout 5 sec', 'lock-timeout -1s', 'statement-timeout 30d')
{
    $files{'1002_bad.sql'} = "-- hh: $directive\nSELECT 1;\n";
    ($status, $out, $err) = try_client($node, 'lonely', 'owner', 'up', '--dir', migrations_in(%files));
    is($status, 1, "\"$directive\": exit code");
    like($err, qr/1002_bad\.sql, line 1: a timeout must be a number with one of the units/, '... message');
}

done_testing();
