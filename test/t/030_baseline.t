# hh-migrate baseline: what is there is recorded, if it is what the migrations make.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use JSON::PP;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner', 'pipeline', 'other');
run_sql($node, 'postgres', undef, 'GRANT owner TO pipeline');
my %files = (
    '1000_base.sql' => "-- hh: vars name\nCREATE SCHEMA team;\nCREATE TABLE team.:\"name\" (id int PRIMARY KEY, old int);\n",
    '1001_views.sql' => "-- hh: repeatable\nCREATE OR REPLACE VIEW team.v AS SELECT 1 AS one;\n",
    '1002_more.sql' => "ALTER TABLE team.t ADD COLUMN n int DEFAULT 1;\nALTER TABLE team.t DROP COLUMN old;\nALTER TABLE search.tenants ADD COLUMN plan text;\n",
    '1003_index.sql' => "-- hh: no-transaction\nCREATE INDEX CONCURRENTLY t_n ON team.t (n);\n",
    '1004_last.sql' => "CREATE TABLE team.last ();\n");
my $directory = migrations_in(%files);
my $by_hand = q{
    CREATE SCHEMA team;
    CREATE TABLE team.t (id int PRIMARY KEY, n int DEFAULT 1);
    ALTER TABLE search.tenants ADD COLUMN plan text;
    CREATE INDEX t_n ON team.t (n);
};

sub baseline
{
    my ($database, $role, $version, @arguments) = @_;
    return try_client($node, $database, $role, 'baseline', $version, '--dir', $directory, '--set', 'name=t', @arguments);
}

sub ledger_of
{
    my ($database) = @_;
    return run_sql($node, $database, undef, q{SELECT version, state, statements_done, statements_total, variables FROM hh.migration WHERE version >= '1000' ORDER BY version});
}

sub refused_for
{
    my ($name, $database, $role, $version, @expected) = @_;
    my ($status, $out, $err) = baseline($database, $role, $version, '--format', 'json');
    is($status, 2, "$name: exit code") or diag($err);
    like($err, qr/error: the catalogs are not what the migrations up to $version make\n.*hint: .*--force/, '... says so');
    is_deeply([ map { "$_->{object}: $_->{detail}" } @{ decode_json($out)->{differences} } ], \@expected, '... and where');
    is(run_sql($node, 'postgres', undef, q{SELECT count(*) FROM pg_database WHERE datname LIKE 'hh\_%'}), 0, '... no scratch database is left');
    return;
}

# A team's migrations, in a deployment where their objects are.
sub add_deployment
{
    my ($database) = @_;
    add_database($node, $database, 'owner');
    run_client($node, $database, 'owner', 'up');
    return;
}

add_deployment('main');
refused_for('nothing is there', 'main', undef, '1000', 'schema team: is missing', 'table team.t: is missing');
is(ledger_of('main'), '', '... and nothing is recorded');
run_sql($node, 'main', 'owner', $by_hand);
refused_for('a dropped column is there, and another is missing', 'main', undef, '1000', 'column team.t.n: is not made by the migrations', 'column team.t.old: is missing', 'index team.t_n: is not made by the migrations');

my ($status, $out, $err) = baseline('main', undef, '1003', '--dry-run');
is($status, 0, 'a dry run: exit code') or diag($err);
is($out, "would baseline 1000_base (2 statements)\nwould baseline 1002_more (3 statements)\nwould baseline 1003_index (1 statement)\n", '... shows what it would record');
is(ledger_of('main'), '', '... and records nothing');

($status, $out, $err) = baseline('main', undef, '1003', '--format', 'json');
is($status, 0, 'all is there: exit code') or diag($err);
my @actions = @{ decode_json($out)->{actions} };
is_deeply([ map { "$_->{action} $_->{object}: $_->{reason}, $_->{result}" } @actions ],
    [ map { "baseline $_: taken as applied, done" } qw(1000_base 1002_more 1003_index) ], '... the actions');
is(ledger_of('main'), qq(1000|baseline|0|2|{"name": "t"}\n1002|baseline|0|3|{}\n1003|baseline|0|1|{}), '... and the ledger');
is_deeply([ (baseline('main', undef, '1003'))[0, 1] ], [ 0, "nothing to do\n" ], 'once more: nothing to do');
is((baseline('main', 'owner', '1003'))[0], 0, '... which also needs no scratch database');

like(run_client($node, 'main', 'owner', 'up', '--dir', $directory), qr/\Aapplied 1001_views .*\napplied 1004_last .*\n\z/, 'up does the rest, repeatable ones included');
($status, $out, $err) = try_client($node, 'main', undef, 'verify', '--dir', $directory, '--scratch');
is($status, 0, 'verify finds nothing') or diag($out . $err);

# In what migrations change, their properties count; in what they make, everything.
add_deployment('different');
run_sql($node, 'different', 'owner', $by_hand . q{
    ALTER TABLE team.t ADD COLUMN old int;
    ALTER TABLE team.t ALTER COLUMN n TYPE bigint;
    ALTER TABLE team.t OWNER TO owner;
    CREATE INDEX extra ON team.t (n);
    CREATE INDEX elsewhere ON search.tenants (plan);
    CREATE TABLE public.unrelated ();
    COMMENT ON TABLE search.tenants IS 'Another';
    GRANT SELECT ON team.t TO other;
    DROP INDEX team.t_n;
    ALTER TABLE search.tenants ALTER COLUMN plan SET NOT NULL;
});
refused_for('differences', 'different', undef, '1003',
    'column search.tenants.plan: not null should be none, is yes',
    'column team.t.n: type should be integer, is bigint',
    'column team.t.old: is not made by the migrations',
    'index team.extra: is not made by the migrations',
    'index team.t_n: is missing');
($status, $out, $err) = baseline('different', 'owner', '1003', '--force');
is($status, 0, '--force needs no scratch database: exit code') or diag($err);
is($out =~ s/ \(.*//gr, "recorded 1000_base\nrecorded 1002_more\nrecorded 1003_index\n", '... and records');
($status, $out, $err) = baseline('different', 'owner', '1004');
is($status, 1, 'without CREATEDB: exit code');
like($err, qr/error: role "owner" may not create a scratch database\n/, '... says what is missing');

# What can't be, is said before anything is done.
($status, $out, $err) = baseline('different', undef, '1005');
is($status, 1, 'a version that there is not: exit code');
like($err, qr/error: there is no migration with version 1005\n/, '... message');
($status, $out, $err) = try_client($node, 'different', undef, 'baseline', '--dir', $directory);
is($status, 1, 'without a version');
like($err, qr/error: command "baseline" needs an argument VERSION/, '... message');
($status, $out, $err) = try_client($node, 'main', undef, 'baseline', '0003', '--dir', migrations_in());
is($status, 1, 'without the files of what is applied');

# A database without a ledger: the schemas were there, schema hh was not.
sub add_copy
{
    my ($database) = @_;
    add_database($node, $database, 'owner');
    run_client($node, $database, 'owner', 'up');
    run_sql($node, $database, undef, 'DROP EXTENSION headhunter CASCADE; DROP SCHEMA hh CASCADE');
    return;
}

foreach my $role (undef, 'pipeline')
{
    my $who = $role // 'superuser';
    my $database = "copy_by_$who";
    my $scratch = "empty_for_$who";
    add_copy($database);
    add_database($node, $scratch, 'owner');
    ($status, $out, $err) = try_client($node, $database, 'owner', 'up');
    is($status, 1, "$who: up refuses a database whose ledger is missing");
    like($err, qr/hint: .*hh-migrate baseline/, '... and names baseline');
    ($status, $out, $err) = try_client($node, $database, $role, 'baseline', '0008', '--owner', 'owner', '--scratch-dbname', $scratch);
    is($status, 0, "$who: without a ledger: exit code") or diag($out . $err);
    is($out =~ s/ \(.*//gr =~ s/(headhunter) .*/$1/r,
        "created extension headhunter\napplied 0000_ledger\napplied 0001_embedding_model\nrecorded 0002_search\nrecorded 0003_taxonomy\nrecorded 0004_msgs\nrecorded 0005_ops\napplied 0008_ledger_details\n",
        '... makes what is of schema hh, and records the rest');
    like(run_client($node, $database, 'owner', 'up'), qr/\Aapplied 0006_partitions .*\napplied 0007_triggers .*\napplied 0009_policy .*\napplied 0010_schema_privileges .*\nrecorded policy strict .*\n\z/, '... up does the rest');
    run_client($node, 'main', 'owner', 'up', '--accept-drift');
    ($status, $out, $err) = try_client($node, $database, $role, 'verify', '--scratch-dbname', $scratch);
    is($status, 0, '... and verify finds nothing') or diag($out . $err);
    is(run_sql($node, $scratch, undef, q{SELECT count(*) FROM pg_namespace WHERE nspname IN ('hh', 'search')}), 0, '... and the scratch database is empty again');
}

add_copy('foreign_copy');
run_sql($node, 'foreign_copy', undef, 'ALTER TABLE search.tenants OWNER TO other; ALTER TABLE msgs.outbox DROP COLUMN payload CASCADE');
($status, $out, $err) = try_client($node, 'foreign_copy', undef, 'baseline', '0008', '--owner', 'owner', '--format', 'csv');
is($status, 2, 'a copy that differs: exit code') or diag($err);
is($out, "object,detail\ncolumn msgs.outbox.payload,is missing\ntable search.tenants,\"owner should be owner, is other\"\n", '... where');
is(run_sql($node, 'foreign_copy', undef, q{SELECT count(*) FROM pg_namespace WHERE nspname = 'hh'}), 0, '... and nothing was made');

# The ledger alone is lost: all else of schema hh is there.
sub add_lost
{
    my ($database) = @_;
    add_database($node, $database, 'owner');
    run_client($node, $database, 'owner', 'up');
    run_sql($node, $database, 'owner', 'DROP TABLE hh.migration CASCADE');
    return;
}

foreach my $role (undef, 'pipeline', 'owner')
{
    my $who = $role // 'superuser';
    my $database = "lost_by_$who";
    my @scratch = defined $role ? ('--scratch-dbname', "scratch_for_$who") : ();
    add_lost($database);
    add_database($node, "scratch_for_$who", 'owner') if defined $role;
    ($status, $out, $err) = try_client($node, $database, $role, 'up');
    is($status, 1, "the ledger is lost, up as $who: exit code");
    like($err, qr/error: Headhunter's schemas exist, but not the ledger hh\.migration\n.*hint: "hh-migrate baseline 0010" adopts them/s, '... says what does it');
    ($status, $out, $err) = try_client($node, $database, $role, 'baseline', '0010', @scratch);
    is($status, 0, '... which adopts what is there') or diag($out . $err);
    is($out =~ s/ \(.*//gr, "applied 0000_ledger\n" . join('', map { "recorded $_\n" }
        qw(0001_embedding_model 0002_search 0003_taxonomy 0004_msgs 0005_ops 0008_ledger_details 0009_policy)), '... all of it');
    is((try_client($node, $database, $role, 'up'))[0], 0, '... and up goes on');
    ($status, $out, $err) = try_client($node, $database, $role, 'verify');
    is($status, 0, '... and nothing is different') or diag($out . $err);
}
add_lost('lost_to_other');
run_sql($node, 'lost_to_other', undef, 'ALTER SCHEMA hh OWNER TO other');
($status, $out, $err) = try_client($node, 'lost_to_other', undef, 'baseline', '0010', '--force');
is($status, 1, "a schema hh of somebody else's: exit code");
like($err, qr/error: schema "hh" belongs to role "other", not to "owner"\n/, '... message');

done_testing();
