# bench/audit measures what it says, here in a rehearsal whose numbers mean nothing.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_node('main');
my $directory = PostgreSQL::Test::Utils::tempdir_short();
local @ENV{qw(PGHOST PGPORT PGUSER BENCH_SCALE BENCH_KEEP TMPDIR)} =
  ($node->host, $node->port, run_sql($node, 'postgres', undef, 'SELECT current_user'), '0.004', "$directory/kept", $directory);
delete local $ENV{PGDATABASE};

my $out = qx(sh "$FindBin::RealBin/../../bench/audit" 2>$directory/errors </dev/null);
is($? >> 8, 0, 'exit code') or diag(PostgreSQL::Test::Utils::slurp_file("$directory/errors"));
like($out, qr/^20 tables with sequences, 40 functions, 32 roles of our own: CPU time, medians\n/, 'heading');
my $time = qr/ +\d+\.\d ms\n/;
like($out, qr/^  hh\.effective_privileges\(\), counted$time  hh\.effective_privileges\(\), its columns read$time  aclexplode\(relacl\) of pg_class, counted$time/m,
    'what is measured');
like($out, qr/^  has_$_\_privilege\(\)$time/m, "... beside has_$_\_privilege()") foreach qw(table column sequence function);
like($out, qr/^  the four functions \/ hh\.effective_privileges\(\) +\d+\.\d   >= 15\.0   (?:holds|MISSED)\n/m, 'a target');
like($out, qr/^  hh\.effective_privileges\(\) \/ aclexplode\(\) +\d+\.\d\d   <= 6\.00   (?:holds|MISSED)\n/m, 'another');
my ($rows) = $out =~ /^  rows of hh\.effective_privileges\(\) +(\d+)\n/m;
cmp_ok($rows, '>', 20 * 16 * 4, 'all roles\' privileges are counted');
my %measurements;
$measurements{$_}++ foreach map { (split)[0] } split /\n/, PostgreSQL::Test::Utils::slurp_file("$directory/kept");
is_deeply([ @measurements{qw(ours explode by_table by_function)} ], [ 7, 7, 3, 3 ], 'BENCH_KEEP: each round');
is(run_sql($node, 'postgres', undef, q{
    SELECT (SELECT count(*) FROM pg_database WHERE datname ~ '^headhunter_bench'), (SELECT count(*) FROM pg_roles WHERE rolname ~ '^headhunter_bench')}),
    '0|0', 'it removes what it made');
is(join(' ', map { s/.*\///r } glob "$directory/*"), 'errors kept', '... files, too');

$ENV{PGPORT} = 1;
qx(sh "$FindBin::RealBin/../../bench/audit" 2>$directory/errors </dev/null);
is($? >> 8, 1, 'a server that is not there: exit code');
like(PostgreSQL::Test::Utils::slurp_file("$directory/errors"), qr/error: connection to server/, '... message');
$node->stop;

done_testing();
