# Scratch databases: made like the target, and gone at every end.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner', 'pipeline', 'plain');
add_database($node, 'main', 'owner');
run_sql($node, 'postgres', undef, 'ALTER ROLE pipeline CREATEDB; GRANT owner TO pipeline');

my %files = (
    '1000_base.sql' => "-- hh: vars name\nCREATE SCHEMA team;\nCREATE TABLE team.:\"name\" (n int);\n",
    '1001_plain.sql' => "CREATE TABLE team.plain ();\n");
my $directory = migrations_in(%files);

sub verify
{
    my ($role, @arguments) = @_;
    return try_client($node, 'main', $role, 'verify', '--dir', $directory, @arguments);
}

sub scratch_databases
{
    return run_sql($node, 'postgres', undef, q{SELECT datname FROM pg_database WHERE datname LIKE 'hh\_%'});
}

sub succeeds
{
    my ($name, $role, @arguments) = @_;
    my ($status, $out, $err) = verify($role, '--scratch', @arguments);
    is($status, 0, "$name: exit code");
    is($err, '', '... nothing on standard error');
    is(scratch_databases(), '', '... nothing left');
    return;
}

# Returns what stands on standard error.
sub fails
{
    my ($name, $role, @arguments) = @_;
    my ($status, $out, $err) = verify($role, '--scratch', @arguments);
    is($status, 1, "$name: exit code");
    is($out, '', '... nothing on standard output');
    is(scratch_databases(), '', '... nothing left');
    return $err;
}

run_client($node, 'main', 'owner', 'up', '--dir', $directory, '--set', 'name=a b', '--embedding-dimensions', '32');
succeeds('a superuser', undef);
like(fails('without CREATEDB', 'owner'), qr/error: role "owner" may not create a scratch database\n.*hint: .*--scratch-dbname/, '... message');
like(fails('vector needs a superuser', 'pipeline'), qr/error: permission denied to create extension "vector"\n(?:.*\n)*.*hint: --scratch-dbname names an empty database with extension "vector" in it/, '... message');

# One that is named.
add_database($node, 'empty', 'owner');
my $before = catalog($node, 'empty');
foreach my $role ('owner', 'pipeline', undef)
{
    my $who = $role // 'superuser';
    succeeds("$who, in a database that is named", $role, '--scratch-dbname', 'empty');
    is_same_listing(catalog($node, 'empty'), $before, '... which is as it was');
}
run_sql($node, 'empty', undef, 'DROP EXTENSION pgcrypto; DROP EXTENSION vector');
$before = catalog($node, 'empty');
like(fails('it lacks vector', 'owner', '--scratch-dbname', 'empty'), qr/error: permission denied to create extension "vector"/, '... message');
is_same_listing(catalog($node, 'empty'), $before, '... and it is as it was');
succeeds('which a superuser creates', undef, '--scratch-dbname', 'empty');
is_same_listing(catalog($node, 'empty'), $before, '... and drops');
foreach my $object ([ 'CREATE TABLE public.t ()', 'table public.t' ], [ 'CREATE SCHEMA s', 'schema s' ],
    [ 'CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1', 'function public.f()' ],
    [ 'CREATE PUBLICATION p FOR ALL TABLES', 'publication p' ], [ 'SELECT lo_create(47110)', 'large object 47110' ],
    [ 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO owner', 'default acl for role postgres on tables' ])
{
    my ($sql, $what) = @$object;
    run_sql($node, 'postgres', undef, 'CREATE DATABASE full_one');
    run_sql($node, 'full_one', undef, $sql);
    $before = catalog($node, 'full_one');
    like(fails("there is a $what", undef, '--scratch-dbname', 'full_one'),
        qr/error: database "full_one" is not empty\n.*detail: There is \Q$what\E\.\n.*hint: /, '... message');
    is_same_listing(catalog($node, 'full_one'), $before, '... and it stays');
    run_sql($node, 'postgres', undef, 'DROP DATABASE full_one');
}
like(fails('the database itself', undef, '--scratch-dbname', 'main'), qr/error: --scratch-dbname names the database itself, "main"/, '... message');
like(fails('a database that there is not', undef, '--scratch-dbname', 'nowhere'), qr/database "nowhere" does not exist(?:.*\n)*.*detail: That is the scratch database, "nowhere"/, '... message');
run_sql($node, 'empty', undef, 'CREATE EXTENSION vector');
run_sql($node, 'postgres', undef, 'CREATE DATABASE others OWNER plain');
run_sql($node, 'others', undef, 'CREATE EXTENSION vector');
like(fails('somebody else\'s database', 'owner', '--scratch-dbname', 'others'), qr/error: role "owner" may not create schemas in database "others"\n.*hint: .*GRANT CREATE ON DATABASE others TO "owner";/, '... message');

# Every ending: what a migration does in a scratch database alone.
sub only_in_scratch
{
    my ($sql) = @_;
    return migrations_in(%files,
        '1002_different.sql' => "DO \$\$ BEGIN IF current_database() <> 'main' THEN $sql END IF; END \$\$;\n");
}

sub waits_until
{
    my ($sql, $what) = @_;
    ok($node->poll_query_until('postgres', $sql), $what);
    return;
}

my $sleeping = q{EXISTS (SELECT FROM pg_stat_activity WHERE datname <> 'main' AND wait_event = 'PgSleep')};

# Starts verify, and returns it when it sleeps in its scratch database.
sub start_sleeper
{
    my ($name, $output, @arguments) = @_;
    my $run = IPC::Run::start([ $ENV{HH_MIGRATE} // 'hh-migrate', 'verify', '--scratch', '--dir', $directory, @arguments, '--dbname', conninfo($node, 'main', undef) ],
        '<', \undef, '>', \my $out, '2>', $output);
    waits_until("SELECT $sleeping", "$name: it works in its scratch database");
    return $run;
}

$directory = only_in_scratch("RAISE 'not here';");
run_client($node, 'main', 'owner', 'up', '--dir', $directory);
my $message = qr/error: migration 1002_different failed at .*\n.*not here(?:.*\n)*.*detail: That was in scratch database "(?:hh_scratch_\w+|empty)"; in "main" nothing was done/;
like(fails('a migration fails', undef), $message, '... message');
like(fails('... in a named one', undef, '--scratch-dbname', 'empty'), $message, '... message');
is(run_sql($node, 'empty', undef, q{SELECT count(*) FROM pg_class WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace}), 0, '... which is emptied');

run_sql($node, 'main', 'owner', q{DELETE FROM hh.migration WHERE version = '1002'});
$directory = only_in_scratch('PERFORM pg_sleep(3600);');
run_client($node, 'main', 'owner', 'up', '--dir', $directory);
foreach my $ending ([ 'SIGINT', 'INT' ], [ 'SIGINT, twice', 'INT', 'INT' ], [ 'SIGTERM', 'TERM' ], [ 'SIGINT with a named one', 'INT', '--scratch-dbname', 'empty' ])
{
    my ($name, @how) = @$ending;
    my @signals = grep { !/^-|empty/ } @how;
    my $err;
    my $run = start_sleeper($name, \$err, grep { /^-|empty/ } @how);
    $run->signal($_) foreach @signals;
    IPC::Run::finish($run);
    is($run->full_result(0) >> 8, 1, "$name: exit code");
    is(scratch_databases(), '', '... nothing left') or diag($err);
    is(run_sql($node, 'empty', undef, q{SELECT count(*) FROM pg_namespace WHERE nspname IN ('hh', 'search', 'team')}), 0, '... nor in the named one');
}

my $err;
my $run = start_sleeper('somebody looks in', \$err);
my $name = scratch_databases();
my $guest = IPC::Run::start([ $node->installed_command('psql'), '-Xq', '-d', conninfo($node, $name, undef), '-c', 'SELECT pg_sleep(3600)' ],
    '<', \undef, '>', \my $guest_out, '2>', \my $guest_err);
waits_until("SELECT count(*) = 2 FROM pg_stat_activity WHERE datname = '$name' AND wait_event = 'PgSleep'", '... and stays');
$run->signal('INT');
IPC::Run::finish($run);
IPC::Run::finish($guest);
is(scratch_databases(), '', '... nothing left') or diag($err);
like($guest_err, qr/terminating connection/, '... and the guest is shown out');

$run = start_sleeper('the server ends the connection', \$err);
run_sql($node, 'postgres', undef, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'hh\_scratch\_%'});
IPC::Run::finish($run);
is($run->full_result(0) >> 8, 1, '... exit code');
is(scratch_databases(), '', '... nothing left') or diag($err);

# Killed: the next runs leave what may be in use, and drop what is old.
$run = start_sleeper('a killed one', \$err);
$run->signal('KILL');
IPC::Run::finish($run);
my $left = scratch_databases();
like($left, qr/^hh_scratch_\d+_[0-9a-f]{8}$/, 'what was killed leaves its scratch database');
run_sql($node, 'postgres', undef, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'hh\_scratch\_%'});
waits_until(q{SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname LIKE 'hh\_scratch\_%')}, '... which nobody uses any more');
run_sql($node, 'main', 'owner', q{DELETE FROM hh.migration WHERE version = '1002'});
$directory = migrations_in(%files);
run_client($node, 'main', 'owner', 'up');
is((verify(undef, '--scratch'))[2], '', 'it may be in use for an hour');
is(scratch_databases(), $left, '... and is left alone');
my $comment = run_sql($node, 'postgres', undef, qq{SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$left'});
like($comment, qr/^hh-migrate: scratch database of main since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/, '... marked by its comment');
$comment =~ s/since \d+/since 2001/;
run_sql($node, 'postgres', undef, qq{COMMENT ON DATABASE "$left" IS '$comment'});
run_sql($node, 'postgres', undef, 'CREATE DATABASE hh_scratch_1_of_mine');
like((verify(undef, '--scratch'))[2], qr/\Ahh-migrate: dropped scratch database "$left", which an earlier run had left\n\z/, 'afterwards it is dropped');
is(scratch_databases(), 'hh_scratch_1_of_mine', '... and one without our comment is not');

# It is made in the target's locale.
run_sql($node, 'postgres', undef, q{CREATE DATABASE swedish OWNER owner TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'sv' LOCALE 'C.UTF-8'});
run_client($node, 'swedish', undef, 'up', '--owner', 'owner');
$directory = migrations_in('1000_sorted.sql' => q{DO $$ BEGIN EXECUTE format('CREATE TABLE public.sorted_%s ()', CASE WHEN 'z' < 'å' THEN 'sv' ELSE 'other' END); END $$;} . "\n");
run_client($node, 'swedish', undef, 'up', '--dir', $directory);
my ($status, $out);
($status, $out, $err) = try_client($node, 'swedish', undef, 'verify', '--scratch', '--dir', $directory);
is($status, 0, 'a database with an ICU locale: exit code') or diag($out . $err);

done_testing();
