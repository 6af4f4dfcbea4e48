# bench/migrate measures what it says, here in a rehearsal whose numbers mean nothing.

use strict;
use warnings;

use PostgreSQL::Test::Utils;
use Test::More;

# What an earlier run compiled is in the cache; without it a run here would have to fetch it.
plan skip_all => 'tools/check runs this' unless $ENV{HH_INSIDE} && $ENV{CACHE};

my $directory = PostgreSQL::Test::Utils::tempdir_short();
(my $cache_home = $ENV{CACHE}) =~ s{/headhunter$}{};
delete @ENV{qw(HH_INSIDE WORK CACHE PGVECTOR PG_VERSION PG_MAJOR)};
$ENV{TMPDIR} = $directory;
$ENV{XDG_CACHE_HOME} = $cache_home;

sub bench
{
    my @arguments = @_;
    my $out = qx(sh bench/migrate @arguments 2>$directory/errors </dev/null);
    return ($? >> 8, $out, PostgreSQL::Test::Utils::slurp_file("$directory/errors"));
}

my ($status, $out, $err) = bench(qw(--without=dbmate --without=sqitch --count=7 --files=20 --rounds=1));
is($status, 0, 'exit code') or diag($err);
like($out, qr/^7 migrations +time +memory +runs\n/m, 'heading');
my $row = qr/ +\d+\.\d ms +\d+\.\d MB +1\n/;
like($out, qr/^  hh-migrate, as the owner$row  hh-migrate, as a superuser for the owner$row  psql -f$row/m,
    'a row a tool, and none for those left out');
like($out, qr/^  apply: hh-migrate \/ psql -f +\d+\.\d\d\n/m, 'a ratio');
like($out, qr/^nothing to do, behind them\n  hh-migrate, as the owner +.*\n  hh-migrate-static, as the owner +/m,
    'with nothing to do, the one that is linked statically, too');
unlike($out, qr/\/ dbmate|\/ sqitch/, '... and none with those left out');
like($out, qr/^  nothing to do: memory, MB +\d+\.\d +<= 12\.0 +(?:holds|MISSED)\n/m, 'a target');
like($out, qr/^  large directory: seconds +\d\.\d\d +<= 0\.30 +(?:holds|MISSED)\n/m, 'another');
is(scalar(() = glob "$directory/hh.*"), 0, 'it removes what it made');

($status, $out, $err) = bench('--count=0');
is($status, 1, 'a bad number: exit code');
is($err, "error: invalid value \"0\" for --count\n", '... message');

done_testing();
