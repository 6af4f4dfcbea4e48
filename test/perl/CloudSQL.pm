
=pod

=head1 NAME

CloudSQL - a server on which nobody but the provider is superuser

=head1 SYNOPSIS

  my $cloud = CloudSQL->start('cloud', passwords => 1);
  add_database($cloud, 'main', 'postgres');
  $cloud->add_console_user('analyst', 'a password for analyst');
  run_client($cloud, 'main', 'postgres', 'up');

=head1 DESCRIPTION

A PostgreSQL::Test::Cluster with the roles that Google's Cloud SQL has:

  cloudsqladmin      the provider's, and the only superuser
  cloudsqlsuperuser  NOLOGIN CREATEROLE CREATEDB, in pg_monitor and pg_signal_backend
  postgres           LOGIN CREATEROLE CREATEDB, in cloudsqlsuperuser: the customer's administrator
  cloudsqlagent, cloudsqlimportexport, cloudsqlreplica, cloudsqliamuser, cloudsqliamserviceaccount

Where HeadhunterTest's functions take a role, undef is cloudsqladmin here, and databases are to be
made with add_database(), whose owner is "postgres" as a rule.  It installs vector and pgcrypto as
the provider does.  Unlike there, headhunter can be installed: it is a trusted extension.

What can't be shown: the provider's hooks let cloudsqlsuperuser create its extensions and event
triggers, which takes a library of its own.

From PostgreSQL 16 CREATEROLE reaches only roles on which one has ADMIN.  Here postgres has it on
those that it made itself, and not on those of the console.

=cut

package CloudSQL;

use strict;
use warnings;

use HeadhunterTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Secrets ();

our @ISA = ('PostgreSQL::Test::Cluster');

my $superuser = 'cloudsqladmin';

my $roles = <<'END';
CREATE ROLE cloudsqlsuperuser NOLOGIN CREATEROLE CREATEDB;
GRANT pg_monitor, pg_signal_backend TO cloudsqlsuperuser;
CREATE ROLE postgres LOGIN CREATEROLE CREATEDB IN ROLE cloudsqlsuperuser;
CREATE ROLE cloudsqlagent LOGIN CREATEROLE CREATEDB IN ROLE cloudsqlsuperuser;
CREATE ROLE cloudsqlimportexport LOGIN CREATEROLE CREATEDB IN ROLE cloudsqlsuperuser;
CREATE ROLE cloudsqlreplica LOGIN REPLICATION;
CREATE ROLE cloudsqliamuser NOLOGIN;
CREATE ROLE cloudsqliamserviceaccount NOLOGIN;
ALTER DATABASE postgres OWNER TO cloudsqlsuperuser;
END

=pod

=head1 METHODS

=over

=item CloudSQL->start(name, option => value...)

A running server.  Options:

  passwords  All but cloudsqladmin log in by password (scram-sha-256), through the Unix socket as
             elsewhere.  Those made here with a password are in a file of passwords, which PGPASSFILE
             names from then on; postgres is.
  conf       text to add to postgresql.conf

Others are init()'s.

=cut

sub start
{
    my ($class, $name, %options) = @_;

    # PostgreSQL::Test::Cluster has a start() too, for a server that there is.
    return $class->SUPER::start(@_[ 1 .. $#_ ]) if ref $class;

    my ($passwords, $conf) = delete @options{ 'passwords', 'conf' };
    my $node = $class->new($name);

    start_node($node, extra => ["--username=$superuser"], %options);
    run_sql($node, 'postgres', undef, $roles);
    if (defined $conf)
    {
        $node->append_conf('postgresql.conf', $conf);
        $node->restart;
    }
    $node->ask_for_passwords if $passwords;
    return $node;
}

=item $node->superuser

The provider's role.

=item $node->add_console_user(role, password)

A user made through the console or by the provider's API: in cloudsqlsuperuser, with the attributes
of postgres.  The password may be missing.

=item $node->add_iam_user(role)

One whom the provider identifies (IAM).  It is in cloudsqliamuser, and has no password.

=item $node->set_password(role, password)

As the console does it.

=item $node->passfile

The file of passwords, for PGPASSFILE.

=back

=cut

sub superuser
{
    return $superuser;
}

sub add_console_user
{
    my ($node, $role, $password) = @_;
    run_sql($node, 'postgres', undef,
        'CREATE ROLE ' . quoted($role) . ' LOGIN CREATEROLE CREATEDB IN ROLE cloudsqlsuperuser');
    $node->set_password($role, $password) if defined $password;
    return;
}

sub add_iam_user
{
    my ($node, $role) = @_;
    run_sql($node, 'postgres', undef, 'CREATE ROLE ' . quoted($role) . ' LOGIN IN ROLE cloudsqliamuser');
    return;
}

sub set_password
{
    my ($node, $role, $password) = @_;
    my $literal = $password =~ s/'/''/gr;

    # Else a test that looks for passwords in the server's log finds this one.
    run_sql($node, 'postgres', undef,
        "SET log_statement = none; ALTER ROLE " . quoted($role) . " PASSWORD '$literal'");
    append_to_file($node->passfile, join(':', '*', $node->port, '*', map { s/([\\:])/\\$1/gr } $role, $password) . "\n");
    return;
}

sub passfile
{
    my ($node) = @_;
    unless (defined $node->{passfile})
    {
        $node->{passfile} = PostgreSQL::Test::Utils::tempdir() . '/pgpass';
        append_to_file($node->{passfile}, '');
        chmod 0600, $node->{passfile} or die "chmod: $!";
    }
    return $node->{passfile};
}

# Methods of PostgreSQL::Test::Cluster connect as libpq's default role.
foreach my $method ('psql', 'poll_query_until', 'background_psql', 'interactive_psql')
{
    no strict 'refs';
    my $inherited = "SUPER::$method";
    *$method = sub {
        my ($node, @arguments) = @_;
        local $ENV{PGUSER} = $superuser;
        return $node->$inherited(@arguments);
    };
}

# The rest is not for tests.

sub quoted
{
    my ($name) = @_;
    return '"' . ($name =~ s/"/""/gr) . '"';
}

sub ask_for_passwords
{
    my ($node) = @_;

    $node->set_password('postgres', "the administrator's own password");
    Secrets::ask_for_passwords($node);
    $ENV{PGPASSFILE} = $node->passfile;
    return;
}

1;
