# A connection that is cut, at each of the client's queries: the server's end of it by
# pg_terminate_backend(), or the network after a query was run and before it is answered.
# Each time the next run completes what the other has begun.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Proxy;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner');
my $superuser = getpwuid $<;

my %files = (
    '1000_city.sql' => "CREATE TABLE hh.city (id int PRIMARY KEY, name text);\nINSERT INTO hh.city VALUES (1, 'Manaus');\n",
    '1001_state.sql' => "-- hh: repeatable\nCREATE OR REPLACE VIEW hh.first_city AS SELECT name FROM hh.city;\n-- hh: verify\nSELECT to_regclass('hh.first_city') IS NOT NULL;\n",
    '1002_rows.sql' => "INSERT INTO hh.city VALUES (2, 'Natal');\nCOMMENT ON TABLE hh.city IS 'A city';\n");
my $directory = migrations_in(%files);

# A database before the migrations, and what becomes of it without a disturbance.
add_database($node, 'base', 'owner');
run_client($node, 'base', 'owner', 'up');
run_sql($node, 'postgres', undef, 'CREATE DATABASE clean TEMPLATE base OWNER owner');
run_client($node, 'clean', 'owner', 'up', '--dir', $directory);
my $catalog = catalog($node, 'clean');

sub client
{
    my ($proxy, $role, @arguments) = @_;
    return try_program($ENV{HH_MIGRATE} // 'hh-migrate', 'up', '-d', $proxy->conninfo('cut', $role), @arguments);
}

sub make_database
{
    my ($template) = @_;
    $node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = 'cut'}) or die;
    run_sql($node, 'postgres', undef, $_) foreach 'DROP DATABASE IF EXISTS cut', "CREATE DATABASE cut TEMPLATE $template OWNER owner";
    return;
}

# Which of the migrations stand, once the server knows that nobody is there any more.
sub standing
{
    $node->poll_query_until('cut', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'hh-migrate'}) or die;
    return run_sql($node, 'cut', undef, q{SELECT count(*) FROM hh.migration WHERE version >= '1000' AND state = 'applied'});
}

# Whether the client claims no more than what is so.
sub claims_hold
{
    my ($err, $standing) = @_;
    return 1 if $err =~ /hint: Whether 100\d_\w+ was committed is not known/ && $err !~ /left nothing behind/;
    return $1 == $standing if $err =~ /detail: What was done before stands \(steps: (\d) of 3\)/;
    return $standing == 0 if $err =~ /detail: Nothing was changed\./;
    return $standing == 0 && $err !~ /migration 100/;
}

foreach my $role ('owner', $superuser)
{
    make_database('base');
    my $proxy = Proxy->start($node);
    my ($status, $out, $err) = client($proxy, $role, '--dir', $directory);
    my $last = $proxy->stop;
    is($status, 0, "$role: through the proxy") or diag($err);
    cmp_ok($last, '>', 20, '... which sees queries');

    # One role at every query; the other, which goes through hh.execute_as_owner(), at some.
    foreach my $how ($role eq 'owner' ? ('terminated', 'unanswered') : 'unanswered')
    {
        foreach my $at (1 .. $last)
        {
            next if $how eq 'unanswered' && $at % 4 != ($role eq 'owner' ? 0 : 2) && $at != $last;
            my $name = "$role: $how at query $at of $last";
            make_database('base');
            $proxy = Proxy->start($node, $at, $how);
            ($status, $out, $err) = client($proxy, $role, '--dir', $directory);
            $proxy->stop;

            # When all is done, the catalogs are stored, without which a deployment is none the worse;
            # the last query releases the lock.
            my $late = $err =~ /warning: the snapshot of the catalogs was not stored/;
            is($status, $at == $last || $late ? 0 : 1, "$name: exit code") or diag($err);
            like($err, qr/error: .*(terminating connection|server closed the connection|no connection to the server)/s, '... message')
              if $at < $last;
            my $standing = standing();
            ok($at == $last ? $err eq '' : $late ? $standing == 3 : claims_hold($err, $standing), '... says what stands') or diag("$standing stand: $err");
            is((try_client($node, 'cut', 'owner', 'up', '--dir', $directory))[0], 0, '... and the next run completes');
            is(run_sql($node, 'cut', undef, 'SELECT count(*) FROM hh.city'), 2, '... and has done nothing twice');
            is_same_listing(catalog($node, 'cut'), $catalog, '... with the catalogs of a clean run') if $at % 4 == 0;
        }
    }
}

# The first deployment: some of its many queries.
add_database($node, 'empty', 'owner');
run_client($node, 'base', 'owner', 'up');
my $whole = catalog($node, 'base');
make_database('empty');
my $proxy = Proxy->start($node);
client($proxy, 'owner');
my $last = $proxy->stop;
foreach my $at (6, 9, 12, 15, map { $_ * 81 } 1 .. $last / 81)
{
    my $how = $at % 2 ? 'terminated' : 'unanswered';
    make_database('empty');
    $proxy = Proxy->start($node, $at, $how);
    my ($status, $out, $err) = client($proxy, 'owner');
    $proxy->stop;
    is($status, $err =~ /snapshot of the catalogs was not stored/ ? 0 : 1, "first deployment, $how at query $at of $last: exit code");
    is((try_client($node, 'cut', 'owner', 'up'))[0], 0, '... and the next run completes');
    is_same_listing(catalog($node, 'cut'), $whole, '... with the catalogs of a clean run');
}

done_testing();
