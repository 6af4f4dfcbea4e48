# The tools clean up behind themselves, however they end.

use strict;
use warnings;

use File::Path qw(rmtree);
use FindBin;
use POSIX qw(:sys_wait_h);
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

# What an earlier run compiled is in the cache; without it a run here would have to fetch it.
plan skip_all => 'tools/check runs this' unless $ENV{HH_INSIDE} && $ENV{CACHE};

my $directory = PostgreSQL::Test::Utils::tempdir_short();
(my $cache_home = $ENV{CACHE}) =~ s{/headhunter$}{};

# What the outer tool told the inner one is none of a new run's business.
delete @ENV{qw(HH_INSIDE WORK CACHE PGVECTOR PG_VERSION PG_MAJOR)};
$ENV{TMPDIR} = $directory;
$ENV{XDG_CACHE_HOME} = $cache_home;

# Starts tools/demo as a user would, in a process group of its own, as a terminal does.
sub start_demo
{
    my @arguments = @_;
    my $pid = fork() // die "fork: $!";
    return $pid if $pid;

    setpgrp(0, 0);
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', "$directory/output";
    open STDERR, '>&', \*STDOUT;
    exec 'sh', 'tools/demo', @arguments or die "exec: $!";
}

sub wait_until
{
    my ($condition) = @_;
    my $limit = time + 300;
    until ($condition->())
    {
        return 0 if time > $limit;
        sleep 0.02;
    }
    return 1;
}

# In list context always: a scalar glob() is an iterator.
sub files
{
    my ($name) = @_;
    my @found = glob "$directory/hh.*$name";
    return @found;
}

# Processes whose program or working directory is below our directory.
sub processes
{
    return grep { m{ \Q$directory\E/} }
      map { "$_ " . (readlink($_) // '') } map { ("$_/exe", "$_/cwd") } glob '/proc/[0-9]*';
}

my %stage = (
    'it has a workspace' => sub { files('') },
    'its server starts' => sub { files('/data/postmaster.pid') },
    'it tells its story' => sub { grep { -s } files('/shown') },
);

sub interrupt
{
    my ($signal, $stage) = @_;
    my $pid = start_demo();
    my $reached = wait_until($stage{$stage});
    ok($reached, "$stage") or diag slurp_file("$directory/output");
    # Ctrl-C reaches the whole process group, other signals the process alone.
    kill $signal, ($signal eq 'INT' ? -$pid : $pid);
    waitpid $pid, 0;
    isnt($?, 0, "$signal when $stage: the exit status says so");
    ok(wait_until(sub { !files('') }), "$signal when $stage: no file is left");
    is(join(' ', processes()), '', "$signal when $stage: no process is left");
    return;
}

interrupt('INT', $_) for sort keys %stage;
interrupt('TERM', 'it tells its story');
interrupt('HUP', 'its server starts');
interrupt('KILL', 'its server starts');
interrupt('KILL', 'it tells its story');

# A kept server answers, and goes when it is told to.
my $pid = start_demo('--keep');
waitpid $pid, 0;
is($?, 0, 'demo --keep') or diag slurp_file("$directory/output");
my ($kept) = files('');

# The README opens with what it shows of the outage.
my ($picture) = slurp_file("$FindBin::RealBin/../../README.md") =~ /^```console\n(\$ hh-migrate .*?)^```\n/ms;
my %shown = map { s/\s+\z//r => 1 } split /\n/, slurp_file("$directory/output");
my @lines = grep { $_ ne '...' } split /\n/, $picture;
cmp_ok(scalar @lines, '>=', 20, 'the README has a picture of the outage');
is(join("\n", grep { !$shown{$_} } @lines), '', '... which is what the demo shows');

my ($count) = run_command(
    [ 'psql', '-XAtc', 'SELECT count(*) FROM search.candidate_profiles',
        '-h', "$kept/s", '-U', 'recruiting', 'talents' ]);
is($count, '15', 'the kept server answers');
system_or_bail('sh', 'tools/demo', '--end', $kept);
ok(!-e $kept, 'demo --end: no file is left');
is(join(' ', processes()), '', 'demo --end: no process is left');

command_fails_like([ 'sh', 'tools/demo', '--end', '/tmp' ],
    qr/no directory of a kept demo/, 'demo --end removes nothing else');

done_testing();
