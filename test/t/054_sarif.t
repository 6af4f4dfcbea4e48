# SARIF of an audit, held against the standard's schema.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'HH_NO_DRIVER says so' if $ENV{HH_NO_DRIVER};

my $node = new_node('main');
my $superuser = run_sql($node, 'postgres', undef, 'SELECT current_user');
add_database($node, 'main', "\"$superuser\"");
run_client($node, 'main', undef, @$_, '-q') foreach [ 'roles', 'apply' ], ['up'];

# What is wrong with it, and nothing else.
sub validate
{
    my ($sarif) = @_;
    my $file = PostgreSQL::Test::Utils::tempdir_short() . '/sarif';
    PostgreSQL::Test::Utils::append_to_file($file, $sarif);
    return qx(node "$FindBin::RealBin/../driver/validate_sarif.js" 2>&1 <"$file");
}

sub is_valid
{
    my ($results, $name) = @_;
    my ($status, $out, $err) = try_client($node, 'main', undef, 'audit', '--format', 'sarif');
    is($status, $results > 0 ? 2 : 0, "$name: exit code") or diag($err);
    is(validate($out), "valid, 1 run, $results results\n", "$name: valid") or diag('tools/check fetches what test/driver/package-lock.json pins');
    return $out;
}

my $sarif = is_valid(0, 'no finding');
like(validate($sarif =~ s/"name": "hh-migrate", //r), qr/\.driver should have required property 'name'/, 'what is wrong is found');

# A finding of each kind, and names that JSON has to escape.
run_sql($node, 'main', undef, qq{
    CREATE ROLE "str\n\\"" ; GRANT hh_app TO "str\n\\""; ALTER ROLE hh_app CREATEDB; ALTER ROLE hh_ops IN DATABASE main SET work_mem = '1MB';
    GRANT hh_app TO hh_ops; ALTER TABLE msgs.outbox OWNER TO hh_ops; REVOKE USAGE ON SCHEMA ops FROM hh_ops;
    CREATE TABLE search."\x01\t" (a int); GRANT SELECT (a) ON search."\x01\t" TO PUBLIC;
    ALTER DEFAULT PRIVILEGES FOR ROLE hh_owner GRANT SELECT ON TABLES TO hh_ops;
    ALTER TABLE search.search_logs RENAME TO lost} =~ s/\\"/""/gr);
my $count = run_sql($node, 'main', undef, 'SELECT count(*) FROM hh.audit()');
$sarif = is_valid($count, 'findings of all kinds');
like($sarif, qr/"ruleId": "$_"/, "... $_") foreach qw(missing excess wrong-owner wrong-default wrong-attribute wrong-membership unknown-role);

# A policy of one's own, whose place is a file's.
my $directory = migrations_in('a policy' => PostgreSQL::Test::Utils::slurp_file("$FindBin::RealBin/../../migrate/policy") . "\n");
run_client($node, 'main', undef, 'up', '-q', '--only=policy', '--policy', "$directory/a policy");
($count) = run_sql($node, 'main', undef, 'SELECT count(*) FROM hh.audit()');
my ($status, $out) = try_client($node, 'main', undef, 'audit', '--format', 'sarif', '--policy', "$directory/a policy");
is(validate($out), "valid, 1 run, $count results\n", 'a file with a blank in its name');
like($out, qr{/a%20policy"}, '... which is escaped');
$node->stop;

done_testing();
