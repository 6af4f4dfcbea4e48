# Who owns what hh-migrate deploys, and that the owner's traps catch nobody else.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner', 'pipeline', 'stranger');
run_sql($node, 'postgres', undef, 'CREATE ROLE hh_owner; GRANT hh_owner TO pipeline');

my $owners = q{
    SELECT DISTINCT owner::regrole FROM (
        SELECT relowner, relnamespace FROM pg_class
        UNION ALL SELECT nspowner, oid FROM pg_namespace) AS o (owner, namespace)
    WHERE namespace::regnamespace::text IN ('hh', 'search', 'taxonomy', 'msgs', 'ops')};

sub owned_by
{
    my ($database, $expected, $name) = @_;
    is(run_sql($node, $database, undef, $owners), $expected, $name);
    return;
}

sub refuses
{
    my ($database, $role, $arguments, $message, $name) = @_;
    my ($status, $out, $err) = try_client($node, $database, $role, @$arguments);
    is($status, 1, "$name: exit code");
    like($err, $message, "$name: message");
    return;
}

# Who the owner is.
add_database($node, 'as_owner', 'owner');
run_client($node, 'as_owner', 'owner', 'up');
owned_by('as_owner', 'owner', 'the connected role, where there is no hh_owner for it');
is((try_client($node, 'as_owner', undef, 'up'))[1], "nothing to do\n", 'a superuser goes on for that owner');
refuses('as_owner', undef, [ 'up', '--owner', 'hh_owner' ], qr/belongs to role "owner", not "hh_owner"/, 'another owner');
refuses('as_owner', 'stranger', ['up'], qr/schema "hh" belongs to role "owner"/, 'a stranger');

add_database($node, 'as_hh_owner', 'owner');
my @without_roles = ('up', '--only=code,migrations,policy');
refuses('as_hh_owner', 'pipeline', \@without_roles,
    qr/role "hh_owner" may not create schemas.*GRANT CREATE ON DATABASE as_hh_owner TO "hh_owner";/s, 'an owner without rights');
run_sql($node, 'as_hh_owner', undef, 'GRANT CREATE ON DATABASE as_hh_owner TO hh_owner');
run_client($node, 'as_hh_owner', 'pipeline', @without_roles);
{
    delete local $ENV{HH_MIGRATE_POLICY};
    refuses('as_hh_owner', 'pipeline', ['up'], qr/role "pipeline" may not change the cluster's roles/, 'roles that it may not make');
}
owned_by('as_hh_owner', 'hh_owner', 'hh_owner, where the connected role is a member');
is(run_sql($node, 'as_hh_owner', undef, 'SELECT DISTINCT applied_by FROM hh.migration'), 'pipeline', 'applied by the pipeline');
run_sql($node, 'postgres', undef, 'CREATE ROLE "an ""odd"" one"');
add_database($node, 'odd', 'owner');
refuses('odd', undef, [ 'up', '--owner', 'an "odd" one' ], qr/GRANT CREATE ON DATABASE odd TO "an ""odd"" one";/,
    'a name with quotes is one in the hint, too');

add_database($node, 'asked', 'owner');
run_client($node, 'asked', undef, 'up', '--owner', 'owner');
owned_by('asked', 'owner', 'the role that --owner names');
add_database($node, 'nobody', 'owner');
refuses('nobody', undef, [ 'up', '--owner', 'nosuch' ], qr/role "nosuch" does not exist/, 'an owner who is not there');
refuses('nobody', 'pipeline', [ 'up', '--owner', 'owner' ], qr/belongs to role "owner", and you can't act for it/,
    'an owner whom the connected role can\'t become');

# A schema hh that was prepared.
add_database($node, 'prepared', 'owner');
run_sql($node, 'prepared', 'owner', 'CREATE SCHEMA hh');
refuses('prepared', undef, ['up'], qr/schema "hh" belongs to role "owner", not to "hh_owner"/, 'a schema of somebody else\'s');
refuses('prepared', 'pipeline', ['up'], qr/schema "hh" belongs to role "owner"/, 'one the pipeline can\'t become');
run_sql($node, 'prepared', 'owner', 'GRANT CREATE ON SCHEMA hh TO stranger, PUBLIC');
foreach my $command ('up', 'status', 'maintain')
{
    refuses('prepared', 'owner', [$command], qr/PUBLIC, stranger may create objects in schema "hh"/, "$command: others may create");
}

# Traps.  What they would do with more rights than their owner's:
my $climb = q{
    CREATE TABLE public.traces (what text, who text);
    CREATE FUNCTION public.climb() RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        BEGIN RESET ROLE; EXCEPTION WHEN OTHERS THEN NULL; END;
        BEGIN EXECUTE 'SET ROLE NONE'; EXCEPTION WHEN OTHERS THEN NULL; END;
        BEGIN RESET SESSION AUTHORIZATION; EXCEPTION WHEN OTHERS THEN NULL; END;
        BEGIN
            IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                ALTER ROLE owner SUPERUSER;
            END IF;
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
        INSERT INTO public.traces VALUES ('climb', current_user);
    END $$;
    CREATE FUNCTION public.climb_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM public.climb(); RETURN NULL; END $$;
    CREATE FUNCTION public.climb_immutable(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
    BEGIN PERFORM public.climb(); RETURN $1; END $$;
    GRANT ALL ON public.traces TO PUBLIC};

# Sets a trap in a database where something is pending, and has a superuser walk into it.
sub trap
{
    my ($database, $sql) = @_;
    add_database($node, $database, 'owner');
    run_client($node, $database, 'owner', 'up');
    run_sql($node, $database, undef, 'GRANT CREATE ON SCHEMA public TO owner');
    run_sql($node, $database, 'owner', $climb);
    run_sql($node, $database, 'owner', $sql);
    run_sql($node, $database, 'owner', 'TRUNCATE public.traces');
    return;
}

sub caught_nobody
{
    my ($database, $name, $fired) = @_;
    is(run_sql($node, $database, undef, q{SELECT rolsuper FROM pg_roles WHERE rolname = 'owner'}), 'f', "$name: no superuser");
    is(run_sql($node, $database, undef, 'SELECT DISTINCT who FROM public.traces'), $fired ? 'owner' : '',
        "$name: " . ($fired ? 'it went off in its owner\'s own name' : 'it did not go off'));
    return;
}

# That the trap works at all: a superuser who only says SET ROLE.
trap('control', q{CREATE TRIGGER trap AFTER INSERT OR UPDATE OR DELETE ON hh.migration EXECUTE FUNCTION public.climb_trigger()});
run_sql($node, 'control', undef, q{SET ROLE owner; DELETE FROM hh.migration WHERE version = '0007'});
is(run_sql($node, 'control', undef, q{SELECT rolsuper FROM pg_roles WHERE rolname = 'owner'}), 't', 'under SET ROLE the trap works');
run_sql($node, 'control', undef, 'ALTER ROLE owner NOSUPERUSER');

my $pending = q{DELETE FROM hh.migration WHERE version = '0007';};
trap('by_trigger', "$pending CREATE TRIGGER trap AFTER INSERT OR UPDATE ON hh.migration EXECUTE FUNCTION public.climb_trigger()");
is((try_client($node, 'by_trigger', undef, 'up'))[0], 0, 'a trigger on the ledger: up');
caught_nobody('by_trigger', 'a trigger on the ledger', 1);

trap('by_deferred', "$pending CREATE CONSTRAINT TRIGGER trap AFTER INSERT OR UPDATE ON hh.migration
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.climb_trigger()");
try_client($node, 'by_deferred', undef, 'up');
caught_nobody('by_deferred', 'a deferred trigger on the ledger', 0);

trap('by_index', "$pending CREATE INDEX trap ON hh.migration (version) WHERE public.climb_immutable(1) = 1");
is((try_client($node, 'by_index', undef, 'status'))[0], 2, 'an index on the ledger: status');
is((try_client($node, 'by_index', undef, 'up'))[0], 0, 'an index on the ledger: up');
caught_nobody('by_index', 'an index on the ledger', 1);

# The same ledger without the extension: there is no function to act as the owner with.
run_sql($node, 'by_index', 'owner', 'SET client_min_messages = error; TRUNCATE public.traces; DROP EXTENSION headhunter CASCADE');
foreach my $command ('status', 'up')
{
    refuses('by_index', undef, [$command], qr/hh\.migration is not the table that hh-migrate makes/, "the same without the extension: $command");
}
refuses('by_index', 'owner', [ 'maintain', '--months-ahead', '-1' ], qr/invalid value/, 'maintain');
caught_nobody('by_index', 'the same without the extension', 0);

trap('by_table', q{CREATE TRIGGER trap AFTER INSERT ON hh.embedding_model EXECUTE FUNCTION public.climb_trigger();
    CREATE OR REPLACE FUNCTION ops.maintain_partitions(months_ahead integer DEFAULT 3, keep_months integer DEFAULT NULL)
    RETURNS TABLE (relation text, partition_name text, action text, row_count bigint) LANGUAGE sql
    AS 'SELECT public.climb(); SELECT NULL::text, NULL::text, NULL::text, 0::bigint'});
try_client($node, 'by_table', undef, 'maintain');
caught_nobody('by_table', 'a function in place of ours: maintain', 1);

# A look-alike of the function that hh-migrate acts as the owner with.
trap('by_function', q{SET client_min_messages = error; DROP EXTENSION headhunter CASCADE;
    CREATE FUNCTION hh.execute_as_owner(text) RETURNS SETOF text[] LANGUAGE sql AS 'SELECT public.climb(); SELECT ARRAY[$1]'});
is((try_client($node, 'by_function', undef, 'status'))[0], 2, 'a look-alike of execute_as_owner: status');
is((try_client($node, 'by_function', undef, 'maintain'))[0], 1, 'a look-alike of execute_as_owner: maintain');
is((try_client($node, 'by_function', undef, 'up'))[0], 1, 'a look-alike of execute_as_owner: up');
caught_nobody('by_function', 'a look-alike of execute_as_owner', 0);

# Functions and operators in public, which a careless search_path would find.
add_database($node, 'by_public', 'owner');
run_sql($node, 'by_public', undef, 'GRANT CREATE ON SCHEMA public TO PUBLIC');
run_sql($node, 'by_public', 'stranger', $climb);
run_sql($node, 'by_public', 'stranger', q{
    CREATE FUNCTION public.eq(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT public.climb(); SELECT true';
    CREATE OPERATOR public.= (FUNCTION = public.eq, LEFTARG = text, RIGHTARG = text);
    CREATE FUNCTION public.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS 'SELECT public.climb(); SELECT $1';
    CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT public.climb(); SELECT now()'});
is((try_client($node, 'by_public', undef, 'up', '--owner', 'owner'))[0], 0, 'objects in public: up');
is((try_client($node, 'by_public', undef, 'status'))[0], 0, 'objects in public: status');
caught_nobody('by_public', 'objects in public', 0);

done_testing();
