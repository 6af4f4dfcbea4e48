
=pod

=head1 NAME

Proxy - stands between a client and a server, and cuts their connection where it is told to

=head1 SYNOPSIS

  my $proxy = Proxy->start($node, 7, 'terminated');
  try_program('hh-migrate', 'up', '-d', $proxy->conninfo('main'));
  my $seen = $proxy->stop;

  my $proxy = Proxy->start($node, 0, 'recorded');
  try_program('hh-migrate', 'up', '-d', $proxy->conninfo('main'));
  my $sent = $proxy->recorded;
  $proxy->stop;

=head1 DESCRIPTION

What is counted are the queries of the first connection, from 1.  At the one whose number is given,

  terminated    pg_terminate_backend() ends the backend before the query arrives;
  unanswered    the query arrives and is run, and both sides are cut off before the answer.

Other connections are passed through.  Where it is "recorded", recorded() returns all that clients have
sent, on whatever connection.  stop() returns how many queries the first one has sent.

=cut

package Proxy;

use strict;
use warnings;

use IO::Select;
use IO::Socket::UNIX;
use POSIX ();
use PostgreSQL::Test::Utils;

my $port = 5432;

sub start
{
    my ($class, $node, $at, $how) = @_;
    my $directory = PostgreSQL::Test::Utils::tempdir_short();
    append_to_file("$directory/recorded", '');
    my $listener = IO::Socket::UNIX->new(Local => "$directory/.s.PGSQL.$port", Listen => 10) or die "listen: $!";
    my $self = bless { node => $node, at => $at // 0, how => $how // '', directory => $directory }, $class;
    pipe($self->{count}, my $count) or die;
    $self->{pid} = fork // die "fork: $!";
    if ($self->{pid} == 0)
    {
        $SIG{TERM} = sub { syswrite $count, $self->{seen} // 0; POSIX::_exit(0) };
        $self->serve($listener);
    }
    return $self;
}

sub conninfo
{
    my ($self, $database, $role) = @_;
    return "host=$self->{directory} port=$port dbname='$database'" . (defined $role ? " user='$role'" : '');
}

sub recorded
{
    my ($self) = @_;
    return slurp_file("$self->{directory}/recorded");
}

sub stop
{
    my ($self) = @_;
    kill 'TERM', $self->{pid};
    waitpid $self->{pid}, 0;
    sysread $self->{count}, my $seen, 20;
    return $seen;
}

# The rest runs in a process of its own.

sub serve
{
    my ($self, $listener) = @_;
    my $select = IO::Select->new($listener);
    my %pairs;
    $SIG{PIPE} = 'IGNORE';
    $self->{seen} = 0;
    for (;;)
    {
        foreach my $ready ($select->can_read)
        {
            if ($ready == $listener)
            {
                my $pair = $self->accept($listener);
                $pairs{ $pair->{$_} } = $pair foreach 'client', 'server';
                $select->add(@$pair{ 'client', 'server' });
                next;
            }
            my $pair = $pairs{$ready} or next;
            next if $self->pass($pair, $ready == $pair->{client} ? 'client' : 'server');
            $select->remove(@$pair{ 'client', 'server' });
            foreach my $side ('client', 'server')
            {
                delete $pairs{ $pair->{$side} };
                $pair->{$side}->close;
            }
        }
    }
}

sub accept
{
    my ($self, $listener) = @_;
    my $node = $self->{node};
    my $client = $listener->accept or die "accept: $!";
    my $server = IO::Socket::UNIX->new(Peer => $node->host . '/.s.PGSQL.' . $node->port) or die "connect: $!";
    return { client => $client, server => $server, read => { client => '', server => '' }, is_counted => !$self->{connections}++ };
}

# Takes what one side says; false where the connection is over.
sub pass
{
    my ($self, $pair, $side) = @_;
    my $begin = length $pair->{read}{$side};
    sysread($pair->{$side}, $pair->{read}{$side}, 65536, $begin) or return 0;
    append_to_file("$self->{directory}/recorded", substr $pair->{read}{$side}, $begin)
      if $self->{how} eq 'recorded' && $side eq 'client';
    while (defined(my $message = next_message($pair, $side)))
    {
        my $go_on = $side eq 'client' ? $self->from_client($pair, $message) : $self->from_server($pair, $message);
        return 0 unless $go_on;
    }
    return 1;
}

# The client's first message has no type.
sub next_message
{
    my ($pair, $side) = @_;
    my $typed = $side eq 'server' || $pair->{has_begun} ? 1 : 0;
    my $read = \$pair->{read}{$side};
    return if length $$read < 4 + $typed;
    my $length = $typed + unpack 'N', substr $$read, $typed, 4;
    return if length $$read < $length;
    $pair->{has_begun} = 1 if $side eq 'client';
    return substr $$read, 0, $length, '';
}

sub from_client
{
    my ($self, $pair, $message) = @_;
    if ($pair->{is_counted} && $pair->{pid} && $message =~ /^[QP]/ && ++$self->{seen} == $self->{at})
    {
        return $self->terminate($pair) if $self->{how} eq 'terminated';
        $pair->{is_unanswered} = 1;
    }
    syswrite $pair->{server}, $message;
    return 1;
}

sub from_server
{
    my ($self, $pair, $message) = @_;
    $pair->{pid} = unpack 'x5 N', $message if $message =~ /^K/;
    return $message !~ /^Z/ if $pair->{is_unanswered};
    syswrite $pair->{client}, $message;
    return 1;
}

# What the backend has said at its end still arrives.
sub terminate
{
    my ($self, $pair) = @_;
    my @psql = ('psql', '-Xqd', $self->{node}->connstr('postgres'), '-c', "SELECT pg_terminate_backend($pair->{pid}, 60000)", '-o', '/dev/null');
    system(@psql) == 0 or die "pg_terminate_backend: $?";
    while (sysread $pair->{server}, my $last, 65536)
    {
        syswrite $pair->{client}, $last;
    }
    return 0;
}

1;
