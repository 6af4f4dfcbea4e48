# The deployment's owner is hostile: whatever they plant in what is theirs, a superuser's hh.deploy()
# and hh.execute_as_owner() run it with the owner's rights only, and leave the session as it was.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;
use Traps;

my $node = new_node('main');
add_role($node, 'owner', 'bystander', 'member', 'remote_member');

sub hostile_database
{
    my ($database, $traps) = @_;
    add_database($node, $database, 'owner');
    run_sql($node, $database, 'owner', 'CREATE EXTENSION headhunter');
    add_traps($node, $database, 'owner');
    run_sql($node, $database, 'owner', $traps) if $traps;
    watch_traps($node);
    return;
}

sub fails_with
{
    my ($database, $role, $sql, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($status, $out, $err) = try_sql($node, $database, $role, $sql);
    return like($err, $expected, $name);
}

# A superuser's session in which the call is made, fails or not, and then looks at itself.
my $look = q{
    SELECT current_user, session_user, current_setting('role'), current_setting('search_path'),
        current_setting('session_replication_role');
    CREATE TABLE public.made_afterwards (a int);
    SELECT relowner::regrole FROM pg_class WHERE oid = 'public.made_afterwards'::regclass;
    CREATE EXTENSION citext;
    SELECT count(*) > 0 FROM pg_depend WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'citext');
    SELECT count(*) FROM pg_depend WHERE deptype = 'e' AND objid = 'public.made_afterwards'::regclass;
    SELECT count(*) FROM pg_prepared_statements;
    DROP TABLE public.made_afterwards; DROP EXTENSION citext};
my $as_it_was = qq{postgres|postgres|none|"\$user", public|origin\npostgres\nt\n0\n0};

# The control: a superuser who writes the ledger springs the traps on it.
my $triggers = join ';', map {
    my ($when, $level) = @$_;
    "CREATE TRIGGER \L${when}_$level\E $when INSERT OR UPDATE ON hh.migration FOR EACH $level EXECUTE FUNCTION trap.on_event()"
} [ 'BEFORE', 'ROW' ], [ 'AFTER', 'ROW' ], [ 'BEFORE', 'STATEMENT' ], [ 'AFTER', 'STATEMENT' ];
hostile_database('control', $triggers);
run_sql($node, 'control', undef, 'UPDATE hh.migration SET error = NULL');
is(scalar(grep { /superuser, by/ } sprung($node)), 24, 'a superuser who writes the ledger springs the traps on it');
run_sql($node, 'control', undef, 'ALTER ROLE owner NOSUPERUSER');

# What an owner can plant on the ledger, in schema ops or in the registry, so that a deployment runs it.
my %traps = (
    triggers => $triggers,
    default => q{ALTER TABLE hh.migration ADD extra int DEFAULT trap.returning('default', 1)},
    check => q{ALTER TABLE hh.migration ADD CHECK (trap.spring('check')) NOT VALID},
    generated => q{ALTER FUNCTION trap.returning IMMUTABLE;
        ALTER TABLE hh.migration ADD extra text GENERATED ALWAYS AS (trap.returning('generated', name)) STORED},
    index => q{ALTER FUNCTION trap.returning IMMUTABLE; CREATE INDEX ON hh.migration (trap.returning('index', name))},
    predicate => q{ALTER FUNCTION trap.spring IMMUTABLE; CREATE INDEX ON hh.migration (name) WHERE trap.spring(name)},
    domain => q{CREATE DOMAIN trap.text AS pg_catalog.text CHECK (trap.spring('domain'));
        ALTER TABLE hh.migration ALTER error TYPE trap.text},
    default_partition => q{CREATE TRIGGER partition BEFORE DELETE ON search.search_logs_default FOR EACH STATEMENT
            EXECUTE FUNCTION trap.on_event();
        INSERT INTO search.search_logs (tenant_id, request, created_at) VALUES ('a', '{}', now() - interval '2 months');
        DELETE FROM hh.migration WHERE version = '0006'},
);
foreach my $trap (sort keys %traps)
{
    hostile_database("planted_$trap", $traps{$trap});
    run_sql($node, "planted_$trap", 'owner', q{DELETE FROM hh.migration WHERE version = '0007'});
    watch_traps($node);
    like(run_sql($node, "planted_$trap", undef, "SELECT * FROM hh.deploy();$look"), qr/^0007\|triggers\|applied\n\Q$as_it_was\E$/m,
        "$trap: a superuser's hh.deploy() applies what is pending, and its session is as it was");
    is_trapped_as($node, 'owner', "$trap: sprung as the owner");
}

# A rule gets in the way of the ledger's own INSERT.
hostile_database('rule', q{CREATE RULE rule AS ON INSERT TO hh.migration DO ALSO SELECT trap.spring('rule');
    DELETE FROM hh.migration WHERE version = '0007'});
fails_with('rule', undef, 'SELECT hh.deploy()', qr/cannot be used with table that has INSERT or UPDATE rules/, 'a rule ends hh.deploy()');
is_trapped_by_none($node, '... and is not sprung');

# A policy on the ledger is the owner's, who may hide rows from themselves.
hostile_database('policy', q{ALTER TABLE hh.migration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY policy ON hh.migration USING (trap.spring('policy'))});
try_sql($node, 'policy', undef, 'SELECT hh.deploy()');
is_trapped_by_nobody_else($node, 'owner', 'a policy is not sprung by hh.deploy() as anyone but the owner');

# A deferred trigger would run at commit, when the superuser is back.
hostile_database('deferred', q{CREATE CONSTRAINT TRIGGER deferred AFTER INSERT OR UPDATE ON hh.migration
    INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trap.on_event();
    DELETE FROM hh.migration WHERE version = '0007'});
fails_with('deferred', undef, 'SELECT hh.deploy()', qr/cannot fire deferred trigger within security-restricted operation/,
    'deferred trigger: hh.deploy() is refused');
fails_with('deferred', undef, q{SELECT hh.execute_as_owner('UPDATE hh.migration SET error = NULL')},
    qr/cannot fire deferred trigger within security-restricted operation/, '... so is hh.execute_as_owner()');
fails_with('deferred', undef, q{SELECT hh.execute_as_owner('SET CONSTRAINTS ALL IMMEDIATE; UPDATE hh.migration SET error = NULL;
    SET CONSTRAINTS ALL DEFERRED; UPDATE hh.migration SET error = NULL')},
    qr/cannot fire deferred trigger/, '... whatever SET CONSTRAINTS says');
is_trapped_as($node, 'owner', '... only the immediate one was sprung');

# What must not be possible inside, for it would outlive the call.
hostile_database('inside', 'CREATE PROCEDURE trap.commits() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$');
my %forbidden = (
    'RESET ROLE' => qr/cannot set parameter "role"/,
    'SET ROLE postgres' => qr/cannot set parameter "role"/,
    'SET LOCAL ROLE NONE' => qr/cannot set parameter "role"/,
    'RESET SESSION AUTHORIZATION' => qr/cannot set parameter "session_authorization"/,
    'SET SESSION AUTHORIZATION postgres' => qr/cannot set parameter "session_authorization"/,
    q{SELECT set_config('role', 'postgres', false)} => qr/cannot set parameter "role"/,
    'SET session_replication_role = replica' => qr/permission denied to set parameter/,
    'ALTER ROLE owner SUPERUSER' => qr/must be superuser|permission denied/,
    'COMMIT' => qr/must not begin or end a transaction/,
    'ROLLBACK' => qr/must not begin or end a transaction/,
    'SELECT 1; COMMIT; SELECT 2' => qr/must not begin or end a transaction/,
    'SAVEPOINT s' => qr/must not begin or end a transaction/,
    'DO $$ BEGIN COMMIT; END $$' => qr/invalid transaction termination/,
    'CALL trap.commits()' => qr/invalid transaction termination/,
    'COPY hh.migration TO STDOUT' => qr/COPY to or from the client/,
    q{COPY hh.migration TO PROGRAM 'cat'} => qr/to COPY to or from an external program|permission denied to COPY to/,
    q{COPY hh.migration TO '/tmp/x'} => qr/to COPY to a file|permission denied to COPY to/,
    'CREATE TEMP TABLE t (a int)' => qr/cannot create temporary table within security-restricted operation/,
    'CREATE TYPE pg_temp.t AS (a int)' => qr/within security-restricted operation/,
    'CREATE DOMAIN pg_temp.text AS pg_catalog.text' => qr/within security-restricted operation/,
    'CREATE TYPE trap.r AS RANGE (subtype = int4, multirange_type_name = pg_temp.m)' => qr/within security-restricted operation/,
    q{SELECT hh.execute_as_owner('CREATE DOMAIN pg_temp.text AS pg_catalog.text')} => qr/within security-restricted operation/,
    'DECLARE c CURSOR WITH HOLD FOR SELECT 1' => qr/WITH HOLD within security-restricted operation/,
    'PREPARE p AS SELECT 1' => qr/cannot execute PREPARE within security-restricted operation/,
    'LISTEN x' => qr/cannot execute LISTEN within security-restricted operation/,
    'DISCARD ALL' => qr/cannot execute DISCARD within security-restricted operation/,
    q{LOAD 'plpgsql'} => qr/access to library "plpgsql" is not allowed/,
    q{ALTER SYSTEM SET work_mem = '1MB'} => qr/permission denied to set parameter|cannot be executed from a function/,
    'GRANT postgres TO owner' => qr/must be superuser|permission denied/,
    'CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION trap.on_event()' => qr/permission denied to create event trigger/,
    q{CREATE FUNCTION trap.c() RETURNS void LANGUAGE c AS 'x'} => qr/permission denied for language c/,
);
foreach my $statement (sort keys %forbidden)
{
    (my $quoted = $statement) =~ s/'/''/g;
    fails_with('inside', undef, "SELECT hh.execute_as_owner('$quoted')", $forbidden{$statement}, "inside: no $statement");
}

# PostgreSQL's latest releases refuse to make a temporary type inside; what is done to one that is there is ours to see.
fails_with('inside', undef, q{CREATE DOMAIN pg_temp.d AS int; ALTER DOMAIN pg_temp.d OWNER TO owner;
    SELECT hh.execute_as_owner('ALTER DOMAIN pg_temp.d RENAME TO e')}, qr/cannot create temporary type "e"/,
    'inside: no temporary type in sight');

# What is possible inside is undone.
my $settings = 'SET search_path = trap; SET check_function_bodies = off; SET default_tablespace = pg_global;
    SET my.setting = 1; SELECT set_config(\'\'transaction_read_only\'\', \'\'on\'\', false)';
like(run_sql($node, 'inside', undef, "SELECT hh.execute_as_owner('$settings');
    SELECT current_setting('check_function_bodies'), current_setting('transaction_read_only'), current_setting('my.setting', true);$look"),
    qr/^on\|off\|?\n\Q$as_it_was\E$/m, 'settings that are set inside are undone');

# An error inside, caught or rolled back to, restores everything.
my %errors = (
    'caught' => q{DO $$ BEGIN PERFORM hh.execute_as_owner('SET search_path = trap; SELECT 1/0');
        EXCEPTION WHEN division_by_zero THEN NULL; END $$},
    'rolled back to' => qq{\\set ON_ERROR_STOP off\nBEGIN; SAVEPOINT s; SELECT hh.execute_as_owner('SELECT 1/0'); ROLLBACK TO s;
        CREATE TABLE trap.after_savepoint (); SELECT relowner::regrole FROM pg_class WHERE relname = 'after_savepoint'; COMMIT;
        \\set ON_ERROR_STOP on\n},
);
like(run_sql($node, 'inside', undef, "$errors{$_};$look"), qr/\Q$as_it_was\E$/, "an error $_: the session is as it was")
  foreach sort keys %errors;

# In the middle of the installation, after its script has begun to work as the owner.
add_database($node, 'broken', 'owner');
run_sql($node, 'broken', undef, 'REVOKE CREATE ON DATABASE broken FROM PUBLIC');
run_sql($node, 'broken', undef, q{CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
    BEGIN IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'taxonomy.eco_alias')
        THEN RAISE EXCEPTION 'refused'; END IF; END $$;
    CREATE EVENT TRIGGER refuse ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.refuse()});
like(run_sql($node, 'broken', undef, qq{
    DO \$\$ BEGIN CREATE EXTENSION headhunter; EXCEPTION WHEN raise_exception THEN RAISE INFO 'broken'; END \$\$;$look}),
    qr/^\Q$as_it_was\E$/, 'an error in the middle of the migrations: the session is as it was');
is(run_sql($node, 'broken', undef, q{SELECT to_regnamespace('hh') IS NULL AND to_regnamespace('search') IS NULL}), 't', '... and nothing stands');

# The search_path that the owner has set for everybody, and the caller's question for the setting's source.
add_database($node, 'small', 'owner');
run_sql($node, 'small', 'owner', 'SET headhunter.embedding_dimensions = 100; CREATE EXTENSION headhunter');
add_traps($node, 'small', 'owner');
mine_public($node, 'small', 'owner');
watch_traps($node);
is(run_sql($node, 'small', undef, 'SELECT * FROM hh.deploy()'), '', 'mines in public: hh.deploy() where the dimension is not the default');
is_trapped_by_none($node, '... springs none');

# Whose rights it takes.
hostile_database('rights');
run_sql($node, 'rights', undef, 'GRANT owner TO member; GRANT member TO remote_member; ALTER ROLE member NOINHERIT;
    GRANT USAGE ON SCHEMA hh TO PUBLIC; GRANT CREATE ON SCHEMA public TO bystander');
is(run_sql($node, 'rights', $_, q{SELECT hh.execute_as_owner('SELECT current_user, session_user')}), "{owner,$_}",
    "$_ may act as the owner") foreach 'owner', 'member', 'remote_member';
is(run_sql($node, 'rights', 'member', 'SELECT * FROM hh.deploy()'), '', 'a member that does not inherit may deploy');
fails_with('rights', 'bystander', "SELECT hh.$_", qr/permission denied to act for headhunter's owner\n.*role "owner"/, "a bystander: no hh.$_")
  foreach 'deploy()', q{execute_as_owner('SELECT 1')};
fails_with('rights', $_, 'SELECT hh.install()', qr/can only be called by CREATE EXTENSION/, 'hh.install() is nobody\'s')
  foreach 'owner', undef;
SKIP:
{
    skip 'memberships without SET are of PostgreSQL 16', 1 if $node->pg_version < 16;
    add_role($node, 'admin');
    run_sql($node, 'rights', undef, 'GRANT owner TO admin WITH SET FALSE, INHERIT TRUE');
    fails_with('rights', 'admin', q{SELECT hh.execute_as_owner('SELECT 1')}, qr/permission denied to act for/, 'a member without SET: no');
}
# In somebody's index or security-definer function, it is that somebody who calls.
run_sql($node, 'rights', 'bystander', q{
    CREATE FUNCTION public.tries(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$
    BEGIN PERFORM hh.execute_as_owner('CREATE TABLE hh.planted ()'); RETURN $1; END $$;
    CREATE FUNCTION public.definer() RETURNS text SECURITY DEFINER LANGUAGE sql AS $$ SELECT public.tries('') $$;
    CREATE TABLE public.bait (a text); CREATE INDEX bait_idx ON public.bait (public.tries(a))});
fails_with('rights', undef, $_, qr/permission denied to act for headhunter's owner/, "by a superuser: $_")
  foreach 'SELECT public.definer()', q{INSERT INTO public.bait VALUES ('a'); REINDEX TABLE public.bait};

# A table that looks like the ledger.
sub fake_ledger
{
    my ($database, $sql) = @_;
    hostile_database($database, "ALTER TABLE hh.migration RENAME TO old; $sql");
    return;
}
fake_ledger('view', 'CREATE VIEW hh.migration AS SELECT * FROM hh.old WHERE trap.spring(version)');
fails_with('view', undef, $_, qr/"hh.migration" is not a table/, "the ledger is a view: $_")
  foreach 'SELECT hh.deploy()', q{SELECT hh.execute_as_owner('SELECT 1')};
is_trapped_by_none($node, '... which nobody reads');
fake_ledger('nulls', 'CREATE TABLE hh.migration (version text, checksum text, state text); INSERT INTO hh.migration SELECT version FROM hh.old');
fails_with('nulls', undef, 'SELECT hh.deploy()', qr/migration 0000_ledger is recorded without checksum or state/, 'a ledger of nulls is an error');
fake_ledger('absent', 'SELECT');
fails_with('absent', undef, $_, qr/schemas exist, but not the ledger/, "the ledger is away: $_")
  foreach 'SELECT hh.deploy()', q{SELECT hh.execute_as_owner('SELECT 1')};

# Where a superuser has made the extension, an owner who drops the ledger isn't taken for that superuser.
hostile_database('superusers', 'DROP EXTENSION headhunter CASCADE');
run_sql($node, 'superusers', undef, 'CREATE EXTENSION headhunter');
is(run_sql($node, 'superusers', undef, q{SELECT hh.execute_as_owner('SELECT current_user')}), '{owner}', 'a superuser\'s extension, an owner\'s tables: acts for the owner');
run_sql($node, 'superusers', 'owner', 'DROP TABLE hh.migration');
fails_with('superusers', undef, q{SELECT hh.execute_as_owner('SELECT current_user')},
    qr/schema "hh" belongs to role "owner", and the deployment to role "postgres"/, '... and for nobody where the owner drops the ledger');
run_sql($node, 'superusers', undef, 'ALTER SCHEMA hh OWNER TO postgres');
fails_with('superusers', undef, $_, qr/schemas exist, but not the ledger|schema "search" belongs to role "owner"/,
    "... nor where hh is the superuser's: $_") foreach 'SELECT hh.deploy()', q{SELECT hh.execute_as_owner('SELECT current_user')};

done_testing();
