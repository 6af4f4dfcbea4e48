# hh-migrate audit: the shipped policy, real roles, wrong grants of several kinds, and its formats.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use CloudSQL;
use HeadhunterTest;
use JSON::PP;
use Test::More;

my $node = new_node('main');
my $superuser = run_sql($node, 'postgres', undef, 'SELECT current_user');
add_role($node, 'bob');
run_sql($node, 'postgres', undef, 'CREATE ROLE hh_owner');
add_database($node, 'main', 'hh_owner');

sub audit
{
    my ($role, @arguments) = @_;
    return try_client($node, 'main', $role, 'audit', @arguments);
}

sub findings
{
    my ($role, @arguments) = @_;
    my ($status, $out, $err) = audit($role, '--format', 'json', @arguments);
    my $report = eval { decode_json($out) } or diag("$status: $out$err");
    return @{ $report->{findings} };
}

# Runs what audit prints, as it prints it.
sub mend
{
    my ($role, $name) = @_;
    my ($status, $out, $err) = audit($role);
    is($status, 2, "$name: findings");
    my ($script) = $out =~ /^(-- From top to bottom.*)/ms;
    ($status, $out, $err) = try_sql($node, 'main', $role, $script);
    is($status, 0, "$name: the remedies run") or diag($err);
    ($status, $out, $err) = audit($role);
    is("$status $out", "0 nothing differs from the policy (database main, policy bundled, profile strict)\n",
        "$name: then it is exactly the policy")
      or diag($err);
    return;
}

my ($status, $out, $err) = audit(undef);
is($status, 1, 'before the first deployment');
like($err, qr/error: the extension's function hh\.audit\(\) is not in this database\n.*hh-migrate up/s, 'it says what is missing');

# From nothing: roles, memberships, grants.
run_client($node, 'main', undef, 'up', '--owner', 'hh_owner', '--only=code,migrations,policy');
mend(undef, 'a new deployment');
is((audit(undef, '--quiet'))[1], '', '--quiet says nothing then');
is((audit('hh_admin'))[0], 0, 'hh_admin may audit');
($status, $out, $err) = audit('hh_app');
is($status, 1, 'hh_app may not');
like($err, qr/permission denied for table hh\.policy_role/, 'hh_app: message');

# The policy is not the program's.
($status, $out, $err) = audit(undef, '--profile', 'auto-migrate');
is($status, 2, 'another profile than the one recorded is a finding');
like($err, qr/Recorded is bundled, profile strict; the other one's profile is auto-migrate\./, 'it says which');

# Grants by several grantors, PUBLIC, columns, owners, defaults, memberships, attributes.
my $wrong = q{
    GRANT SELECT ON search.candidate_profiles TO hh_ops WITH GRANT OPTION;
    GRANT USAGE ON SCHEMA search TO hh_ops;
    GRANT UPDATE (full_name) ON search.candidate_profiles TO PUBLIC;
    GRANT TRIGGER ON search.search_logs TO hh_analytics;
    REVOKE USAGE ON SCHEMA search FROM hh_analytics;
    REVOKE SELECT (embedding) ON search.candidate_embeddings FROM hh_analytics;
    ALTER DEFAULT PRIVILEGES FOR ROLE hh_owner IN SCHEMA search GRANT ALL ON TABLES TO hh_app;
    SET ROLE hh_ops;
    GRANT SELECT ON search.candidate_profiles TO bob, hh_app;
    RESET ROLE;
};
run_sql($node, 'main', undef, "$wrong
    ALTER TABLE search.tenants OWNER TO bob;
    GRANT hh_owner TO bob;
    GRANT pg_execute_server_program TO hh_app;
    ALTER ROLE hh_ops CREATEROLE;
    ALTER ROLE hh_analytics IN DATABASE main SET work_mem = '1GB';");
my @findings = findings(undef);
my %found = map { join(' ', map { $_ // '-' } @$_{qw(verdict role object_type object_name column_name privilege)}) => $_ } @findings;

foreach my $expected (
    'wrong attribute hh_ops role hh_ops - NOCREATEROLE',
    'wrong attribute hh_analytics role hh_analytics - work_mem',
    'unknown role bob role hh_owner - MEMBER',
    'wrong membership hh_app role pg_execute_server_program - MEMBER',
    'wrong owner bob table tenants - OWNER',
    'excess hh_ops table candidate_profiles - SELECT',
    'unknown role bob table candidate_profiles - SELECT',
    'excess hh_app table candidate_profiles - SELECT',
    'excess - table candidate_profiles full_name UPDATE',
    'excess hh_analytics table search_logs - TRIGGER',
    'excess hh_ops schema search - USAGE',
    'missing hh_analytics schema search - USAGE',
    'missing hh_analytics table candidate_embeddings embedding SELECT',
    'wrong default hh_app table - - TRUNCATE')
{
    ok(exists $found{$expected}, $expected);
}
is_deeply([ map { $_->{verdict} } findings(undef, '--role', 'hh_analytics') ],
    [ 'wrong attribute', 'missing', 'excess', 'missing' ], '--role: what concerns one role, in the order of remedies');
is((audit(undef, '--role', 'nosuch'))[0], 1, '--role: one that isn\'t there');
my $line = $found{'missing hh_analytics schema search - USAGE'}{policy_line};
my @policy = split /\n/, PostgreSQL::Test::Utils::slurp_file("$FindBin::RealBin/../../migrate/policy");
like($policy[ $line - 1 ], qr/GRANT USAGE ON SCHEMA search/, 'what is missing has its line in the policy');

# The other formats say the same.
($status, $out) = audit(undef, '--format', 'csv');
is(scalar(split /\n/, $out), @findings + 1, 'CSV has a line a finding');
like($out, qr/^verdict,severity,role,object_type,/, 'and a header');
like((audit(undef, '--format', 'html'))[1], qr/wrong owner/, 'HTML has them');
($status, $out) = audit(undef, '--format', 'sarif');
is($status, 2, 'SARIF: exit code');
my $sarif = decode_json($out);
my $run = $sarif->{runs}[0];
is("$sarif->{version} $run->{tool}{driver}{name}", '2.1.0 hh-migrate', 'SARIF: version and tool');
is(scalar @{ $run->{results} }, scalar @findings, 'SARIF: a result a finding');
is(scalar(grep { $run->{tool}{driver}{rules}[ $_->{ruleIndex} ]{id} ne $_->{ruleId} } @{ $run->{results} }), 0, 'SARIF: rules and results agree');
is_deeply([ grep { !/^(error|warning|note)$/ } map { $_->{level} } @{ $run->{results} } ], [], 'SARIF: levels');
my ($located) = grep { $_->{ruleId} eq 'missing' && $_->{locations}[0]{logicalLocations}[0]{fullyQualifiedName} eq 'main.search' } @{ $run->{results} };
is($located->{locations}[0]{physicalLocation}{region}{startLine}, $line, 'SARIF: the policy\'s line');
is($located->{locations}[0]{physicalLocation}{artifactLocation}{uri}, 'migrate/policy', 'SARIF: the policy\'s file');
my %prints = map { $_->{partialFingerprints}{'finding/v1'} => 1 } @{ $run->{results} };
is(scalar keys %prints, scalar @findings, 'SARIF: each finding has a fingerprint of its own');
($status, $out, $err) = try_client($node, 'main', undef, 'status', '--format', 'sarif');
is($status, 1, 'no other command has SARIF');
like($err, qr/command "status" has no format sarif/, 'and says so');

mend(undef, 'a state that is wrong in all ways');

# What the pipeline's role can mend itself, without being superuser.
run_sql($node, 'main', undef, $wrong);
mend('hh_admin', 'objects, as hh_admin');

# Names that want to be statements; a terminal's commands in one.
my $evil = q{x"; DROP TABLE search.tenants; --};
(my $quoted = $evil) =~ s/"/""/g;
run_sql($node, 'main', undef, qq{
    CREATE ROLE "$quoted";
    CREATE TABLE search."$quoted" ("$quoted" int);
    ALTER TABLE search."$quoted" OWNER TO "$quoted";
    GRANT SELECT ("$quoted") ON search."$quoted" TO "$quoted", hh_app WITH GRANT OPTION;
    GRANT USAGE ON SCHEMA search TO "$quoted" WITH GRANT OPTION;
    CREATE FUNCTION search."$quoted"() RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE TYPE search."} . ('\'' x 63) . q{" AS (a int);
    CREATE TABLE search."} . ("\xf0\x9f\xa6\x80" x 15) . q{" (a int)});
mend(undef, 'names that want to be statements');
is(run_sql($node, 'main', undef, q{SELECT count(*) FROM pg_class WHERE relname = 'tenants' AND relnamespace = 'search'::regnamespace}), 1,
    'none of it was run');
run_sql($node, 'main', undef, qq{DROP TABLE search."$quoted"; CREATE TABLE search."bell\a" (a int)});
($status, $out) = audit(undef);
unlike($out, qr/\a/, 'a terminal is not commanded');
like($out, qr/^ALTER TABLE search\.U&"bell\\0007" OWNER TO hh_owner;$/m, 'and the statement is the same');
my ($bell) = grep { ($_->{object_name} // '') =~ /bell/ } findings(undef);
is($bell->{remedy}, qq{ALTER TABLE search."bell\a" OWNER TO hh_owner}, 'which is in JSON');
run_sql($node, 'main', undef, qq{DROP TABLE search."bell\a"});

# The owner plants what a superuser would run: types and operators on the way of the audit's queries.
run_sql($node, 'main', undef, q{
    GRANT CREATE ON SCHEMA public TO hh_owner;
    SET ROLE hh_owner;
    CREATE TABLE public.traces (who text);
    GRANT ALL ON public.traces TO PUBLIC;
    CREATE FUNCTION public.climb(text, text) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO public.traces VALUES (current_user || ' ' || session_user); RETURN true; END $$;
    CREATE FUNCTION public.climb_immutable(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
    BEGIN PERFORM public.climb('', ''); RETURN 1; END $$;
    CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.climb);
    CREATE INDEX trap ON hh.policy (id) WHERE public.climb_immutable(1) = 1;
    TRUNCATE public.traces;
    RESET ROLE;
    SET search_path = public, pg_catalog;
    SELECT count(*) FROM hh.audit();
    SELECT count(*) FROM hh.audit('hh_app')});
audit(undef);
my $caught = "SELECT count(*) FROM public.traces WHERE who LIKE '$superuser %'";
is(run_sql($node, 'main', undef, $caught), 0, 'nothing planted was run by a superuser');
run_sql($node, 'main', undef, 'SELECT * FROM hh.policy WHERE id = 1');
isnt(run_sql($node, 'main', undef, $caught), 0, 'as a plain query would have');
$node->stop;

# Nobody is superuser: the administrator has the audit work, and mends.
my $cloud = CloudSQL->start('cloud');
add_database($cloud, 'main', 'postgres');
run_sql($cloud, 'main', 'postgres', 'CREATE ROLE hh_owner; GRANT hh_owner TO postgres; GRANT CREATE ON DATABASE main TO hh_owner');
$node = $cloud;
run_client($cloud, 'main', 'postgres', 'up', '--only=code,migrations,policy');
mend('postgres', 'Cloud SQL');
$cloud->add_console_user('hh_console');
# From 16 on only the provider grants its role, and only it takes it back.
my $provider = $cloud->pg_version >= 16 ? undef : 'postgres';
run_sql($cloud, 'main', $provider, 'GRANT cloudsqlsuperuser TO hh_app');
run_sql($cloud, 'main', 'postgres', 'ALTER ROLE hh_app CREATEROLE');
%found = map { join(' ', map { $_ // '-' } @$_{qw(verdict role object_name privilege)}) => $_ } findings('postgres');
ok($found{'wrong membership hh_app cloudsqlsuperuser MEMBER'}, 'a service in cloudsqlsuperuser is a finding');
like($found{'wrong attribute hh_app hh_app NOCREATEROLE'}{path},
    $cloud->pg_version < 16 ? qr/as good as a superuser/ : qr/^it is CREATEROLE$/,
    'CREATEROLE is called what it is');
run_sql($cloud, 'main', $provider, $found{'wrong membership hh_app cloudsqlsuperuser MEMBER'}{remedy});
mend('postgres', 'Cloud SQL, a console user');
$cloud->stop;

done_testing();
