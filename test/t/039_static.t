# hh-migrate-static: libpq in the program, which has neither Kerberos nor LDAP.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Test::More;

my ($program) = grep { -x } map { "$_/hh-migrate-static" } split /:/, $ENV{PATH};
plan skip_all => 'hh-migrate-static is not built for this version' unless defined $program;

my @libraries = map { /^\s*(\S+?)\.so/ } split /\n/, run_program('ldd', $program);
# OpenSSL may need more: for compression, say.
is_deeply([ grep { !/\A(?:libc|libm|libssl|libcrypto|libz|libzstd|\S*\/ld-linux-\S+|linux-vdso)\z/ } @libraries ], [],
    'it needs the C library and OpenSSL alone');
is(run_program($program, '--version'), run_program('hh-migrate', '--version'), 'it is the same program');

# A server that asks for a password over TLS, and one role for Kerberos.
my $node = new_node('main');
add_role($node, 'owner', 'kerberos');
run_sql($node, 'postgres', undef, "ALTER ROLE owner PASSWORD 'secret'");
add_database($node, 'main', 'owner');
my $directory = PostgreSQL::Test::Utils::tempdir();
run_program('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', "$directory/server.key", '-out', "$directory/server.crt");
use_tls($node, "$directory/server.crt", "$directory/server.key");
unlink $node->data_dir . '/pg_hba.conf';
append_to_file($node->data_dir . '/pg_hba.conf', <<END);
local all all trust
host all kerberos 127.0.0.1/32 gss
hostssl all all 127.0.0.1/32 scram-sha-256
END
$node->restart;

my $tcp = 'host=localhost hostaddr=127.0.0.1 dbname=main port=' . $node->port;
my $right = "$tcp sslmode=verify-full sslrootcert=$directory/server.crt";
my @up = ($program, 'up', '--owner', 'owner', '-d');

{
    local $ENV{PGPASSWORD} = 'secret';
    my ($status, $out, $err) = try_program(@up, "$right user=owner channel_binding=require");
    is($status, 0, 'it deploys over TLS, with a password and channel binding') or diag($err);
    like($out, qr/^applied 0000_ledger .*^applied 0010_schema_privileges /ms, '... all of it');
    is(run_program(@up, "$right user=owner"), "nothing to do\n", '... once');
    is(run_program('hh-migrate', 'up', '-d', "$right user=owner"), "nothing to do\n", '... as the other one finds');

    ($status, $out, $err) = try_program(@up, "$tcp user=owner sslmode=verify-full sslrootcert=/nonexistent");
    is($status, 1, 'without the authority: refused');
    like($err, qr/root certificate file "\/nonexistent" does not exist/, '... and says why');
}
{
    local $ENV{PGPASSWORD} = 'wrong';
    my ($status, $out, $err) = try_program(@up, "$right user=owner");
    like($err, qr/password authentication failed for user "owner"/, 'a wrong password');
}

my ($status, $out, $err) = try_program(@up, "$tcp user=kerberos sslmode=disable");
is($status, 1, 'Kerberos: refused');
like($err, qr/detail: .*this program is linked without Kerberos/, '... and says why');

($status, $out, $err) = try_program(@up, "$right user=owner gssencmode=require");
is($status, 1, 'encryption by Kerberos: refused');
like($err, qr/detail: .*GSSAPI encryption required/, '... and says why');

append_to_file("$directory/service.conf", "[directory]\nldap://127.0.0.1:1/dc=example?description?one?(cn=main)\n");
{
    local $ENV{PGSERVICEFILE} = "$directory/service.conf";
    ($status, $out, $err) = try_program(@up, 'service=directory');
    is($status, 1, 'a service that LDAP is to say: refused');
    like($err, qr/detail: .*LDAP/, '... and says why');
}

done_testing();
