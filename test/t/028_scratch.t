# Scratch databases: made like the target, and gone at every end.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

my $node = new_node('main');
add_role($node, 'owner', 'pipeline', 'plain');
add_database($node, 'main', 'owner');
run_sql($node, 'postgres', undef, 'ALTER ROLE pipeline CREATEDB; GRANT owner TO pipeline');

my %files = (
    '1000_base.sql' => "-- hh: vars name\nCREATE SCHEMA team;\nCREATE TABLE team.:\"name\" (n int);\n",
    '1001_plain.sql' => "CREATE TABLE team.plain ();\n");
my $directory = migrations_in(%files);

sub verify
{
    my ($role, @arguments) = @_;
    return try_client($node, 'main', $role, 'verify', '--dir', $directory, @arguments);
}

sub scratch_databases
{
    return run_sql($node, 'postgres', undef, q{SELECT datname FROM pg_database WHERE datname LIKE 'hh\_%'});
}

sub succeeds
{
    my ($name, $role, @arguments) = @_;
    my ($status, $out, $err) = verify($role, '--scratch', @arguments);
    is($status, 0, "$name: exit code");
    is($err, '', '... nothing on standard error');
    is(scratch_databases(), '', '... nothing left');
    return;
}

# Returns what stands on standard error.
sub fails
{
    my ($name, $role, @arguments) = @_;
    my ($status, $out, $err) = verify($role, '--scratch', @arguments);
    is($status, 1, "$name: exit code");
    is($out, '', '... nothing on standard output');
    is(scratch_databases(), '', '... nothing left');
    return $err;
}

run_client($node, 'main', 'owner', 'up', '--dir', $directory, '--set', 'name=a b', '--embedding-dimensions', '32');
succeeds('a superuser', undef);
like(fails('without CREATEDB', 'owner'), qr/error: role "owner" may not create a scratch database\n.*hint: .*--scratch-dbname/, '... message');
like(fails('vector needs a superuser', 'pipeline'), qr/error: permission denied to create extension "vector"\n(?:.*\n)*.*hint: --scratch-dbname names an empty database with extension "vector" in it/, '... message');

done_testing();
