# The owner of a deployment writes its tables, the policy's image among them, and is not to be
# believed: neither doctor nor audit does, prints or suggests what only the image asks for; and what
# an administrator must do to the owner's tables is done by hh-migrate run.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use Doctor;
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Secrets;
use Test::More;

my $node = new_node('main');
my $superuser = getpwuid $<;
ask_for_passwords($node, 'hh_admin', 'dba', 'attacker');
add_database($node, 'main', "\"$superuser\"");
my $secrets = heal($node, 'main');
my @arguments = ('--secrets-dir', $secrets);
run_sql($node, 'main', undef, 'CREATE ROLE dba LOGIN SUPERUSER; CREATE ROLE attacker LOGIN');

sub sql { return run_sql($node, 'main', undef, @_) }
sub as_owner { return sql("SET ROLE hh_owner; @_") }
sub is_superuser { return sql("SELECT string_agg(rolname, ',' ORDER BY rolname) FROM pg_roles WHERE rolsuper AND rolname NOT IN ('dba', '$superuser')") }

sub finding
{
    my ($visit, $check) = @_;
    return (grep { $_->{check} eq $check } findings($visit))[0] // {};
}

is_deeply([ complaints(doctor($node, 'main', undef, @arguments)) ], [], 'before: nothing is found');

# What a superuser would run, wherever it can be put.
as_owner(q{
    CREATE SCHEMA trap;
    GRANT USAGE ON SCHEMA trap TO PUBLIC;
    CREATE TABLE trap.traces (who text);
    GRANT ALL ON trap.traces TO PUBLIC;
    CREATE FUNCTION trap.climb() RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO trap.traces VALUES (current_user || ' ' || session_user);
        BEGIN
            EXECUTE 'RESET ROLE';
            EXECUTE 'ALTER ROLE attacker SUPERUSER';
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
        RETURN true;
    END $$;
    CREATE FUNCTION trap.climb_immutable() RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN trap.climb(); END $$;
    CREATE FUNCTION trap.climb(anyelement) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN trap.climb(); END $$;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA trap TO PUBLIC});

# A service that logs in as another role: the doctor goes by the policy.
as_owner(q{
    UPDATE hh.service SET role_name = 'dba' WHERE service_name = 'hh-embed-svc';
    DELETE FROM hh.service WHERE role_name = 'hh_analytics';
    ALTER TABLE search.tenants RENAME TO tenants_x;
    CREATE VIEW search.tenants AS SELECT * FROM search.tenants_x WHERE trap.climb_immutable()});
my $visit = doctor($node, 'main', 'dba', @arguments);
is(scalar @{ $visit->{services} }, 8, 'services taken out of the image: there are eight all the same');
is_deeply([ map { $_->{role} // '-' } @{ $visit->{services} } ], [qw(hh_app hh_analytics hh_app hh_analytics hh_app hh_ops - -)], '... of the policy\'s roles');
is(finding($visit, 'policy')->{detail}, 'somebody has altered its rows', '... and that it was altered is a finding');
is(sql(q{SELECT count(*) FROM trap.traces WHERE who LIKE 'dba%' OR who LIKE '% dba'}), 0, '... nothing was run as the administrator');
is(is_superuser(), '', '... and nobody has become superuser');
as_owner('DROP VIEW search.tenants; ALTER TABLE search.tenants_x RENAME TO tenants');

# Rows that ask for more than the policy does.
as_owner(q{
    INSERT INTO hh.policy (id, rule, role_name, object_type, object_name, privilege, inherit_option, set_option, reason, line)
    VALUES (90001, 'member', 'hh_admin', 'role', 'pg_execute_server_program', 'MEMBER', true, true, 'x', 4)});
my ($status, $out, $err) = try_client($node, 'main', undef, 'audit');
is($status, 1, 'audit of an altered image: exit code');
is($out, '', '... prints no remedy');
like($err, qr/error: somebody has altered the policy's image.*hint: "hh-migrate up" writes it anew/s, '... but what is wrong');
($status, $out, $err) = try_client($node, 'main', undef, 'doctor', @arguments);
is($status, 2, 'doctor: exit code');
unlike($out, qr/GRANT|pg_execute/, '... suggests nothing of the kind');
like($out, qr/the policy recorded in the database is not this program's.*somebody has altered its rows.*remedy: +hh-migrate up/s, '... but to record the policy');
($status, $out, $err) = try_client($node, 'main', undef, 'up', '--dry-run');
like($out, qr/^would record policy strict \(its rows were altered/m, 'up would record it');
run_client($node, 'main', undef, 'up');
is((try_client($node, 'main', undef, 'audit'))[0], 0, '... and has, then the audit finds nothing');
is_deeply([ complaints(doctor($node, 'main', undef, @arguments)) ], [], '... nor does the doctor');

# Settings of the database decide on nothing.
sql(q{
    GRANT CREATE ON SCHEMA public TO hh_owner;
    SET ROLE hh_owner;
    CREATE FUNCTION public.same(name, name) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN trap.climb(); END $$;
    CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.same);
    CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.climb(); RETURN $1; END $$;
    GRANT EXECUTE ON FUNCTION public.same(name, name), public.lower(text) TO PUBLIC;
    RESET ROLE;
    REVOKE CREATE ON SCHEMA public FROM hh_owner;
    ALTER DATABASE main SET search_path = public, pg_catalog;
    TRUNCATE trap.traces});
is_deeply([ complaints(doctor($node, 'main', undef, @arguments)) ], [], 'a hostile search_path: nothing is found');
is(sql('SELECT count(*) FROM trap.traces'), 0, '... and nothing planted is run by anybody');
isnt(run_sql($node, 'main', 'hh_admin', q{SELECT lower('X')}) && sql('SELECT count(*) FROM trap.traces'), 0, '... as a plain query would have');
sql('ALTER DATABASE main RESET search_path; DROP OPERATOR public.= (name, name); DROP FUNCTION public.same(name, name); DROP FUNCTION public.lower(text)');

# A service's role that is superuser is not tried as one.
as_owner('ALTER TABLE search.tenants RENAME TO tenants_x;
    CREATE VIEW search.tenants AS SELECT * FROM search.tenants_x WHERE trap.climb_immutable()');
sql('ALTER ROLE hh_app SUPERUSER');
$visit = doctor($node, 'main', undef, @arguments);
is(finding($visit, 'superuser')->{object}, 'hh_app', 'a service\'s role that is superuser is a finding');
is(is_superuser(), 'hh_app', '... and nobody else has become it');
sql('ALTER ROLE hh_app NOSUPERUSER; DROP VIEW search.tenants; ALTER TABLE search.tenants_x RENAME TO tenants');

# A remedy that has the owner's code run has it run as the owner.
as_owner(q{
    ALTER TABLE search.candidate_embeddings ADD CONSTRAINT trap_check CHECK (trap.climb(embedding));
    ALTER TABLE search.candidate_embeddings ALTER COLUMN embedding DROP NOT NULL});
sql(q{ALTER TABLE search.candidate_embeddings DISABLE TRIGGER USER;
    INSERT INTO search.candidate_embeddings (tenant_id, entity_id, model_version, chunk_type) VALUES ('t', 'e', 'm', 'default');
    ALTER TABLE search.candidate_embeddings ENABLE TRIGGER USER;
    ALTER TABLE search.candidate_embeddings DISABLE TRIGGER candidate_embeddings_enforce_model;
    DROP TRIGGER candidate_embeddings_enforce_model ON search.candidate_embeddings});
as_owner('ALTER TABLE search.candidate_embeddings ALTER COLUMN embedding TYPE public.vector(1536)');
sql('ALTER ROLE attacker NOSUPERUSER; TRUNCATE trap.traces');
$visit = doctor($node, 'main', undef, @arguments);
my $remedy = finding($visit, 'dimension')->{remedy};
like($remedy, qr/^hh-migrate run -d .* 'ALTER TABLE search\.candidate_embeddings ALTER COLUMN embedding TYPE public\.vector\(768\)'$/, 'a remedy is run as the owner');
($status, $out) = run_remedy($node, 'main', undef, $remedy);
is($status, 0, '... as printed') or diag($out);
is(sql(q{SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'search.candidate_embeddings'::regclass AND attname = 'embedding'}),
    'vector(768)', '... it mends');
is(sql('SELECT DISTINCT split_part(who, $$ $$, 1) FROM trap.traces'), 'hh_owner', '... what the owner planted ran as the owner');
is(is_superuser(), '', '... and nobody has become superuser');

# hh-migrate run.
($status, $out, $err) = try_client($node, 'main', undef, 'run', 'CREATE TABLE search.a ()', 'CREATE TABLE search.b ()');
is("$status $out", "0 ran 2 statements as hh_owner\n", 'run');
is(sql(q{SELECT string_agg(pg_get_userbyid(relowner), ',') FROM pg_class WHERE relname IN ('a', 'b') AND relnamespace = 'search'::regnamespace}),
    'hh_owner,hh_owner', '... as the owner');
($status, $out, $err) = try_client($node, 'main', undef, 'run', 'DROP TABLE search.a', 'DROP TABLE search.nothing');
is($status, 1, 'run: a statement that fails');
like($err, qr/error: statement 2 failed\n.*table "nothing" does not exist.*Nothing was changed/s, '... is told');
is(sql(q{SELECT to_regclass('search.a')}), 'search.a', '... and takes the others back');
{
    local $ENV{PGPASSWORD} = slurp_file("$secrets/hh_ops") =~ s/\n\z//r;
    ($status, $out, $err) = try_client($node, 'main', 'hh_ops', 'run', 'DROP TABLE search.a');
}
is($status, 1, 'run: by somebody else');
like($err, qr/schema "hh" belongs to role "hh_owner"/, '... is refused');
is((try_client($node, 'main', undef, 'run'))[0], 1, 'run: without a statement');
is((try_client($node, 'main', 'hh_admin', 'run', 'DROP TABLE search.a, search.b', '--format', 'json'))[1] =~ /"statement": "DROP TABLE search\.a, search\.b"/, 1, 'run: JSON');
as_owner('ALTER TABLE search.candidate_embeddings DROP CONSTRAINT trap_check; DELETE FROM search.candidate_embeddings;
    ALTER TABLE search.candidate_embeddings ALTER COLUMN embedding SET NOT NULL; DROP SCHEMA trap CASCADE');
ok(defined cure($node, 'main', undef, @arguments), 'the rest is mended by remedies') or diag(join "\n", @Doctor::log);

# What can't be looked at is no good sign.
sql('GRANT CREATE ON SCHEMA hh TO attacker');
$visit = doctor($node, 'main', undef, @arguments);
is("$visit->{status} $visit->{ready}", '2 2', 'a schema hh in which others may create: 2 of 8');
is(finding($visit, 'deployment')->{object}, 'migrations', '... what can\'t be looked at');
sql('REVOKE CREATE ON SCHEMA hh FROM attacker; REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA hh FROM PUBLIC');
$visit = doctor($node, 'main', undef, @arguments);
is($visit->{status}, 2, 'functions that nobody may call');
isnt(finding($visit, 'deployment')->{object}, undef, '... are a finding');
sql('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA hh TO PUBLIC');
as_owner('CREATE FUNCTION hh.audit() RETURNS int LANGUAGE sql RETURN 1');
sql('ALTER ROLE hh_app CREATEROLE');
$visit = doctor($node, 'main', undef, @arguments);
is(finding($visit, 'excess')->{object}, 'hh_app', 'a look-alike of hh.audit() keeps nothing back');
as_owner('DROP FUNCTION hh.audit()');
sql('ALTER ROLE hh_app NOCREATEROLE');
is_deeply([ complaints(doctor($node, 'main', undef, @arguments)) ], [], 'at the end nothing is found');
$node->stop;

done_testing();
