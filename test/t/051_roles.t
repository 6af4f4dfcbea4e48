# hh-migrate roles plan and apply, and these parts of up.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use CloudSQL;
use HeadhunterTest;
use IPC::Run;
use JSON::PP;
use Test::More;

my $node = new_node('main');
my $superuser = run_sql($node, 'postgres', undef, 'SELECT current_user');
add_database($node, 'main', "\"$superuser\"");

sub roles
{
    my ($command, @arguments) = @_;
    return try_client($node, 'main', undef, 'roles', $command, @arguments);
}

sub sql
{
    return run_sql($node, 'main', undef, @_);
}

my $state = q{
    SELECT rolname, rolcanlogin, rolinherit, rolsuper, rolcreaterole, rolcreatedb, rolconnlimit FROM pg_roles
    WHERE rolname LIKE 'hh\_%' ORDER BY 1};

# Before there is anything: roles alone, and in one transaction.
my ($status, $plan, $err) = roles('plan');
is($status, 0, 'plan on an empty database') or diag($err);
like($plan, qr/\A-- Roles\n\n-- Owns schemas, .*\nCREATE ROLE hh_owner NOLOGIN;\n/, 'statements below their reasons');
is(sql($state), '', '... and nothing is changed');
($status, my $out, $err) = roles('apply');
is($status, 0, 'apply') or diag($err);
is($out, $plan, '... runs what the plan shows');
is(sql($state), <<'END' =~ s/\n\z//r, '... the roles');
hh_admin|t|f|f|f|f|-1
hh_analytics|t|t|f|f|f|-1
hh_app|t|t|f|f|f|-1
hh_ops|t|t|f|f|f|-1
hh_owner|f|t|f|f|f|-1
END
is((roles('apply'))[1], "nothing to do\n", 'a second run has nothing to do');
is(sql(q{SELECT bool_and(rolpassword IS NULL) FROM pg_authid WHERE rolname LIKE 'hh\_%'}), 't', 'no password is set');
is_deeply(decode_json((roles('plan', '--format', 'json'))[1])->{changes}, [], 'JSON: nothing to do');

# The first deployment is the owner's, and whole.
($status, $out, $err) = try_client($node, 'main', 'hh_admin', 'up', '--only=roles,code,migrations,policy');
is($status, 1, 'hh_admin, who can\'t reach the code yet');
like($err, qr/error: the first deployment for role "hh_owner" is an administrator's.*hint: A superuser, or a role with CREATEROLE, runs "hh-migrate up" once/s, '... is told whose it is');
is(sql(q{SELECT count(*) FROM pg_extension WHERE extname = 'headhunter'}), 0, '... before anything is made');
($status, $out, $err) = try_client($node, 'main', undef, 'up');
is($status, 0, 'up') or diag($err);
like($out, qr/^changed privileges strict \(after the rest, \d+ ms\)\n\z/m, '... ends with the privileges');
is(sql('SELECT * FROM hh.audit()'), '', '... and the audit finds nothing');
is(sql(q{SELECT DISTINCT nspowner::regrole FROM pg_namespace WHERE nspname IN ('hh', 'search', 'taxonomy', 'msgs', 'ops')}),
    'hh_owner', '... all is the owner\'s');
is((try_client($node, 'main', $_, 'up'))[1], "nothing to do\n", ($_ // 'a superuser') . ' has nothing to do') foreach undef, 'hh_admin';

# What went wrong is mended, and read back.
sql(q{
    CREATE ROLE stranger LOGIN; CREATE ROLE team; CREATE ROLE cloudsqlsuperuser CREATEROLE; CREATE ROLE "pg""rest";
    ALTER ROLE hh_app CREATEROLE SUPERUSER CONNECTION LIMIT 3; ALTER ROLE hh_owner LOGIN;
    ALTER ROLE hh_admin INHERIT;
    ALTER ROLE hh_app IN DATABASE main SET search_path = public; ALTER ROLE hh_app SET work_mem = '5MB';
    GRANT hh_app TO hh_ops; GRANT cloudsqlsuperuser, pg_read_all_data, team TO hh_app; GRANT hh_owner TO stranger WITH ADMIN OPTION;
    GRANT hh_owner TO hh_admin WITH ADMIN OPTION;
    GRANT SELECT ON search.search_logs TO hh_ops, stranger; REVOKE USAGE ON SCHEMA msgs FROM hh_ops;
    ALTER TABLE msgs.outbox OWNER TO stranger; GRANT CREATE ON SCHEMA search TO PUBLIC});
($status, $plan) = roles('plan', '--additive');
is($plan, <<'END', '--additive gives, and takes nothing away');
-- Roles

-- hh-embed-svc, hh-enrich-svc and hh-eco-svc: they write profiles, embeddings and evidence, and read the taxonomy.
ALTER ROLE hh_app CONNECTION LIMIT -1;

-- Owners and privileges

-- hh-msgs-svc works here.
GRANT USAGE ON SCHEMA msgs TO hh_ops;
END
($status, $plan) = roles('plan');
# From 16 on a membership is one for each grantor.
my $by = $node->pg_version >= 16 ? ' GRANTED BY ' . run_sql($node, 'main', undef, 'SELECT quote_ident(current_user)') : '';
my $cascade = $by ne '' ? ' CASCADE' : '';
foreach my $statement (
    'ALTER ROLE hh_app NOSUPERUSER NOCREATEROLE CONNECTION LIMIT -1;', 'ALTER ROLE hh_owner NOLOGIN;',
    'ALTER ROLE hh_admin NOINHERIT;', "REVOKE hh_app FROM hh_ops$by;", "REVOKE cloudsqlsuperuser FROM hh_app$by;",
    "REVOKE pg_read_all_data FROM hh_app$by;", "REVOKE hh_owner FROM stranger$by$cascade;",
    "REVOKE ADMIN OPTION FOR hh_owner FROM hh_admin$by$cascade;",
    'ALTER ROLE hh_app IN DATABASE main RESET search_path;', 'ALTER TABLE msgs.outbox OWNER TO hh_owner;',
    'REVOKE CREATE ON SCHEMA search FROM PUBLIC;', 'REVOKE SELECT ON TABLE search.search_logs FROM stranger;')
{
    like($plan, qr/^\Q$statement\E$/m, "planned: $statement");
}
unlike($plan, qr/team|work_mem/, 'what another database may own is left alone');
my $csv = (roles('plan', '--format', 'csv'))[1];
like($csv, qr/^roles,revoke role,hh_app,,REVOKE cloudsqlsuperuser FROM hh_app\Q$by\E,It gives what the policy gives nobody: cloudsqlsuperuser\.,planned$/m,
    'CSV');
($status, $out, $err) = roles('apply');
is($status, 0, 'apply') or diag($err);
is(sql('SELECT * FROM hh.audit()'), '', '... the audit finds nothing');
is(sql(q{SELECT roleid::regrole FROM pg_auth_members WHERE member = 'hh_app'::regrole}), 'team', '... and the other membership stands');
is((roles('apply'))[1], "nothing to do\n", '... a second run has nothing to do');
is((try_client($node, 'main', undef, 'verify'))[0], 0, '... and verify knows the new privileges');

# The pipeline's role tries migrations out in a scratch database that an administrator has made, as docs/operations.md says.
sql('CREATE DATABASE talents_scratch OWNER hh_owner');
run_sql($node, 'talents_scratch', undef, 'CREATE EXTENSION vector; CREATE EXTENSION pgcrypto');
my @scratch = ('--dir', migrations_in('1000_tried.sql' => 'CREATE TABLE search.tried ()'), '--scratch-dbname', 'talents_scratch');
foreach my $command ([ 'trace', @scratch ], [ 'trace', @scratch ], [ 'verify', '--scratch', @scratch ])
{
    ($status, $out, $err) = try_client($node, 'main', 'hh_admin', @$command);
    is($status, 0, "hh_admin: $command->[0] in a scratch database") or diag($out, $err);
}

# Who converges objects, and stops where a role must change.
sql('GRANT UPDATE ON search.tenants TO hh_analytics');
($status, $out, $err) = try_client($node, 'main', 'hh_admin', 'roles', 'apply');
is($status, 0, 'hh_admin mends an object\'s privileges') or diag($err);
like($out, qr/REVOKE UPDATE ON TABLE search\.tenants FROM hh_analytics/, '... as the owner');
sql('ALTER ROLE hh_ops CREATEDB; GRANT UPDATE ON search.tenants TO hh_analytics');
foreach my $command ([ 'roles', 'apply' ], ['up'])
{
    ($status, $out, $err) = try_client($node, 'main', 'hh_admin', @$command);
    is($status, 1, "hh_admin may not change a role: @$command");
    like($err, qr/error: role "hh_admin" may not change the cluster's roles.*What is needed:\n.*    ALTER ROLE hh_ops NOCREATEDB;\n.*hint: An administrator runs: hh-migrate roles apply -d main -U postgres/s,
        '... what is needed, and from whom');
    is(sql(q{SELECT has_table_privilege('hh_analytics', 'search.tenants', 'UPDATE')}), 't', '... before anything is changed');
}
is((roles('apply'))[0], 0, 'the administrator does');

# Who may do a part only is told what is left.
add_database($node, 'others', 'stranger');
run_sql($node, 'others', undef, 'GRANT CREATE ON DATABASE others TO hh_owner; GRANT TEMPORARY ON DATABASE others TO hh_admin');
run_sql($node, 'others', undef, 'SET ROLE hh_owner; CREATE SCHEMA hh; GRANT USAGE ON SCHEMA hh TO hh_admin');
($status, $out, $err) = try_client($node, 'others', 'hh_admin', 'up', '--only=code,migrations,policy');
is($status, 0, 'a database of somebody else\'s') or diag($err);
($status, $out, $err) = try_client($node, 'others', 'hh_admin', 'roles', 'apply');
is($status, 2, '... hh_admin has no say on the database');
like($err, qr/error: excess: CONNECT for PUBLIC on database others\n.*hint: The object's owner, the grantor or a superuser runs: SET ROLE stranger; REVOKE CONNECT ON DATABASE others FROM PUBLIC/s,
    '... and is told who has');
like($out, qr/^GRANT|; GRANT USAGE ON SCHEMA msgs TO hh_ops/m, '... the rest is done');
is(run_sql($node, 'others', undef, q{SELECT has_schema_privilege('hh_ops', 'msgs', 'USAGE')}), 't', '... and stays');

# The image is the owner's to write: an administrator follows the policy alone.
sql('CREATE SCHEMA vault; CREATE TABLE vault.gold (); CREATE FUNCTION vault.key() RETURNS int SECURITY DEFINER LANGUAGE sql RETURN 1');
run_sql($node, 'main', undef, q{
    SET ROLE hh_owner;
    INSERT INTO hh.policy (id, rule, role_name, object_type, object_schema, object_name, privilege, inherit_option, set_option, reason, line) VALUES
        (9001, 'privilege', 'hh_owner', 'table', 'vault', 'gold', 'SELECT', NULL, NULL, 'x', 1),
        (9002, 'owner', 'hh_owner', 'function', 'vault', 'key()', 'OWNER', NULL, NULL, 'x', 1),
        (9003, 'privilege', 'hh_ops', 'table', 'search', 'candidate_profiles', 'SELECT', NULL, NULL, 'x', 1),
        (9004, 'owner', 'hh_ops', 'table', 'search', 'candidate_evidence', 'OWNER', NULL, NULL, 'x', 1)});
cmp_ok(sql('SELECT count(*) FROM hh.audit()'), '>=', 4, 'rows that somebody has put into the image');
($status, $out, $err) = roles('apply');
is($status, 0, '... an administrator applies') or diag($err);
unlike($out, qr/vault|OWNER TO hh_ops|TO hh_ops/, '... and does none of it');
is(sql(q{SELECT has_table_privilege('hh_owner', 'vault.gold', 'SELECT') OR has_table_privilege('hh_ops', 'search.candidate_profiles', 'SELECT')}),
    'f', '... really none');
is(sql('SELECT count(*) FROM hh.policy WHERE id > 9000'), 0, '... and the image is the policy\'s again');

# A look-alike of the audit is not asked.
add_database($node, 'planted', "\"$superuser\"");
run_sql($node, 'planted', undef, 'GRANT CREATE ON DATABASE planted TO hh_owner');
run_client($node, 'planted', undef, 'up', '--only=code,migrations,policy');
run_sql($node, 'planted', undef, q{
    SET ROLE hh_owner; SET client_min_messages = error;
    DROP EXTENSION headhunter CASCADE;
    CREATE FUNCTION hh.execute_as_owner(text) RETURNS SETOF text[] LANGUAGE sql AS $$ SELECT ARRAY['t'] $$;
    CREATE FUNCTION hh.audit(role regrole DEFAULT NULL) RETURNS TABLE (verdict text, severity text, role name, object_type text,
        object_schema name, object_name text, column_name name, privilege text, path text, remedy text, policy_line integer)
        LANGUAGE sql AS $$ SELECT 'excess', 'error', 'hh_app'::name, 'table', 'search'::name, 'tenants', NULL::name, 'SELECT', '',
            'ALTER ROLE hh_owner SUPERUSER', 1 $$});
($status, $out, $err) = try_client($node, 'planted', undef, 'roles', 'apply');
is(sql(q{SELECT rolsuper FROM pg_roles WHERE rolname = 'hh_owner'}), 'f', 'a look-alike of hh.audit() has no say');

# ... nor one that takes its place meanwhile: rows of the image are the last that are written before the audit.
add_database($node, 'swapped', "\"$superuser\"");
run_sql($node, 'swapped', undef, 'GRANT CREATE ON DATABASE swapped TO hh_owner');
run_client($node, 'swapped', undef, 'up');
run_sql($node, 'swapped', undef, q{
    SET ROLE hh_owner;
    CREATE FUNCTION search.swap() RETURNS trigger LANGUAGE plpgsql AS $swap$ BEGIN
        IF to_regnamespace('hh_old') IS NOT NULL THEN RETURN NULL; END IF;
        ALTER SCHEMA hh RENAME TO hh_old;
        CREATE SCHEMA hh;
        CREATE FUNCTION hh.audit(role regrole DEFAULT NULL) RETURNS TABLE (verdict text, severity text, role name,
            object_type text, object_schema name, object_name text, column_name name, privilege text, path text,
            remedy text, policy_line integer) LANGUAGE sql AS $$ SELECT 'excess', 'error', 'hh_app'::name, 'database',
            NULL::name, NULL, NULL::name, 'CONNECT', '', 'ALTER ROLE hh_owner SUPERUSER', 1 $$;
        RETURN NULL; END $swap$;
    CREATE TRIGGER swap AFTER INSERT ON hh.service FOR EACH ROW EXECUTE FUNCTION search.swap()});
run_sql($node, 'swapped', undef, 'REVOKE USAGE ON SCHEMA msgs FROM hh_ops');
($status, $out, $err) = try_client($node, 'swapped', undef, 'roles', 'apply');
isnt($status, 0, 'an audit that is exchanged meanwhile: exit code');
is(sql(q{SELECT rolsuper FROM pg_roles WHERE rolname = 'hh_owner'}), 'f', '... has no say') or diag($err);
run_sql($node, 'postgres', undef, 'DROP DATABASE swapped');

# Rows that are gone from the image take nothing away.
run_sql($node, 'main', undef, q{SET ROLE hh_owner; DELETE FROM hh.policy WHERE role_name = 'hh_app'});
($status, $out, $err) = roles('apply');
is($status, 0, 'rows that somebody has taken out of the image: exit code') or diag($err);
is($out, "nothing to do\n", '... and nothing is taken away for it');
is(sql('SELECT count(*) FROM hh.audit()'), 0, '... and the image is the policy\'s again');

# Names that SQL could choke on.
my $directory = migrations_in(policy => <<'END');
-- it's; DROP DATABASE main; --
CREATE ROLE "o""; ALTER ROLE x SUPERUSER; --" LOGIN;
-- second
CREATE ROLE "'; \ 🦀" LOGIN CONNECTION LIMIT 5;
-- third
GRANT "'; \ 🦀" TO "o""; ALTER ROLE x SUPERUSER; --";
-- fourth
ALTER ROLE "'; \ 🦀" IN DATABASE CURRENT SET hh.x TO 'a\''; ALTER ROLE hh_app SUPERUSER; --';
END
sql('CREATE DATABASE "odd ""; name"');
sub odd { return try_client($node, 'odd "; name', undef, 'roles', 'apply', '--policy', "$directory/policy", @_) }
($status, $out, $err) = odd();
is($status, 0, 'odd names and values') or diag($err);
is((odd())[1], "nothing to do\n", '... once');
is(sql(q{SELECT count(*) FROM pg_roles WHERE rolsuper}), 1, '... and nobody is superuser for it');
is(sql(q{SELECT setconfig[1] FROM pg_db_role_setting WHERE setrole = (SELECT oid FROM pg_roles WHERE rolname LIKE '%🦀')}),
    q{hh.x=a\\'; ALTER ROLE hh_app SUPERUSER; --}, '... the value is what was said');

# A setting that the server refuses is nobody else's fault.
foreach my $wrong ([ 'no_such_setting TO 1', qr/unrecognized configuration parameter "no_such_setting"/ ],
    [ 'work_mem TO much', qr/invalid value for parameter "work_mem": "much"/ ])
{
    my ($setting, $message) = @$wrong;
    my $refused = migrations_in(policy => "-- a\nCREATE ROLE wrong_setting;\n-- b\nALTER ROLE wrong_setting IN DATABASE CURRENT SET $setting;\n");
    ($status, $out, $err) = roles('apply', '--policy', "$refused/policy");
    is($status, 1, "$setting: exit code");
    like($err, $message, '... the server\'s words');
    like($err, qr/ALTER ROLE wrong_setting IN DATABASE main SET/, '... with the statement');
    unlike($err, qr/another session/, '... and nobody else is blamed');
    is(sql(q{SELECT count(*) FROM pg_roles WHERE rolname = 'wrong_setting'}), 0, '... nothing is changed');
}

# Two databases of a cluster at once, again and again: each has what its policy says.
my @sides = ('side_a', 'side_b');
add_database($node, $_, "\"$superuser\"") foreach @sides;
my $shared = migrations_in(policy => join '', map { "-- why\n$_;\n" }
      (map { "CREATE ROLE shared_$_ LOGIN" } 1 .. 12),
      (map { "GRANT shared_$_ TO shared_" . ($_ + 1) } 1 .. 11),
      map { "ALTER ROLE shared_$_ IN DATABASE CURRENT SET hh.side TO x" } 1 .. 12);
foreach my $round (1 .. 3)
{
    sql(join ';', map { $round == 1 ? 'SELECT 1' : "ALTER ROLE shared_$_ CREATEDB" } 1 .. 12);
    my @runs = map {
        my $database = $_;
        my ($o, $e) = ('', '');
        my @command = ($ENV{HH_MIGRATE} // 'hh-migrate', 'roles', 'apply', '-q', '--policy', "$shared/policy",
            '--dbname', conninfo($node, $database, undef));
        [ IPC::Run::start(\@command, '<', \undef, '>', \$o, '2>', \$e), \$e ]
    } @sides;
    foreach my $run (@runs)
    {
        ok($run->[0]->finish, "two databases at once, round $round") or diag(${ $run->[1] });
    }
}
is(sql(q{SELECT count(*) FROM pg_roles WHERE rolname LIKE 'shared%' AND NOT rolcreatedb}), 12, '... the roles are as both say');
is(sql(q{SELECT count(*) FROM pg_auth_members WHERE member::regrole::text LIKE 'shared%'}), 11, '... once');
is(sql(q{SELECT count(*) FROM pg_db_role_setting WHERE setconfig = '{hh.side=x}'}), 24, '... with the settings of both');
$node->stop;

# From nothing, by one command.
my $empty = new_node('empty');
($status, $out, $err) = try_client($empty, 'postgres', undef, 'up', '--dry-run');
like($out, qr/^would change roles strict \(\d+ statements\)\n/, 'up, on an empty server: what it would do');
is(run_sql($empty, 'postgres', undef, $state), '', '... and does not');
($status, $out, $err) = try_client($empty, 'postgres', undef, 'up');
is($status, 0, '... up') or diag($err);
like($out, qr/^changed roles strict .*^changed privileges strict /ms, '... roles first, privileges last');
is(run_sql($empty, 'postgres', undef, q{SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace::regnamespace::text IN ('hh', 'search')}),
    'hh_owner', '... all is the policy\'s owner\'s');
is(run_sql($empty, 'postgres', undef, 'SELECT * FROM hh.audit()'), '', '... the audit finds nothing');
is((try_client($empty, 'postgres', undef, 'up'))[1], "nothing to do\n", '... and a second one has nothing to do');
run_sql($empty, 'postgres', undef, 'CREATE DATABASE mine');
run_client($empty, 'mine', undef, 'up', '--owner', $superuser);
is(run_sql($empty, 'mine', undef, q{SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'search'}), $superuser, '--owner says otherwise');
$empty->stop;

# An administrator who is no superuser, likewise.
my $fresh = CloudSQL->start('fresh');
add_database($fresh, 'main', 'postgres');
($status, $out, $err) = try_client($fresh, 'main', 'postgres', 'up');
is($status, 0, 'Cloud SQL, from nothing: up') or diag($err);
is(run_sql($fresh, 'main', undef, 'SELECT * FROM hh.audit()'), '', '... the audit finds nothing');
is((try_client($fresh, 'main', 'postgres', @$_))[1], "nothing to do\n", "... @$_ has nothing to do") foreach [ 'roles', 'apply' ], ['up'];
$fresh->stop;

# ... and the parts one by one.
my $cloud = CloudSQL->start('cloud');
add_database($cloud, 'main', 'postgres');
($status, $out, $err) = try_client($cloud, 'main', 'postgres', 'roles', 'apply');
is($status, 0, 'Cloud SQL: apply') or diag($err);
like($out, qr/^GRANT hh_owner TO postgres/m, '... who deploys becomes able to act as the owner');
($status, $out, $err) = try_client($cloud, 'main', 'postgres', 'up');
is($status, 0, 'Cloud SQL: up') or diag($err);
like($out, qr/^changed privileges strict/m, '... with privileges');
is(run_sql($cloud, 'main', undef, 'SELECT * FROM hh.audit()'), '', '... the audit finds nothing');
is((try_client($cloud, 'main', 'postgres', @$_))[1], "nothing to do\n", "... @$_ has nothing to do") foreach [ 'roles', 'apply' ], ['up'];
run_sql($cloud, 'main', undef, 'ALTER ROLE hh_app BYPASSRLS; GRANT cloudsqlsuperuser TO hh_ops');
($status, $out, $err) = try_client($cloud, 'main', 'postgres', 'roles', 'apply');
is($status, 1, '... nobody there takes BYPASSRLS away');
like($err, qr/may not change the cluster's roles.*ALTER ROLE hh_app NOBYPASSRLS;/s, '... and it says so');
run_sql($cloud, 'main', undef, 'ALTER ROLE hh_app NOBYPASSRLS');
if ($cloud->pg_version >= 16)
{
    ($status, $out, $err) = try_client($cloud, 'main', 'postgres', 'roles', 'apply');
    is($status, 1, '... nor a membership that the provider has granted');
    like($err, qr/may not change the cluster's roles.*REVOKE cloudsqlsuperuser FROM hh_ops GRANTED BY cloudsqladmin;/s, '... and it says so');
    run_sql($cloud, 'main', undef, 'REVOKE cloudsqlsuperuser FROM hh_ops');
}
else
{
    is((try_client($cloud, 'main', 'postgres', 'roles', 'apply'))[0], 0, '... a membership that the provider has granted, yes');
}
is(run_sql($cloud, 'main', undef, 'SELECT * FROM hh.audit()'), '', '... the audit finds nothing');
$cloud->stop;

done_testing();
