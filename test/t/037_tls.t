# Connections over TCP: with TLS, with the wrong certificate, and without.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_node('main');
add_role($node, 'owner');
add_database($node, 'main', 'owner');
my $port = $node->port;

# Two authorities; one has signed the server's certificate, for the name "localhost" alone.
my $directory = PostgreSQL::Test::Utils::tempdir();

sub openssl
{
    my ($out, $err);
    IPC::Run::run([ 'openssl', @_ ], '<', \undef, '>', \$out, '2>', \$err) or die "openssl @_: $err";
    return;
}

foreach my $authority ('ours', 'other')
{
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-days', '2', '-subj', "/CN=$authority",
        '-keyout', "$directory/$authority.key", '-out', "$directory/$authority.crt");
}
openssl('req', '-newkey', 'rsa:2048', '-noenc', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
    '-keyout', "$directory/server.key", '-out', "$directory/server.csr");
openssl('x509', '-req', '-days', '2', '-in', "$directory/server.csr", '-copy_extensions', 'copy', '-CA', "$directory/ours.crt",
    '-CAkey', "$directory/ours.key", '-set_serial', '1', '-out', "$directory/server.crt");

use_tls($node, "$directory/server.crt", "$directory/server.key");
append_to_file($node->data_dir . '/pg_hba.conf', "host all all 127.0.0.1/32 trust\n");
$node->restart;

sub client
{
    my ($database, $environment, @arguments) = @_;
    local %ENV = ((map { $_ => $ENV{$_} } grep { !/^(PG(?!_)|DATABASE_URL)/ } keys %ENV), %$environment);
    my ($out, $err);
    IPC::Run::run([ $ENV{HH_MIGRATE} // 'hh-migrate', 'status', '-d', $database, @arguments ], '<', \undef, '>', \$out, '2>', \$err);
    return ($? >> 8, $out, $err);
}

sub connects
{
    my ($database, $environment, $arguments, $name) = @_;
    my ($status, $out, $err) = client($database, $environment, @$arguments);
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is($status, 2, "$name: connects") || diag($err);
}

sub refuses
{
    my ($database, $environment, $arguments, $expected, $name) = @_;
    my ($status, $out, $err) = client($database, $environment, @$arguments);
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($status, 1, "$name: refused");
    is($out, '', '... without a word on standard output');
    return like($err, $expected, '... and says why');
}

# What the server's log has from here on.
my $position;

sub log_begins
{
    $position = -s $node->logfile;
    return;
}

$node->append_conf('postgresql.conf', "log_connections = on\n");
$node->reload;
my $tcp = "host=localhost hostaddr=127.0.0.1 port=$port user=owner dbname=main";
my $right = "$tcp sslmode=verify-full sslrootcert=$directory/ours.crt";

log_begins();
connects($right, {}, [], 'sslmode=verify-full');
ok($node->wait_for_log(qr/connection authorized: user=owner database=main application_name=hh-migrate SSL enabled/, $position), '... over TLS');
refuses($right =~ s/localhost/db.example.com/r, {}, [], qr/server certificate for "localhost" does not match host name "db\.example\.com".*hint: The server is not the one/s,
    'another host name');
refuses($right =~ s/host=localhost/host=127.0.0.1/r, {}, [], qr/does not match host name "127\.0\.0\.1"/, 'an address that the certificate does not have');
refuses($right =~ s/ours/other/r, {}, [], qr/certificate verify failed.*hint: The server is not the one/s, 'an authority that nobody knows');
refuses("$tcp sslmode=verify-full sslrootcert=/nonexistent", {}, [], qr/root certificate file "\/nonexistent" does not exist/, 'no authority at all');

# --require-tls, with TLS to be had.
my @require = ('--require-tls');
foreach my $mode ('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full')
{
    log_begins();
    connects("$tcp sslmode=$mode sslrootcert=$directory/ours.crt", {}, \@require, "--require-tls, sslmode=$mode");
    ok($node->wait_for_log(qr/connection authorized: user=owner database=main application_name=hh-migrate SSL enabled/, $position), '... over TLS');
}
refuses("$right sslrootcert=$directory/other.crt", {}, \@require, qr/certificate verify failed/, '--require-tls weakens no sslmode');
refuses($tcp, { PGSSLMODE => 'verify-full', PGSSLROOTCERT => "$directory/other.crt" }, \@require, qr/certificate verify failed/,
    '... of the environment');
my $service = "$directory/service.conf";
append_to_file($service, "[deploy]\nsslmode=verify-full\nsslrootcert=$directory/other.crt\n");
refuses("$tcp service=deploy", { PGSERVICEFILE => $service }, \@require, qr/certificate verify failed/, '... of a service file');

# On the socket, TLS is never used, and not needed.
my $socket = 'host=' . $node->host . " port=$port user=owner dbname=main";
connects($socket, {}, \@require, '--require-tls on a Unix socket');
connects("$socket sslmode=disable", {}, \@require, '... whatever sslmode is');
connects($tcp, { PGSSLMODE => 'disable' }, [], 'without --require-tls: plain TCP');

# And where the server has none.
$node->adjust_conf('postgresql.conf', 'ssl', 'off');
$node->restart;
foreach my $mode ('disable', 'prefer', 'require')
{
    log_begins();
    refuses("$tcp sslmode=$mode", {}, \@require, qr/detail: .*server does not support SSL, but SSL was required\n.*hint: --require-tls takes no connection over TCP without TLS/s,
        "plain TCP, sslmode=$mode");
    $node->log_check('... and sends neither user nor database', $position, log_unlike => [qr/user=owner|connection authorized/]);
}
refuses("host=localhost,localhost hostaddr=127.0.0.1,127.0.0.1 port=$port,$port user=owner dbname=main", {}, \@require, qr/server does not support SSL/,
    'several hosts without TLS');
connects($tcp, {}, [], 'without --require-tls');

done_testing();
