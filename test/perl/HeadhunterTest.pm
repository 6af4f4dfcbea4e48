
=pod

=head1 NAME

HeadhunterTest - servers, databases and comparisons for headhunter's TAP tests

=head1 SYNOPSIS

  use FindBin;
  use lib "$FindBin::RealBin/../perl";
  use HeadhunterTest;

  my $node = new_node('main');
  add_role($node, 'owner');
  add_database($node, 'one', 'owner');
  run_sql($node, 'one', 'owner', 'CREATE EXTENSION headhunter');
  add_database($node, 'two', 'owner');
  run_client($node, 'two', 'owner', 'up');
  is_same_listing(catalog($node, 'two'), catalog($node, 'one'), 'no difference');

The programs are those in PATH; the client is $ENV{HH_MIGRATE} where that is set.

=cut

package HeadhunterTest;

use strict;
use warnings;

use Exporter 'import';
use FindBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(
  new_node start_node use_tls add_role add_database without_roles
  run_sql try_sql run_file run_program try_program run_client try_client
  conninfo migrations_in until_refused
  catalog rows differences is_same_listing is_listing_changed_by
  @tables @schemas
);

our @schemas = qw(hh msgs ops search taxonomy);

# The fourteen.
our @tables = qw(
  msgs.outbox msgs.role_template msgs.skill_adjacency msgs.skill_demand
  ops.pipeline_metrics ops.refresh_jobs
  search.candidate_embeddings search.candidate_evidence search.candidate_profiles
  search.search_logs search.tenants
  taxonomy.eco_alias taxonomy.eco_occupation taxonomy.eco_relationship
);

my $directory = "$FindBin::RealBin/..";

=pod

=head1 SERVERS AND DATABASES

=over

=item new_node(name, option => value...)

A running server of its own, in UTF-8, without a TCP port.  The options are init()'s; what "extra" says for
initdb comes behind what stands here, and so goes before it.

=item start_node(node, option => value...)

Makes a PostgreSQL::Test::Cluster that is not initialized yet such a server.

=cut

sub new_node
{
    my ($name, %options) = @_;
    return start_node(PostgreSQL::Test::Cluster->new($name), %options);
}

sub start_node
{
    my ($node, %options) = @_;
    my @extra = @{ delete $options{extra} // [] };

    $node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8', @extra ], %options);

    # pgvector's parallel index builds can overflow a buffer below 0.8.2.
    $node->append_conf('postgresql.conf', <<'END');
fsync = off
max_parallel_maintenance_workers = 0
END
    $node->start;
    return $node;
}

=item use_tls(node, certificate, key)

The server listens on TCP, for this machine alone, and has TLS once it is restarted.

=cut

sub use_tls
{
    my ($node, $certificate, $key) = @_;
    chmod 0600, $key or die "$key: $!";
    $node->append_conf('postgresql.conf', <<"END");
listen_addresses = '127.0.0.1'
ssl = on
ssl_cert_file = '$certificate'
ssl_key_file = '$key'
END
    return;
}

=item add_role(node, role...)

Roles that may log in and nothing else.

=cut

sub add_role
{
    my ($node, @roles) = @_;
    run_sql($node, 'postgres', undef, "CREATE ROLE $_ LOGIN") foreach @roles;
    return;
}

=item add_database(node, database, owner)

A database with vector and pgcrypto in it, put there by the superuser, whose owner is another role.

=cut

sub add_database
{
    my ($node, $database, $owner) = @_;
    run_sql($node, 'postgres', undef, "CREATE DATABASE $database OWNER $owner");
    run_sql($node, $database, undef, 'CREATE EXTENSION vector; CREATE EXTENSION pgcrypto');
    return;
}

=back

=head1 RUNNING THINGS

The role is the superuser's where it is undef.

=over

=item try_sql(node, database, role, sql)

Returns psql's exit status (0, or 3 after an error), what it printed, and the server's messages.

=cut

sub try_sql
{
    my ($node, $database, $role, $sql) = @_;
    my ($out, $err) = ('', '');
    my $status = $node->psql(
        $database, $sql,
        stdout => \$out,
        stderr => \$err,
        extra_params => defined $role ? [ '-U', $role ] : []);
    $err =~ s/^psql:<stdin>:\d+: //mg;
    return ($status, $out, $err);
}

=item run_sql(node, database, role, sql)

As try_sql(), but an error ends the test.  Returns what was printed.

=cut

sub run_sql
{
    my ($node, $database, $role, $sql) = @_;
    my ($status, $out, $err) = try_sql($node, $database, $role, $sql);
    give_up("\"$sql\" failed in database $database: $err") if $status != 0;
    return $out;
}

# Ends the test, and says why where the test's reader sees it.
sub give_up
{
    my ($message) = @_;
    diag($message);
    die $message;
}

=item run_file(node, database, role, file)

Runs a file through psql up to its end, errors or not.  Returns what it printed and its messages.

=cut

sub run_file
{
    my ($node, $database, $role, $file) = @_;
    my ($out, $err);
    local %ENV = (%ENV, PGCLIENTENCODING => 'UTF8');
    my @psql = (
        $node->installed_command('psql'), '-XqAt', '-d', conninfo($node, $database, $role), '-f',
        $file);
    IPC::Run::run(\@psql, '<', \undef, '>', \$out, '2>', \$err)
      or give_up("could not run $file: $err");
    return ($out, $err);
}

=item conninfo(node, database, role)

A connection string, for programs.

=cut

sub conninfo
{
    my ($node, $database, $role) = @_;
    $role //= $node->superuser if $node->can('superuser');
    return $node->connstr($database) . (defined $role ? " user='$role'" : '');
}

=item try_program(program, argument...)

Returns the exit status, what was printed, and the messages.

=item run_program(program, argument...)

As try_program(), but a failure ends the test.  Returns what was printed.

=cut

sub try_program
{
    my @command = @_;
    my ($out, $err);
    note("running @command");
    IPC::Run::run(\@command, '<', \undef, '>', \$out, '2>', \$err);
    return ($? >> 8, $out, $err);
}

sub run_program
{
    my ($status, $out, $err) = try_program(@_);
    give_up("\"@_\" failed: $err") if $status != 0;
    return $out;
}

=item try_client(node, database, role, argument...)

=item run_client(node, database, role, argument...)

The same with hh-migrate, connected as the role.

=cut

sub client_command
{
    my ($node, $database, $role, @arguments) = @_;
    return ($ENV{HH_MIGRATE} // 'hh-migrate',
        @arguments, '--dbname', conninfo($node, $database, $role));
}

sub try_client
{
    return try_program(client_command(@_));
}

sub run_client
{
    return run_program(client_command(@_));
}

=item without_roles()

From here on, "up" by an administrator makes no roles, and gives what it makes to the administrator.

=cut

sub without_roles
{
    $ENV{HH_MIGRATE_POLICY} = "$directory/policy/without_roles";
    return;
}

=item until_refused(table)

SQL for a session that holds a lock: ends when somebody has waited for one on the table, and given up.

=cut

sub until_refused
{
    my ($table) = @_;
    my $waits = "EXISTS (SELECT FROM pg_locks WHERE relation = '$table'::regclass AND NOT granted)";
    return qq{DO \$\$ BEGIN
        WHILE NOT $waits LOOP PERFORM pg_sleep(0.01); END LOOP;
        WHILE $waits LOOP PERFORM pg_sleep(0.01); END LOOP; END \$\$};
}

=item migrations_in(name => text, ...)

A new directory with these files, for hh-migrate's --dir.

=cut

sub migrations_in
{
    my (%files) = @_;
    my $directory_of_files = PostgreSQL::Test::Utils::tempdir();
    foreach my $name (keys %files)
    {
        open my $file, '>:raw', "$directory_of_files/$name" or die "$name: $!";
        print $file $files{$name};
        close $file or die "$name: $!";
    }
    return $directory_of_files;
}

=back

=head1 COMPARING

A listing is an array of lines.

=over

=item catalog(node, database)

What the catalogs say, as test/catalog.sql tells it.

=item rows(node, database)

What tables and sequences hold, as test/rows.sql tells it.

=cut

sub listing
{
    my ($node, $database, $file) = @_;
    my ($out, $err) = run_file($node, $database, undef, "$directory/$file");
    give_up("$file failed in database $database: $err") if $err ne '';
    return [ split /\n/, $out ];
}

sub catalog
{
    my ($node, $database) = @_;
    return listing($node, $database, 'catalog.sql');
}

sub rows
{
    my ($node, $database) = @_;
    return listing($node, $database, 'rows.sql');
}

=item differences(got, expected)

The lines that only one of two listings has, those gone with "- " before them and those come with
"+ ".  A line that stands twice counts twice.

=cut

sub differences
{
    my ($got, $expected) = @_;
    my %count;
    $count{$_}++ foreach @$got;
    $count{$_}-- foreach @$expected;
    return map { (($count{$_} > 0 ? '+ ' : '- ') . $_) x abs($count{$_}) }
      sort grep { $count{$_} != 0 } keys %count;
}

=item is_same_listing(got, expected, name)

A test that there is no difference.  An empty listing is never the same.

=item is_listing_changed_by(got, expected, changes, name)

A test that the differences are these and no others.

=back

=cut

sub is_listing_changed_by
{
    my ($got, $expected, $changes, $name) = @_;
    my @wrong = differences([ differences($got, $expected) ], $changes);
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $passed = ok(@$expected > 0 && @$got > 0 && @wrong == 0, $name);
    unless ($passed)
    {
        my $more = @wrong > 60 ? @wrong - 60 : 0;
        diag(scalar(@$got) . ' lines, expected ' . scalar(@$expected));
        diag(s/^\+ /unexpected: /r =~ s/^- /missing:    /r) foreach @wrong[ 0 .. $#wrong - $more ];
        diag("and $more more") if $more;
    }
    return $passed;
}

sub is_same_listing
{
    my ($got, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_listing_changed_by($got, $expected, [], $name);
}

1;
