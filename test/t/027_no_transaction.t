# Migrations that run statement by statement: "-- hh: no-transaction".

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
my $state = q{SELECT state || ' ' || statements_done || '/' || statements_total || ' ' || coalesce(error, '-') FROM hh.migration WHERE version = '%s'};
my $index = q{SELECT coalesce(string_agg(format('%I %s', relname, indisvalid::text), ', ' ORDER BY relname), 'none')
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = 'team.city'::regclass};

my %base = ('1000_city.sql' => "CREATE SCHEMA team;\nCREATE TABLE team.city (id int, name text, state text);\n"
      . "INSERT INTO team.city SELECT n, 'name ' || n, 'open' FROM generate_series(1, 100) AS n;\n"
      . "CREATE TABLE team.log (n serial, what text);\n");

# As the owner, and as a superuser for the owner.
foreach my $role ('owner', undef)
{
    my $who = $role // 'superuser';
    my $database = "steps_$who";
    my %files = %base;
    add_database($node, $database, 'owner');
    my $sql = sub { return run_sql($node, $database, undef, @_) };
    run_client($node, $database, 'owner', 'up', '--dir', migrations_in(%files));
    my $up = sub { return try_client($node, $database, $role, 'up', '--dir', migrations_in(%files), @_) };

    $files{'1001_index.sql'} = <<'END';
-- hh: no-transaction
INSERT INTO team.log (what) VALUES (current_setting('lock_timeout') || ' ' || current_user);
CREATE INDEX CONCURRENTLY city_name_idx ON team.city (lower(name)) WHERE state = 'open' AND name <> 'it''s';
VACUUM team.city;
REINDEX INDEX CONCURRENTLY team.city_name_idx;
-- hh: revert
DROP INDEX CONCURRENTLY team.city_name_idx;
DELETE FROM team.log;
-- hh: verify
SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = 'team.city_name_idx'::pg_catalog.regclass;
END
    my ($status, $out, $err) = $up->();
    is($status, 0, "$who: up") or diag($err);
    like($out, qr/\Aapplied 1001_index \(4 statements, \d+ ms\)\n\z/, '... one line');
    is($err, '', '... and no other');
    is($sql->(sprintf $state, '1001'), 'applied 4/4 -', '... in the ledger');
    is($sql->('SELECT count(*) FROM hh.migration_statement'), 0, '... no steps are left');
    is($sql->($index), 'city_name_idx true', '... the index is there');
    like($sql->(q{SELECT pg_get_indexdef('team.city_name_idx'::regclass)}),
        qr/ON team.city USING btree \(lower\(name\)\) WHERE \(\(state = 'open'::text\) AND \(name <> 'it''s'::text\)\)$/, '... as it was written');
    is($sql->('SELECT what FROM team.log'), '3s owner', '... in the owner\'s name');
    is($sql->(q{SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'city_name_idx'}), 'owner', '... whose the index is');
    ($status, $out, $err) = try_client($node, $database, $role, 'down', '--yes', '--dir', migrations_in(%files));
    is($status, 0, "$who: down") or diag($err);
    is($sql->($index), 'none', '... the index has gone');
    is($sql->(sprintf $state, '1001'), 'reverted 2/2 -', '... in the ledger');

    # One that fails half-way, and goes on.
    $sql->('INSERT INTO team.city SELECT 1, name FROM team.city LIMIT 1');
    delete $files{'1001_index.sql'};
    $files{'1002_unique.sql'} = <<'END';
-- hh: no-transaction
INSERT INTO team.log (what) VALUES ('once');
CREATE UNIQUE INDEX CONCURRENTLY city_id_idx ON team.city (id);
INSERT INTO team.log (what) VALUES ('and once');
END
    ($status, $out, $err) = $up->();
    is($status, 1, "$who: duplicates: exit code");
    like($err, qr/error: migration 1002_unique failed at statement 2 of 3 \(\S*1002_unique\.sql, line 3\)\n/, '... where');
    like($err, qr/detail: could not create unique index "city_id_idx" \(SQLSTATE 23505\)\n.*detail: Key \(id\)=\(1\) is duplicated/, '... why');
    like($err, qr/detail: Of its 3 statements, 1 is done, and stands\.\n.*hint: "hh-migrate repair 1002" shows/, '... what stands');
    is($sql->(sprintf $state, '1002'), 'failed 1/3 could not create unique index "city_id_idx"', '... in the ledger');
    is($sql->($index), 'city_id_idx false', '... an invalid index is left');
    ($status, $out, $err) = $up->();
    is($status, 1, '... once more: exit code');
    like($err, qr/warning: .*1002_unique, statement 2: index team.city_id_idx is invalid, left by a build that failed\n.*DROP INDEX CONCURRENTLY team.city_id_idx/,
        '... the index was dropped first');
    $sql->('DELETE FROM team.city WHERE state IS NULL');
    ($status, $out, $err) = $up->('--dry-run');
    is($out, "would resume 1002_unique (failed before, 3 statements)\n", '... a dry run says that it goes on') or diag($err);
    ($status, $out, $err) = $up->();
    is($status, 0, '... without the duplicates') or diag($err);
    like($out, qr/^resumed 1002_unique \(failed before, 3 statements, \d+ ms\)$/m, '... it goes on');
    is($sql->($index), 'city_id_idx true', '... and there it is');
    is($sql->(q{SELECT string_agg(what, ', ' ORDER BY n) FROM team.log}), 'once, and once', '... nothing was done twice');

    # IF NOT EXISTS over an invalid index, on a first run: one that a session died over.
    $sql->('INSERT INTO team.city SELECT 1000, name FROM team.city LIMIT 1');
    try_sql($node, $database, 'owner', 'CREATE UNIQUE INDEX CONCURRENTLY "a b" ON team.city (name)');
    $sql->('DELETE FROM team.city WHERE state IS NULL');
    $files{'1003_again.sql'} = "-- hh: no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"a b\" ON team.city (name);\n";
    ($status, $out, $err) = $up->();
    is($status, 0, "$who: IF NOT EXISTS over an invalid index") or diag($err);
    like($err, qr/index team."a b" is invalid/, '... is told');
    is($sql->($index), '"a b" true, city_id_idx true', '... and mended');

    # The same in a transaction, where it can't be mended.
    $sql->(q{UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'team."a b"'::regclass});
    $files{'1004_plain.sql'} = "CREATE TABLE team.plain ();\nCREATE INDEX IF NOT EXISTS \"a b\" ON team.city (name);\n";
    ($status, $out, $err) = $up->();
    is($status, 1, "$who: IF NOT EXISTS over an invalid index, in a transaction: exit code");
    like($err, qr/failed at statement 2 of 2.*\n.*detail: index team."a b" exists, and is invalid/, '... message');
    is($sql->(q{SELECT to_regclass('team.plain') IS NULL}), 't', '... nothing of it stands');
    is($sql->(sprintf $state, '1004'), 'failed 0/2 index team."a b" exists, and is invalid', '... which the ledger says');
    delete $files{'1004_plain.sql'};
    $sql->('DROP INDEX team."a b"; DELETE FROM hh.migration WHERE version = \'1003\'');
    $sql->(q{DELETE FROM hh.migration WHERE version = '1004'});

    # A partitioned table's index is invalid until its partitions have theirs, and that is no failure.
    $files{'1004_parent.sql'} = "CREATE TABLE team.month (m int) PARTITION BY LIST (m);\n"
      . "CREATE TABLE team.month_1 PARTITION OF team.month FOR VALUES IN (1);\nCREATE INDEX IF NOT EXISTS month_idx ON ONLY team.month (m);\n";
    ($status, $out, $err) = $up->();
    is($status, 0, "$who: an index ON ONLY a partitioned table") or diag($err);

    # A same-named index in another schema is another index.
    $sql->('CREATE SCHEMA other; CREATE TABLE other.city (id int); CREATE INDEX "a b" ON other.city (id)');
    ($status, $out, $err) = $up->();
    is($status, 0, "$who: an index of that name in another schema") or diag($err);
    is($sql->($index), '"a b" true, city_id_idx true', '... is no obstacle');

    # Something else of that name.
    $files{'1005_taken.sql'} = "-- hh: no-transaction\nCREATE INDEX CONCURRENTLY log ON team.city (name);\n";
    ($status, $out, $err) = $up->();
    is($status, 1, "$who: a table of that name: exit code");
    like($err, qr/relation "log" already exists/, '... message');
    ($status, $out, $err) = $up->();
    is($status, 1, '... again: exit code');
    like($err, qr/relation "log" already exists/, '... message');
    delete $files{'1005_taken.sql'};
    $sql->(q{DELETE FROM hh.migration WHERE version = '1005'; DELETE FROM hh.migration_statement});

    # Names are needed.
    $files{'1006_unnamed.sql'} = "-- hh: no-transaction\nSELECT 1;\nCREATE INDEX CONCURRENTLY ON team.city (id);\n";
    ($status, $out, $err) = $up->();
    is($status, 1, "$who: an index without a name: exit code");
    like($err, qr/1006_unnamed\.sql, line 3: CREATE INDEX CONCURRENTLY without a name/, '... message');
    delete $files{'1006_unnamed.sql'};

    # What changes the session's footing.
    $files{'1007_path.sql'} = "-- hh: no-transaction\nSET search_path = team;\n";
    ($status, $out, $err) = $up->();
    is($status, 1, "$who: SET search_path: exit code");
    like($err, qr/changed search_path at statement 1 of 1/, '... message');
    is($sql->(sprintf $state, '1007'), 'failed 0/1 a statement changed the session\'s footing', '... in the ledger');
    delete $files{'1007_path.sql'};
    $sql->(q{DELETE FROM hh.migration WHERE version = '1007'; DELETE FROM hh.migration_statement});
}

# An old transaction of somebody else's, which has nothing to do with the table: CONCURRENTLY waits for it,
# under no lock_timeout.
sub start
{
    my (@command) = @_;
    my ($out, $err) = ('', '');
    my $handle = IPC::Run::start(\@command, '<', \undef, '>', \$out, '2>', \$err, IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default));
    return { handle => $handle, out => \$out, err => \$err };
}

sub finish
{
    my ($program) = @_;
    $program->{handle}->finish;
    return $program->{handle}->full_result(0) >> 8;
}

sub start_client
{
    my ($database, @arguments) = @_;
    return start($ENV{HH_MIGRATE} // 'hh-migrate', @arguments, '--dbname', conninfo($node, $database, 'owner') . ' application_name=hh-migrate');
}

my %files = (%base, '1001_index.sql' => "-- hh: no-transaction\nCREATE INDEX CONCURRENTLY city_id_idx ON team.city (id);\n");
my $waits = q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'hh-migrate' AND wait_event = 'virtualxid'};
foreach my $timeout ('', "-- hh: lock-timeout 500ms\n")
{
    my $database = $timeout ? 'old_short' : 'old';
    add_database($node, $database, 'owner');
    run_client($node, $database, 'owner', 'up', '--dir', migrations_in(%base));
    my $old = start($node->installed_command('psql'), '-Xq', '-d', $node->connstr($database), '-c',
        'BEGIN ISOLATION LEVEL REPEATABLE READ', '-c', 'SELECT txid_current()', '-c', 'SELECT pg_sleep(600)');
    $node->poll_query_until($database, q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'});
    my %given = (%files, '1001_index.sql' => $timeout . $files{'1001_index.sql'});
    my $client = start_client($database, 'up', '--dir', migrations_in(%given));
    if ($timeout)
    {
        is(finish($client), 1, 'an old transaction, and a lock-timeout of the file: exit code');
        like(${ $client->{err} }, qr/canceling statement due to lock timeout/, '... message');
        unlike(${ $client->{err} }, qr/tried again/, '... and no other try');
    }
    else
    {
        ok($node->poll_query_until($database, $waits), 'an old transaction is waited for');
        sleep 4;
        is(run_sql($node, $database, undef, $waits), 't', '... longer than lock_timeout');

        # Ctrl-C cancels it on the server, and is recorded.
        $client->{handle}->signal('INT');
        is(finish($client), 1, 'Ctrl-C: exit code');
        like(${ $client->{err} }, qr/failed at statement 1 of 1.*\n.*detail: canceling statement due to user request/, '... message');
        is(run_sql($node, $database, undef, sprintf $state, '1001'), 'failed 0/1 canceling statement due to user request', '... in the ledger');
        is(run_sql($node, $database, undef, $index), 'city_id_idx false', '... what stands');
        $client = start_client($database, 'up', '--dir', migrations_in(%given));
        ok($node->poll_query_until($database, $waits =~ s/'virtualxid'/ANY ('{virtualxid,transactionid}')/r), 'the next run waits, too');
    }
    run_sql($node, $database, undef, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'});
    $old->{handle}->finish;
    $client = start_client($database, 'up', '--dir', migrations_in(%given)) if $timeout;
    is(finish($client), 0, '... and goes on when the old transaction has gone') or diag(${ $client->{err} });
    is(run_sql($node, $database, undef, $index), 'city_id_idx true', '... the index is there');
}

# Ctrl-C in a migration that runs in a transaction is recorded, too.
$files{'1002_slow.sql'} = "CREATE TABLE team.slow ();\nSELECT pg_sleep(600);\n";
my $client = start_client('old', 'up', '--dir', migrations_in(%files));
$node->poll_query_until('old', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'});
$client->{handle}->signal('TERM');
is(finish($client), 1, 'SIGTERM in a transaction: exit code');
is(run_sql($node, 'old', undef, sprintf $state, '1002'), 'failed 0/2 canceling statement due to user request', '... in the ledger');
is(run_sql($node, 'old', undef, q{SELECT to_regclass('team.slow') IS NULL}), 't', '... nothing of it stands');

# Thirty at once on an empty database: no deadlock, each applied once.
add_database($node, 'many', 'owner');
my $directory = migrations_in(%base, '1001_index.sql' => $files{'1001_index.sql'},
    '1002_more.sql' => "-- hh: no-transaction\nCREATE INDEX CONCURRENTLY city_name_idx ON team.city (name);\nREINDEX TABLE CONCURRENTLY team.city;\n");
my @clients = map { start_client('many', 'up', '--dir', $directory) } 1 .. 30;
my @codes = map { finish($_) } @clients;
is_deeply(\@codes, [ (0) x 30 ], 'thirty at once: all are content') or diag(map { ${ $_->{err} } } @clients);
my %applied;
foreach my $one (@clients)
{
    $applied{$1}++ while ${ $one->{out} } =~ /^applied (\d+)/mg;
}
is_deeply([ grep { $applied{$_} != 1 } keys %applied ], [], '... each migration was applied once');
is($applied{'1002'}, 1, '... to the last');
is(run_sql($node, 'many', undef, $index), 'city_id_idx true, city_name_idx true', '... the indexes are valid');

# What only the owner may run is refused before anything is done.
add_database($node, 'refused', 'owner');
$directory = migrations_in('1000_detach.sql' => "-- hh: no-transaction\nSELECT 1;\nALTER TABLE t DETACH PARTITION p CONCURRENTLY;\n");
my ($status, $out, $err) = try_client($node, 'refused', undef, 'up', '--owner', 'owner', '--dir', $directory);
is($status, 1, 'a statement for the owner alone, as a superuser: exit code');
like($err, qr/1000_detach\.sql, line 3: only the owner, role "owner", may run this statement/, '... message');
is(run_sql($node, 'refused', undef, q{SELECT to_regclass('hh.migration') IS NULL}), 't', '... nothing was done');

# Headhunter's own have no such directive; and in a transaction, the hint says it.
($status, $out, $err) = try_client($node, 'many', 'owner', 'up', '--dir', migrations_in('1000_city.sql' => $base{'1000_city.sql'},
    '1001_index.sql' => $files{'1001_index.sql'}, '1002_more.sql' => "-- hh: no-transaction\nCREATE INDEX CONCURRENTLY city_name_idx ON team.city (name);\nREINDEX TABLE CONCURRENTLY team.city;\n",
    '1003_plain.sql' => "CREATE INDEX CONCURRENTLY i ON team.city (id);\n"));
is($status, 1, 'CONCURRENTLY in a transaction: exit code');
like($err, qr/hint: .*put it into a migration of its own that says "-- hh: no-transaction"/, '... the hint says how');

# A statement outside of a transaction leaves no timeout behind for what follows.
SKIP:
{
    skip 'transaction_timeout came with PostgreSQL 17', 1 if $node->pg_version < 17;
    ($status, $out, $err) = try_client($node, 'many', 'owner', 'up', '--dir', migrations_in(
        '1000_city.sql' => $base{'1000_city.sql'}, '1001_index.sql' => $files{'1001_index.sql'},
        '1002_more.sql' => "-- hh: no-transaction\nCREATE INDEX CONCURRENTLY city_name_idx ON team.city (name);\nREINDEX TABLE CONCURRENTLY team.city;\n",
        '1003_timeout.sql' => "-- hh: no-transaction\nSET transaction_timeout = '2s';\n"
            . "CREATE INDEX CONCURRENTLY i ON team.city (id);\nSELECT pg_catalog.pg_sleep(2.5);\n"));
    is($status, 0, 'transaction_timeout is pinned again') or diag($err);
}

done_testing();
