# hh-migrate --dir: a team's own migrations.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

without_roles();

delete @ENV{qw(HH_MIGRATE_DIR EMBEDDING_DIMENSIONS)};

my $node = new_node('main');
add_role($node, 'owner');
add_database($node, 'main', 'owner');

sub up
{
    my (@arguments) = @_;
    return try_client($node, 'main', 'owner', 'up', @arguments);
}

# A new directory with these files: name => text.
sub directory_with
{
    my (%files) = @_;
    my $directory = PostgreSQL::Test::Utils::tempdir();
    write_file("$directory/$_", $files{$_}) foreach keys %files;
    return $directory;
}

sub write_file
{
    my ($path, $text) = @_;
    open my $file, '>:raw', $path or die "$path: $!";
    print $file $text;
    close $file or die "$path: $!";
    return;
}

my $ledger = q{SELECT string_agg(version || ' ' || state, ', ' ORDER BY version)
    FROM hh.migration WHERE version >= '1'};

# Applied after the bundled ones, in the order of their numbers; what isn't a migration is left alone.
my $team = directory_with(
    '1000_city.sql' => "CREATE SCHEMA team;\nCREATE TABLE team.city (id int);\n",
    '9000_late.sql' => "ALTER TABLE team.city ADD name text;\n",
    '20250101120000_later.sql' => "COMMENT ON COLUMN team.city.name IS 'A name';\n",
    'README.md' => 'Read me.',
    '1001_draft.sql~' => 'SELECT 1/0;',
    '.1002_lock.sql' => 'SELECT 1/0;');
my ($status, $plan, $err) = up('--dir', $team, '--dry-run');
is($status, 0, 'a dry run') or diag($err);
like($plan, qr/would apply 0007_triggers .*\nwould apply 0008_ledger_details .*\nwould apply 0009_policy .*\nwould apply 0010_schema_privileges .*\nwould apply 1000_city .*\nwould apply 9000_late .*\nwould apply 20250101120000_later \(1 statement\)\nwould record policy strict .*\n\z/,
    '... has a team\'s migrations behind the bundled ones, in numeric order');
($status, my $out, $err) = up('--dir', $team);
is($status, 0, 'up with a directory') or diag($err);
like($out, qr/^applied 1000_city \(2 statements, \d+ ms\)\n.*9000_late.*\n.*20250101120000_later.*\nrecorded policy .*\n\z/m,
    '... applies them');
is(run_sql($node, 'main', 'owner', $ledger),
    '1000 applied, 20250101120000 applied, 9000 applied', '... and records them');
is((up('--dir', "$team/"))[1], "nothing to do\n", '... once');
{
    local $ENV{HH_MIGRATE_DIR} = $team;
    write_file("$team/20250101120001_more.sql", "\xEF\xBB\xBFSELECT 1;\r\n");
    is((up())[1] =~ s/\d+ ms/N ms/r, "applied 20250101120001_more (1 statement, N ms)\n", 'HH_MIGRATE_DIR does as --dir');
    is((up('--dir', '/nonexistent'))[0], 1, '... which overrides it');
}
write_file("$team/20250101120001_more.sql", "SELECT 1;\n");
is((up('--dir', $team))[1], "nothing to do\n", 'a byte order mark and CRLF are no change');

# Without the directory a team's migrations are nobody's business.
is((up())[1], "nothing to do\n", 'up without --dir');
is(run_sql($node, 'main', 'owner', 'SELECT count(*) FROM hh.deploy()'), 0, 'hh.deploy()');

sub states
{
    my (@arguments) = @_;
    my ($status, $out) = try_client($node, 'main', 'owner', 'status', '--format', 'json', @arguments);
    my $json = decode_json($out);
    return { code => $status, up_to_date => $json->{up_to_date} ? 1 : 0,
        map { $_->{version} => $_->{state} } grep { $_->{version} !~ /^0/ } @{ $json->{migrations} } };
}

my %applied = map { $_ => 'applied' } qw(1000 9000 20250101120000 20250101120001);
my %unknown = map { $_ => 'unknown' } keys %applied;
is_deeply(states('--dir', $team), { code => 0, up_to_date => 1, %applied }, 'status with --dir');
is_deeply(states(), { code => 0, up_to_date => 1, %unknown }, 'status without it');
write_file("$team/1000_city.sql", "CREATE SCHEMA team;\n");
is_deeply(states('--dir', $team), { code => 2, up_to_date => 0, %applied, 1000 => 'changed' }, 'an edited file');
like((up('--dir', $team))[2], qr/error: migration 1000_city is not the one that was applied/, '... is refused');
unlink "$team/1000_city.sql";
is_deeply(states('--dir', $team), { code => 2, up_to_date => 0, %applied, 1000 => 'unknown' }, 'a missing file');
like((up('--dir', $team))[2], qr/error: the ledger has migration 1000_city, which directory "\Q$team\E" doesn't have\n/,
    '... is refused');
run_sql($node, 'main', 'owner', q{UPDATE hh.migration SET state = 'reverted' WHERE version = '1000'});
is((up('--dir', $team))[1], "nothing to do\n", '... unless it was taken back');
run_sql($node, 'main', 'owner', q{DELETE FROM hh.migration WHERE version = '1000'});

# A file that fails leaves nothing, and says where.
write_file("$team/20250101120002_bad.sql", "CREATE TABLE team.gone ();\n\n  SELECT 1/0;\n");
($status, $out, $err) = up('--dir', $team);
is($status, 1, 'a failing file');
like($err, qr/migration 20250101120002_bad failed at statement 2 of 2 \(\Q$team\E\/20250101120002_bad\.sql, line 3\)/,
    '... is named, with the line');
is(run_sql($node, 'main', 'owner', q{SELECT to_regclass('team.gone')}), '', '... and rolled back');

# Bad files are found before anything is done, even before a connection is tried.
sub refuses
{
    my ($files, $message, $name) = @_;
    my $directory = directory_with('1000_good.sql' => 'SELECT 1;', %$files);
    foreach my $command ('up', 'status')
    {
        my ($status, $out, $err) =
          try_program($ENV{HH_MIGRATE} // 'hh-migrate', $command, '--dir', $directory, '-h', '/nonexistent');
        is($status, 1, "$name: exit code of $command");
        is($out, '', '... nothing on standard output');
        like($err, qr/\Ahh-migrate: error: $message/, '... message') or diag($err);
    }
    return;
}

my $path = qr/[^ ]*\//;
refuses({ '0005_low.sql' => '' }, qr/${path}0005_low\.sql: version 0005 is not a team's\n.*begin at 1000, or are time stamps of 14 digits/,
    'a version of Headhunter\'s');
refuses({ '01000_zero.sql' => '' }, qr/${path}01000_zero\.sql: version 01000 is not a team's\n/, 'a leading zero');
refuses({ '1000_twin.sql' => '' }, qr/two migrations have version 1000: ${path}1000_\w+\.sql and ${path}1000_\w+\.sql\n/,
    'a version twice');
refuses({ $_ => '' }, qr/$path\Q$_\E: the name is not of the form NNNN_name\.sql\n/, "name $_")
  foreach 'notes.sql', '1001-a.sql', '1001_A.sql', '1001_a.SQL', '1_a.sql';
refuses({ '1001_nul.sql' => "SELECT 1;\n\0" }, qr/${path}1001_nul\.sql, line 2: a NUL byte in the file\n/, 'a NUL byte');
refuses({ '1001_latin.sql' => "\n\nSELECT '\xE9';" }, qr/${path}1001_latin\.sql, line 3: the file is not valid UTF-8\n/,
    'another encoding');
refuses({ '1001_utf16.sql' => "\xFF\xFES\0" }, qr/${path}1001_utf16\.sql, line 1: /, 'UTF-16');
refuses({ '1001_open.sql' => "SELECT 1;\n\nSELECT $_" },
    qr/${path}1001_open\.sql, line 3: unterminated /, "an open $_")
  foreach q{'a}, q{"a}, q{$x$a}, q{/* a};
refuses({ '1001_open.sql' => "SELECT 1;\n-- hh: revert\nSELECT 'a" },
    qr/${path}1001_open\.sql, line 3: unterminated quoted string/, 'an open quote in the revert part');
refuses({ '1001_typo.sql' => "-- About.\n-- hh: repeatble\n" },
    qr/${path}1001_typo\.sql, line 2: unknown directive/, 'an unknown directive');
refuses({ '1001_psql.sql' => "SELECT 1;\n\\i other.sql\n" },
    qr/${path}1001_psql\.sql, line 2: psql's meta-command "\\i" in a migration\n.*hint: Write the other file's statements here/,
    'a meta-command of psql');
refuses({ '1001_copy.sql' => "SELECT 1;\n\nCOPY t FROM STDIN;\n1\t'\n\\.\n" },
    qr/${path}1001_copy\.sql, line 3: COPY FROM STDIN in a migration\n.*hint: .*INSERT/, 'COPY FROM STDIN');
refuses({ '1001_commit.sql' => "SELECT 1;\nCOMMIT;" }, qr/${path}1001_commit\.sql, line 2: /, 'COMMIT');

my $odd = directory_with();
mkdir "$odd/1000_folder.sql" or die;
like((up('--dir', $odd))[2], qr/error: \Q$odd\E\/1000_folder\.sql: not a regular file/, 'a folder');
rmdir "$odd/1000_folder.sql";
system('mkfifo', "$odd/1000_pipe.sql") == 0 or die;
like((up('--dir', $odd))[2], qr/error: \Q$odd\E\/1000_pipe\.sql: not a regular file/, 'a pipe is not waited for');
unlink "$odd/1000_pipe.sql";
symlink '/nonexistent', "$odd/1000_link.sql" or die;
like((up('--dir', $odd))[2], qr/error: could not open file "\Q$odd\E\/1000_link\.sql": No such file/, 'a broken link');
unlink "$odd/1000_link.sql";
write_file("$odd/1000_large.sql", '');
truncate "$odd/1000_large.sql", 64 * 1024 * 1024 + 1;
like((up('--dir', $odd))[2], qr/error: \Q$odd\E\/1000_large\.sql: the file is larger than 64 MB/, 'a file too large');
unlink "$odd/1000_large.sql";
SKIP:
{
    skip 'root reads everything', 1 if $> == 0;
    write_file("$odd/1000_secret.sql", 'SELECT 1;');
    chmod 0, "$odd/1000_secret.sql";
    like((up('--dir', $odd))[2], qr/error: could not open file ".*secret\.sql": Permission denied/, 'an unreadable file');
    unlink "$odd/1000_secret.sql";
}
like((up('--dir', '/nonexistent'))[2], qr/error: could not open directory "\/nonexistent": No such file/, 'no directory');
like((up('--dir', $0))[2], qr/error: could not open directory .*: Not a directory/, 'a file for a directory');
is((up('--dir', $odd, '--dry-run'))[0], 1, 'an empty directory lacks what the ledger has');

# Many files; how quickly is measured by bench/migrate.
my $many = directory_with(map { (sprintf('2025%010d_step.sql', $_) => "CREATE TABLE step_$_ (id int);\n") } 1 .. 10_000);
add_database($node, 'empty', 'owner');
($status, $out, $err) = try_client($node, 'empty', 'owner', 'up', '--dry-run', '--dir', $many);
is($status, 0, '10,000 files') or diag($err);
is(() = $out =~ /^would apply 2025/mg, 10_000, '... are planned');

done_testing();
