# hh-migrate roles verify: logs in as each role, and says what is wrong where it can't.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Secrets;
use Test::More;

my $node = new_node('main');
run_sql($node, 'postgres', undef, 'CREATE ROLE owner');
add_database($node, 'main', 'owner');
add_role($node, 'pipeline', 'hh_admin', 'hh_app', 'hh_analytics', 'hh_ops');
my $hba = $node->data_dir . '/pg_hba.conf';
my $directory = secrets_in(map { $_ => "the secret of $_" =~ tr/_/-/r } 'hh_admin', 'hh_app', 'hh_analytics', 'hh_ops');

# Lines of pg_hba.conf before those that ask for a password.
sub lets_in
{
    my (@lines) = @_;
    ask_for_passwords($node, 'pipeline');
    my $rest = slurp_file($hba);
    unlink $hba or die;
    append_to_file($hba, join("\n", @lines, $rest));
    $node->reload;
    my $count = () = slurp_file($hba) =~ /^(?:local|host)/mg;
    $node->poll_query_until('postgres', "SELECT count(*) = $count FROM pg_hba_file_rules WHERE error IS NULL") or die;
    return;
}

sub verify
{
    my (@arguments) = @_;
    return try_client($node, 'main', 'pipeline', 'roles', 'verify', '--secrets-dir', $directory, @arguments);
}

# What is said of one role.
sub is_verdict
{
    my ($role, $verdict, $detail, $hint, $name, @arguments) = @_;
    my ($status, $out, $err) = verify($role, '--format', 'json', @arguments);
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($status, $verdict eq 'ok' ? 0 : 2, "$name: exit code") or diag($err);
    my $row = decode_json($out)->{logins}[0];
    is($row->{verdict}, $verdict, "... $verdict");
    like($row->{detail} // '', $detail, '... detail');
    like($row->{hint} // '', $hint, '... hint');
    unlike($out . $err, qr/the secret of hh/, '... and no secret');
    return $row;
}

lets_in();
run_client($node, 'main', undef, 'roles', 'passwords', '--secrets-dir', $directory);

# All is well, for all the policy's roles.
my ($status, $out, $err) = verify();
is($status, 0, 'all is well: exit code') or diag($err);
is(join("\n", map { /^ (\w+) +\| ok +\| file \S+ +\| +\| *$/ ? $1 : () } split /\n/, $out), "hh_admin\nhh_app\nhh_analytics\nhh_ops",
    '... a row a role of the policy\'s that logs in');
like($out, qr/^all_ok: true$/m, '... and all are well');
is($err, '', '... without a word more');
($status, $out) = verify('--format', 'csv');
like($out, qr{\Arole,verdict,secret,detail,hint\nhh_admin,ok,file \S+/hh_admin,,\n}, '... as CSV');
($status, $out) = verify('--format', 'html');
like($out, qr{<td align="left">hh_app</td>\s*<td align="left">ok</td>}, '... as HTML');
($status, $out) = verify('--format', 'json');
is_deeply([ map { $_->{role} } @{ decode_json($out)->{logins} } ], [ 'hh_admin', 'hh_app', 'hh_analytics', 'hh_ops' ], '... as JSON');
is(decode_json($out)->{all_ok}, JSON::PP::true, '... with the answer in a word');

# Secrets.
is_verdict('hh_app', 'ok', qr/^$/, qr/^$/, 'a role that can log in');
put_secret($directory, 'hh_app', 'another one than it has');
is_verdict('hh_app', 'password refused', qr/password authentication failed for user "hh_app"/, qr/"hh-migrate roles passwords" sets it/, 'a wrong password');
put_secret($directory, 'hh_app', 'changeme');
is_verdict('hh_app', 'unfit secret', qr/is a placeholder/, qr/--rotate/, 'a placeholder');
put_secret($directory, 'hh_app', 'the secret of hh-app', 0644);
is_verdict('hh_app', 'unfit secret', qr/others can read/, qr/chmod 0600/, 'a secret that others can read');
unlink "$directory/hh_app" or die;
{
    # The connected role's password is not this one's.
    local $ENV{PGPASSWORD} = 'the secret of hh-app';
    is(is_verdict('hh_app', 'no secret', qr/no password supplied/, qr/roles passwords --generate/, 'no secret')->{secret}, undef, '... and so nowhere');
    my $passfile = PostgreSQL::Test::Utils::tempdir() . '/pgpass';
    append_to_file($passfile, '*:*:main:hh_app:the secret of hh-app');
    chmod 0600, $passfile;
    local $ENV{PGPASSFILE} = $passfile;
    is_verdict('hh_app', 'ok', qr/^$/, qr/^$/, 'a password in the file of passwords');
    local $ENV{HH_PASSWORD_HH_APP} = 'the secret of hh-app';
    is(is_verdict('hh_app', 'ok', qr/^$/, qr/^$/, 'a secret in the environment')->{secret}, 'environment HH_PASSWORD_HH_APP', '... which is said');
    local $ENV{HH_PASSWORD_HH_APP} = 'another one than it has';
    is_verdict('hh_app', 'password refused', qr/failed/, qr/./, '... and comes before the file of passwords');
}
put_secret($directory, 'hh_app', 'the secret of hh-app');

# Roles.
is_verdict('hh_nobody', 'role missing', qr/^$/, qr/"hh-migrate roles apply"/, 'a role that is not there');
sub is_verdict_after
{
    my ($sql, $back, @expected) = @_;
    run_sql($node, 'main', undef, $sql);
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_verdict('hh_app', @expected);
    run_sql($node, 'main', undef, $back);
    return;
}
is_verdict_after('ALTER ROLE hh_app NOLOGIN', 'ALTER ROLE hh_app LOGIN', 'may not log in', qr/^$/, qr/roles apply/, 'NOLOGIN');
is_verdict_after(q{ALTER ROLE hh_app VALID UNTIL '2020-01-01'}, q{ALTER ROLE hh_app VALID UNTIL 'infinity'}, 'password expired', qr/password authentication failed/, qr/VALID UNTIL 'infinity'/, 'a password that has expired');
is_verdict_after('ALTER ROLE hh_app CONNECTION LIMIT 0', 'ALTER ROLE hh_app CONNECTION LIMIT -1', 'connection limit', qr/too many connections for role "hh_app"/, qr/CONNECTION LIMIT/, 'no connection left');
is_verdict_after('REVOKE CONNECT ON DATABASE main FROM PUBLIC; GRANT CONNECT ON DATABASE main TO pipeline', 'GRANT CONNECT ON DATABASE main TO PUBLIC',
    'may not connect', qr/permission denied for database "main"/, qr/GRANT CONNECT ON DATABASE/, 'no right to connect');
is_verdict_after(q{SET password_encryption = md5; ALTER ROLE hh_app PASSWORD 'the secret of hh-app'}, 'SELECT',
    'password refused', qr/./, qr/./, 'an MD5 where SCRAM is asked for');

# What the right to connect has to do with the password: nothing.
run_sql($node, 'main', undef, 'REVOKE CONNECT ON DATABASE main FROM PUBLIC');
($status, $out) = try_client($node, 'main', undef, 'roles', 'passwords', 'hh_app', 'hh_ops', '--secrets-dir', $directory, '--format', 'json');
is($status, 2, 'a password that can be set, of a role that may not connect');
is(join(' ', map { "$_->{role}:$_->{password}:$_->{login}" } @{ decode_json($out)->{passwords} }), 'hh_app:set:may not connect hh_ops:unchanged:may not connect',
    '... is set where it is wrong, and left where it is right');
run_sql($node, 'main', undef, 'GRANT CONNECT ON DATABASE main TO PUBLIC');

# What pg_hba.conf says.
lets_in('local all hh_app trust');
is_verdict('hh_app', 'no password asked', qr/^$/, qr/trust, peer or cert/, 'a role that anybody is');
lets_in('local all hh_app reject');
is_verdict('hh_app', 'not let in', qr/pg_hba.conf rejects connection/, qr/pg_hba.conf/, 'a role that is let in from elsewhere');
lets_in('local all hh_app password');
is_verdict('hh_app', 'not asked for SCRAM', qr/in clear text/, qr/say scram-sha-256/, 'clear text');
lets_in('local all hh_app md5');
is_verdict('hh_app', 'ok', qr/^$/, qr/^$/, 'md5, where the server has a verifier all the same');
is_verdict_after(q{SET password_encryption = md5; ALTER ROLE hh_app PASSWORD 'the secret of hh-app'}, 'SELECT',
    'not asked for SCRAM', qr/the server asks for the password's MD5/, qr/where the server has the password as MD5/, 'md5, where it has none');
($status, $out) = try_client($node, 'main', undef, 'roles', 'passwords', 'hh_app', '--secrets-dir', $directory);
is($status, 0, '... which a verifier takes the place of');
like($out, qr/^ hh_app \| set +\| ok /m, '... since it is no proof');

# Through TLS too, clear text is asked for in vain.
my $tls = PostgreSQL::Test::Utils::tempdir();
run_program('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-days', '2', '-subj', '/CN=localhost', '-keyout', "$tls/key", '-out', "$tls/crt");
use_tls($node, "$tls/crt", "$tls/key");
foreach my $case ([ 'password', 'not asked for SCRAM', 2 ], [ 'scram-sha-256', 'ok', 0 ])
{
    my ($method, $verdict, $expected) = @$case;
    lets_in('host all pipeline all trust', "hostssl all hh_app all $method");
    $node->restart;
    ($status, $out, $err) = try_program($ENV{HH_MIGRATE} // 'hh-migrate', 'roles', 'verify', 'hh_app', '--secrets-dir', $directory,
        '-d', 'host=127.0.0.1 sslmode=require dbname=main user=pipeline port=' . $node->port);
    is($status, $expected, "TLS, $method: exit code") or diag($err);
    like($out, qr/^ hh_app \| $verdict /m, "... $verdict");
}

# What it is not for.
($status, undef, $err) = verify('--generate');
is($status, 1, 'an option of another command: exit code');
like($err, qr/command "roles verify" has no option --generate/, '... message');
is((try_client($node, 'main', 'hh_nobody', 'roles', 'verify', '--secrets-dir', $directory))[0], 1, 'without a connection of its own, nothing is found out');

done_testing();
