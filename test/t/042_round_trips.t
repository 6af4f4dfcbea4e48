# How many messages a migration takes, and what becomes of one whose last message fails: the row in
# the ledger and COMMIT go together.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Proxy;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner');
my $superuser = getpwuid $<;
add_database($node, 'base', 'owner');
run_client($node, 'base', 'owner', 'up');

sub copy_of_base
{
    my ($name) = @_;
    run_sql($node, 'postgres', undef, "CREATE DATABASE $name TEMPLATE base OWNER owner");
    return $name;
}

# How many messages the client sends to apply so many migrations of two statements.
sub messages
{
    my ($database, $role, $count) = @_;
    my %files = map { 1000 + $_ . "_t$_.sql" => "CREATE TABLE hh.t$_ (id int);\nCOMMENT ON TABLE hh.t$_ IS 'It''s one';\n" } 1 .. $count;
    my $proxy = Proxy->start($node);
    my ($status, $out, $err) = try_program($ENV{HH_MIGRATE} // 'hh-migrate', 'up', '-d', $proxy->conninfo($database, $role),
        $count > 0 ? ('--dir', migrations_in(%files)) : ());
    is($status, 0, "$role: $count migrations") or diag($err);
    return $proxy->stop;
}

foreach my $role ('owner', $superuser)
{
    my $name = $role eq 'owner' ? 'plain' : 'for_owner';
    my $some = messages(copy_of_base("some_$name"), $role, 1);
    my $more = messages(copy_of_base("more_$name"), $role, 11);
    is(($more - $some) / 10, 4, "$role: a migration takes a message a statement, and one each to begin and to end it");
    is(run_sql($node, "more_$name", undef, q{SELECT count(*) FROM hh.migration WHERE version >= '1000' AND state = 'applied'}),
        11, '... and each is recorded');
    # From 17 on, one more lifts transaction_timeout.
    my $most = ($role eq 'owner' ? 10 : 13) + ($node->pg_version >= 17);
    cmp_ok(messages("base", $role, 0), '<=', $most, '... and nothing to do few');
}

# The row can't be written, or the transaction can't be committed.
run_sql($node, copy_of_base('refused'), 'owner', q{
    CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF new.version = '1001' AND new.state = 'applied' THEN RAISE division_by_zero USING MESSAGE = 'no such row'; END IF;
        RETURN new; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON hh.migration FOR EACH ROW EXECUTE FUNCTION public.refuse()});
my $directory = migrations_in('1000_a.sql' => 'CREATE TABLE hh.a ()', '1001_b.sql' => 'CREATE TABLE hh.b ()', '1002_c.sql' => 'CREATE TABLE hh.c ()');
foreach my $role ('owner', $superuser)
{
    my ($status, $out, $err) = try_client($node, 'refused', $role, 'up', '--dir', $directory);
    is($status, 1, "$role: a row that can't be written: exit code");
    like($err, qr/error: migration 1001_b could not be recorded\n.*detail: no such row \(SQLSTATE 22012\)/, '... message');
    like($err, qr/the failed step left nothing behind|Nothing was changed/, '... and what stands');
    is(run_sql($node, 'refused', undef, q{SELECT to_regclass('hh.a') IS NOT NULL, to_regclass('hh.b') IS NULL, to_regclass('hh.c') IS NULL}),
        't|t|t', '... nothing of it');
    is(run_sql($node, 'refused', undef, q{SELECT state FROM hh.migration WHERE version >= '1000' ORDER BY version}),
        "applied\nfailed", '... which the ledger says, too');
}

done_testing();
