# Deployed by CREATE EXTENSION or by hh-migrate, with the same role as owner: the same catalogs.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner');

# The comparison itself: it must see, for what it says to be worth something.
add_database($node, 'scratch', 'owner');
run_sql($node, 'scratch', 'owner', 'CREATE EXTENSION headhunter');
my $before = catalog($node, 'scratch');
cmp_ok(scalar(@$before), '>', 2000, 'the catalogs have something to say');
is_deeply([ grep { $_ !~ / \| [a-z ]+: ./ } @$before ], [], 'every line is a fact about an object');

my @changes = (
    [ 'GRANT SELECT ON search.tenants TO PUBLIC',
        '+ table search.tenants | privilege: SELECT to PUBLIC by owner' ],
    [ 'GRANT UPDATE (skills) ON search.candidate_profiles TO PUBLIC',
        '+ table column search.candidate_profiles.skills | privilege: UPDATE to PUBLIC by owner' ],
    [ 'REVOKE EXECUTE ON FUNCTION ops.partition_horizon() FROM PUBLIC',
        '- function ops.partition_horizon() | privilege: EXECUTE to PUBLIC by owner' ],
    [ 'ALTER DEFAULT PRIVILEGES IN SCHEMA ops GRANT SELECT ON TABLES TO PUBLIC',
        '+ default privileges of role owner | in ops: SELECT on tables to PUBLIC' ],
    [ q{COMMENT ON CONSTRAINT outbox_pkey ON msgs.outbox IS E'one\ntwo'},
        '+ table constraint outbox_pkey on msgs.outbox | comment: one\ntwo' ],
    [ 'ALTER TABLE search.candidate_embeddings ENABLE REPLICA TRIGGER candidate_embeddings_enforce_model',
        '+ trigger candidate_embeddings_enforce_model on search.candidate_embeddings | enabled: R',
        '- trigger candidate_embeddings_enforce_model on search.candidate_embeddings | enabled: O' ],
    [ 'ALTER TABLE msgs.outbox SET (fillfactor = 80)',
        '+ table msgs.outbox | options: fillfactor=80' ],
    [ 'ALTER TABLE msgs.outbox ALTER COLUMN payload SET STATISTICS 1',
        '+ column msgs.outbox.payload | statistics target: 1' ],
    [ 'ALTER TABLE msgs.outbox ALTER COLUMN payload SET STORAGE EXTERNAL',
        '+ column msgs.outbox.payload | storage: e',
        '- column msgs.outbox.payload | storage: x' ],
    [ 'ALTER TABLE taxonomy.eco_alias ENABLE ROW LEVEL SECURITY',
        '+ table taxonomy.eco_alias | row security: enabled' ],
);
foreach my $change (@changes)
{
    my ($sql, @expected) = @$change;
    run_sql($node, 'scratch', 'owner', $sql);
    my $after = catalog($node, 'scratch');
    is_listing_changed_by($after, $before, \@expected, "noticed: $sql");
    $before = $after;
}

# The comparison it is for.
sub compare
{
    my ($suffix, $setting, @arguments) = @_;
    add_database($node, "extension$suffix", 'owner');
    add_database($node, "client$suffix", 'owner');
    run_sql($node, "extension$suffix", 'owner', "${setting}CREATE EXTENSION headhunter");
    run_client($node, "client$suffix", 'owner', 'up', @arguments);
    is_same_listing(
        catalog($node, "client$suffix"),
        catalog($node, "extension$suffix"),
        "hh-migrate up @arguments makes what CREATE EXTENSION makes");

    my $ledger = q{SELECT version, name, kind, checksum, state, statements_done, statements_total,
        variables, applied_by, server_version, error FROM hh.migration ORDER BY version};
    is( run_sql($node, "client$suffix", 'owner', $ledger),
        run_sql($node, "extension$suffix", 'owner', $ledger),
        'and records the same in the ledger');
    return;
}

compare('_768', '');
compare('_1536', 'SET headhunter.embedding_dimensions = 1536;', '--embedding-dimensions', '1536');

my $type = q{SELECT format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = 'search.candidate_embeddings'::regclass AND attname = 'embedding'};
is(run_sql($node, 'extension_768', 'owner', $type), 'vector(768)', '768 dimensions by default');
is(run_sql($node, 'extension_1536', 'owner', $type), 'vector(1536)',
    '1536 where that was asked for');

# A second go of either, and of one after the other, changes nothing.
foreach my $database ('extension_768', 'client_768', 'extension_1536', 'client_1536')
{
    my $was = catalog($node, $database);
    is(run_sql($node, $database, 'owner', 'SELECT * FROM hh.deploy()'), '',
        "$database: hh.deploy() has nothing to do");
    run_client($node, $database, 'owner', 'up');
    is_same_listing(catalog($node, $database), $was, "$database: and nothing has changed");
}

# The owner's own ACL entries, with hh-migrate run by someone else in its name.
add_database($node, 'by_superuser', 'owner');
run_client($node, 'by_superuser', undef, 'up', '--owner', 'owner');
is_same_listing(
    catalog($node, 'by_superuser'),
    catalog($node, 'extension_768'),
    'a superuser deploying for the owner makes the same');

done_testing();
