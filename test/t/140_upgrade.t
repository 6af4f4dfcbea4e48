# An upgraded extension equals a fresh one, in every way the catalogs know.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner');

my $current = run_sql($node, 'postgres', undef,
    q{SELECT default_version FROM pg_available_extensions WHERE name = 'headhunter'});
my @versions = split /\n/, run_sql($node, 'postgres', undef, qq{
    SELECT version FROM pg_available_extension_versions
    WHERE name = 'headhunter' AND version <> '$current' ORDER BY version});

add_database($node, 'fresh', 'owner');
run_sql($node, 'fresh', 'owner', 'CREATE EXTENSION headhunter');
my $fresh = catalog($node, 'fresh');

ok((grep { $_ eq '1.0' } @versions), 'version 1.0 can still be installed');
ok((grep { /^extension headhunter \| version: \Q$current\E$/ } @$fresh), "a fresh one is $current");

# A database of an old version, with rows, and whatever is not the upgrade's to touch.
sub old_database
{
    my ($database, $version) = @_;
    add_database($node, $database, 'owner');
    run_sql($node, $database, 'owner', "CREATE EXTENSION headhunter VERSION '$version'");
    my ($out, $err) = run_file($node, $database, 'owner', "$FindBin::RealBin/../used/rows.sql");
    is($err, '', "$version has rows");
    return;
}

sub upgraded_equals_fresh
{
    my ($database, $name, $rows) = @_;
    is_same_listing(catalog($node, $database), $fresh, "$name: equals a fresh $current");
    my @changed = grep { !/^[-+] table hh\.(?:migration|snapshot|policy\w*|service): / } differences(rows($node, $database),
        $rows);
    is_deeply(\@changed, [], "$name: with every row");
    is(run_sql($node, $database, 'owner', 'SELECT * FROM hh.deploy()'), '',
        "$name: nothing is pending");
    is(run_sql($node, $database, 'owner', 'SELECT hh.library_version()'), $current,
        "$name: its library is of the same version");
    return;
}

foreach my $version (@versions)
{
    (my $suffix = $version) =~ s/\W/_/g;
    is(run_sql($node, 'postgres', undef, qq{
        SELECT path IS NOT NULL FROM pg_extension_update_paths('headhunter')
        WHERE source = '$version' AND target = '$current'}), 't', "there is a way from $version");

    # By the owner, who is no superuser.
    my $database = "server_$suffix";
    old_database($database, $version);
    my $old = catalog($node, $database);
    my $rows = rows($node, $database);
    ok((grep { /^extension headhunter \| version: \Q$version\E$/ } @$old), "$version is $version");
    my @others = grep { !/^. (extension headhunter \||function hh\.)/ } differences($old, $fresh);
    is_deeply(\@others, [], "$version differs from $current in functions only");
    isnt(scalar(differences($old, $fresh)), 0, 'and it does differ');
    run_sql($node, $database, 'owner', 'ALTER EXTENSION headhunter UPDATE');
    run_sql($node, $database, 'owner', 'SELECT * FROM hh.deploy()');
    upgraded_equals_fresh($database, "ALTER EXTENSION UPDATE from $version", $rows);

    # By the client, in one command.
    $database = "client_$suffix";
    old_database($database, $version);
    $rows = rows($node, $database);
    run_client($node, $database, 'owner', 'up');
    upgraded_equals_fresh($database, "hh-migrate up from $version", $rows);

    # By a superuser, which makes nothing his.
    $database = "superuser_$suffix";
    old_database($database, $version);
    $rows = rows($node, $database);
    run_sql($node, $database, undef,
        'ALTER EXTENSION headhunter UPDATE; SELECT * FROM hh.deploy()');
    upgraded_equals_fresh($database, "a superuser's update from $version", $rows);

    # What an administrator did to its functions is his, and survives.
    $database = "granted_$suffix";
    old_database($database, $version);
    run_sql($node, $database, undef, q{
        REVOKE EXECUTE ON FUNCTION hh.deploy() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION hh.deploy() TO owner});
    run_sql($node, $database, 'owner',
        'ALTER EXTENSION headhunter UPDATE; SELECT * FROM hh.deploy()');
    is_listing_changed_by(catalog($node, $database), $fresh, [
        '+ function hh.deploy() | privilege: EXECUTE to owner by postgres',
        '- function hh.deploy() | privilege: EXECUTE to PUBLIC by postgres' ],
        "the update from $version leaves privileges alone");

    # A dump names no version: an old database's dump is restored under the new one.
    $database = "dumped_$suffix";
    old_database($database, $version);
    $rows = rows($node, $database);
    my $dump = PostgreSQL::Test::Utils::tempdir . '/dump.sql';
    run_program('pg_dump', "--file=$dump", '--dbname', conninfo($node, $database, 'owner'));
    add_database($node, "restored_$suffix", 'owner');
    my ($out, $err) = run_file($node, "restored_$suffix", 'owner', $dump);
    is_deeply(
        [ sort grep { /ERROR|WARNING|FATAL/ } map { s/^psql:\S+?:\d+: //r } split /\n/, $err ],
        [ map { "ERROR:  must be owner of extension $_" } qw(pgcrypto vector) ],
        "a dump of $version restores under $current");
    is_same_listing(rows($node, "restored_$suffix"), $rows,
        'with every row, those of the ledger too');
    run_sql($node, "restored_$suffix", 'owner', 'SELECT * FROM hh.deploy()');
    upgraded_equals_fresh("restored_$suffix", "a dump of $version", $rows);
}

done_testing();
