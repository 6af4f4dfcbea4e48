
=pod

=head1 NAME

Terminal - a program on a terminal, and what stands on its screen

=head1 SYNOPSIS

  my $terminal = Terminal->start(80, 'hh-migrate', 'up');
  $terminal->wait_for(qr/migration 1 of 2/);
  $terminal->type("\x03");    # Ctrl-C
  is($terminal->finish, 1, 'exit code');
  my @lines = $terminal->screen;

=cut

package Terminal;

use strict;
use warnings;

use IO::Pty;
use IO::Select;
use PostgreSQL::Test::Utils;

# Standard input, output and error are the terminal, which is the program's own.
sub start
{
    my ($class, $columns, @command) = @_;
    my $pty = IO::Pty->new;
    my $slave = $pty->slave;
    $slave->set_winsize(24, $columns);
    my $pid = fork // die "fork: $!";
    if ($pid == 0)
    {
        $ENV{TERM} = 'xterm' unless $command[0] eq 'env';
        $pty->make_slave_controlling_terminal;
        close $pty;
        open STDIN, '<&', $slave or die;
        open STDOUT, '>&', $slave or die;
        open STDERR, '>&', $slave or die;
        exec @command or die "$command[0]: $!";
    }
    $pty->close_slave;
    return bless { pty => $pty, pid => $pid, columns => $columns, written => '' }, $class;
}

# Takes what the program writes; false at its end.
sub pump
{
    my ($self, $deadline) = @_;
    die "the terminal waits in vain; it shows:\n" . join("\n", $self->screen) if time > $deadline;
    return 1 unless IO::Select->new($self->{pty})->can_read(0.2);
    return sysread($self->{pty}, $self->{written}, 65536, length $self->{written});
}

sub deadline
{
    return time + $PostgreSQL::Test::Utils::timeout_default;
}

# Whether the program has ever written it, in its own bytes.
sub wait_for
{
    my ($self, $expected) = @_;
    my $deadline = deadline();
    while ($self->{written} !~ $expected)
    {
        $self->pump($deadline) or return 0;
    }
    return 1;
}

sub type
{
    my ($self, $keys) = @_;
    syswrite $self->{pty}, $keys;
    return;
}

# Waits for the end, and returns the exit status.
sub finish
{
    my ($self) = @_;
    my $deadline = deadline();
    1 while $self->pump($deadline);
    waitpid $self->{pid}, 0;
    return $? >> 8;
}

sub written
{
    my ($self) = @_;
    return $self->{written};
}

# What can be read on the screen: a line that is too long goes on in the next one.
sub screen
{
    my ($self) = @_;
    my @screen = ('');
    my $column = 0;
    foreach my $piece ($self->{written} =~ /\e\[[0-9;]*[A-Za-z]|[\xC0-\xFF][\x80-\xBF]+|./gs)
    {
        if ($piece eq "\r") { $column = 0 }
        elsif ($piece eq "\n") { push @screen, '' }
        elsif ($piece eq "\e[K") { $screen[-1] = substr $screen[-1], 0, $column }
        elsif ($piece =~ /^\e/) { }
        else
        {
            if ($column == $self->{columns})
            {
                push @screen, '';
                $column = 0;
            }
            $screen[-1] .= ' ' x ($column - length $screen[-1]) if length $screen[-1] < $column;
            substr $screen[-1], $column, 1, length $piece == 1 ? $piece : '?';
            $column++;
        }
    }
    pop @screen while @screen > 0 && $screen[-1] eq '';
    return @screen;
}

1;
