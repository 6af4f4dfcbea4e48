
=pod

=head1 NAME

Interrupted - a migration that runs statement by statement, and places to stop it at

=head1 SYNOPSIS

  use HeadhunterTest;
  use Interrupted;

  add_template($node);                      # database "template", with what stands before
  add_copy($node, 'one');
  my $hold = hold($node, 'one', 'done 2');  # the second statement has run, its mark isn't written
  my $client = start_client($node, 'one', 'owner', 'up', '--dir', steps_directory());
  wait_for_hold($node, 'one');
  kill_client($client);
  release($hold);

Everything that is held waits for an advisory lock: the ledger has triggers that take it, and so has
each statement that can.

=cut

package Interrupted;

use strict;
use warnings;

use Exporter 'import';
use HeadhunterTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(
  add_template add_copy steps_directory @places
  hold block release wait_for_hold start_client start_psql kill_client finish says wait_for_sign end_backends
);

# In the order in which a run comes by them.
our @places = (
    (map { ("running $_", "in $_", "done $_") } 1 .. 8), 'applied');

my $timeout = IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default);

my $before = <<'END';
CREATE SCHEMA team;
CREATE FUNCTION team.hold(place text) RETURNS void LANGUAGE plpgsql SET lock_timeout = 0
AS $$ BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(77, pg_catalog.hashtext(place)); END $$;
CREATE FUNCTION team.held(place text, n int) RETURNS int LANGUAGE plpgsql IMMUTABLE
AS $$ BEGIN IF n = 1 THEN PERFORM team.hold(place); END IF; RETURN n; END $$;
CREATE FUNCTION team.on_step() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN PERFORM team.hold(new.state || ' ' || new.number); RETURN new; END $$;
CREATE FUNCTION team.on_end() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN PERFORM team.hold(new.state); RETURN new; END $$;
CREATE TRIGGER hold BEFORE UPDATE ON hh.migration_statement FOR EACH ROW EXECUTE FUNCTION team.on_step();
CREATE TRIGGER hold BEFORE UPDATE ON hh.migration FOR EACH ROW EXECUTE FUNCTION team.on_end();
CREATE TABLE team.city (id int, name text, n int DEFAULT 0);
INSERT INTO team.city SELECT n, 'name ' || n FROM generate_series(1, 50) AS n;
CREATE INDEX city_again_idx ON team.city (team.held('in 5', id));
CREATE INDEX city_old_idx ON team.city (name);
CREATE TABLE team.log (id serial, what text);
CREATE TABLE team.month (id int, m int) PARTITION BY LIST (m);
CREATE TABLE team.month_1 PARTITION OF team.month FOR VALUES IN (1);
CREATE TABLE team.month_2 PARTITION OF team.month FOR VALUES IN (2);
END

# Each waits in its middle: by itself, or for block() below.
my $steps = <<'END';
-- hh: no-transaction
-- hh: lock-timeout 10min
INSERT INTO team.log (what) SELECT 'first' FROM team.hold('in 1');
CREATE UNIQUE INDEX CONCURRENTLY city_id_idx ON team.city (team.held('in 2', id)) WHERE name <> 'no';
UPDATE team.city SET n = n + 1 WHERE team.held('in 3', id) > 0;
ALTER TABLE team.city ADD COLUMN state text DEFAULT 'open';
REINDEX INDEX CONCURRENTLY team.city_again_idx;
ALTER TABLE team.month DETACH PARTITION team.month_1 CONCURRENTLY;
DROP INDEX CONCURRENTLY team.city_old_idx;
INSERT INTO team.log (what) SELECT 'last' FROM team.hold('in 8');
END

# The locks that make a statement wait which can't by itself.
my %blocks = (
    'in 4' => 'LOCK TABLE team.city IN ACCESS SHARE MODE',
    'in 6' => 'LOCK TABLE team.month IN ACCESS SHARE MODE',
    'in 7' => 'LOCK TABLE team.city IN ROW EXCLUSIVE MODE');

=pod

=over

=item add_template(node)

Roles and a database "template", deployed, with what the migration changes.

=item add_copy(node, database)

Another database that is the same.

=item steps_directory(without)

The directory of the migration, 1001, and of the one before it; without the statements that match.

=cut

sub steps_directory
{
    my ($without) = @_;
    my $text = join '', grep { !defined $without || !/$without/ } map { "$_\n" } split /\n/, $steps;
    return migrations_in('1000_before.sql' => $before, '1001_steps.sql' => $text);
}

sub add_template
{
    my ($node) = @_;
    add_role($node, 'owner');
    add_database($node, 'template', 'owner');
    run_client($node, 'template', 'owner', 'up', '--dir', migrations_in('1000_before.sql' => $before));
    return;
}

sub add_copy
{
    my ($node, $database) = @_;
    run_sql($node, 'postgres', undef, "CREATE DATABASE $database OWNER owner TEMPLATE template");
    return;
}

=item start_client(node, database, role, argument...)

=item start_psql(node, database, sql...)

A program in the background, as { handle, out, err }.

=item kill_client(program)

Ends it by SIGKILL.

=item finish(program)

Waits for its end; returns the exit code.

=cut

sub start
{
    my (@command) = @_;
    my ($out, $err) = ('', '');
    my $handle = IPC::Run::start(\@command, '<', \undef, '>', \$out, '2>', \$err, $timeout);
    return { handle => $handle, out => \$out, err => \$err };
}

sub start_client
{
    my ($node, $database, $role, @arguments) = @_;
    return start($ENV{HH_MIGRATE} // 'hh-migrate', @arguments, '--dbname', conninfo($node, $database, $role));
}

sub start_psql
{
    my ($node, $database, @sql) = @_;
    return start(
        $node->installed_command('psql'), '-Xq', '-d', $node->connstr($database) . ' application_name=holder',
        map { ('-c', $_) } @sql);
}

sub finish
{
    my ($program) = @_;
    $program->{handle}->finish;
    return $program->{handle}->full_result(0) >> 8;
}

sub kill_client
{
    my ($program) = @_;
    $program->{handle}->signal('KILL');
    $program->{handle}->finish;
    return;
}

=item says(program, pattern, name)

A test that the program says it on standard error, sooner or later.

=item hold(node, database, place)

Makes a run wait at the place: "running 2" before the intent of the second statement is recorded, "in 2"
in its middle, "done 2" when it has run and its mark is to be written; "applied" at the end.

=item block(node, database, sql)

The same by any lock.

=item release(hold)

=item wait_for_hold(node, database)

Waits until a session of hh-migrate's waits for a lock.

=item wait_for_sign(node, database)

Waits until the client has said, on its second connection, that it lives.

=item end_backends(node, database)

Ends hh-migrate's sessions there, and waits until they have gone.

=back

=cut

sub block
{
    my ($node, $database, $sql) = @_;
    my $program = start_psql($node, $database, 'BEGIN', $sql, 'SELECT pg_sleep(600)');
    $node->poll_query_until($database,
        q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
            AND application_name = 'holder' AND wait_event = 'PgSleep')})
      or die 'nobody holds';
    return { program => $program, node => $node, database => $database };
}

sub hold
{
    my ($node, $database, $place) = @_;
    return block($node, $database, $blocks{$place} // "SELECT pg_advisory_xact_lock(77, hashtext('$place'))");
}

sub release
{
    my ($hold) = @_;
    run_sql($hold->{node}, $hold->{database}, undef,
        q{SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
          WHERE application_name = 'holder' AND datname = current_database()});
    $hold->{program}->{handle}->finish;
    return;
}

sub wait_for_hold
{
    my ($node, $database) = @_;
    return $node->poll_query_until($database,
        q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
            AND application_name = 'hh-migrate' AND wait_event_type = 'Lock')});
}

sub says
{
    my ($program, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $program->{handle}->pump until ${ $program->{err} } =~ $expected || !$program->{handle}->pumpable;
    return like(${ $program->{err} }, $expected, $name);
}

sub wait_for_sign
{
    my ($node, $database) = @_;
    return $node->poll_query_until($database,
        q{SELECT count(*) = 2 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = 1751672167
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())});
}

sub end_backends
{
    my ($node, $database) = @_;
    run_sql($node, $database, undef,
        q{SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
          WHERE application_name = 'hh-migrate' AND datname = current_database()});
    return;
}

1;
