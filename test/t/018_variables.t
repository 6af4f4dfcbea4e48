# Variables in a team's migrations.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

without_roles();

delete @ENV{ grep { /^HH_/ && $_ ne 'HH_MIGRATE' } keys %ENV };

my $node = new_node('main');
add_role($node, 'owner');
add_database($node, 'main', 'owner');

my $directory = PostgreSQL::Test::Utils::tempdir();

sub write_file
{
    my ($name, $text) = @_;
    open my $file, '>:raw', "$directory/$name" or die "$name: $!";
    print $file $text;
    close $file or die "$name: $!";
    return;
}

sub up
{
    my (@arguments) = @_;
    return try_client($node, 'main', 'owner', 'up', '--dir', $directory, @arguments);
}

write_file('1000_all.sql', <<'END');
-- hh: vars schema note n unused
CREATE SCHEMA :"schema";
CREATE TABLE :"schema".t (id int DEFAULT :n, note text DEFAULT :'note');
INSERT INTO :"schema".t DEFAULT VALUES;
INSERT INTO :"schema".t SELECT a[1], ':n :''note'' ' || $$:'note'$$ /* :n */
FROM (SELECT (ARRAY[1, 2, 3])[2:3::int]) AS s(a);
CREATE FUNCTION :"schema".f() RETURNS text LANGUAGE sql AS $f$ SELECT ':n'::text $f$;
END
my $note = qq{it's "7" \\ ; -- \n\xC3\xA7};

# A variable without a value: an error that names file and variable, and nothing is done.
my ($status, $out, $err) = up('--set', 'schema=My team', '--set', "note=$note", '--set', 'unused=');
is($status, 1, 'a variable without a value');
is($out, '', '... and nothing is done, not even the bundled migrations');
like($err, qr/error: [^ ]*\/1000_all\.sql: variable "n" has no value\n.*hint: Give it with --set n=VALUE, or in the environment as HH_VAR_n\./s,
    '... names file and variable');
is(run_sql($node, 'main', undef, q{SELECT to_regclass('hh.migration')}), '', '... no ledger either');
($status, $out, $err) = up('--dry-run');
is(() = $err =~ /has no value\n/g, 4, 'a dry run names each of them');

($status, $out, $err) = up('--set', 'typo=1');
is($status, 1, 'a variable that no file declares');
like($err, qr/\Ahh-migrate: error: no migration declares variable "typo", which --set gives\n/, '... is refused');
($status, $out, $err) = up('--set', 'n');
like($err, qr/error: invalid value "n" for --set\n/, 'a variable without =');
($status, $out, $err) = up('--set', 'embedding_dimensions=3');
like($err, qr/error: --set does not take variable "embedding_dimensions"/, 'the dimension has an option of its own');

# Values from the command line, which goes first, and the environment.
{
    local $ENV{HH_VAR_n} = '42';
    local $ENV{HH_VAR_schema} = 'public';
    local $ENV{HH_VAR_unused} = '';
    local $ENV{n} = '43';
    ($status, $out, $err) = up('--set', 'schema=My team', '--set', "note=$note");
    is($status, 0, 'values from both') or diag($err);
}
is(run_sql($node, 'main', 'owner', 'SELECT id FROM "My team".t WHERE note <> $$x$$ ORDER BY ctid LIMIT 1'), 42, ':n');
is(run_sql($node, 'main', 'owner', 'SELECT note FROM "My team".t WHERE id = 42'), $note, q{:'note'});
is(run_sql($node, 'main', 'owner', 'SELECT id, note FROM "My team".t WHERE id <> 42'),
    q{2|:n :'note' :'note'}, 'slices, casts, strings, dollar quotes and comments are left alone');
is(run_sql($node, 'main', 'owner', 'SELECT "My team".f()'), ':n', '... and a function\'s body');
my $recorded = run_sql($node, 'main', 'owner', q{SELECT variables FROM hh.migration WHERE version = '1000'});
is_deeply(
    decode_json($recorded),
    decode_json(encode_json({ n => '42', schema => 'My team', unused => '' }) =~ s/}$/,"note":"it's \\"7\\" \\\\ ; -- \\n\xC3\xA7"}/r),
    'the values are recorded');
is((up())[1], "nothing to do\n", 'an applied migration needs no values');
is((try_client($node, 'main', 'owner', 'status', '--dir', $directory))[0], 0, '... nor does status');

# A value must not be more than a part of its statement.
write_file('1001_value.sql', "-- hh: vars v\n\nSELECT :v AS a\nWHERE false;\n");
foreach my $value ('1; DROP TABLE "My team".t; SELECT 1', q{'1}, '1 \\\\gexec', '$$')
{
    ($status, $out, $err) = up('--set', "v=$value");
    is($status, 1, "value $value");
    is($out, '', '... does nothing');
    like($err, qr/1001_value\.sql, line 3: a variable's value ends the statement, or leaves it open\n/, '... says where');
}
unlink "$directory/1001_value.sql";

# A verify part is asked with the values that the migration was applied with.
write_file('1001_view.sql', <<'END');
-- hh: repeatable
-- hh: vars name
CREATE OR REPLACE VIEW public.:"name" AS SELECT 1 AS one;
-- hh: verify
SELECT to_regclass('public.' || quote_ident(:'name')) IS NOT NULL;
END
is((up('--set', 'name=a=b "c" d', '-q'))[0], 0, 'a repeatable migration with a variable');
is((up())[1], "nothing to do\n", '... holds');

# Not in the name of a role that can't act as the owner: a query may run what the owner has made.
add_role($node, 'reader');
run_sql($node, 'main', 'owner', 'GRANT USAGE ON SCHEMA hh TO reader; GRANT SELECT ON hh.migration TO reader');
($status, $out, $err) = try_client($node, 'main', 'reader', 'status', '--dir', $directory, '--format', 'csv');
is($status, 2, 'a reader');
like($out, qr/^1001,view,repeatable,unverified,/m, '... runs no query of a team');
like($err, qr/warning: could not verify 1001_view\n/, '... and is told so');
run_sql($node, 'main', 'owner', 'DROP VIEW public."a=b ""c"" d"');
my $states = (try_client($node, 'main', 'owner', 'status', '--dir', $directory, '--format', 'csv'))[1];
like($states, qr/^1001,view,repeatable,unverified,/m, '... is found missing without its value');
like((up())[2], qr/variable "name" has no value/, '... which applying it again takes');
like((up('--set', 'name=e'))[1], qr/\Aapplied again 1001_view /, '... and may be another');
is(run_sql($node, 'main', 'owner', q{SELECT variables FROM hh.migration WHERE version = '1001'}), '{"name": "e"}',
    '... which is recorded');

# Statements that go through hh.execute_as_owner() are filled in alike.
write_file('1002_super.sql', "-- hh: vars v\nCREATE TABLE public.made (n int DEFAULT :v);\n");
($status, $out, $err) = try_client($node, 'main', undef, 'up', '--dir', $directory, '--set', 'v=7');
is($status, 0, 'as a superuser') or diag($err);
is(run_sql($node, 'main', 'owner', q{SELECT variables FROM hh.migration WHERE version = '1002'}), '{"v": "7"}',
    '... recorded');

done_testing();
