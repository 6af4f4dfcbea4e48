# How hh-migrate finds the server, and what it does about hostile settings there.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner');
add_database($node, 'main', 'owner');
my ($host, $port) = ($node->host, $node->port);

# Runs the client with nothing but the environment and arguments given.
sub client
{
    my ($environment, @arguments) = @_;
    local %ENV = (
        (map { $_ => $ENV{$_} } grep { !/^(PG(?!_)|DATABASE_URL)/ } keys %ENV), %$environment);
    my ($out, $err);
    IPC::Run::run([ $ENV{HH_MIGRATE} // 'hh-migrate', @arguments ], '<', \undef, '>', \$out, '2>', \$err);
    return ($? >> 8, $out, $err);
}

# What status says of the database it found.
sub finds
{
    my ($environment, $arguments, $name) = @_;
    my ($status, $out, $err) = client($environment, 'status', @$arguments);
    is($status, 2, "$name: connected") or diag($err);
    like($out, qr/^database: main$/m, "$name: to the right database");
    return $err;
}

(my $escaped = $host) =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;
my $uri = "postgresql://owner@/main?host=$escaped&port=$port";
my %variables = (PGHOST => $host, PGPORT => $port, PGUSER => 'owner', PGDATABASE => 'main');
my $service = PostgreSQL::Test::Utils::tempdir() . '/service.conf';
append_to_file($service, "[deploy]\nhost=$host\nport=$port\nuser=owner\ndbname=main\n");

finds(\%variables, [], 'PG* variables');
finds({}, [ '-h', $host, '-p', $port, '-U', 'owner', '-d', 'main' ], 'options');
finds({}, [ '-d', "host=$host port=$port user=owner dbname=main" ], 'a conninfo string');
finds({}, [ '-d', $uri ], 'a URI');
finds({ DATABASE_URL => $uri }, [], 'DATABASE_URL');
finds({ DATABASE_URL => 'postgresql:///nowhere?host=/nonexistent' }, [ '-d', $uri ], '-d before DATABASE_URL');
finds({ %variables, PGHOST => '/nonexistent', PGDATABASE => 'postgres', DATABASE_URL => $uri }, [], 'DATABASE_URL before PG*');
finds({ %variables, DATABASE_URL => '' }, [], 'an empty DATABASE_URL');
finds({ PGSERVICEFILE => $service, PGSERVICE => 'deploy' }, [], 'a service file');
finds({ PGSERVICEFILE => $service }, [ '-d', 'service=deploy' ], 'a service in a conninfo string');

# A password with a slash in it ends a URI's host, and what follows would be told as a port.
foreach my $command ('status', 'doctor', 'up')
{
    delete local $ENV{HH_MIGRATE_POLICY} if $command eq 'doctor';
    local $ENV{DATABASE_URL} = 'postgres://owner:CsIi/JRibq5@127.0.0.1/main';
    my ($status, $out, $err) = try_program($ENV{HH_MIGRATE} // 'hh-migrate', $command);
    isnt($status, 0, "$command: a password that is not encoded");
    like("$out$err", qr/percent-encode/i, '... is told');
    unlike("$out$err", qr/CsIi|JRib/, '... and not shown');
}

like(finds({}, [ '-d', "$uri&password=secret" ], 'a password in argv'),
    qr/warning: the connection string on the command line holds a password.*hint: .*DATABASE_URL/s,
    '... is warned of');
is(finds({ DATABASE_URL => "$uri&password=secret" }, [], 'a password in DATABASE_URL'), '', '... is not');

my ($status, $out, $err) = client({}, 'up', '-d', 'host=/nonexistent dbname=x password=hunter2');
is($status, 1, 'no server: exit code');
like($err, qr/error: could not connect to the database\n.*detail: .*\/nonexistent.*hint: Say where/s, '... message and hint');
unlike($err, qr/hunter2/, '... and no password');

# The session is easily found, by its own name or the one the caller gives.
$node->append_conf('postgresql.conf', q{log_line_prefix = '%q[%a] '
log_statement = all});
$node->reload;
my $position = -s $node->logfile;
client(\%variables, 'status');
ok($node->wait_for_log(qr/^\[hh-migrate\] /m, $position), 'application_name is hh-migrate');
$position = -s $node->logfile;
client({ %variables, PGAPPNAME => 'pipeline 7' }, 'status');
ok($node->wait_for_log(qr/^\[pipeline 7\] /m, $position), 'unless the caller says another');
$node->adjust_conf('postgresql.conf', 'log_statement', 'none');
$node->reload;

# Passwords: never asked for.
my $hba = $node->data_dir . '/pg_hba.conf';
my $trusting = slurp_file($hba);
unlink $hba;
append_to_file($hba, "local all owner scram-sha-256\nlocal all all trust\n");
run_sql($node, 'postgres', undef, q{ALTER ROLE owner PASSWORD 'secret'});
$node->reload;
($status, $out, $err) = client(\%variables, 'status');
is($status, 1, 'a missing password: exit code');
like($err, qr/hint: hh-migrate never asks for a password.*PGPASSFILE/, '... says where to put it');
my $passwords = PostgreSQL::Test::Utils::tempdir() . '/pgpass';
append_to_file($passwords, "*:*:*:owner:secret\n");
chmod 0600, $passwords or die;
finds({ %variables, PGPASSFILE => $passwords }, [], 'PGPASSFILE');
unlink $hba;
append_to_file($hba, $trusting);
$node->reload;

# Settings that a role or a database may carry.
run_sql($node, 'postgres', undef, q{
    CREATE ROLE other;
    GRANT other TO owner;
    ALTER ROLE owner SET role = 'other';
    ALTER ROLE owner SET search_path = 'trap';
    ALTER ROLE owner SET statement_timeout = '1ms';
    ALTER ROLE owner SET lock_timeout = '1ms';
    ALTER ROLE owner SET idle_in_transaction_session_timeout = '1ms';
    ALTER ROLE owner SET idle_session_timeout = '1s';
    ALTER ROLE owner SET default_transaction_read_only = on;
    ALTER ROLE owner SET default_transaction_isolation = 'serializable';
    ALTER ROLE owner SET default_transaction_deferrable = on;
    ALTER ROLE owner SET standard_conforming_strings = off;
    ALTER ROLE owner SET quote_all_identifiers = on;
    ALTER ROLE owner SET transform_null_equals = on;
    ALTER ROLE owner SET client_min_messages = debug1;
    ALTER ROLE owner SET client_encoding = latin1;
    ALTER ROLE owner SET check_function_bodies = off;
    ALTER ROLE owner SET row_security = off;
    ALTER ROLE owner SET default_toast_compression = lz4;
    ALTER ROLE owner SET datestyle = 'German';
    ALTER ROLE owner SET timezone = 'Asia/Kathmandu';
    ALTER ROLE owner SET escape_string_warning = on;
    ALTER ROLE owner SET array_nulls = off;
    ALTER ROLE owner SET temp_tablespaces = 'pg_default';
    ALTER ROLE owner SET default_tablespace = 'pg_global';
    ALTER ROLE owner SET temp_file_limit = 0;
    ALTER ROLE owner SET log_statement = 'all';
    ALTER ROLE owner SET log_min_error_statement = 'debug5';
    ALTER ROLE owner SET synchronous_commit = off;
    ALTER ROLE owner SET plpgsql.extra_errors = 'all';
    ALTER ROLE owner SET plpgsql.variable_conflict = 'use_column';
    ALTER ROLE owner SET default_statistics_target = 1;
    ALTER ROLE owner SET plan_cache_mode = 'force_generic_plan';
    ALTER ROLE owner SET enable_seqscan = off;
    ALTER ROLE owner SET jit_above_cost = 0;
    ALTER ROLE owner SET intervalstyle = 'sql_standard';
    ALTER ROLE owner SET bytea_output = 'escape';
    ALTER ROLE owner SET extra_float_digits = -15;
    ALTER ROLE owner SET xmloption = 'document';
    ALTER DATABASE main SET headhunter.deploy = on;
});
# Long enough for the few statements before it is lifted, if nothing is compiled for them.
run_sql($node, 'postgres', undef, q{ALTER ROLE owner SET transaction_timeout = '50ms'; ALTER ROLE owner SET jit = off}) if $node->pg_version >= 17;
run_sql($node, 'main', undef, q{
    CREATE SCHEMA trap;
    CREATE FUNCTION trap.fail(anyelement, anyelement) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN RAISE 'trapped'; END $$;
    CREATE OPERATOR trap.= (FUNCTION = trap.fail, LEFTARG = anyelement, RIGHTARG = anyelement);
    CREATE FUNCTION trap.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN RAISE 'trapped'; END $$;
    GRANT USAGE ON SCHEMA trap TO PUBLIC});
($status, $out, $err) = client(\%variables, 'up');
is($status, 0, 'hostile settings: deployed') or diag($err);
is($err, '', '... without a murmur');
is(run_sql($node, 'main', undef, q{
        SELECT string_agg(DISTINCT relowner::regrole::text, ',') FROM pg_class
        WHERE relnamespace IN ('hh'::regnamespace, 'search'::regnamespace)}),
    'owner', '... as the role that is connected');
is((client(\%variables, 'status'))[0], 0, '... status');
is((client(\%variables, 'maintain'))[0], 0, '... maintain');
run_sql($node, 'postgres', undef, 'ALTER ROLE owner RESET ALL');

# Without triggers, nothing is done: a role that can't set that right is refused.
add_role($node, 'replicator');
add_database($node, 'replica', 'replicator');
run_sql($node, 'replica', undef, q{ALTER DATABASE replica SET session_replication_role = replica});
my %replica = (%variables, PGDATABASE => 'replica', PGUSER => 'replicator');
($status, $out, $err) = client(\%replica, 'up');
is($status, 1, 'session_replication_role: exit code');
like($err, qr/no trigger or foreign key would be heeded in this session.*hint: .*RESET session_replication_role/s, '... message and hint');
is((client(\%replica, 'status'))[0], 2, '... but status works');
($status, $out, $err) = client({ %replica, PGUSER => $ENV{USER} // 'postgres' }, 'up');
is($status, 0, '... and a role that may sets it right') or diag($err);

# A server that is read-only by its own configuration stays so; a caller's own wish, too.
add_database($node, 'frozen', 'owner');
my %frozen = (%variables, PGDATABASE => 'frozen');
$node->append_conf('postgresql.conf', 'default_transaction_read_only = on');
$node->reload;
$node->poll_query_until('frozen', q{SELECT current_setting('default_transaction_read_only') = 'on'}) or die;
foreach my $command ('up', 'maintain')
{
    ($status, $out, $err) = client(\%frozen, $command);
    is($status, 1, "$command on a read-only server: exit code");
    like($err, qr/error: the server takes no changes\n.*hint: The server's configuration sets default_transaction_read_only/s, '... message and hint');
    is($out, '', '... nothing is done');
}
is((client(\%frozen, 'status'))[0], 2, '... but status works');
$node->adjust_conf('postgresql.conf', 'default_transaction_read_only', 'off');
$node->reload;
$node->poll_query_until('frozen', q{SELECT current_setting('default_transaction_read_only') = 'off'}) or die;
is((client({ %frozen, PGOPTIONS => '-c default_transaction_read_only=on' }, 'up'))[0], 1, 'PGOPTIONS that say read only');
is((client(\%frozen, 'up'))[0], 0, 'once it is writable again');

# The same catalogs as without those settings.
add_database($node, 'plain', 'owner');
run_client($node, 'plain', 'owner', 'up');
run_sql($node, 'plain', undef, 'ALTER DATABASE plain SET exit_on_error = on');
($status, $out, $err) = client({ %variables, PGDATABASE => 'plain' }, 'up', '--dir', migrations_in('1000_bad.sql' => 'SELECT 1/0'));
like($err, qr/error: migration 1000_bad failed at statement 1 of 1.*division by zero \(SQLSTATE 22012\)/s, 'exit_on_error: the error is told');
unlike($err, qr/terminating|no connection/, '... and does not end the session');
run_sql($node, 'plain', undef, 'ALTER DATABASE plain RESET exit_on_error');
my @trap = grep { !/\btrap\b/ } @{ catalog($node, 'main') };
is_same_listing(\@trap, [ grep { !/\btrap\b/ } @{ catalog($node, 'plain') } ], '... which left no trace');

# Servers that can't be deployed to.
run_sql($node, 'postgres', undef, q{CREATE DATABASE latin ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0});
($status, $out, $err) = client({ %variables, PGDATABASE => 'latin' }, 'up');
is($status, 1, 'another encoding: exit code');
like($err, qr/the database's encoding is SQL_ASCII, and Headhunter needs UTF8/, '... message');

$node->append_conf('postgresql.conf', "wal_level = replica\nmax_wal_senders = 5\nhot_standby = on\n");
$node->restart;
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
my %standby = (%variables, PGHOST => $standby->host, PGPORT => $standby->port);
is((client(\%standby, 'status'))[0], 0, 'status works on a standby');
is((client({ %standby, PGUSER => $ENV{USER} // 'postgres' }, 'status'))[0], 0, '... for a superuser too');
($status, $out, $err) = client(\%standby, 'up');
is($status, 1, 'up on a standby: exit code');
like($err, qr/the server is a standby.*hint: Connect to the primary/s, '... message and hint');
foreach my $role ('owner', $ENV{USER} // 'postgres')
{
    ($status, $out, $err) = client({ %standby, PGUSER => $role }, 'maintain');
    is($status, 1, "maintain on a standby as $role: exit code");
    like($err, qr/\A[^\n]*the server is a standby.*hint: Connect to the primary/s, '... message and hint');
    is($out, '', '... and no report');
}

done_testing();
