# hh-migrate is killed at every boundary of a statement and in its middle, and the server's session works
# on until it comes to its statement's end: the next run waits for it, and goes on.

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
add_template($node);
my $directory = steps_directory();

add_copy($node, 'clean');
run_client($node, 'clean', 'owner', 'up', '--dir', $directory);
my $expected = catalog($node, 'clean');
my $once = q{SELECT (SELECT string_agg(what, ' ' ORDER BY what) FROM team.log) || ' ' || (SELECT string_agg(DISTINCT n::text, ' ') FROM team.city)};
is(run_sql($node, 'clean', undef, $once), 'first last 1', 'a clean run');

foreach my $place (@places)
{
    my $database = $place =~ s/ /_/r;
    add_copy($node, $database);
    my $hold = hold($node, $database, $place);
    my $client = start_client($node, $database, 'owner', 'up', '--dir', $directory);
    wait_for_hold($node, $database) or diag(${ $client->{err} });
    kill_client($client);
    my $next = start_client($node, $database, 'owner', 'up', '--dir', $directory);
    says($next, qr/waiting for another deployment/, "killed at \"$place\", the session works on: the next run waits");
    release($hold);
    is(finish($next), 0, '... and goes on') or diag(${ $next->{err} });
    is_same_listing(catalog($node, $database), $expected, '... leaves what a clean run does');
    is(run_sql($node, $database, undef, $once), 'first last 1', '... and did everything once');
}

# A session that doesn't come to its end is told of, and ended where that is asked for.  Only the owner may
# run the statement that is left out here.
$directory = steps_directory(qr/DETACH/);
add_copy($node, 'clean_without');
run_client($node, 'clean_without', 'owner', 'up', '--dir', $directory);
$expected = catalog($node, 'clean_without');
foreach my $role ('owner', undef)
{
    my $who = $role // 'superuser';
    my $database = "orphan_$who";
    add_copy($node, $database);
    my $hold = hold($node, $database, 'in 2');
    my $client = start_client($node, $database, $role, 'up', '--dir', $directory);
    wait_for_hold($node, $database);
    wait_for_sign($node, $database);
    my ($status, $out, $err) = try_client($node, $database, $role, 'up', '--dir', $directory, '--lock-wait', '5', '--end-orphan');
    is($status, 1, "$who: --end-orphan where the client lives: exit code");
    like($err, qr/did not end within 5 seconds/, '... it is left alone');
    unlike($err, qr/client is gone/, '... for its client lives');
    kill_client($client);
    ($status, $out, $err) = try_client($node, $database, $role, 'up', '--dir', $directory, '--lock-wait', '1');
    like($err, qr/detail: Its client is gone, and it works on: .*CREATE UNIQUE INDEX CONCURRENTLY city_id_idx.*\n.*hint: --end-orphan ends it\./,
        '... once it is killed, that is told, and at what it is');
    ($status, $out, $err) = try_client($node, $database, $role, 'up', '--dir', $directory, '--lock-wait', '0', '--end-orphan');
    is($status, 1, '... nobody is ended without a wait');
    my $next = start_client($node, $database, $role, 'up', '--dir', $directory, '--end-orphan');
    says($next, qr/warning: ending pid \d+, which works on though its client is gone/, '... and ended with --end-orphan');
    release($hold);
    is(finish($next), 0, '... and the next run goes on') or diag(${ $next->{err} });
    like(${ $next->{err} }, qr/index team\.city_id_idx is invalid, left by a build that failed/, '... from what stands');
    is_same_listing(catalog($node, $database), $expected, '... leaves what a clean run does');
}

# hh.deploy() is nobody's orphan.
add_copy($node, 'called');
my $hold = block($node, 'called', 'SELECT hh.deploy()');
my ($status, $out, $err) = try_client($node, 'called', 'owner', 'up', '--dir', $directory, '--lock-wait', '5', '--end-orphan');
is($status, 1, '--end-orphan beside hh.deploy(): exit code');
unlike($err, qr/client is gone/, '... it is left alone');
release($hold);

done_testing();
