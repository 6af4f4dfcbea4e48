# hh-migrate down: takes back what has a revert part, newest first.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use IPC::Run;
use JSON::PP;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner', 'reader');
my $tables = q{SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'team'::regnamespace AND relkind = 'r'};
my $states = q{SELECT string_agg(version || ' ' || state, ', ' ORDER BY version) FROM hh.migration WHERE version >= '1'};
my %original = (
    '1000_base.sql' => "CREATE SCHEMA team;\n-- hh: revert\nDROP SCHEMA team;\n",
    '1001_a.sql' => "-- hh: vars name\nCREATE TABLE team.:\"name\" ();\n-- hh: revert\nDROP TABLE team.:\"name\";\n-- hh: verify\nSELECT true;\n",
    '1002_b.sql' => "CREATE TABLE team.b ();\n-- hh: revert\nDROP TABLE team.b;\n",
    '1003_c.sql' => "-- hh: lock-timeout 300ms\nCREATE TABLE team.c ();\nALTER TABLE team.b ADD c int;\n-- hh: revert\nALTER TABLE team.b DROP c;\nDROP TABLE team.c;\n");

foreach my $role ('owner', undef)
{
    my $who = $role // 'superuser';
    my $database = "down_$who";
    my %files = %original;
    add_database($node, $database, 'owner');
    my $client = sub { return try_client($node, $database, $role, @_, '--dir', migrations_in(%files)) };
    my $sql = sub { return run_sql($node, $database, undef, @_) };
    my $refuses = sub {
        my ($arguments, $message, $name) = @_;
        my $before = $sql->($states);
        my ($status, $out, $err) = $client->('down', @$arguments);
        is($status, 1, "$who: $name: exit code");
        is($out, '', '... nothing was done');
        like($err, $message, '... message');
        is($sql->($states), $before, '... the ledger is as before');
    };

    run_client($node, $database, 'owner', 'up', '--set', 'name=a b', '--dir', migrations_in(%files));
    is($sql->($tables), 'a b b c', "$who: all is there");

    # The newest one; then down to a version.
    my ($status, $out, $err) = $client->('down', '--dry-run');
    is($status, 0, "$who: a dry run") or diag($err);
    is($out, "would revert 1003_c (2 statements)\n", '... needs no --yes');
    is($sql->($tables), 'a b b c', '... and does nothing');
    ($status, $out, $err) = $client->('down', '--yes');
    is($status, 0, "$who: down") or diag($err);
    like($out, qr/\Areverted 1003_c \(2 statements, \d+ ms\)\n\z/, '... takes back the newest');
    is($err, '', '... without another word');
    is($sql->($tables), 'a b b', '... and that is gone');
    is($sql->($states), '1000 applied, 1001 applied, 1002 applied, 1003 reverted', '... in the ledger, too');
    is($sql->(q{SELECT applied_by FROM hh.migration WHERE version = '1003'}), $role // $sql->('SELECT current_user'), '... with who did it');
    ($status, $out, $err) = $client->('down', '--to', '1000', '--yes', '--format', 'json', '-q');
    is($status, 0, "$who: down to a version") or diag($err);
    is_deeply([ map { "$_->{action} $_->{object} $_->{statements} $_->{result}" } @{ decode_json($out)->{actions} } ],
        [ 'revert 1002_b 1 done', 'revert 1001_a 1 done' ], '... newest first, as JSON');
    is($sql->($tables), '', '... with the variables it was applied with');
    is(($client->('down', '--to', '1000', '--yes'))[1], "nothing to do\n", '... and no further');

    # There and back again.
    ($status, $out, $err) = $client->('up', '--set', 'name=new');
    like($out, qr/\Aapplied again 1001_a \(reverted, 1 statement, \d+ ms\)\napplied again 1002_b.*\napplied again 1003_c.*\n\z/,
        "$who: up applies them again") or diag($err);
    is($sql->($tables), 'b c new', '... all of them');

    # What can't be taken back.
    $refuses->([], qr/error: "down" asks before .*no terminal\n.*hint: .*--dry-run.*--yes/, 'without --yes');
    $refuses->([ '--yes', '--to', '1005' ], qr/there is no migration with version 1005/, 'to nowhere');
    $refuses->([ '--yes', '--to', '0005' ],
        qr/error: migration 0007_triggers has no revert part\n.*detail: Headhunter's own migrations are not taken back.*\n.*hint: .*0006_partitions has no/s,
        'one of the bundled');
    $files{'1001_a.sql'} =~ s/SELECT true/SELECT 1 = 1/;
    $refuses->([ '--yes', '--to', '1000' ], qr/migration 1001_a is not the one that was applied/, 'one whose text changed');
    %files = %original;
    delete $files{'1003_c.sql'};
    $refuses->(['--yes'], qr/the ledger has migration 1003_c, which directory .* doesn't have/, 'one that is not there');
    %files = (%original, '1004_data.sql' => "INSERT INTO team.b DEFAULT VALUES;\n");
    ($status, $out, $err) = $client->('up', '--set', 'name=new');
    is($status, 0, 'one without revert part') or diag($err);
    $refuses->([ '--yes', '--to', '1002' ], qr/error: migration 1004_data has no revert part\n.*hint: Put what takes it back into a new migration/, 'one without revert part');
    $files{'1004_data.sql'} .= "-- hh: revert\n-- Nothing.\n";
    $sql->(q{DELETE FROM hh.migration WHERE version = '1004'});
    is(($client->('up', '--set', 'name=new'))[0], 0, 'one with an empty revert part');
    $refuses->([ '--yes' ], qr/1004_data has no revert part/, 'one with an empty revert part');
    $sql->(q{UPDATE hh.migration SET state = 'running' WHERE version = '1004'});
    $refuses->([ '--yes' ], qr/1004_data is recorded as running/, 'one that is running');
    $sql->(q{UPDATE hh.migration SET state = 'failed' WHERE version = '1004'});
    like(($client->('down', '--yes', '--dry-run'))[1], qr/\Awould revert 1003_c /, '... one that failed was rolled back, and is passed over');
    $sql->(q{DELETE FROM hh.migration WHERE version = '1004'});
    %files = %original;

    # A revert that fails leaves all as it was, and tries again for a lock.
    $sql->('CREATE VIEW team.v AS SELECT FROM team.c');
    ($status, $out, $err) = $client->('down', '--yes', '--to', '1001');
    is($status, 1, "$who: a revert that fails: exit code");
    like($err, qr/error: the revert of migration 1003_c failed at statement 2 of 2 \(\S*1003_c\.sql, line 6\)\n/, '... which statement');
    is($sql->(q{SELECT count(*) FROM pg_attribute WHERE attrelid = 'team.b'::regclass AND attname = 'c'}), 1, '... and nothing of it stays');
    is($sql->($states), '1000 applied, 1001 applied, 1002 applied, 1003 applied', '... nor of what would have come next');
    $sql->('DROP VIEW team.v');
    my $lock = IPC::Run::start([ $node->installed_command('psql'), '-Xq', '-d', $node->connstr($database),
        '-c', 'LOCK TABLE team.b; ' . until_refused('team.b') ], '<', \undef, '>', \my $o, '2>', \my $e);
    $node->poll_query_until($database, q{SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'team.b'::regclass)}) or die;
    ($status, $out, $err) = $client->('down', '--yes');
    $lock->finish;
    is($status, 0, "$who: a revert that waits for a lock") or diag($err);
    like($err, qr/warning: the revert of migration 1003_c could not get a lock, and will be tried again/, '... tries again');

    # On a terminal, who says no is obeyed.  A bare chroot has none to give.
    my $has_terminal = IPC::Run::run([ 'script', '-qec', 'true', '/dev/null' ], '<', \undef, '>', \my $none, '2>&1');
    my $command = join ' ', map { "'" . s/'/'\\''/gr . "'" } HeadhunterTest::client_command($node, $database, $role, 'down', '--dir', migrations_in(%files));
    foreach my $answer ($has_terminal ? ('n', '', 'y') : ())
    {
        my $input = "$answer\n";
        IPC::Run::run([ 'script', '-qec', $command, '/dev/null' ], '<', \$input, '>', \$out, '2>', \$err);
        is($? >> 8, $answer eq 'y' ? 0 : 1, "$who: \"$answer\" on a terminal: exit code");
        like($out, qr/would revert 1002_b .*Data that came with it is lost\. Go on\? \[y\/N\] /s, '... was asked');
        is($sql->($tables), $answer eq 'y' ? 'new' : 'b new', '... and obeyed');
    }
}

# Who can't act as the owner takes nothing back.
my ($status, $out, $err) = try_client($node, 'down_owner', 'reader', 'down', '--yes', '--dir', migrations_in(%original));
is($status, 1, 'a role that is not the owner: exit code');
like($err, qr/schema "hh" belongs to role "owner"/, '... message');

done_testing();
