# hh.effective_privileges() tells the truth: in random states of roles, memberships, owners and grants it
# says what PostgreSQL's own functions say of each role, object and privilege, and each way through SET
# ROLE or ADMIN that it tells is walked by a session of the role.
#
# HH_TRUTH_STATES is the number of states (100), HH_TRUTH_SEED the first one's seed (1); a state that
# fails is found again by its seed.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

my $states = $ENV{HH_TRUTH_STATES} || 100;
my $first = $ENV{HH_TRUTH_SEED} || 1;

my $node = new_node('main');
# Who looks at a state is a superuser, in whose transaction everything is rolled back.
add_database($node, 'truth', 'postgres');
run_sql($node, 'truth', undef, 'CREATE EXTENSION headhunter');
foreach my $part (qw(build compare walk run))
{
    my ($out, $err) = run_file($node, 'truth', undef, "$FindBin::RealBin/../truth/$part.sql");
    is($err, '', "$part.sql");
}

# Each state leaves dead rows in the catalogs.
my $last = $first + $states - 1;
for (my $seed = $first; $seed <= $last; $seed += 100)
{
    my $end = $seed + 99 < $last ? $seed + 99 : $last;
    run_sql($node, 'truth', undef, "SET client_min_messages = error; CALL truth.run($seed, $end)");
    run_sql($node, 'truth', undef, 'VACUUM');
}

my ($seen, $rows, $ways) = split /\|/, run_sql($node, 'truth', undef, 'SELECT * FROM truth.tally');
is($seen, $states, 'every state was built and compared');
note("$rows rows, $ways ways walked");
cmp_ok($rows, '>', 500 * $states, '... with hundreds of rows each');
cmp_ok($ways, '>', $states / 2, '... and ways that were walked');
is(run_sql($node, 'truth', undef, q{
    SELECT seed || ': ' || difference FROM truth.finding ORDER BY seed, difference LIMIT 50}), '',
    'no difference in any of them');

# A comparison that finds nothing where there is something would be worth nothing.
is(run_sql($node, 'truth', undef, q{
    SET client_min_messages = error;
    BEGIN;
    SELECT FROM truth.build(1);
    ALTER ROLE truth_1 NOSUPERUSER;
    SELECT FROM truth.look(false);
    DELETE FROM truth.effective
    WHERE (role, object_name, privilege) = ('postgres'::regrole, 'pg_class', 'SELECT');
    INSERT INTO truth.effective (role, object_type, object_schema, object_name, privilege, via, grantable)
    VALUES ('truth_2', 'function', 'truth_a', 'function(integer,text)', 'SELECT', 'direct', false);
    INSERT INTO truth.effective (role, object_type, object_name, privilege, via, path)
    VALUES ('truth_1', 'schema', 'truth_a', 'OWNER', 'set role', 'truth_1 -> postgres (set role) : owner');
    SELECT count(*) FROM truth.differences();
    SELECT * FROM truth.walk_differences();
    ROLLBACK}), join("\n", 2, 'truth_1 -> postgres (set role): permission denied to set role "postgres"'),
    'what is missing, what is too much and what leads nowhere is found');

done_testing();
