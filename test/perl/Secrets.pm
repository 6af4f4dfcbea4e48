
=pod

=head1 NAME

Secrets - directories of secrets, and who can log in with what

=head1 SYNOPSIS

  my $directory = secrets_in(hh_app => 'a long enough password');
  run_client($node, 'main', 'postgres', 'roles', 'passwords', 'hh_app', '--secrets-dir', $directory);
  is(logs_in($node, 'main', 'hh_app', secret($directory, 'hh_app')), 'hh_app', 'a login');

=cut

package Secrets;

use strict;
use warnings;

use Exporter 'import';
use HeadhunterTest;
use PostgreSQL::Test::Utils;

our @EXPORT = qw(ask_for_passwords secrets_in put_secret secret logs_in);

=pod

=over

=item ask_for_passwords(node, role...)

From now on all roles but these, and the superuser, log in by password.

=item secrets_in(role => secret, ...)

A new directory with these files.

=item put_secret(directory, role, secret, mode)

Puts a file there.  The mode is 0600 where it is left out.

=item secret(directory, role)

What is there, or undef.

=item logs_in(node, database, role, password)

The role as which psql is let in, '' where it isn't.

=back

=cut

sub ask_for_passwords
{
    my ($node, @trusted) = @_;
    my $superuser = run_sql($node, 'postgres', undef, 'SELECT session_user');
    my $hba = $node->data_dir . '/pg_hba.conf';

    unlink $hba or die "$hba: $!";
    append_to_file($hba, "local all \"$_\" trust\n") foreach $superuser, @trusted;
    append_to_file($hba, "local all all scram-sha-256\n");
    $node->reload;
    return;
}

sub secrets_in
{
    my (%files) = @_;
    my $directory = PostgreSQL::Test::Utils::tempdir();

    chmod 0700, $directory or die "$directory: $!";
    put_secret($directory, $_, $files{$_}) foreach keys %files;
    return $directory;
}

sub put_secret
{
    my ($directory, $role, $secret, $mode) = @_;
    my $path = "$directory/$role";

    unlink $path;
    open my $file, '>:raw', $path or die "$path: $!";
    print $file $secret;
    close $file or die "$path: $!";
    chmod $mode // 0600, $path or die "$path: $!";
    return;
}

sub secret
{
    my ($directory, $role) = @_;
    return -e "$directory/$role" ? slurp_file("$directory/$role") : undef;
}

sub logs_in
{
    my ($node, $database, $role, $password) = @_;
    local $ENV{PGPASSWORD} = $password;
    local $ENV{PGPASSFILE} = '/nonexistent';
    my (undef, $out) = try_program('psql', '-XqAtwd', conninfo($node, $database, $role), '-c', 'SELECT session_user');
    chomp $out;
    return $out;
}

1;
