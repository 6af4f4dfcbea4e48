# What hh-migrate sends outside of a transaction, for a hostile owner: run by a superuser, and by a pipeline's
# role that may act as the owner.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;
use Traps;

without_roles();

my $node = new_node('main');
add_role($node, 'owner', 'admin');
run_sql($node, 'postgres', undef, 'GRANT owner TO admin');

# Tables of the owner's whose indexes, types and constraints call traps.  climb() says whose rights it came to.
my %files = ('1000_plants.sql' => <<'END');
CREATE SCHEMA team;
CREATE FUNCTION team.climb(hook text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM trap.spring(hook);
    BEGIN
        EXECUTE 'RESET ROLE';
        RAISE LOG 'trap "% climbed" sprung as "%"', hook, current_user;
    EXCEPTION WHEN OTHERS THEN
        NULL;
    END;
    RETURN true;
END $$;
CREATE FUNCTION team.planted(hook text, n int) RETURNS int LANGUAGE plpgsql IMMUTABLE
AS $$ BEGIN PERFORM team.climb(hook); RETURN n; END $$;
CREATE DOMAIN team.word AS text CHECK (team.climb('domain'));
CREATE TABLE team.city (id int, state text, words team.word[]);
INSERT INTO team.city VALUES (1, 'open', NULL), (2, 'closed', NULL);
CREATE INDEX city_id_idx ON team.city (team.planted('reindex', id));
CREATE TABLE team.month (m int) PARTITION BY LIST (m);
CREATE TABLE team.month_1 PARTITION OF team.month FOR VALUES IN (1);
ALTER TABLE team.month_1 ADD CHECK (team.planted('check', 1) > 0);
END

sub hostile_database
{
    my ($database) = @_;
    add_database($node, $database, 'owner');
    run_sql($node, $database, 'owner', 'CREATE EXTENSION headhunter');
    add_traps($node, $database, 'owner');
    run_client($node, $database, 'owner', 'up', '--dir', migrations_in(%files));
    return;
}

sub try_steps
{
    my ($database, $role, $text) = @_;
    my $directory = migrations_in(%files, '1001_steps.sql' => "-- hh: no-transaction\n$text\n");
    watch_traps($node);
    my @outcome = try_client($node, $database, $role, 'up', '--dir', $directory);
    run_client($node, $database, 'owner', 'repair', '1001', '--forget') if $outcome[0] != 0 && $outcome[2] !~ /only the owner/;
    run_sql($node, $database, 'owner', q{DELETE FROM hh.migration WHERE version = '1001'});
    return @outcome;
}

my %runs_as_owner = (
    'an index expression' => q{CREATE INDEX CONCURRENTLY a_idx ON team.city (team.planted('expression', id))},
    'an index predicate' => q{CREATE INDEX CONCURRENTLY b_idx ON team.city (id) WHERE team.planted('predicate', id) > 0 AND state = 'open'},
    'REINDEX' => 'REINDEX TABLE CONCURRENTLY team.city',
    'VACUUM' => 'VACUUM (FULL, ANALYZE) team.city',
    'a statement that can run in a transaction' => q{SELECT team.climb('select')},
    'a DO block' => q{DO $$ BEGIN PERFORM team.climb('do'); END $$});
my %refused = (
    'a constant of a type of the owner\'s' =>
      [ q{CREATE INDEX CONCURRENTLY c_idx ON team.city (id) WHERE words <> '{x}'}, qr/can't be kept from the connected role's rights/ ],
    'DETACH PARTITION CONCURRENTLY' =>
      [ 'ALTER TABLE team.month DETACH PARTITION team.month_1 CONCURRENTLY', qr/only the owner, role "owner", may run this statement/ ],
    'a procedure that commits' =>
      [ q{DO $$ BEGIN COMMIT; PERFORM team.climb('procedure'); END $$}, qr/can't be kept from the connected role's rights/ ]);

foreach my $role (undef, 'admin')
{
    my $who = $role // 'superuser';
    hostile_database("hostile_$who");
    foreach my $what (sort keys %runs_as_owner)
    {
        my ($status, $out, $err) = try_steps("hostile_$who", $role, $runs_as_owner{$what});
        is($status, 0, "$who: $what") or diag($err);
        is_trapped_as($node, 'owner', '... runs as the owner, and climbs nowhere');
    }
    foreach my $what (sort keys %refused)
    {
        my ($status, $out, $err) = try_steps("hostile_$who", $role, $refused{$what}[0]);
        is($status, 1, "$who: $what");
        like($err, $refused{$what}[1], '... is refused');
        is_trapped_by_nobody_else($node, 'owner', '... and climbs nowhere');
    }
    my ($status, $out, $err) = try_steps("hostile_$who", 'owner', join ";\n", map { $refused{$_}[0] } sort keys %refused);
    is($status, 0, '... which the owner may run') or diag($err);
    is(run_sql($node, "hostile_$who", undef, q{SELECT string_agg(DISTINCT pg_get_userbyid(relowner), ' ') FROM pg_class WHERE relnamespace = 'team'::regnamespace}),
        'owner', '... and all is the owner\'s');

    # The records are written in the owner's name, too.
    run_sql($node, "hostile_$who", 'owner', q{
        CREATE TRIGGER t BEFORE UPDATE ON hh.migration_statement FOR EACH ROW EXECUTE FUNCTION trap.on_event();
        CREATE TRIGGER t BEFORE UPDATE ON hh.migration FOR EACH ROW EXECUTE FUNCTION trap.on_event()});
    ($status, $out, $err) = try_steps("hostile_$who", $role, "SELECT 1;\nVACUUM team.month_1;");
    is($status, 0, "$who: triggers on the ledger") or diag($err);
    is_trapped_as($node, 'owner', '... run as the owner, and climb nowhere');

    # So is what repair looks at.
    run_sql($node, "hostile_$who", 'owner', 'DROP TRIGGER t ON hh.migration; DROP TRIGGER t ON hh.migration_statement');
    my %broken = (%files, '1001_steps.sql' => "-- hh: no-transaction\nCREATE INDEX CONCURRENTLY r_idx ON team.city (team.planted('trial', id));\n");
    run_sql($node, "hostile_$who", 'owner', q{CREATE INDEX r_idx ON team.city (team.planted('trial', id))});
    is((try_client($node, "hostile_$who", $role, 'up', '--dir', migrations_in(%broken)))[0], 1, "$who: an index that is there");
    watch_traps($node);
    ($status, $out, $err) = try_client($node, "hostile_$who", $role, 'repair', '--dir', migrations_in(%broken));
    like($out, qr/index team.r_idx is valid and as the statement makes it/, '... is compared') or diag($err);
    is_trapped_by_nobody_else($node, 'owner', '... in the owner\'s name');
}

# What is refused is no fancy: under SET ROLE, each makes the owner a superuser.
foreach my $statement (q{CREATE INDEX CONCURRENTLY f_idx ON team.city (id) WHERE words <> '{x}'},
    'ALTER TABLE team.month DETACH PARTITION team.month_1 CONCURRENTLY', q{DO $$ BEGIN PERFORM team.climb('do'); END $$})
{
    my $database = 'real_' . lc substr($statement, 0, 1);
    hostile_database($database);
    watch_traps($node);
    $node->psql($database, "SET ROLE owner;\n$statement");
    is(run_sql($node, 'postgres', undef, q{SELECT rolsuper FROM pg_roles WHERE rolname = 'owner'}), 't', "under SET ROLE: $statement");
    run_sql($node, 'postgres', undef, 'ALTER ROLE owner NOSUPERUSER');
}

done_testing();
