# hh-migrate status.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use JSON::PP;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner', 'reader', 'stranger');
add_database($node, 'main', 'owner');

sub status
{
    my ($role, @arguments) = @_;
    return try_client($node, 'main', $role, 'status', @arguments);
}

# The states, by version, as JSON tells them.
sub states
{
    my ($role) = @_;
    my $out = (status($role, '--format', 'json'))[1];
    return { map { $_->{version} => $_->{state} } @{ decode_json($out)->{migrations} } };
}

my ($code, $out, $err) = status('stranger');
is($code, 2, 'before the first deployment: exit code');
is($err, '', '... no complaint');
my %states = %{ states('stranger') };
my @files = glob("$FindBin::RealBin/../../migrate/migrations/*.sql");
is_deeply([ values %states ], [ ('pending') x @files ], '... everything is pending');

run_client($node, 'main', 'owner', 'up');
($code, $out, $err) = status('owner');
is($code, 0, 'up to date: exit code');
like($out, qr/^ version \| +name +\| +kind +\| +state +\| +applied_at +\| applied_by \| +tool +$/m, 'a table');
like($out, qr/^ 0002 +\| search +\| versioned +\| applied \| \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \| owner +\| hh-migrate \d/m, 'a row');
like($out, qr/^embedding_dimensions: 768$/m, 'facts below it');

my $json = decode_json((status('owner', '--format', 'json'))[1]);
is_deeply(
    [ sort keys %$json ],
    [
        qw(database embedding_dimensions extension_available extension_version migrations owner
          server_version tool up_to_date)
    ],
    'JSON: members');
is_deeply(
    [ sort keys %{ $json->{migrations}[0] } ],
    [qw(applied_at applied_by kind name state tool version)],
    'JSON: members of a migration');
is_deeply(
    [ @$json{qw(database owner embedding_dimensions)}, $json->{up_to_date} ? 'yes' : 'no' ],
    [ 'main', 'owner', 768, 'yes' ], 'JSON: facts');
like((status('owner', '--format', 'csv'))[1], qr/\Aversion,name,kind,state,applied_at,applied_by,tool\n0000,ledger,/, 'CSV');
like((status('owner', '--format', 'html'))[1], qr/<td align="left">ledger<\/td>/, 'HTML');

# A role that may only read the ledger is enough; one that may not is told so.
($code, $out, $err) = status('stranger');
is($code, 1, 'a role without rights: exit code');
like($err, qr/permission denied for schema hh\n.*hint: As the owner: GRANT USAGE ON SCHEMA hh TO "stranger"; GRANT SELECT ON hh\.migration TO "stranger";/,
    '... is told, and what would do');
run_sql($node, 'main', 'owner', 'GRANT USAGE ON SCHEMA hh TO reader; GRANT SELECT ON hh.migration TO reader');
($code, $out, $err) = status('reader');
is($code, 0, 'a role that may read the ledger') or diag($err);
is((status(undef))[0], 0, 'a superuser');

# A reader is not told that all is well where it is not, or where that can't be seen.
run_sql($node, 'main', 'owner', 'DROP TRIGGER candidate_embeddings_enforce_model ON search.candidate_embeddings');
($code, $out, $err) = status('reader');
is($code, 2, 'a trigger is missing, seen by a reader: exit code');
like($out, qr/^ 0007 .*\| unverified .*^up_to_date: false$/ms, '... and state');
run_client($node, 'main', 'owner', 'up');
is((status('reader'))[0], 0, '... and back');
run_sql($node, 'main', undef, 'REVOKE SELECT ON pg_trigger FROM PUBLIC');
($code, $out, $err) = status('reader');
is($code, 2, 'a reader who may not verify: exit code');
like($err, qr/could not verify 0007_triggers.*permission denied for table pg_trigger/s, '... is told');
like($out, qr/^ 0007 .*\| unverified .*^up_to_date: false$/ms, '... and not that all is well');
run_sql($node, 'main', undef, 'GRANT SELECT ON pg_trigger TO PUBLIC');

# Looking asks for no more than looking takes: whether there is an update reads the extension's control
# file, which a server may have lost.
run_sql($node, 'main', undef, 'REVOKE EXECUTE ON FUNCTION pg_catalog.pg_extension_update_paths FROM PUBLIC');
($code, $out, $err) = status('reader');
is($code, 0, 'a reader looks for no update') or diag($err);
run_sql($node, 'main', undef, 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_extension_update_paths TO PUBLIC');

# A reader verifies; that is safe while verify parts read nothing but PostgreSQL's catalogs.
foreach my $file (@files)
{
    my ($part) = PostgreSQL::Test::Utils::slurp_file($file) =~ /^-- hh: verify\n(.*?)(?=^-- hh:|\z)/ms or next;
    $part =~ s/^\s*--.*$//mg;
    $part =~ s/'(?:[^']|'')*'/''/g;
    my @foreign = grep { !/\A(?:pg_catalog\.|\()/ } $part =~ /\b(?:FROM|JOIN)\s+(\S+)/gi;
    push @foreign, grep { !/\Apg_catalog\./ } $part =~ /(?<![\w.])(\w+\.\w+)\s*\(/g;
    is_deeply(\@foreign, [], "$file: the verify part reads catalogs only");
}

# States.
run_sql($node, 'main', 'owner', q{
    UPDATE hh.migration SET state = 'failed', finished_at = NULL WHERE version = '0002';
    UPDATE hh.migration SET checksum = repeat('0', 64) WHERE version = '0003';
    UPDATE hh.migration SET state = 'baseline' WHERE version = '0004';
    DELETE FROM hh.migration WHERE version = '0005';
    INSERT INTO hh.migration SELECT (jsonb_populate_record(m, '{"version": "7777", "name": "a\"b"}')).*
        FROM hh.migration AS m WHERE version = '0000';
    DROP TRIGGER candidate_profiles_search_document ON search.candidate_profiles});
my %expected = (
    '0000' => 'applied', '0001' => 'applied', '0002' => 'failed', '0003' => 'changed',
    '0004' => 'baseline', '0005' => 'pending', '0006' => 'applied', '0008' => 'applied',
    '0009' => 'applied', '0010' => 'applied', '7777' => 'unknown');
is_deeply(states('owner'), { %expected, '0007' => 'unverified' }, 'states, as the owner sees them');
is_deeply(states(undef), { %expected, '0007' => 'unverified' }, 'as a superuser sees them');
is_deeply(states('reader'), { %expected, '0007' => 'unverified' }, 'as a reader sees them');
is((status('owner'))[0], 2, 'exit code');
is((status('reader'))[0], 2, 'exit code for a reader');

# The reader runs nothing that the ledger's owner could have planted.
run_sql($node, 'main', 'owner', 'ALTER TABLE hh.migration ENABLE ROW LEVEL SECURITY');
($code, $out, $err) = status('reader');
is($code, 1, 'a ledger with row security: exit code');
like($err, qr/not the table that hh-migrate makes.*row-security/s, '... is not read by others');
is((status('owner'))[0], 2, '... but by its owner');
run_sql($node, 'main', 'owner', q{
    ALTER TABLE hh.migration DISABLE ROW LEVEL SECURITY;
    ALTER TABLE hh.migration RENAME TO other;
    CREATE VIEW hh.migration AS SELECT * FROM hh.other;
    GRANT SELECT ON hh.migration TO reader});
foreach my $role ('owner', 'reader', undef)
{
    ($code, $out, $err) = status($role);
    is($code, 1, ($role // 'superuser') . ': a view in place of the ledger');
    like($err, qr/"hh\.migration" is not a table/, '... is refused');
}

done_testing();
