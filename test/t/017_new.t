# hh-migrate new: begins a migration.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use POSIX qw(strftime);
use PostgreSQL::Test::Utils;
use Test::More;

without_roles();

# Nothing here may reach a server, but where one is named.
delete @ENV{qw(HH_MIGRATE_DIR DATABASE_URL)};

my $directory = PostgreSQL::Test::Utils::tempdir();

sub new_migration
{
    my (@arguments) = @_;
    return try_program($ENV{HH_MIGRATE} // 'hh-migrate', 'new', @arguments);
}

sub files
{
    return join ' ', map { s/.*\///r } sort glob("$directory/*");
}

sub refuses
{
    my ($arguments, $message, $name) = @_;
    my $before = files();
    my ($status, $out, $err) = new_migration(@$arguments);
    is($status, 1, "$name: exit code");
    is($out, '', '... nothing on standard output');
    like($err, qr/\Ahh-migrate: error: $message/, '... message');
    is(files(), $before, '... no file');
    return;
}

my $before = strftime('%Y%m%d%H%M%S', gmtime);
my ($status, $out, $err) = new_migration('add_cities', '--dir', $directory);
my $after = strftime('%Y%m%d%H%M%S', gmtime);
is($status, 0, 'a first migration') or diag($err);
is($err, '', '... is silent on standard error');
my ($first) = $out =~ /\A\Q$directory\E\/(\d{14})_add_cities\.sql\n\z/;
ok(defined $first, '... and prints its path') or diag($out);
ok($before <= $first && $first <= $after, '... whose version is the time in UTC');
is(files(), "${first}_add_cities.sql", '... and it is there');

($status, $out) = new_migration('add_towns', '--dir', $directory);
my ($second) = $out =~ /(\d{14})_add_towns/;
cmp_ok($second, '>', $first, 'a second one, in the same second perhaps, comes behind it');
{
    local $ENV{HH_MIGRATE_DIR} = $directory;
    is((new_migration('add_streets'))[0], 0, 'HH_MIGRATE_DIR names the directory');
}

refuses([ 'add_cities', '--dir', $directory ], qr/\Q$directory\E\/${first}_add_cities\.sql is there already\n/, 'a name twice');
refuses([ $_, '--dir', $directory ], qr/invalid name "\Q$_\E" for a migration\n/, "name \"$_\"")
  foreach 'Cities', 'add-cities', 'add cities', '', '../up', 'cities.sql', "\xC3\xA7";
refuses([ 'x' x 300, '--dir', $directory ], qr/could not create file ".*": File name too long/, 'a long name');
refuses(['x'], qr/no directory given/, 'no directory');
refuses([ 'x', '--dir', '/nonexistent' ], qr/could not open directory "\/nonexistent"/, 'a directory that is not there');
refuses([ '--dir', $directory ], qr/command "new" needs an argument NAME\n/, 'no name');
refuses([ 'a', 'b', '--dir', $directory ], qr/command "new" takes no argument "b"\n/, 'two names');
refuses([ 'a', '--dir', $directory, '--dbname', 'x' ], qr/command "new" has no option --dbname\n/, 'an option of others');

# A directory that counts goes on counting.
my $counting = PostgreSQL::Test::Utils::tempdir();
open my $file, '>', "$counting/1007_a.sql" or die;
close $file;
is((new_migration('b', '--dir', $counting))[1], "$counting/1008_b.sql\n", 'the next number');

# The template as it is does nothing, and can be applied.
my $node = new_node('main');
add_role($node, 'owner');
add_database($node, 'main', 'owner');
($status, $out, $err) = try_client($node, 'main', 'owner', 'up', '--dir', $directory);
is($status, 0, 'the template is a migration') or diag($err);
like($out, qr/^applied ${first}_add_cities \(0 statements, \d+ ms\)\n.*add_towns.*\n.*add_streets.*\nrecorded policy .*\n\z/m, '... that does nothing');

done_testing();
