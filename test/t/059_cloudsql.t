# The server like Cloud SQL that other tests use is what they take it for.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use CloudSQL;
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Secrets;
use Test::More;

my $cloud = CloudSQL->start('cloud', passwords => 1);
my $password = q{it's: a \ long one};
add_database($cloud, 'main', 'postgres');
$cloud->add_console_user('analyst', $password);
$cloud->add_iam_user('someone@example.com');

sub refuses
{
    my ($role, $sql, $message, $name) = @_;
    my ($status, undef, $err) = try_sql($cloud, 'main', $role, $sql);
    is($status, 3, "$name: refused") or diag("$sql was done");
    like($err, $message, '... message');
    return;
}

# Who is who.
is(run_sql($cloud, 'main', undef, q{SELECT session_user, string_agg(rolname, ',') FROM pg_roles WHERE rolsuper}),
    'cloudsqladmin|cloudsqladmin', 'cloudsqladmin is the only superuser');
is(run_sql($cloud, 'main', undef, q{SELECT rolcanlogin, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = 'cloudsqlsuperuser'}),
    'f|t|t|f|f', 'cloudsqlsuperuser');
foreach my $role ('postgres', 'analyst')
{
    is(run_sql($cloud, 'main', undef, qq{
            SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
                pg_has_role(oid, 'cloudsqlsuperuser', 'USAGE'), pg_has_role(oid, 'pg_monitor', 'USAGE'),
                pg_has_role(oid, 'cloudsqlsuperuser', 'MEMBER WITH ADMIN OPTION')
            FROM pg_roles WHERE rolname = '$role'}),
        't|f|t|t|f|f|t|t|f', "$role is its member, with attributes of its own");
}
is(run_sql($cloud, 'main', undef, q{SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'main'}), 'postgres', 'postgres owns the database');

# Passwords are asked for.
is(logs_in($cloud, 'main', 'analyst', $password), 'analyst', 'a login by password');
is(logs_in($cloud, 'main', 'analyst', "$password."), '', '... and not by another one');
is(logs_in($cloud, 'main', 'someone@example.com', 'anything at all'), '', '... nor where there is none');
is(run_sql($cloud, 'main', 'postgres', 'SELECT session_user'), 'postgres', 'the file of passwords serves');
unlike(slurp_file($cloud->logfile), qr/\Q$password\E|a \\+ long one/, 'no password is in the log');

# What the administrator can't do.
foreach my $role ('postgres', 'analyst')
{
    refuses($role, 'SELECT rolpassword FROM pg_authid', qr/permission denied for table pg_authid/, "$role reads passwords");
    refuses($role, 'CREATE ROLE boss SUPERUSER', qr/superuser/i, "$role makes a superuser");
    refuses($role, 'CREATE ROLE boss BYPASSRLS', qr/superuser|BYPASSRLS/i, "$role makes a role above row security");
    refuses($role, 'ALTER ROLE cloudsqladmin PASSWORD NULL', qr/superuser|permission denied/i, "$role alters the provider's");
    refuses($role, 'SET log_statement = none', qr/permission denied to set parameter/, "$role hides from the log");
}

# What it can.
run_sql($cloud, 'main', 'postgres', q{CREATE ROLE made LOGIN PASSWORD 'a password for made'; ALTER ROLE made PASSWORD 'another password'});
is(logs_in($cloud, 'main', 'made', 'another password'), 'made', 'postgres makes roles, and sets their passwords');
run_sql($cloud, 'main', 'postgres', 'GRANT made TO postgres; SET ROLE made');
is(run_sql($cloud, 'main', undef, q{SELECT string_agg(extname, ',' ORDER BY extname) FROM pg_extension}), 'pgcrypto,plpgsql,vector', 'what is installed');
if ($cloud->pg_version >= 16)
{
    refuses('postgres', 'ALTER ROLE analyst PASSWORD NULL', qr/permission denied to alter role/, 'without ADMIN postgres alters nobody');
    is(run_sql($cloud, 'main', undef, 'SHOW createrole_self_grant'), '', 'nothing is granted to who makes a role');
}
else
{
    run_sql($cloud, 'main', 'postgres', 'ALTER ROLE analyst CONNECTION LIMIT 5');
    is(run_sql($cloud, 'main', undef, q{SELECT rolconnlimit FROM pg_roles WHERE rolname = 'analyst'}), 5, 'before 16, CREATEROLE alters everybody');
}
run_client($cloud, 'main', 'postgres', 'up');
is(run_sql($cloud, 'main', undef, q{SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'search'}), 'hh_owner', 'postgres deploys, for an owner that it makes');
is((try_client($cloud, 'main', 'analyst', 'status'))[0], 1, 'somebody else may not even look');
is((try_client($cloud, 'main', undef, 'status'))[0], 0, 'the superuser may');
ok($cloud->poll_query_until('main', q{SELECT session_user = 'cloudsqladmin'}), 'methods of PostgreSQL::Test::Cluster connect as the superuser');

done_testing();
