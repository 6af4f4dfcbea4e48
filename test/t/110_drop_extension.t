# DROP EXTENSION is refused; with CASCADE it takes code and what hangs on it, and not one row; and
# CREATE EXTENSION with hh.deploy() brings back what it took.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner');

sub deployed_database
{
    my ($database) = @_;
    add_database($node, $database, 'owner');
    run_sql($node, $database, 'owner', 'CREATE EXTENSION headhunter');
    run_file($node, $database, 'owner', "$FindBin::RealBin/../used/rows.sql");
    return;
}

sub lines_about
{
    my ($pattern, $listing) = @_;
    return [ grep { $_ =~ $pattern } @$listing ];
}

deployed_database('dropped');
my $catalog = catalog($node, 'dropped');
my $rows = rows($node, 'dropped');
foreach my $table (@tables)
{
    my $held = run_sql($node, 'dropped', 'owner', "SELECT count(*) FROM $table");
    cmp_ok($held, '>', 0, "$table has rows to lose");
}

# Refused, by name of what stands in the way.
my ($status, $out, $err) = try_sql($node, 'dropped', 'owner', 'DROP EXTENSION headhunter');
is($status, 3, 'DROP EXTENSION is refused');
like($err, qr/^ERROR:  cannot drop extension headhunter because other objects depend on it$/m,
    'for what depends on it');
foreach my $trigger (@{ lines_about(qr/^trigger .* \| enabled:/, $catalog) })
{
    my ($name, $table) = $trigger =~ /^trigger (\S+) on (\S+) \|/;
    like($err, qr/^(DETAIL:  )?trigger \Q$name\E on table \Q$table\E depends on function hh\./m,
        "it names trigger $name");
}
like($err, qr/^HINT:  Use DROP \.\.\. CASCADE/m, 'and says how to insist');
is_same_listing(catalog($node, 'dropped'), $catalog, 'nothing has changed');

# CASCADE takes exactly the members and the triggers.
run_sql($node, 'dropped', 'owner', 'DROP EXTENSION headhunter CASCADE');
is_same_listing(rows($node, 'dropped'), $rows, 'CASCADE leaves every row of every table');

my $without = catalog($node, 'dropped');
my @gone = differences($without, $catalog);
is_deeply([ grep { /^\+/ } @gone ], [], 'CASCADE adds nothing');
my @unexpected = grep {
    !/^- (function hh\.|trigger \S+ on \S+ \||extension headhunter)/
      and !/ on \S+ \| depends on: function hh\./
      and !/^- trigger \S+ on \S+ \| comment: /
      and !/ \| depends on: extension headhunter/
} @gone;
is_deeply(\@unexpected, [], 'CASCADE takes functions and triggers and nothing else');
is(scalar(@{ lines_about(qr/^trigger /, $without) }), 0, 'CASCADE takes every trigger');
is_deeply(
    lines_about(qr/^constraint /, $without),
    lines_about(qr/^constraint /, $catalog),
    'no constraint hangs on the extension');

# The rows can be read and written without it.
run_sql($node, 'dropped', 'owner', q{UPDATE search.tenants SET display_name = 'Still here'});
$rows = rows($node, 'dropped');

# Back again: functions by CREATE EXTENSION, the rest by hh.deploy().
($status, $out, $err) = try_sql($node, 'dropped', 'owner', 'CREATE EXTENSION headhunter');
is($status, 0, 'CREATE EXTENSION where the schemas stand');
like($err, qr/^INFO:  headhunter \S+: functions only, for the schemas exist$/m, 'says what it did');
like($err, qr/^HINT:  SELECT hh\.deploy\(\) /m, 'and what is left to do');
is_deeply(
    lines_about(qr/^trigger /, catalog($node, 'dropped')), [],
    'it makes no trigger on tables that stand');

is(run_sql($node, 'dropped', 'owner', 'SELECT version, name, action FROM hh.deploy()'),
    '0007|triggers|applied', 'hh.deploy() applies what is missing');
is_same_listing(catalog($node, 'dropped'), $catalog, 'every trigger and constraint is back');
my @touched = grep { !/^[-+] table hh\.migration: / } differences(rows($node, 'dropped'), $rows);
is_deeply(\@touched, [], 'and every row is where it was');
is(run_sql($node, 'dropped', 'owner', 'SELECT * FROM hh.deploy()'), '',
    'a second one has nothing to do');

($status, $out, $err) = try_sql($node, 'dropped', 'owner', <<'END');
INSERT INTO search.candidate_embeddings (tenant_id, entity_id, model_version, embedding)
VALUES ('t', 'zero', 'text-embedding-004', array_fill(0::real, ARRAY[768])::public.vector)
END
is($status, 3, 'the trigger does its work again');

# The same by the client, from the extension up.
run_sql($node, 'dropped', 'owner', 'DROP EXTENSION headhunter CASCADE');
run_client($node, 'dropped', 'owner', 'up');
is_same_listing(catalog($node, 'dropped'), $catalog,
    'hh-migrate up brings back extension and triggers');

# One trigger lost by hand is a thing to mend too; a dropped schema of data is not.
run_sql($node, 'dropped', 'owner',
    'DROP TRIGGER candidate_profiles_search_document ON search.candidate_profiles');
is(run_sql($node, 'dropped', 'owner', 'SELECT version FROM hh.deploy()'),
    '0007', 'hh.deploy() brings back a dropped trigger');
is_same_listing(catalog($node, 'dropped'), $catalog, 'as it was');

run_sql($node, 'dropped', 'owner', 'DROP SCHEMA msgs CASCADE');
($status, $out, $err) = try_sql($node, 'dropped', 'owner', 'SELECT hh.deploy()');
is($status, 3, 'hh.deploy() over half a deployment is refused');
like($err, qr/^DETAIL:  Existing: search, taxonomy, ops\. Missing: msgs\.$/m, 'by name');
run_sql($node, 'dropped', 'owner', 'DROP EXTENSION headhunter CASCADE');
($status, $out, $err) = try_sql($node, 'dropped', 'owner', 'CREATE EXTENSION headhunter');
is($status, 3, 'and so is CREATE EXTENSION');
like($err, qr/^DETAIL:  Existing: search, taxonomy, ops\. Missing: msgs\.$/m, 'by name as well');
run_sql($node, 'dropped', 'owner',
    'SET headhunter.deploy = off; CREATE EXTENSION headhunter; SELECT hh.embedding_dims(ARRAY[1, 2]::real[])');

done_testing();
