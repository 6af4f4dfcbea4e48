
# A change of the registry that arrives by logical replication reaches the sessions' caches, too.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 'logical');
$node->start;
foreach my $database (qw(publisher subscriber))
{
    $node->safe_psql('postgres', "CREATE DATABASE $database");
    $node->safe_psql($database, 'CREATE EXTENSION headhunter CASCADE');
}
$node->safe_psql('publisher',
    q{INSERT INTO hh.embedding_model (model_version, dims) VALUES ('m', 3);
      CREATE PUBLICATION models FOR TABLE hh.embedding_model});
$node->safe_psql('publisher', q{SELECT pg_create_logical_replication_slot('models', 'pgoutput')});
$node->safe_psql('subscriber', 'DELETE FROM hh.embedding_model');
my $publisher = 'dbname=publisher host=' . $node->host . ' port=' . $node->port;
$node->safe_psql('subscriber',
    "CREATE SUBSCRIPTION models CONNECTION '$publisher' PUBLICATION models WITH (create_slot = false)");
$node->poll_query_until('subscriber', q{SELECT count(*) = 2 FROM hh.embedding_model})
  or die 'the registry was not copied';

# One session all along: it fills its cache, and the change comes from without.
my $wait = q{DO $$ BEGIN
    FOR i IN 1 .. 1000 LOOP
        EXIT WHEN %s;
        -- Lets go of the table, which the apply worker wants to truncate.
        COMMIT;
        PERFORM pg_sleep(0.05);
    END LOOP;
END $$;
};
my $insert = q{INSERT INTO e VALUES ('t', 'e', 'm', '[1,2,3]');};
my $script = q{
    CREATE TABLE e (tenant_id text, entity_id text, model_version text, embedding public.vector);
    CREATE TRIGGER e BEFORE INSERT ON e FOR EACH ROW EXECUTE FUNCTION hh.enforce_embedding_model();
    PREPARE put AS } . $insert . qq{
    EXECUTE put;
    \\! psql -X -q -d "$publisher" -c "UPDATE hh.embedding_model SET dims = 4 WHERE model_version = 'm'"
    } . sprintf($wait, q{(SELECT dims FROM hh.embedding_model WHERE model_version = 'm') = 4}) . qq{
    EXECUTE put;
    \\! psql -X -q -d "$publisher" -c "TRUNCATE hh.embedding_model"
    } . sprintf($wait, q{NOT EXISTS (SELECT FROM hh.embedding_model)}) . q{
    EXECUTE put;
    SELECT count(*) FROM e;
};
my ($status, $stdout, $stderr) = $node->psql('subscriber', $script, on_error_stop => 0);
like(
    $stderr,
    qr/\A[^\n]*ERROR:  embedding has 3 dimensions, but model "m" has 4\n/,
    'a replicated change is seen by the next statement');
is(() = $stderr =~ /ERROR/g, 1, 'and nothing else is refused');
is($stdout, '2', 'a replicated TRUNCATE is seen, too');

done_testing();
