# hh-migrate roles passwords: what it sets are passwords, and nobody sees one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use CloudSQL;
use HeadhunterTest;
use IPC::Run;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Proxy;
use Secrets;
use Test::More;

my @roles = ('hh_analytics', 'hh_app', 'hh_ops');
my $logging = <<'END';
shared_preload_libraries = 'pg_stat_statements'
log_statement = all
log_min_duration_statement = 0
log_min_error_statement = debug5
log_connections = on
END

# A server of the provider's, and one whose superuser we are.
my $cloud = CloudSQL->start('cloud', passwords => 1, conf => $logging);
my $node = new_node('own');
$node->append_conf('postgresql.conf', $logging);
$node->restart;
ask_for_passwords($node);
add_database($cloud, 'main', 'postgres');
run_sql($node, 'postgres', undef, 'CREATE ROLE owner');
add_database($node, 'main', 'owner');
run_sql($cloud, 'main', 'postgres', 'CREATE ROLE hh_app LOGIN; CREATE ROLE hh_analytics LOGIN; CREATE ROLE hh_ops LOGIN');
add_role($node, @roles);
run_sql($_, 'main', undef, 'CREATE EXTENSION pg_stat_statements') foreach $cloud, $node;

# Everything that anybody was shown, and all passwords there were.
my ($shown, @passwords) = ('');

sub passwords
{
    my ($server, @arguments) = @_;
    my $role = $server == $cloud ? 'postgres' : undef;
    my ($status, $out, $err) = try_client($server, 'main', $role, 'roles', 'passwords', '-v', @arguments);
    $shown .= $out . $err;
    return ($status, $out, $err);
}

# What the last run says it did with the password of each role.
sub outcomes
{
    my ($json) = @_;
    return join ' ', map { "$_->{role}:$_->{password}:" . ($_->{login} // '') } @{ decode_json($json)->{passwords} };
}

sub verifiers
{
    my ($server) = @_;
    return run_sql($server, 'main', undef,
        q{SELECT rolname, rolpassword FROM pg_authid WHERE rolname LIKE 'hh\_%' ORDER BY rolname});
}

sub is_nowhere
{
    my ($server, $name) = @_;
    my %place = (
        "the server's log" => slurp_file($server->logfile),
        'pg_stat_statements' => run_sql($server, 'main', undef, 'SELECT query FROM pg_stat_statements'),
        'what was printed' => $shown);
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    foreach my $place (sort keys %place)
    {
        cmp_ok(length $place{$place}, '>', 1000, "$place: there is something to look at");
        my @found = grep { index($place{$place}, $_) >= 0 } @passwords;
        is("@found", '', "$name: no password is in $place");
    }
    return;
}

foreach my $server ($cloud, $node)
{
    my $name = $server == $cloud ? 'postgres of Cloud SQL' : 'a superuser';
    my $directory = secrets_in();
    my @arguments = (@roles, '--secrets-dir', $directory, '--format', 'json');

    # Nothing is there: made, stored, set, proved.
    my ($status, $out, $err) = passwords($server, @arguments, '--generate', '--dry-run');
    is($status, 0, "$name: a dry run") or diag($err);
    is(outcomes($out), join(' ', map { "$_:would be generated:" } @roles), '... says what would be done');
    is(join('', glob "$directory/*"), '', '... and makes no secret');
    ($status, $out, $err) = passwords($server, @arguments, '--generate');
    is($status, 0, "$name: passwords are generated") or diag($err);
    is(outcomes($out), join(' ', map { "$_:generated:ok" } @roles), '... and each is proved');
    my %made = map { $_ => secret($directory, $_) } @roles;
    push @passwords, values %made;
    is(scalar(keys %{ { reverse %made } }), 3, '... each another one');
    foreach my $role (@roles)
    {
        like($made{$role}, qr{\A[A-Za-z0-9+/]{43}=\z}, "$role: 44 characters of base64");
        is(sprintf('%o', (stat "$directory/$role")[2]), '100600', '... for the owner alone');
        is(logs_in($server, 'main', $role, $made{$role}), $role, '... and psql logs in with it');
        is(logs_in($server, 'main', $role, "$made{$role}x"), '', '... and not with another one');
    }
    is(join(' ', map { s{.*/}{}r } sort glob "$directory/{*,.[!.]*}"), "@roles", 'nothing else is in the directory');

    # Twice is once.
    my $before = verifiers($server);
    like($before, qr/\Ahh_analytics\|SCRAM-SHA-256\$\d+:[^\n]*\nhh_app\|SCRAM-SHA-256\$\d+:[^\n]*\nhh_ops\|SCRAM-SHA-256\$\d+:[^\n]*\z/, 'the server has verifiers');
    ($status, $out) = passwords($server, @arguments, '--generate');
    is($status, 0, 'again: exit code');
    is(outcomes($out), join(' ', map { "$_:unchanged:ok" } @roles), '... nothing is to be done');
    is(verifiers($server), $before, '... and nothing is');
    is_deeply({ map { $_ => secret($directory, $_) } @roles }, \%made, '... and secrets that are there stay');

    # The server was changed by hand, and it says md5.
    run_sql($server, 'main', undef, q{SET password_encryption = md5; ALTER ROLE hh_ops PASSWORD 'by hand'; ALTER ROLE hh_app PASSWORD NULL});
    run_sql($server, 'main', undef, "ALTER DATABASE main SET password_encryption = md5");
    ($status, $out, $err) = passwords($server, @arguments);
    is($status, 0, 'passwords that were changed by hand') or diag($err);
    is(outcomes($out), 'hh_analytics:unchanged:ok hh_app:set:ok hh_ops:set:ok', '... are set right');
    like(verifiers($server), qr/hh_ops\|SCRAM-SHA-256\$/, '... as SCRAM, whatever password_encryption says');
    is(logs_in($server, 'main', 'hh_ops', $made{hh_ops}), 'hh_ops', '... to what they were');

    # A role's password of old is good for nothing any more, and only that role's.
    ($status, $out, $err) = passwords($server, @arguments, '--rotate', 'hh_app');
    is($status, 0, 'rotation') or diag($err);
    is(outcomes($out), 'hh_analytics:unchanged:ok hh_app:rotated:ok hh_ops:unchanged:ok', '... of the role that is named');
    my $rotated = secret($directory, 'hh_app');
    push @passwords, $rotated;
    isnt($rotated, $made{hh_app}, '... makes another secret');
    is(logs_in($server, 'main', 'hh_app', $rotated), 'hh_app', '... which is the password');
    is(logs_in($server, 'main', 'hh_app', $made{hh_app}), '', '... and the old one is none');
    ok(!-e "$directory/hh_app.previous", '... and not kept');

    is_nowhere($server, $name);
}

# Verifiers: where one may keep them out of what is logged and counted, they are kept out of it.
my $verifier = qr/SCRAM-SHA-256\$\d+:/;
unlike(slurp_file($node->logfile), $verifier, "a superuser: no verifier is in the server's log");
unlike(run_sql($node, 'main', undef, 'SELECT query FROM pg_stat_statements'), $verifier, '... nor in pg_stat_statements');
unlike($shown, $verifier, 'none is printed by -v');
like($shown, qr/sent: ALTER ROLE "hh_app" PASSWORD '\(a SCRAM verifier\)'/, '... which says what was sent in its place');

# Secrets from files and the environment, as people write them.
{
    my %given = (
        hh_app => 'correct horse; battery\'s "staple"',
        hh_ops => "pa\xC3\x9Fwort mit \xEF\xAC\x81 und \xC2\xA0 und \xE2\x82\xAC",
        hh_analytics => 'from the environment: $1 \\ %s');
    my $directory = secrets_in(hh_app => "$given{hh_app}\n", hh_ops => "$given{hh_ops}\r\n");
    push @passwords, values %given;
    local $ENV{HH_MIGRATE_SECRETS_DIR} = $directory;
    local $ENV{HH_PASSWORD_HH_ANALYTICS} = $given{hh_analytics};
    my ($status, $out, $err) = passwords($node, @roles);
    is($status, 0, 'files and environment: exit code') or diag($err);
    like($out, qr/^ hh_analytics \| set +\| ok +\| environment HH_PASSWORD_HH_ANALYTICS\b/m, '... the table says where each is from');
    like($out, qr{^ hh_app +\| set +\| ok +\| file \Q$directory\E/hh_app\b}m, '... a file, too');
    is(logs_in($node, 'main', $_, $given{$_}), $_, "... $_ can log in") foreach @roles;
    is((passwords($node, 'hh_app', 'hh_app'))[1] =~ tr/\n//, 4, 'a role named twice is one');

    # The administrator's own password is not the role's.
    local $ENV{PGPASSWORD} = $given{hh_app};
    delete local $ENV{HH_PASSWORD_HH_ANALYTICS};
    put_secret($directory, 'hh_app', 'another one than it has');
    ($status, $out, $err) = passwords($node, 'hh_app');
    like($out, qr/^ hh_app \| set +\| ok /m, 'PGPASSWORD is not taken for a role\'s');
    push @passwords, 'another one than it has';
}

# From 16 the server says how much work a guess is to be.
if ($node->pg_version >= 16)
{
    run_sql($node, 'main', undef, 'ALTER SYSTEM SET scram_iterations = 8192');
    $node->reload;
    $node->poll_query_until('main', q{SELECT current_setting('scram_iterations') = '8192'}) or die;
    my $directory = secrets_in();
    is((passwords($node, 'hh_app', '--generate', '--secrets-dir', $directory))[0], 0, 'scram_iterations');
    push @passwords, secret($directory, 'hh_app');
    like(verifiers($node), qr/^hh_app\|SCRAM-SHA-256\$8192:/m, '... is heeded');
}
else
{
    like(verifiers($node), qr/^hh_app\|SCRAM-SHA-256\$4096:/m, 'before 16, 4096 iterations');
}

# What goes over the wire.
foreach my $method ('scram-sha-256', 'md5', 'password')
{
    my $hba = $node->data_dir . '/pg_hba.conf';
    my $before = slurp_file($hba);
    my $directory = secrets_in();
    my $proxy = Proxy->start($node, 0, 'recorded');
    my @command = ($ENV{HH_MIGRATE} // 'hh-migrate', 'roles', 'passwords', 'hh_app', '--generate', '--secrets-dir', $directory, '-d', $proxy->conninfo('main'));

    unlink $hba or die;
    append_to_file($hba, $before =~ s/scram-sha-256/$method/r);
    $node->reload;
    $node->poll_query_until('main', "SELECT auth_method = '$method' FROM pg_hba_file_rules ORDER BY line_number DESC LIMIT 1") or die;
    my ($status, $out, $err) = try_program(@command);
    my $sent = $proxy->recorded;
    my $password = secret($directory, 'hh_app');
    push @passwords, $password;
    $proxy->stop;
    like($sent, qr/ALTER ROLE "hh_app" PASSWORD 'SCRAM-SHA-256\$/, "$method: all that was sent was recorded");
    is(index($sent, $password), -1, '... and the password is not in it');
    if ($method eq 'password')
    {
        is($status, 2, '... clear text is not sent, and so nothing is proved');
        like($out, qr/not asked for SCRAM .* the server asks for the password in clear text .* Have pg_hba.conf say scram-sha-256/, '... and that is said');
    }
    else
    {
        is($status, 0, '... the login proves it') or diag($out . $err);
    }
    unlink $hba or die;
    append_to_file($hba, $before);
    $node->reload;
}

# Meanwhile: another session is altering the role, which has ours wait, and then start again.
{
    my $directory = secrets_in(hh_ops => 'seen by nobody at all');
    push @passwords, 'seen by nobody at all', 'nor is this one';
    local $ENV{HH_PASSWORD_HH_APP} = 'nor is this one';
    my ($out, $err, $said) = ('', '', '');
    my $other = IPC::Run::start([ 'psql', '-XqAtd', conninfo($node, 'main', undef) ], '<', \my $in, '>', \$said, '2>&1');
    $in = "BEGIN; ALTER ROLE hh_app CONNECTION LIMIT 90; SELECT 'holds';\n";
    $other->pump until $said =~ /holds/;
    my $client = IPC::Run::start([ $ENV{HH_MIGRATE} // 'hh-migrate', 'roles', 'passwords', 'hh_app', 'hh_ops',
            '--secrets-dir', $directory, '-d', conninfo($node, 'main', undef) ], '<', \undef, '>', \$out, '2>', \$err);
    $node->poll_query_until('main', q{SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)}) or die;
    my $pid = $client->{KIDS}[0]{PID};
    my $arguments = slurp_file("/proc/$pid/cmdline");
    like($arguments, qr/hh-migrate.*passwords/s, 'the process that waits');
    like(slurp_file("/proc/$pid/limits"), qr/^Max core file size +0 +0 /m, '... leaves no core file');
    open my $environ, '<', "/proc/$pid/environ" or my $why = $!;
    my $environment = $environ ? do { local $/; <$environ> } : '';
    foreach my $password ('seen by nobody at all', 'nor is this one')
    {
        is(index($arguments, $password), -1, '... has no password among its arguments');
        is(index($environment // '', $password), -1, '... nor in the environment that /proc shows');
    }
    is((stat "/proc/$pid/environ")[4], 0, '... which, like its memory, is shown to root alone');
    is(join('', map { slurp_file($_) } glob "/proc/$pid/task/*/children"), '', '... and has no children');
    $in .= "COMMIT;\n";
    $other->pump_nb;
    $client->finish;
    is($client->full_result(0), 0, 'when the other one is through, it goes on') or diag($err);
    like($out, qr/^ hh_app +\| set +\| ok /m, '... and sets the password');
    $other->finish;
    is(run_sql($node, 'main', undef, q{SELECT rolconnlimit FROM pg_roles WHERE rolname = 'hh_app'}), 90, '... with what the other one did');
    is(logs_in($node, 'main', 'hh_app', 'nor is this one'), 'hh_app', '... which works');
}

# Cut off wherever it may be: the next run mends it, and there is always a file of what the server has.
{
    my $directory = secrets_in();
    my @arguments = ('hh_app', '--secrets-dir', $directory);
    is((passwords($node, @arguments, '--generate'))[0], 0, 'before it is cut off');
    my $done = 0;
    for (my $at = 1; !$done; $at++)
    {
        my $old = secret($directory, 'hh_app');
        my $proxy = Proxy->start($node, $at, 'terminated');
        my ($status, $out, $err) = try_program($ENV{HH_MIGRATE} // 'hh-migrate', 'roles', 'passwords', @arguments, '--rotate', 'hh_app', '-d', $proxy->conninfo('main'));
        $done = $proxy->stop < $at;
        my ($now, $previous) = map { secret($directory, $_) } 'hh_app', 'hh_app.previous';
        push @passwords, grep { defined } $now, $previous;
        is($status, $done ? 0 : 1, "cut off at query $at: exit code") or diag($out . $err);
        my @works = grep { defined && logs_in($node, 'main', 'hh_app', $_) } $now, $previous;
        is(scalar(@works), 1, '... one of the files is the password') or diag("$old, $now");
        ($status, $out, $err) = passwords($node, @arguments, '--format', 'json');
        is($status, 0, '... and the next run') or diag($out . $err);
        is(logs_in($node, 'main', 'hh_app', secret($directory, 'hh_app')), 'hh_app', '... brings the server to the secret');
        is(secret($directory, 'hh_app.previous'), undef, '... and leaves no other');
        BAIL_OUT('it never ends') if $at > 100;
    }

    # Rotated once more while the first rotation is not through: what the server has is not lost.
    my $old = secret($directory, 'hh_app');
    put_secret($directory, 'hh_app.previous', $old);
    put_secret($directory, 'hh_app', 'never came to the server');
    my $proxy = Proxy->start($node, 9, 'terminated');
    try_program($ENV{HH_MIGRATE} // 'hh-migrate', 'roles', 'passwords', @arguments, '--rotate', 'hh_app', '-d', $proxy->conninfo('main'));
    $proxy->stop;
    ok((grep { defined && logs_in($node, 'main', 'hh_app', $_) } secret($directory, 'hh_app'), secret($directory, 'hh_app.previous')), 'a rotation on top of one that was cut off');
    is((passwords($node, @arguments))[0], 0, '... the next run');
    is(logs_in($node, 'main', 'hh_app', secret($directory, 'hh_app')), 'hh_app', '... mends it');
}

# Two at once in one directory.
{
    my $directory = secrets_in();
    my @command = ($ENV{HH_MIGRATE} // 'hh-migrate', 'roles', 'passwords', @roles, '--generate', '--secrets-dir', $directory, '-d', conninfo($node, 'main', undef));
    my @runs = map { my ($out, $err) = ('', ''); [ IPC::Run::start(\@command, '<', \undef, '>', \$out, '2>', \$err), \$err ] } 1 .. 3;
    foreach my $run (@runs)
    {
        $run->[0]->finish;
        is($run->[0]->full_result(0), 0, 'several at once') or diag(${ $run->[1] });
    }
    foreach my $role (@roles)
    {
        push @passwords, secret($directory, $role);
        is(logs_in($node, 'main', $role, secret($directory, $role)), $role, "... and $role logs in");
    }
}

is_nowhere($_, 'at the end') foreach $cloud, $node;

done_testing();
