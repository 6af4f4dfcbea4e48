# The server dies at every boundary of a statement and in its middle: the next run of hh-migrate goes on.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Interrupted;
use Test::More;

without_roles();

# The server module sets a name of its own.
delete $ENV{PGAPPNAME};

my $node = new_node('main');
$node->append_conf('postgresql.conf', "max_connections = 200\n");
$node->restart;
add_template($node);
my $directory = steps_directory();

add_copy($node, 'clean');
run_client($node, 'clean', 'owner', 'up', '--dir', $directory);
my $expected = catalog($node, 'clean');
my $once = q{SELECT (SELECT string_agg(what, ' ' ORDER BY what) FROM team.log) || ' ' || (SELECT string_agg(DISTINCT n::text, ' ') FROM team.city)};
is(run_sql($node, 'clean', undef, $once), 'first last 1', 'a clean run');

# In all places at once, each in a database of its own.
my %at;
foreach my $place (@places)
{
    my $database = $place =~ s/ /_/r;
    add_copy($node, $database);
    $at{$place}{hold} = hold($node, $database, $place);
    $at{$place}{client} = start_client($node, $database, 'owner', 'up', '--dir', $directory);
    wait_for_hold($node, $database) or diag(${ $at{$place}{client}{err} });
}
$node->stop('immediate');
is(finish($at{$_}{client}), 1, "the server dies at \"$_\": exit code") foreach @places;
$at{$_}{hold}{program}{handle}->finish foreach @places;
$node->start;
foreach my $place (@places)
{
    my $database = $place =~ s/ /_/r;
    my ($status, $out, $err) = try_client($node, $database, 'owner', 'up', '--dir', $directory);
    is($status, 0, "after it died at \"$place\": the next run") or diag($err);
    is_same_listing(catalog($node, $database), $expected, '... leaves what a clean run does');
    is(run_sql($node, $database, undef, $once), 'first last 1', '... and did everything once');
}

done_testing();
