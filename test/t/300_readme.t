
# The README's examples do what it says: the commands of its picture with psql are run as they stand; its
# SQL blocks in order in one database, each held against the block of output that follows it; its
# hh-migrate commands in another.

use strict;
use warnings;

use Cwd qw(getcwd);
use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $readme = slurp_file("$FindBin::RealBin/../../README.md");
my $node = new_node('main');

local $ENV{PGHOST} = $node->host;
local $ENV{PGPORT} = $node->port;
local $ENV{PSQLRC} = '/dev/null';
local $ENV{PGCLIENTENCODING} = 'UTF8';

# Output as a person would see it, without trailing blanks.
sub legible
{
    my ($output) = @_;
    $output =~ s/[ \t]+$//mg;
    $output =~ s/\s+\z/\n/;
    return $output;
}

sub psql
{
    my ($database, $sql) = @_;
    my $output;
    IPC::Run::run([ 'psql', '-X', '-q', $node->connstr($database) ], '<', \$sql, '>&', \$output);
    return legible($output);
}

# A command as typed by its role, in the source's directory.
sub typed
{
    my ($role, $command) = @_;
    my $output;
    my $here = getcwd();
    local $ENV{PGUSER} = $role;
    chdir "$FindBin::RealBin/../..";
    IPC::Run::run([ 'sh', '-c', $command ], '<', \undef, '>&', \$output);
    chdir $here;
    return legible($output);
}

# The picture, whose candidates are stored after the first command.
my ($picture) = $readme =~ /^```console\n(\$ psql .*?)^```\n/ms;
add_role($node, 'recruiting');
add_database($node, 'talents', 'recruiting');
my $shown = 0;
while ($picture =~ /^\$ (.*)\n((?:(?!\$ ).*\n)*)/mg)
{
    my ($command, $expected) = ($1, $2);
    is(typed('recruiting', $command), $expected, "\$ $command");
    unlike(typed('recruiting', 'psql talents -f tools/story/candidates.sql'), qr/ERROR/, 'candidates')
      if $shown++ == 0;
}
cmp_ok($shown, '>=', 2, 'the README has a picture');
run_sql($node, 'postgres', undef, 'DROP DATABASE talents');

$node->safe_psql('postgres', 'CREATE DATABASE readme');
my $blocks = 0;
while ($readme =~ /^```sql\n(.*?)^```\n(?:```text\n(.*?)^```\n)?/msg)
{
    my ($sql, $expected) = ($1, $2);
    my ($title) = $sql =~ /\A(.*)/;
    my $output = psql('readme', $sql);
    $blocks++;
    if (defined $expected)
    {
        is($output, $expected, "block $blocks ($title) prints what follows it");
    }
    else
    {
        unlike($output, qr/ERROR/, "block $blocks ($title) runs");
    }
}
cmp_ok($blocks, '>=', 6, 'the README has SQL blocks');

$node->safe_psql('postgres', 'CREATE DATABASE talents');
$node->safe_psql('talents', 'CREATE EXTENSION vector');
my @commands = $readme =~ /^(hh-migrate .*)$/mg;
cmp_ok(scalar @commands, '>=', 2, 'the README has hh-migrate commands');
foreach my $command (@commands)
{
    my @words = split / /, $command;
    $words[0] = $ENV{HH_MIGRATE} if $ENV{HH_MIGRATE};
    my $run = IPC::Run::run(\@words, '<', \'', '>&', \my $output);
    ok($run, $command) or diag($output);
}

# What it says of commands and files is there.
my @files = $readme =~ /\]\(([^)#:]+)\)/g;
push @files, grep { -e "$FindBin::RealBin/../../$_" || m{^tools/|^bench/} } $readme =~ /`(?:\.\/)?([a-z]+\/[a-z_]+)`/g;
ok(-e "$FindBin::RealBin/../../$_", "$_ exists") foreach @files;

done_testing();
