
=pod

=head1 NAME

Doctor - databases that are healthy, and what the doctor says of them

=head1 SYNOPSIS

  my $node = new_node('main');
  my $secrets = heal($node, 'main');
  my $visit = doctor($node, 'main', undef, '--secrets-dir', $secrets);
  is_deeply([ complaints($visit) ], [], 'nothing');

=cut

package Doctor;

use strict;
use warnings;

use Exporter 'import';
use HeadhunterTest;
use IPC::Run;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Secrets;
use Test::More;

our @EXPORT = qw(doctor complaints findings ready heal deploy_roles run_remedy cure);

=pod

=over

=item doctor(node, database, role, argument...)

What hh-migrate doctor says as JSON; with its exit status in {status}, its messages in {messages}.

=cut

sub doctor
{
    my ($node, $database, $role, @arguments) = @_;
    my ($status, $out, $err) =
      try_client($node, $database, $role, 'doctor', '--format', 'json', @arguments);
    my $json = eval { decode_json($out) } // die "no JSON from doctor: $out$err";
    return { %$json, status => $status, messages => $err };
}

=item findings(visit)

All that it found, once each; but for faults of the pgvector that the test's server happens to have.

=item complaints(visit)

The same as "check: object".

=item ready(visit)

The names of the services that are ready.

=cut

sub findings
{
    my ($visit) = @_;
    my %seen;
    return grep { $_->{check} ne 'vector_faults' && !$seen{"$_->{message}|$_->{remedy}"}++ }
      map { @{ $_->{findings} } } @{ $visit->{services} }, { findings => $visit->{database} };
}

sub complaints
{
    my ($visit) = @_;
    my %seen;
    return sort grep { !$seen{$_}++ } map { "$_->{check}: $_->{object}" } findings($visit);
}

sub ready
{
    my ($visit) = @_;
    return map { $_->{service} } grep { $_->{ready} } @{ $visit->{services} };
}

=item deploy_roles(node, database, role, argument...)

Brings roles and privileges about, as the policy says.

=item heal(node, database, role, argument...)

Deploys everything, and passwords.  Returns the directory of secrets.

=cut

sub deploy_roles
{
    my ($node, $database, $role, @arguments) = @_;
    run_client($node, $database, $role, 'roles', 'apply', @arguments);
    return;
}

sub heal
{
    my ($node, $database, $role, @arguments) = @_;
    my $secrets = PostgreSQL::Test::Utils::tempdir();

    # The owner must be there before, for the first deployment to be its.
    deploy_roles($node, $database, $role, @arguments);
    run_client($node, $database, $role, 'up', @arguments);
    run_client($node, $database, $role, 'roles', 'passwords', 'hh_app', 'hh_analytics', 'hh_ops',
        '--generate', '--secrets-dir', $secrets);
    return $secrets;
}

=item run_remedy(node, database, role, remedy)

Types a remedy as it was printed into a shell.  Returns the exit status and what it said.

=item cure(node, database, role, argument...)

Asks the doctor and runs all remedies, round after round, until nothing is found.  Returns the
number of rounds, or undef where six did not do; the log of it is in @Doctor::log.

=back

=cut

sub run_remedy
{
    my ($node, $database, $role, $remedy) = @_;
    my $said;
    IPC::Run::run([ 'sh', '-c', $remedy ], '<', \undef, '>&', \$said);
    return ($? >> 8, $said);
}

our @log;

sub cure
{
    my ($node, $database, $role, @arguments) = @_;

    @log = ();
    foreach my $round (0 .. 6)
    {
        my $visit = doctor($node, $database, $role, @arguments);
        my @found = findings($visit);
        push @log, "round $round: " . join(', ', complaints($visit));
        return $round if @found == 0;
        my %done;
        foreach my $finding (@found)
        {
            next if $done{ $finding->{remedy} }++;
            my ($status, $said) = run_remedy($node, $database, $role, $finding->{remedy});
            push @log, "$finding->{remedy}\n" . ($status == 0 ? '' : "  $status: $said");
        }
    }
    return;
}

1;
