# A superuser runs hh-migrate in a database whose owner is hostile: what the owner plants is run in the
# calls of hh.execute_as_owner() and may do there what the owner may, replacing that function included.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;
use Traps;

without_roles();

my $node = new_node('main');
add_role($node, 'owner', 'attacker');

# Puts look-alikes where the genuine functions were, from within a call.
my $replace = q{
CREATE FUNCTION trap.replace() RETURNS boolean LANGUAGE plpgsql AS $replace$
BEGIN
    IF pg_catalog.to_regprocedure('hh.deploy()') IS NOT NULL THEN
        PERFORM trap.spring('replace');
        DROP EXTENSION headhunter CASCADE;
        CREATE FUNCTION hh.execute_as_owner(statement text) RETURNS SETOF text[] LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM trap.spring('look-alike');
            RETURN QUERY EXECUTE 'SELECT ARRAY[''0000'', ''x'', ''versioned'', repeat(''0'', 64), ''applied'', NULL, ''x'', ''x'', NULL]';
        END $$;
        BEGIN
            CREATE FUNCTION pg_temp.hh_execute_as_owner(statement text) RETURNS SETOF text[] LANGUAGE sql
                AS 'SELECT * FROM hh.execute_as_owner(statement)';
            GRANT EXECUTE ON FUNCTION pg_temp.hh_execute_as_owner(text) TO PUBLIC;
        EXCEPTION WHEN OTHERS THEN
            RAISE LOG 'no pg_temp: %', sqlerrm;
        END;
    END IF;
    RETURN true;
END $replace$;
CREATE FUNCTION trap.on_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.replace(); RETURN NULL; END $$};

sub hostile_database
{
    my ($database, $traps) = @_;
    add_database($node, $database, 'owner');
    run_sql($node, $database, 'owner', 'CREATE EXTENSION headhunter');
    add_traps($node, $database, 'owner');
    run_sql($node, $database, 'owner', "$replace; $traps");
    watch_traps($node);
    return;
}

my %replaced = (
    maintain => q{CREATE OR REPLACE FUNCTION ops.maintain_partitions(months_ahead int DEFAULT 3, keep_months int DEFAULT NULL)
        RETURNS TABLE (relation text, partition_name text, action text, row_count bigint)
        LANGUAGE sql AS $$ SELECT 'x'::text, 'x'::text, 'x'::text, 1::bigint FROM trap.replace() $$},
    up => q{DELETE FROM hh.migration WHERE version >= '0006';
        CREATE TRIGGER w AFTER INSERT ON hh.migration FOR EACH STATEMENT EXECUTE FUNCTION trap.on_write()},
);
foreach my $command (sort keys %replaced)
{
    hostile_database("replaced_$command", $replaced{$command});
    my ($status, $out, $err) = try_client($node, "replaced_$command", undef, $command);
    is($status, 1, "the functions are replaced during $command: exit code");
    like($err, qr/the function hh.execute_as_owner\(text\) is not the extension's own/, '... message');
    is_trapped_as($node, 'owner', '... nothing ran as anyone but the owner');
    ($status, $out, $err) = try_client($node, "replaced_$command", undef, $command);
    is($status, 1, '... and once more: exit code');
    is_trapped_as($node, 'owner', '... nothing ran as anyone but the owner');
}

# What status reads has a policy of the owner's.
hostile_database('policy', q{ALTER TABLE hh.migration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY p ON hh.migration USING (trap.replace())});
my ($status, $out, $err) = try_client($node, 'policy', undef, 'status');
is($status, 1, 'a policy on the ledger: exit code of status');
like($err, qr/row-level security policy|is not the extension's own/, '... message');
is_trapped_by_nobody_else($node, 'owner', '... nothing ran as anyone but the owner');

# Another session could replace the function between the look at it and the call by its name.
hostile_database('by_oid', 'SELECT');
($status, $out, $err) = try_client($node, 'by_oid', undef, 'status', '-v', '-v');
like($err, qr/^SELECT r\[1\].* FROM pg_temp\.hh_execute_as_owner\(/m, 'the function is called by what binds its OID');
unlike($err, qr/SELECT r\[.* FROM hh\.execute_as_owner\(/, '... and never by its name');

# The extension is the superuser's: an owner who drops the ledger in a call isn't taken for the superuser.
hostile_database('disowned', 'DROP EXTENSION headhunter CASCADE');
run_sql($node, 'disowned', undef, 'CREATE EXTENSION headhunter');
run_sql($node, 'disowned', 'owner', q{
    CREATE OR REPLACE FUNCTION ops.maintain_partitions(months_ahead int DEFAULT 3, keep_months int DEFAULT NULL)
        RETURNS TABLE (relation text, partition_name text, action text, row_count bigint)
        LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.spring('maintain'); DROP TABLE hh.migration; END $$;
    DROP FUNCTION ops.partition_horizon();
    CREATE FUNCTION ops.partition_horizon() RETURNS TABLE (relation text, horizon timestamptz, days_left int, default_rows bigint)
        LANGUAGE sql AS $$ SELECT 'x', now(), 40, 0 FROM trap.spring('horizon') $$});
watch_traps($node);
($status, $out, $err) = try_client($node, 'disowned', undef, 'maintain');
is($status, 1, 'the ledger is dropped during maintain: exit code');
like($err, qr/schema "hh" belongs to role "owner", and the deployment to role "postgres"/, '... message');
is_trapped_as($node, 'owner', '... nothing ran as anyone but the owner');

# Mines in public, and a search_path that leads into them.
add_database($node, 'mined', 'owner');
add_traps($node, 'mined', 'attacker');
mine_public($node, 'mined', 'attacker');
watch_traps($node);
is((try_client($node, 'mined', undef, 'up', '--owner', 'owner'))[0], 0, 'mines in public: up');
is((try_client($node, 'mined', undef, 'status'))[0], 0, 'mines in public: status');
is((try_client($node, 'mined', undef, 'maintain', '--keep-months', '2'))[0], 0, 'mines in public: maintain');
is_trapped_by_none($node, '... springs none');

# Schema hh is an attacker's, the extension a superuser's: that superuser doesn't work in it.
add_database($node, 'foreign_hh', 'owner');
run_sql($node, 'foreign_hh', undef, 'CREATE SCHEMA hh AUTHORIZATION attacker; SET headhunter.deploy = off; CREATE EXTENSION headhunter');
($status, $out, $err) = try_client($node, 'foreign_hh', undef, 'up');
is($status, 1, 'an attacker\'s hh and a superuser\'s extension: exit code');
like($err, qr/schema "hh" belongs to role "attacker"/, '... message');

done_testing();
