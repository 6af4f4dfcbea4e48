# hh-migrate roles passwords: what it refuses, each with its own message, before anything is changed.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use CloudSQL;
use Encode;
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Secrets;
use Test::More;

my $cloud = CloudSQL->start('cloud', passwords => 1);
add_database($cloud, 'main', 'postgres');
$cloud->add_console_user('by_console', 'what the console was given');
run_sql($cloud, 'main', 'postgres', q{
    CREATE ROLE hh_app LOGIN; CREATE ROLE hh_ops LOGIN;
    CREATE ROLE hh_owner NOLOGIN; CREATE ROLE late LOGIN VALID UNTIL '2020-01-01';
    CREATE ROLE hh_admin LOGIN});
my $other = q{the other role's secret};
my $fine = 'a secret that would do';
my $directory = secrets_in(hh_ops => $other);

sub passwords
{
    my ($role, @arguments) = @_;
    return try_client($cloud, 'main', $role, 'roles', 'passwords', @arguments);
}

sub state_of_things
{
    my $files = join ' ', map { "$_=" . (-f && -r ? slurp_file($_) : '-') } sort glob "$directory/* $directory/.[!.]*";
    return $files . run_sql($cloud, 'main', undef, q{SELECT string_agg(rolname || coalesce(rolpassword, ''), ' ' ORDER BY 1) FROM pg_authid});
}

# Nothing changes, though the other role's password is still to be set.
sub refuses
{
    my ($arguments, $message, $name, $role) = @_;
    my $before = state_of_things();
    my ($status, $out, $err) = passwords($role // 'postgres', @$arguments, '--secrets-dir', $directory);
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($status, 1, "$name: exit code");
    like($err, $message, '... message and hint');
    is($out, '', '... and nothing else');
    is(state_of_things(), $before, '... nothing is changed');
    unlike($err, qr/\Q$fine\E|\Q$other\E/, '... and no secret is told');
    return;
}

# Secrets.
my $of_file = qr{error: the secret of role "hh_app" \(file \Q$directory\E/hh_app\)};
foreach my $case (
    [ '', 'is empty', qr/Put a password there/ ],
    [ "\n", 'is empty', qr/Put a password there/ ],
    [ 'changeme', 'is a placeholder', qr/--rotate has one made/ ],
    [ 'PLACEHOLDER', 'is a placeholder', qr/--rotate has one made/ ],
    [ 'REPLACE_ME', 'is a placeholder', qr/--rotate/ ],
    [ 'password', 'is a placeholder', qr/--rotate/ ],
    [ 'todo', 'is a placeholder', qr/--rotate/ ],
    [ 'xxx', 'is a placeholder', qr/--rotate/ ],
    [ '${HH_APP_PASSWORD}', 'is a placeholder', qr/--rotate/ ],
    [ 'hh_app', "has the role's own name in it", qr/another one/ ],
    [ 'hh_app_in_production', "has the role's own name in it", qr/another one/ ],
    [ 'tooshort!', 'has fewer than 12 characters', qr/a longer one/ ],
    [ "latin1 \xE4\xF6\xFC and more", 'is not UTF-8', qr/base64/ ],
    [ "a zero\0in the middle", 'is not UTF-8', qr/base64/ ],
    [ "\xEF\xBB\xBF$fine", 'begins with a byte order mark', qr/without a byte order mark/ ],
    [ "$fine\n$fine\n", 'holds a line feed or another control character', qr/on one line/ ],
    [ "$fine \n", 'begins or ends with a blank', qr/Take the blank away/ ],
    [ 'x' . 'ab' x 512, 'is longer than 1024 bytes', qr/on one line/ ],
    [ 'xy' x 100000, 'is longer than 1024 bytes', qr/on one line/ ],
    [ $fine, 'is in a file that others can read or write', qr/chmod 0600/, 0644 ],
    [ $fine, 'is in a file that others can read or write', qr/chmod 0600/, 0640 ],
    [ $fine, 'is in a file that others can read or write', qr/chmod 0600/, 0602 ],
    [ $fine, "can't be read", qr/mode 0600/, 0000 ])
{
    my ($secret, $fault, $hint, $mode) = @$case;
    put_secret($directory, 'hh_app', $secret, $mode);
    my $name = (length $secret > 30 ? length($secret) . ' bytes' : $secret =~ s/([^ -~])/sprintf '\\x%02X', ord $1/ger)
      . (defined $mode ? sprintf ', mode %04o', $mode : '');
    refuses([ 'hh_app', 'hh_ops' ], qr/\A[^\n]*$of_file \Q$fault\E\n[^\n]*hint: [^\n]*$hint/, "\"$name\"");
}
unlink "$directory/hh_app";
{
    my ($status, undef, $err) = (put_secret($directory, 'hh_app', 'todo', 0600), passwords('postgres', 'hh_app', 'hh_ops', 'by_console', '--secrets-dir', $directory))[-3 .. -1];
    like($err, qr/"hh_app".*is a placeholder.*role "by_console" has no secret/s, 'all that is wrong is told at once');
    unlink "$directory/hh_app";
    local $ENV{HH_PASSWORD_HH_APP} = 'CHANGE_ME_PLEASE';
    refuses([ 'hh_app', 'hh_ops' ], qr/role "hh_app" \(environment HH_PASSWORD_HH_APP\) is a placeholder/, 'a placeholder in the environment');
    local $ENV{HH_PASSWORD_HH_OPS} = 'another one than in the file';
    refuses(['hh_ops'], qr{\(file \Q$directory\E/hh_ops\) is another one than that in the environment\n.*Take one of the two away}, 'a file and a variable that differ');
}
refuses([ 'hh_app', 'hh_ops' ], qr{role "hh_app" has no secret\n.*hint: Put it into file \Q$directory\E/hh_app \(mode 0600\) or into variable HH_PASSWORD_HH_APP, or say --generate}, 'no secret');
is((passwords('postgres', 'hh_app'))[2] =~ s/.*hint: //sr, "Say --secrets-dir, or put it into variable HH_PASSWORD_HH_APP.\n", 'without a directory there is another hint');

# What is no file of this directory's.
my $elsewhere = secrets_in(hh_app => $fine);
symlink "$elsewhere/hh_app", "$directory/hh_app" or die;
refuses([ 'hh_app', 'hh_ops' ], qr/$of_file is behind a symbolic link that leads out of the directory/, 'a symbolic link that leads elsewhere');
unlink "$directory/hh_app" or die;
symlink "$directory/nowhere", "$directory/hh_app" or die;
refuses([ 'hh_app', 'hh_ops', '--generate' ], qr/$of_file can't be read/, 'a symbolic link that leads nowhere');
unlink "$directory/hh_app" or die;
mkdir "$directory/hh_app" or die;
refuses([ 'hh_app', 'hh_ops' ], qr/$of_file is not in a regular file/, 'a directory');
rmdir "$directory/hh_app" or die;
POSIX::mkfifo("$directory/hh_app", 0600) or die;
refuses([ 'hh_app', 'hh_ops' ], qr/$of_file is not in a regular file/, 'a pipe');
unlink "$directory/hh_app" or die;
chmod 0720, $directory or die;
refuses(['hh_ops'], qr/others can write to the directory of secrets.*chmod 0700/s, 'a directory that others can write to');
chmod 0700, $directory or die;
my ($status, undef, $err) = passwords('postgres', 'hh_ops', '--secrets-dir', "$directory/none");
is($status, 1, 'a directory that is not there: exit code');
like($err, qr/could not open the directory of secrets.*hint: Make it with: mkdir -m 0700/s, '... message and hint');

# As container platforms mount them: a link to a directory within, and the file in that.
mkdir "$directory/..data" or die;
put_secret("$directory/..data", 'by_console', 'what the console was given', 0400);
symlink '..data/by_console', "$directory/by_console" or die;
($status, undef, $err) = passwords('postgres', 'by_console', '--secrets-dir', $directory);
is($status, 0, 'a symbolic link within the directory is fine') or diag($err);
unlink "$directory/by_console", "$directory/..data/by_console";

# Roles.
refuses([ 'hh_ops', 'hh_opps', '--generate' ], qr/role "hh_opps" does not exist\n.*"hh-migrate roles apply"/, 'a role that is not there');
refuses([ 'hh_ops', 'hh_owner', '--generate' ], qr/role "hh_owner" may not log in, and needs no password/, 'one that does not log in');
refuses([ 'hh_ops', 'cloudsqladmin', '--generate' ], qr/role "cloudsqladmin" is a superuser/, 'a superuser');
refuses([ 'hh_ops', 'late', '--generate' ], qr/role "late" has a password that is no longer valid/, 'one whose password has expired');
foreach my $name ('../hh_ops', 'a/b', '.hidden', 'hh_ops.previous')
{
    refuses([ 'hh_ops', $name, '--generate' ], qr/the secret of role "\Q$name\E" can't be in a file of that name/, "a name that is no file's: $name");
}
refuses([ 'hh_ops', '--rotate', 'hh_app' ], qr/role "hh_app" of --rotate is none of those/, '--rotate of a role that this is not about');
{
    local $ENV{HH_PASSWORD_HH_APP} = $fine;
    refuses([ 'hh_ops', 'hh_app', '--rotate', 'hh_app' ], qr/"hh_app" is in the environment, where hh-migrate can't change it/, '--rotate of what is in the environment');
}
is((passwords('postgres', 'hh_ops', '--rotate', 'hh_ops'))[2] =~ s/.*error: //sr,
    "there is no directory to store a new secret of role \"hh_ops\" in\nhh-migrate: hint: Say --secrets-dir.\n", '--rotate without a directory');

# Rights.
$cloud->set_password('hh_admin', 'the pipeline has one');
my $administrator = qr/error: role "hh_admin" may not set the password of role "hh_app"\n.*error: role "hh_admin" may not set the password of role "hh_ops"\n.*hint: Have an administrator run the same with --username: one with CREATEROLE/s;
refuses([ 'hh_app', 'hh_ops', '--generate' ], $administrator, 'a role without the right', 'hh_admin');
refuses([ 'hh_app', 'hh_ops', '--generate', '--dry-run' ], $administrator, '... which a dry run tells too', 'hh_admin');
my ($done, $out) = passwords('postgres', 'hh_ops', '--secrets-dir', $directory);
is($done, 0, 'the administrator may');
($status, $out, $err) = passwords('hh_admin', 'hh_ops', '--secrets-dir', $directory);
is($status, 0, 'where nothing is to be changed, no right is needed') or diag($err);
like($out, qr/^ hh_ops \| unchanged \| ok /m, '... for a login tells');
{
    local $ENV{HH_PASSWORD_HH_ADMIN} = 'one of its own choice';
    is((passwords('hh_admin', 'hh_admin'))[0], 0, 'a role may set its own');
    is(logs_in($cloud, 'main', 'hh_admin', 'one of its own choice'), 'hh_admin', '... which is then its password');
    $cloud->set_password('hh_admin', 'the pipeline has one');
}
put_secret($directory, 'by_console', 'another one than it has');
if ($cloud->pg_version >= 16)
{
    refuses([ 'by_console' ], qr/"postgres" may not set the password of role "by_console"\n.*and with ADMIN on the role/, 'CREATEROLE without ADMIN');
}
else
{
    is((passwords('postgres', 'by_console', '--secrets-dir', $directory))[0], 0, 'before 16, CREATEROLE is enough');
}
unlink "$directory/by_console";

# A server that takes no changes; what is right already is no change.
put_secret($directory, 'hh_ops', $other);
run_sql($cloud, 'main', undef, 'ALTER SYSTEM SET default_transaction_read_only = on');
$cloud->reload;
$cloud->poll_query_until('main', q{SELECT current_setting('default_transaction_read_only') = 'on'}) or die;
refuses([ 'hh_app', 'hh_ops', '--generate' ], qr/the server takes no changes/, 'a server that is read-only');
is((passwords('postgres', 'hh_ops', '--secrets-dir', $directory))[0], 0, '... where a login shows that nothing is to be done');
run_sql($cloud, 'main', undef, 'SET transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only');
$cloud->reload;
$cloud->poll_query_until('main', q{SELECT current_setting('default_transaction_read_only') = 'off'}) or die;

# A secret that will not do is replaced by --rotate.
foreach my $case ([ 'todo', 0600 ], [ '', 0600 ], [ $fine, 0644 ])
{
    put_secret($directory, 'hh_app', @$case);
    ($status, $out, $err) = passwords('postgres', 'hh_app', '--secrets-dir', $directory, '--rotate', 'hh_app');
    is($status, 0, sprintf('--rotate in the place of "%s", mode %o', @$case)) or diag($err);
    is(length secret($directory, 'hh_app'), 44, '... another secret');
    is(logs_in($cloud, 'main', 'hh_app', secret($directory, 'hh_app')), 'hh_app', '... which is the password');
}

# Names that nobody would give a role, and somebody does.
foreach my $name (q{a "b"; DROP ROLE hh_ops; --'c'}, '$$; $1 %s %I', 'x' x 63, 'emoji 😀 role', q{back\\slash}, 'Capital.Letters@example.com')
{
    my $bytes = encode_utf8($name);
    my $quoted = '"' . ($bytes =~ s/"/""/gr) . '"';
    run_sql($cloud, 'main', 'postgres', "CREATE ROLE $quoted LOGIN");
    ($status, $out, $err) = passwords('postgres', '--secrets-dir', $directory, '--generate', $bytes);
    my $ascii = $name =~ s/[^ -~]/?/gr;
    is($status, 0, "a role's name: $ascii") or diag($err);
    local $ENV{PGUSER} = $bytes;
    local $ENV{PGPASSWORD} = secret($directory, $bytes);
    my $user = (try_program('psql', '-XqAtwd', $cloud->connstr('main'), '-c', 'SELECT session_user'))[1];
    is($user, "$bytes\n", '... which logs in');
}
is(run_sql($cloud, 'main', undef, q{SELECT count(*) FROM pg_roles WHERE rolname = 'hh_ops'}), 1, 'no name was taken for SQL');

done_testing();
