# hh-migrate up: how far, and in which order.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner');
my %files = map { ("${_}_step.sql" => "INSERT INTO hh.trace (step) VALUES ($_);") } 1001 .. 1004;
$files{'1000_trace.sql'} = 'CREATE TABLE hh.trace (n serial, step int)';
my $trace = q{SELECT string_agg(step::text, ' ' ORDER BY n) FROM hh.trace};

foreach my $role ('owner', undef)
{
    my $database = 'order_' . ($role // 'superuser');
    add_database($node, $database, 'owner');
    my $up = sub {
        my ($versions, @arguments) = @_;
        return try_client($node, $database, $role, 'up', '--owner', 'owner', @arguments, '--dir',
            migrations_in(map { $_ => $files{$_} } grep { /^($versions)/ } keys %files));
    };

    my ($status, $out, $err) = $up->('1', '--to', '0003');
    is($status, 0, "$database: --to one of the bundled") or diag($err);
    like($out, qr/^applied 0003_taxonomy .*\n\z/m, '... is the last one');
    is((try_client($node, $database, $role, 'status'))[0], 2, '... and the rest is pending');
    ($status, $out, $err) = $up->('1', '--to', '1002', '--dry-run');
    like($out, qr/^would apply 0004_.*would apply 1002_step \(1 statement\)\nwould record policy strict .*\n\z/ms, '--to with --dry-run');
    ($status, $out, $err) = $up->('1000|1001|1003', '--to', '1003');
    is($status, 0, '--to one of the directory') or diag($err);
    is(run_sql($node, $database, undef, $trace), '1001 1003', '... applies them in order');
    is(($up->('1', '--to', '1001'))[1], "nothing to do\n", '--to what is behind');
    ($status, $out, $err) = $up->('1', '--to', '1009');
    is($status, 1, '--to nowhere: exit code');
    like($err, qr/error: there is no migration with version 1009\n.*hint: /, '... message');

    # 1002 came late.
    foreach my $arguments ([], ['--dry-run'], [ '--to', '1002' ])
    {
        ($status, $out, $err) = $up->('1', @$arguments);
        is($status, 1, "out of order, @$arguments: exit code");
        is($out, '', '... nothing was done');
        like($err, qr/error: migration 1002_step is out of order\n.*detail: .*1003_step is applied already.*\n.*hint: .*--allow-out-of-order/,
            '... message');
    }
    is(run_sql($node, $database, undef, $trace), '1001 1003', '... nor the ones that are in order');
    ($status, $out, $err) = $up->('1', '--allow-out-of-order');
    is($status, 0, '--allow-out-of-order') or diag($err);
    is(run_sql($node, $database, undef, $trace), '1001 1003 1002 1004', '... applies all');
    is(($up->('1'))[1], "nothing to do\n", '... once');
}

done_testing();
