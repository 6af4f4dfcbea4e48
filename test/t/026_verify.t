# hh-migrate verify.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use JSON::PP;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner', 'reader');
add_database($node, 'main', 'owner');
my %files = (
    '1000_base.sql' => "-- hh: vars name\nCREATE SCHEMA team;\nCREATE TABLE team.:\"name\" (n int);\n-- hh: verify\nSELECT to_regclass('team.' || quote_ident(:'name')) IS NOT NULL;\nSELECT count(*) = 0 FROM team.:\"name\";\n",
    '1001_plain.sql' => "CREATE TABLE team.plain ();\n",
    '1002_who.sql' => "-- hh: repeatable\nCREATE OR REPLACE VIEW team.v AS SELECT 1 AS one;\n-- hh: verify\nSELECT current_user = 'owner';\n");

sub verify
{
    my ($role, @arguments) = @_;
    return try_client($node, 'main', $role, 'verify', '--dir', migrations_in(%files), @arguments);
}

# Version, check and detail of each difference.
sub differences_of
{
    my ($role, $name) = @_;
    my ($status, $out, $err) = verify($role, '--format', 'json');
    my $json = decode_json($out);
    my @found = map { ($_->{version} // $_->{object}) . " $_->{check}: $_->{detail}" } @{ $json->{differences} };
    is($status, @found ? 2 : 0, "$name: exit code") or diag($err);
    # Whoever writes the ledger by hand is another program.
    $err =~ s/\A.*warning: the snapshot of the catalogs is older than .*\n.*detail: .*\n.*hint: .*\n//;
    is($err, '', "$name: nothing on standard error");
    is($json->{verified} ? 1 : 0, @found ? 0 : 1, "$name: verified");
    return \@found;
}

my ($status, $out, $err) = verify('owner');
is($status, 1, 'an empty database: exit code');
like($err, qr/error: there is no ledger hh\.migration.*\n.*hint: /, '... message');

run_client($node, 'main', 'owner', 'up', '--dir', migrations_in(%files), '--set', 'name=a b');
foreach my $role ('owner', undef)
{
    my $who = $role // 'superuser';
    my %original = %files;
    is_deeply(differences_of($role, "$who: as it should be"), [], "$who: no difference");
    ($status, $out, $err) = verify($role);
    is($status, 0, "$who: as text: exit code");
    like($out, qr/^ version \| name \| check \| object \| detail .*^verified: true$/ms, '... a table without rows');
    is((verify($role, '-q'))[1], '', '... -q says nothing');

    run_sql($node, 'main', 'owner', 'INSERT INTO team."a b" VALUES (1)');
    is_deeply(differences_of($role, "$who: a query that is not true"), ['1000 verify: the query at line 6 is not true'], '... which one');
    like((verify($role, '--format', 'csv'))[1],
        qr/\Aversion,name,check,object,detail\n1000,base,verify,,the query at line 6 is not true\n\z/, '... as CSV');
    like((verify($role, '--format', 'html'))[1], qr/<td align="left">the query at line 6 is not true/, '... as HTML');

    run_sql($node, 'main', 'owner', 'ALTER TABLE team."a b" RENAME TO c');
    run_sql($node, 'main', 'owner', 'DROP TRIGGER candidate_profiles_search_document ON search.candidate_profiles');
    run_sql($node, 'main', 'owner', q{UPDATE hh.migration SET state = 'failed' WHERE version = '0001'});
    $files{'1001_plain.sql'} .= '-- Edited.';
    delete $files{'1002_who.sql'};
    my @found = @{ differences_of($role, "$who: several") };
    is(shift @found, '0001 state: it is recorded as failed', '... a migration that failed');
    like(shift @found, qr/^0007 verify: the query at line \d+ is not true$/, '... one of the bundled');
    is(shift @found, '1000 verify: the query at line 5 is not true', '... one query of two');
    is(shift @found, '1000 verify: the query at line 6 failed: relation "team.a b" does not exist', '... and the other');
    like(shift @found, qr/^1001 checksum: the ledger's is [0-9a-f]{64}, the file's is [0-9a-f]{64}$/, '... an edited file');
    like(shift @found, qr/^1002 file: there is no such migration; it was recorded by hh-migrate /, '... a missing file');
    is(shift @found, 'table team."a b" drift: is missing', '... and what differs from the snapshot');
    is(shift @found, 'table team.c drift: is not in the snapshot', '... the table by its new name');
    is(shift @found, 'trigger candidate_profiles_search_document on search.candidate_profiles drift: is missing', '... the trigger');
    is_deeply(\@found, [], '... no others');

    %files = %original;
    run_sql($node, 'main', 'owner', 'ALTER TABLE team.c RENAME TO "a b"; TRUNCATE team."a b"');
    run_sql($node, 'main', 'owner', q{UPDATE hh.migration SET state = 'applied' WHERE version = '0001'});
    run_client($node, 'main', 'owner', 'up');
}

# What is pending, or reverted, is no difference; without the directory a team's are nobody's business.
run_sql($node, 'main', 'owner', q{DELETE FROM hh.migration WHERE version = '1001'});
is_deeply(differences_of('owner', 'a pending one'), [], 'what is pending is no difference');
my $checksum = run_sql($node, 'main', 'owner', q{SELECT checksum FROM hh.migration WHERE version = '1000'});
run_sql($node, 'main', 'owner', q{UPDATE hh.migration SET state = 'reverted', checksum = repeat('0', 64) WHERE version = '1000'});
is_deeply(differences_of('owner', 'a reverted one'), [], 'nor what is reverted');
is((try_client($node, 'main', 'owner', 'verify'))[0], 0, 'without the directory');
run_sql($node, 'main', 'owner', qq{UPDATE hh.migration SET state = 'applied', checksum = '$checksum' WHERE version = '1000'; DROP TABLE team.plain});
run_client($node, 'main', 'owner', 'up', '--accept-drift');

# Who can't act as the owner runs no query, in verify or status.
run_sql($node, 'main', 'owner', q{GRANT USAGE ON SCHEMA hh TO reader; GRANT SELECT ON hh.migration TO reader});
($status, $out, $err) = verify('reader');
is($status, 1, 'a reader: exit code');
like($err, qr/error: verify parts run in the name of the owner, role "owner"\n.*hint: Connect as "owner"/, '... message');
$files{'1002_who.sql'} =~ s/current_user = 'owner'/team.climb()/;
run_sql($node, 'main', 'owner', q{
    GRANT USAGE ON SCHEMA team TO reader;
    CREATE TABLE team.climbed (who text);
    GRANT INSERT ON team.climbed TO reader;
    CREATE FUNCTION team.climb() RETURNS bool LANGUAGE sql AS $$ INSERT INTO team.climbed VALUES (current_user) RETURNING true $$});
run_client($node, 'main', 'owner', 'up', '--dir', migrations_in(%files), '--allow-out-of-order');
run_sql($node, 'main', 'owner', 'TRUNCATE team.climbed');
try_client($node, 'main', 'reader', 'status', '--dir', migrations_in(%files));
try_client($node, 'main', 'reader', 'verify', '--dir', migrations_in(%files));
is(run_sql($node, 'main', 'owner', 'SELECT count(*) FROM team.climbed'), 0, 'a reader runs nothing of the team\'s');
verify(undef);
is(run_sql($node, 'main', 'owner', 'SELECT DISTINCT who FROM team.climbed'), 'owner', 'a superuser runs it as the owner');

done_testing();
