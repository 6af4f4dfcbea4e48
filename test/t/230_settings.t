# The settings headhunter.*, wherever and whenever they are set.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

my $node = new_node('main');
add_role($node, 'owner');
my $count = 0;
my $dimensions = q{SELECT atttypmod FROM pg_attribute
    WHERE attrelid = 'search.candidate_embeddings'::regclass AND attname = 'embedding'};

sub new_database
{
    my $database = 'settings_' . ++$count;
    add_database($node, $database, 'owner');
    return $database;
}

sub fails_with
{
    my ($database, $role, $sql, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($status, $out, $err) = try_sql($node, $database, $role, $sql);
    return like($err, $expected, $name);
}

# Out of range, or no number: an error, wherever it was set, and nothing is made.
my $database = new_database();
my $range = qr/invalid value for parameter "headhunter.embedding_dimensions"|outside the valid range for parameter "headhunter.embedding_dimensions"/;
foreach my $value ('0', '2001', '-1', '768.7e10', '99999999999999999999', 'many', '')
{
    fails_with($database, 'owner', "SET headhunter.embedding_dimensions = '$value'; CREATE EXTENSION headhunter",
        qr/ERROR:  .*$range/, "dimensions '$value', set before the library is loaded");
    fails_with($database, 'owner', "SET headhunter.embedding_dimensions = 100; SET headhunter.deploy = off; BEGIN; CREATE EXTENSION headhunter;
        SET headhunter.embedding_dimensions = '$value'", qr/ERROR:  .*$range/, "... and after");
    run_sql($node, $database, undef, "ALTER DATABASE $database SET headhunter.embedding_dimensions = '$value'");
    fails_with($database, 'owner', 'CREATE EXTENSION headhunter', qr/ERROR:  .*$range/, '... for the database');
    run_sql($node, $database, undef, "ALTER DATABASE $database RESET headhunter.embedding_dimensions;
        ALTER ROLE owner SET headhunter.embedding_dimensions = '$value'");
    fails_with($database, 'owner', 'CREATE EXTENSION headhunter', qr/ERROR:  .*$range/, '... for the role');
    run_sql($node, $database, undef, 'ALTER ROLE owner RESET headhunter.embedding_dimensions');
}
fails_with($database, 'owner', "SET headhunter.deploy = 'perhaps'; CREATE EXTENSION headhunter",
    qr/ERROR:  invalid value for parameter "headhunter.deploy"/, 'deploy set to what is no Boolean');
fails_with($database, 'owner', "SET headhunter.embedding_dimensions = 'many'; LOAD 'headhunter'", qr/not allowed/, 'LOAD is the superuser\'s');
fails_with($database, undef, q{SET headhunter.embedding_dimensions = 'many'; LOAD 'headhunter'; CREATE EXTENSION headhunter},
    qr/ERROR:  invalid value for parameter "headhunter.embedding_dimensions": "many"/, 'a bad value that was only warned of is an error at deployment');
is(run_sql($node, $database, undef, q{SELECT count(*) FROM pg_namespace WHERE nspname IN ('hh', 'search', 'taxonomy', 'msgs', 'ops')}), '0',
    'nothing has been made');

# A good value mends a bad one.
run_sql($node, $database, undef, "ALTER DATABASE $database SET headhunter.embedding_dimensions = 'many'");
run_sql($node, $database, 'owner', 'SET headhunter.embedding_dimensions = 2000; CREATE EXTENSION headhunter');
is(run_sql($node, $database, 'owner', $dimensions), '2000', 'the session\'s good value overrules the database\'s bad one');

# In range: what is said is made.
foreach my $value (1, 100, 2000)
{
    $database = new_database();
    run_sql($node, $database, undef, "ALTER DATABASE $database SET headhunter.embedding_dimensions = $value");
    run_sql($node, $database, 'owner', 'CREATE EXTENSION headhunter');
    is(run_sql($node, $database, 'owner', $dimensions), $value, "dimensions $value");
    is(run_sql($node, $database, 'owner', q{SELECT variables FROM hh.migration WHERE version = '0002'}),
        qq({"embedding_dimensions": "$value"}), '... and recorded');
}

# Afterwards the database knows its dimension.  Here it is 2000.
fails_with($database, 'owner', "SET headhunter.embedding_dimensions = $_; SELECT hh.deploy()",
    qr/this database has embeddings of 2000 dimensions, not $_/, "another dimension, $_, is refused") foreach 1999, 768;
is((try_sql($node, $database, 'owner', "$_; SELECT hh.deploy()"))[0], 0, "$_: is not")
  foreach 'SET headhunter.embedding_dimensions = 2000', 'SELECT 1';
run_sql($node, $database, undef, "ALTER DATABASE $database RESET headhunter.embedding_dimensions");
is((try_sql($node, $database, 'owner', 'SELECT hh.deploy()'))[0], 0, 'nor is silence');
is(run_sql($node, $database, 'owner', $dimensions), '2000', 'and it stays what it was');

# deploy off: functions only; then hh.deploy() does what CREATE EXTENSION would have done.
$database = new_database();
my ($status, $out, $err) = try_sql($node, $database, 'owner', 'SET headhunter.deploy = off; CREATE EXTENSION headhunter');
like($err, qr/INFO:  headhunter \S+: functions only, for headhunter.deploy is off/, 'deploy off says so');
is(run_sql($node, $database, 'owner', q{SELECT to_regnamespace('search') IS NULL AND to_regclass('hh.migration') IS NULL}), 't', '... and makes no schema');
is(run_sql($node, $database, 'owner', 'SELECT count(*) FROM hh.deploy()'), '11', 'hh.deploy() then does it all');
my $deployed = new_database();
run_sql($node, $deployed, 'owner', 'SET headhunter.deploy = on; CREATE EXTENSION headhunter');
is_same_listing(catalog($node, $database), catalog($node, $deployed), '... with the same result');

# One to three of the schemas: each is named.
my @all = qw(search taxonomy msgs ops);
foreach my $present (['search'], ['ops'], [ 'taxonomy', 'msgs' ], [ 'search', 'taxonomy', 'ops' ])
{
    $database = new_database();
    run_sql($node, $database, 'owner', "CREATE SCHEMA $_") foreach @$present;
    my %is_present = map { $_ => 1 } @$present;
    my $existing = join ', ', grep { $is_present{$_} } @all;
    my $missing = join ', ', grep { !$is_present{$_} } @all;
    fails_with($database, 'owner', 'CREATE EXTENSION headhunter', qr/Existing: $existing\. Missing: $missing\./, "only $existing: refused by name");
    is((try_sql($node, $database, 'owner', 'SET headhunter.deploy = off; CREATE EXTENSION headhunter'))[0], 0, '... but the functions can be had');
    fails_with($database, 'owner', 'SELECT hh.deploy()', qr/Existing: $existing\. Missing: $missing\./, '... and hh.deploy() refuses too');
}

# A ledger without schemas, schemas without a ledger.
$database = new_database();
run_sql($node, $database, 'owner', 'CREATE EXTENSION headhunter; DROP EXTENSION headhunter CASCADE;
    DROP SCHEMA search, taxonomy, msgs, ops CASCADE');
fails_with($database, 'owner', 'CREATE EXTENSION headhunter', qr/the ledger hh.migration exists, but none of headhunter's schemas/, 'a ledger without schemas');
run_sql($node, $deployed, 'owner', 'ALTER TABLE hh.migration RENAME TO elsewhere');
fails_with($deployed, 'owner', 'SELECT hh.deploy()', qr/schemas exist, but not the ledger hh.migration/, 'schemas without a ledger');
run_sql($node, $deployed, 'owner', 'ALTER TABLE hh.elsewhere RENAME TO migration');

# Where hh.deploy() can't work, it says why.
fails_with($deployed, 'owner', "BEGIN ISOLATION LEVEL $_; SELECT hh.deploy()", qr/must run at isolation level READ COMMITTED/, "$_ is refused")
  foreach 'REPEATABLE READ', 'SERIALIZABLE';
fails_with($deployed, 'owner', 'BEGIN READ ONLY; SELECT hh.deploy()', qr/cannot execute hh.deploy\(\) in a read-only transaction/, 'read only is refused');
fails_with($deployed, 'owner', "BEGIN ISOLATION LEVEL $_; SELECT ops.maintain_partitions()",
    qr/must run at isolation level READ COMMITTED/, "$_ is refused by ops.maintain_partitions()") foreach 'REPEATABLE READ', 'SERIALIZABLE';
run_sql($node, $deployed, 'owner', q{UPDATE hh.migration SET checksum = repeat('0', 64) WHERE version = '0003'});
fails_with($deployed, 'owner', 'SELECT hh.deploy()', qr/migration 0003_taxonomy is not the one that was applied/, 'an edited migration is refused');
run_sql($node, $deployed, 'owner', q{UPDATE hh.migration SET state = 'running' WHERE version = '0003'});
fails_with($deployed, 'owner', 'SELECT hh.deploy()', qr/migration 0003_taxonomy is recorded as running/, 'one that is running, too');

done_testing();
