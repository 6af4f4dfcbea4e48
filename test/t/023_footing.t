# Migrations that change what a migration stands on: each is stopped, and leaves nothing.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner', 'other');
run_sql($node, 'postgres', undef, 'GRANT other TO owner; GRANT SET ON PARAMETER session_replication_role TO owner');
add_database($node, 'main', 'owner');

my $base = "CREATE SCHEMA team;\nCREATE PROCEDURE team.commits() LANGUAGE plpgsql AS \$\$ BEGIN COMMIT; END \$\$;\n";
run_client($node, 'main', 'owner', 'up', '--dir', migrations_in('1000_base.sql' => $base));

sub up
{
    my ($role, $text) = @_;
    return try_client($node, 'main', $role, 'up', '--dir',
        migrations_in('1000_base.sql' => $base, '1001_first.sql' => 'SELECT 1', '1002_bad.sql' => $text));
}

my $use_schema = qr/hint: Leave it, and name objects with their schema/;
my $stay_owner = qr/hint: A migration runs as the deployment's owner throughout/;
my $no_commit = qr/hint: hh-migrate commits a migration together with its row in the ledger/;

# Statement; the message to the owner; to a superuser, where that is another; the hint.
my @cases = (
    [ 'SET ROLE other', 'changed the current role at', 'failed at', $stay_owner ],
    [ 'SET LOCAL ROLE other', 'changed the current role at', 'failed at', $stay_owner ],
    [ q{DO $$ BEGIN EXECUTE 'SET ROLE other'; END $$}, 'changed the current role at', 'failed at', $stay_owner ],
    [ 'SET SESSION AUTHORIZATION other', 'failed at', undef, $stay_owner ],
    [ 'SET search_path = team, public', 'changed search_path at', undef, $use_schema ],
    [ 'SET LOCAL search_path TO team /* a comment */', 'changed search_path at', undef, $use_schema ],
    [ q{SELECT pg_catalog.set_config('search_path', '', false)}, 'changed search_path at', undef, $use_schema ],
    [ 'SET session_replication_role = replica', 'changed session_replication_role at', undef, qr/hint: .*DISABLE TRIGGER/ ],
    [ 'RESET ALL', q{changed all of the session's settings at}, undef, qr/hint: Leave RESET ALL out/ ],
    [ 'DISCARD ALL', 'failed at', undef, qr/hint: A migration is one transaction.*leave it out/ ],
    [ 'DO $$ BEGIN CREATE TABLE team.quarter (); COMMIT; END $$', 'failed at', undef, $no_commit ],
    [ 'DO $$ BEGIN ROLLBACK; END $$', 'failed at', undef, $no_commit ],
    [ 'CALL team.commits()', 'failed at', undef, $no_commit ],
);

foreach my $role ('owner', undef)
{
    foreach my $case (@cases)
    {
        my ($statement, $for_owner, $for_others, $hint) = @$case;
        my $message = defined $role ? $for_owner : $for_others // $for_owner;
        my $name = ($role // 'superuser') . ": $statement";
        my ($status, $out, $err) = up($role, "-- A comment.\nCREATE TABLE team.half ();\n\n$statement;\nCREATE TABLE team.more ();\n");
        is($status, 1, "$name: exit code");
        like($out, qr/\A(applied 1001_first .*\n)?\z/, "$name: what stands before it");
        like($err, qr/error: migration 1002_bad \Q$message\E statement 2 of 3 \(\S*1002_bad\.sql, line 4\)\n/, "$name: file, statement, line");
        like($err, $hint, "$name: what to write instead");
        is(run_sql($node, 'main', undef, q{SELECT count(*) FROM pg_class WHERE relnamespace = 'team'::regnamespace}),
            0, "$name: nothing stays");
        is(run_sql($node, 'main', undef, q{SELECT max(version::int) FROM hh.migration WHERE state = 'applied'}), 1001, "$name: nor is it recorded as applied");
    }

    # A role's own settings do not hide that they came back.
    run_sql($node, 'main', undef, 'ALTER ROLE ALL SET search_path = pg_catalog, pg_temp');
    like((up($role, 'RESET ALL'))[2], qr/changed all of the session's settings at statement 1 of 1/, 'RESET ALL that changes little');
    run_sql($node, 'main', undef, 'ALTER ROLE ALL RESET search_path');
}

# What is harmless goes on working, whatever a statement looks like.
my @good = (
    "SET LOCAL work_mem = '8MB'", "SELECT 1 AS a, 'two' AS b /* no semicolon */", 'SELECT 1 WHERE false /* none */',
    'CREATE FUNCTION team.f() RETURNS int LANGUAGE sql SET search_path = team AS $$ SELECT 1 $$',
    'CREATE FUNCTION team.g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT team.f(); END', 'SELECT team.f()',
    'INSERT INTO team.rows VALUES (1), (2) RETURNING *');
my $good = join(";\n", 'CREATE TABLE team.rows (n int)', @good) . ' -- The last comment';
my ($status, $out, $err) = up('owner', $good);
is($status, 0, 'harmless statements') or diag($err);
is($err, '', '... without a word');
run_sql($node, 'main', undef, q{DROP TABLE team.rows; DROP FUNCTION team.g(); DROP FUNCTION team.f(); DELETE FROM hh.migration WHERE version = '1002'});
($status, $out, $err) = up(undef, $good);
is($status, 0, '... through hh.execute_as_owner()') or diag($err);
is(run_sql($node, 'main', undef, 'SELECT sum(n) FROM team.rows'), 3, '... and once');

done_testing();
