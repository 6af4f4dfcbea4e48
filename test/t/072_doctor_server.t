# hh-migrate doctor: a server that can't be reached, or not as it should be.  Each of these is its own
# finding, for each service, within five seconds.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use Doctor;
use HeadhunterTest;
use IO::Socket::INET;
use IO::Socket::UNIX;
use IPC::Run;
use JSON::PP;
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Secrets;
use Test::More;
use Time::HiRes 'time';

# What is found over a connection of one's own, and how long it took.
sub look
{
    my ($dbname, @arguments) = @_;
    my $began = time;
    my ($status, $out, $err) = try_program($ENV{HH_MIGRATE} // 'hh-migrate', 'doctor', '--format', 'json', @arguments, '-d', $dbname);
    my $json = eval { decode_json($out) } // die "no JSON: $out$err";
    return ({ %$json, status => $status, messages => $err }, time - $began);
}

# That all services, and nobody else, have this one finding.
sub finds
{
    my ($name, $check, $detail, $dbname, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($visit, $took) = look($dbname, @arguments);
    my @found = findings($visit);
    is($visit->{status}, 2, "$name: exit code");
    is_deeply([ ready($visit) ], [ 'hh-admin-svc', 'hh-rerank-svc' ], '... the services that hold nothing are ready');
    is_deeply([ map { $_->{check} } @found ], [$check], '... one finding') or diag(join "\n", complaints($visit));
    like($found[0]{detail} // '', $detail, '... and what is behind it');
    unlike($found[0]{remedy} // '', qr/^$/, '... with a command');
    # A machine under load is slow; without an end it would be minutes.
    cmp_ok($took, '<', 5 + 3, "... in time ($took s)");
    return $found[0];
}

# A server that takes connections and says nothing.
my $silent = IO::Socket::INET->new(Listen => 20, LocalAddr => '127.0.0.1') or die "$!";
my $silent_port = $silent->sockport;
finds('a silent server', 'server', qr/^no answer within 5 s$/, "host=127.0.0.1 port=$silent_port dbname=main user=owner");
finds('... with a time of its own', 'server', qr/^no answer within 2 s$/, "host=127.0.0.1 port=$silent_port dbname=main user=owner connect_timeout=2");
my $directory = PostgreSQL::Test::Utils::tempdir_short();
my $mute = IO::Socket::UNIX->new(Listen => 20, Local => "$directory/.s.PGSQL.5433") or die "$!";
finds('... on a Unix socket', 'server', qr/^no answer within 2 s$/, "host=$directory port=5433 dbname=main user=owner connect_timeout=2");
close $silent;
close $mute;

# A false server that asks for the password in clear text, in two pieces of its choice.
foreach my $false (
    [ 'a request cut in its header', '', "R\0\0\0", "\x08\0\0\0\x03" ],
    [ '... in its kind', '', "R\0\0\0\x08\0\0\0", "\x03" ],
    [ '... behind a message that is cut', '', "N\0\0\0\x0A\0", "\0\0\0\0\0R\0\0\0\x08\0\0\0\x03" ],
    [ '... together with the refusal of TLS', "R\0\0\0\x08\0\0\0\x03", "R\0\0\0\x08\0\0\0\0", "Z\0\0\0\x05I" ])
{
    my ($name, $stuffing, @pieces) = @$false;
    my $listener = IO::Socket::INET->new(Listen => 20, LocalAddr => '127.0.0.1') or die "$!";
    my $heard = "$directory/heard";
    unlink $heard;
    append_to_file($heard, '');
    my $server = fork // die "$!";
    if ($server == 0)
    {
        $SIG{CHLD} = 'IGNORE';
        $SIG{PIPE} = 'IGNORE';
        $SIG{TERM} = 'DEFAULT';
        while (my $client = $listener->accept)
        {
            next if fork;
            # Nobody is left behind.
            alarm 20;
            sysread $client, my $begin, 1000;
            if (length $begin == 8)
            {
                syswrite $client, "N$stuffing";
                sysread $client, $begin, 1000;
            }
            foreach my $piece (@pieces)
            {
                syswrite $client, $piece;
                select undef, undef, undef, 0.3;
            }
            while (sysread $client, my $said, 1000)
            {
                append_to_file($heard, $said);
            }
            POSIX::_exit(0);
        }
    }
    local $ENV{HH_PASSWORD_HH_APP} = 'a service\'s password';
    look('host=127.0.0.1 port=' . $listener->sockport . ' dbname=main user=owner password=\'the own password\' gssencmode=disable connect_timeout=2');
    kill 'TERM', $server;
    waitpid $server, 0;
    unlike(slurp_file($heard), qr/password/, "$name: no password is sent");
}

# Nobody there.
finds('a wrong port', 'server', qr/Connection refused/, "host=127.0.0.1 port=$silent_port dbname=main user=owner");
finds('a wrong directory', 'server', qr/No such file/, 'host=/nonexistent port=5432 dbname=main user=owner');

my $node = new_node('main', allows_streaming => 1);
my $tcp = "host=localhost hostaddr=127.0.0.1 port=" . $node->port . ' dbname=main';
my $superuser = run_sql($node, 'postgres', undef, 'SELECT session_user');
my $socket = conninfo($node, 'main');
run_sql($node, 'postgres', undef, 'CREATE DATABASE main');
ask_for_passwords($node);
my $secrets = heal($node, 'main');
my @arguments = ('--secrets-dir', $secrets);
is_deeply([ complaints((look($socket, @arguments))[0]) ], [], 'the server is there: nothing is found');
finds('a wrong database', 'database', qr/database "elsewhere" does not exist/, conninfo($node, 'elsewhere'), @arguments);

# A role that has as many connections as it may.
run_sql($node, 'main', undef, 'ALTER ROLE hh_ops CONNECTION LIMIT 1');
{
    local $ENV{PGPASSWORD} = secret($secrets, 'hh_ops');
    my $used = $node->background_psql('main', extra_params => [ '-U', 'hh_ops' ]);
    my ($visit) = look($socket, @arguments);
    is_deeply([ grep { /^connection_limit/ } complaints($visit) ], ['connection_limit: hh_ops'], 'a role at its limit');
    my ($finding) = grep { $_->{check} eq 'connection_limit' } findings($visit);
    like($finding->{detail}, qr/CONNECTION LIMIT 1/, '... which');
    is_deeply([ grep { $_ eq 'hh-msgs-svc' } ready($visit) ], [], '... its service is not ready');
    is(scalar(ready($visit)), 7, '... the others are');
    is((run_remedy($node, 'main', undef, $finding->{remedy}))[0], 0, '... the remedy runs');
    is_deeply([ grep { /^connection_limit/ } complaints((look($socket, @arguments))[0]) ], [], '... and mends it');
    $used->quit;
}
deploy_roles($node, 'main');

# Certificates: one that has expired, one that will soon, one of somebody else.
sub openssl
{
    my ($out, $err);
    IPC::Run::run([ 'openssl', @_ ], '<', \undef, '>', \$out, '2>', \$err) or die "openssl @_: $err";
    return;
}

# From days ago until days from now; openssl 3 can't say that of the past but with a database.
sub make_certificate
{
    my ($name, $begin, $end) = @_;
    my @dates = map { my @t = gmtime(time + $_ * 86400); sprintf '%02d%02d%02d000000Z', $t[5] % 100, $t[4] + 1, $t[3] } $begin, $end;
    my $ca = "$directory/$name.ca";
    mkdir $ca or die "$ca: $!";
    append_to_file("$ca/index.txt", '');
    append_to_file("$ca/ca.cnf", "[ca]\ndefault_ca = d\n[d]\ndatabase = $ca/index.txt\nnew_certs_dir = $ca\nserial = $ca/serial\ndefault_md = sha256\npolicy = p\ncopy_extensions = copy\n[p]\ncommonName = supplied\n");
    append_to_file("$ca/serial", "01\n");
    openssl('req', '-newkey', 'rsa:2048', '-noenc', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', "$directory/$name.key", '-out', "$directory/$name.csr");
    openssl('ca', '-batch', '-notext', '-config', "$ca/ca.cnf", '-cert', "$directory/root.crt", '-keyfile', "$directory/root.key", '-in', "$directory/$name.csr", '-out', "$directory/$name.crt", '-startdate', $dates[0], '-enddate', $dates[1]);
    chmod 0600, "$directory/$name.key" or die;
    return;
}

sub serve
{
    my ($name) = @_;
    $node->append_conf('postgresql.conf', "ssl_cert_file = '$directory/$name.crt'\nssl_key_file = '$directory/$name.key'\n");
    $node->reload;
    # The postmaster takes it up in its own time.
    $node->poll_query_until('postgres', "SELECT current_setting('ssl_cert_file') LIKE '%/$name.crt'") or die;
    sleep 1;
    return;
}

openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-days', '30', '-subj', "/CN=$_", '-keyout', "$directory/$_.key", '-out', "$directory/$_.crt") foreach 'root', 'stranger';
make_certificate('good', -1, 365);
make_certificate('expired', -10, -3);
make_certificate('ending', -1, 5);
use_tls($node, "$directory/good.crt", "$directory/good.key");
append_to_file($node->data_dir . '/pg_hba.conf', "host all \"$superuser\" 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
$node->restart;
my $verified = "$tcp user='$superuser' sslmode=verify-full sslrootcert=$directory/root.crt";
is_deeply([ complaints((look($verified, @arguments))[0]) ], [], 'a certificate that is good');
finds('a certificate of somebody else', 'tls', qr/certificate verify failed/, $verified =~ s/root\.crt/stranger.crt/r, @arguments);
serve('ending');
my ($visit) = look($verified, @arguments);
is_deeply([ map { "$_->{check} $_->{severity}" } findings($visit) ], ['certificate warning'], 'one that ends soon is a warning');
is($visit->{status}, 0, '... and the services are ready');
serve('expired');
my $finding = finds('one that has expired', 'tls', qr/^the server's certificate has expired, on \d{4}-\d\d-\d\d/, $verified, @arguments);
($visit) = look("$tcp user='$superuser' sslmode=require", @arguments);
is_deeply([ map { $_->{check} } findings($visit) ], ['certificate'], '... for who does not verify, a warning') or diag(join "\n", complaints($visit));
$node->append_conf('postgresql.conf', 'ssl = off');
$node->reload;
sleep 1;
finds('no TLS', 'tls', qr/does not support SSL/, "$tcp user='$superuser' sslmode=require", @arguments);
finds('... with --require-tls', 'tls', qr/does not support SSL/, "$tcp user='$superuser'", '--require-tls', @arguments);

# A database in recovery: a standby, where services can read and not write.
append_to_file($node->data_dir . '/pg_hba.conf', "local replication all trust\n");
$node->reload;
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby, 'replay');
($visit, my $took) = look(conninfo($standby, 'main'), @arguments);
is_deeply([ grep { !/^recovery/ } complaints($visit) ], [], 'a standby: nothing else is found');
my @recovery = grep { $_->{check} eq 'recovery' } findings($visit);
is(scalar(@recovery), 1, '... but that it is in recovery');
like($recovery[0]{detail}, qr/standby/, '... which is said');
is_deeply([ ready($visit) ], [ 'hh-admin-svc', 'hh-rerank-svc' ], '... no service is ready');
cmp_ok($took, '<', 5 + 3, "... in time ($took s)");
is((run_remedy($standby, 'main', undef, $recovery[0]{remedy}))[0], 0, '... the remedy runs');
is_deeply([ complaints((look(conninfo($standby, 'main'), @arguments))[0]) ], [], '... and mends it');
$standby->stop;

# Somebody holds a lock: a service would wait, and so it is told, not waited for.
{
    my $holder = $node->background_psql('main');
    $holder->query_safe('BEGIN');
    $holder->query_safe('LOCK TABLE taxonomy.eco_occupation IN ACCESS EXCLUSIVE MODE');
    ($visit) = look($socket, @arguments);
    ($finding) = grep { $_->{check} eq 'statements' } findings($visit);
    like($finding->{detail}, qr/lock timeout.*55P03/, 'a table that somebody has locked');
    is_deeply([ grep { $_ eq 'hh-eco-svc' } ready($visit) ], [], '... its service is not ready');
    $holder->quit;
}
$node->stop;

done_testing();
