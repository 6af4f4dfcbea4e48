# Names that want to command a terminal, or to be statements when a plan is pasted into psql.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Terminal;
use Test::More;

my $node = new_node('main');
my $superuser = run_sql($node, 'postgres', undef, 'SELECT current_user');
add_database($node, 'main', "\"$superuser\"");
run_client($node, 'main', undef, @$_, '-q') foreach [ 'roles', 'apply' ], ['up'];
run_sql($node, 'main', undef, 'CREATE TABLE public.canary ()');

my $made = PostgreSQL::Test::Utils::tempdir_short() . '/made';
my @evil = (
    "nl\nDROP TABLE public.canary; --", "cr\rDROP TABLE public.canary; --", "nl2\n;\n\\! touch $made",
    "kill\x15DROP TABLE public.canary;", "enter\x0a\x15DROP TABLE public.canary;\x0a", "tab\t\t\\! touch $made",
    "esc\e[2J\e]0;title\a", "paste\e[201~\nDROP TABLE public.canary;", "c1\xc2\x9b31m", "bidi\xe2\x80\xae",
    'quote"; DROP TABLE public.canary; --', q{it's E'\\'; DROP TABLE public.canary; --}, "back\\slash\n\\", 'U&"\0041');

# A role, a table with a column, a schema's grant of each name.
my $wrong = '';
foreach my $name (map { s/"/""/gr } map { substr $_, 0, 63 } @evil)
{
    $wrong .= qq{
        CREATE ROLE "$name";
        GRANT hh_app TO "$name";
        CREATE TABLE search."$name" ("$name" int);
        ALTER TABLE search."$name" OWNER TO "$name";
        GRANT SELECT ("$name"), INSERT ON search."$name" TO hh_app;
        GRANT USAGE ON SCHEMA search TO "$name";
        ALTER ROLE hh_app IN DATABASE main SET "evil.x" = 'a';
    };
}

my $commands = qr/[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]/;

sub is_shown
{
    my ($text, $name) = @_;
    my @lines = grep { $_ =~ $commands } split /\n/, $text;
    return is(join("\n", @lines), '', "$name: no control characters");
}

# Nothing but comments and whole statements of ours.
sub is_script
{
    my ($script, $name) = @_;
    my @other = grep { !/^(?:|--.*|(?:CREATE|ALTER|DROP|GRANT|REVOKE|SET ROLE|COMMENT ON ROLE) .*;)$/ } split /\n/, $script;
    return is(join("\n", @other), '', "$name: comments and statements");
}

sub is_mended
{
    my ($name) = @_;
    is((try_client($node, 'main', undef, 'roles', 'plan'))[1], "nothing to do\n", "$name: nothing is left to do");
    is(run_sql($node, 'main', undef, q{SELECT to_regclass('public.canary')}), 'canary', "$name: nothing planted was run");
    ok(!-e $made, "$name: by psql neither");
    return;
}

sub spoil
{
    my ($again) = @_;
    run_sql($node, 'main', undef, join '', map { s/"/""/g; qq{DROP TABLE search."$_"; DROP OWNED BY "$_"; DROP ROLE "$_";} }
          map { substr $_, 0, 63 } @evil) if $again;
    run_sql($node, 'main', undef, $wrong);
    return;
}

spoil(0);
my ($status, $plan, $err) = try_client($node, 'main', undef, 'roles', 'plan');
is($status, 0, 'plan') or diag($err);
cmp_ok(scalar(() = $plan =~ /U&"/g), '>', 3 * @evil, 'plan: names are written with escapes');
is_shown($plan, 'plan');
is_script($plan, 'plan');
($status, my $out, $err) = try_sql($node, 'main', undef, $plan);
is($status, 0, 'psql runs the plan') or diag($err);
is_mended('plan');

# On a terminal psql reads by readline, to which ^U, a tab and an escape are commands.
spoil(1);
my $terminal = Terminal->start(200, 'env', 'PSQL_HISTORY=/dev/null', $node->installed_command('psql'), '-X', '-d', $node->connstr('main'));
ok($terminal->wait_for(qr/main=#/), 'psql on a terminal');
my $count = 0;
foreach my $line (split /\n/, $plan)
{
    $terminal->type("$line\n\\echo line-@{[ ++$count ]}-\n");
    $terminal->wait_for(qr/[\r\n]line-$count-/);
}
$terminal->type("\\q\n");
is($terminal->finish, 0, 'psql ends');
unlike($terminal->written, qr/ERROR/, '... without an error');
is_mended('a plan that was pasted');

spoil(1);
($status, $out, $err) = try_client($node, 'main', undef, 'audit');
is($status, 2, 'audit') or diag($err);
is_shown($out, 'audit');
my ($script) = $out =~ /^(-- From top to bottom.*)/ms;
is_script($script, 'audit');
($status, undef, $err) = try_sql($node, 'main', undef, $script);
is($status, 0, 'psql runs the audit\'s remedies') or diag($err);
is_mended('audit');

spoil(1);
($status, $out, $err) = try_client($node, 'main', undef, 'audit', '--format', 'html');
is($status, 2, 'HTML') or diag($err);
cmp_ok(scalar(() = $out =~ /<code>[^<\n]*nl\\000ADROP TABLE public\.canary; --[^<\n]*;<\/code>/g), '>=', 3, 'a statement to copy is one line');

spoil(1);
($status, $out, $err) = try_client($node, 'main', 'hh_admin', 'roles', 'apply');
is($status, 1, 'who may not change roles is refused');
like($err, qr/^hh-migrate: detail:     REVOKE hh_app FROM U&"nl\\000ADROP TABLE public\.canary; --";$/m, '... and shown what is needed');
is_shown($err, 'a refusal');
run_sql($node, 'main', undef, join '', map { s/"/""/g; qq{REVOKE hh_app FROM "$_";} } map { substr $_, 0, 63 } @evil);
run_sql($node, 'main', undef, 'ALTER ROLE hh_app IN DATABASE main RESET evil.x');
($status, $out, $err) = try_client($node, 'main', 'hh_admin', 'roles', 'apply');
is($status, 2, 'what belongs to others is left');
like($err, qr/ ON TABLE search\.U&"nl\\000ADROP TABLE public\.canary; --" FROM /, '... and shown');
is_shown($err, 'what is left');
($status, $out, $err) = try_client($node, 'main', undef, 'doctor');
like($out, qr/ SELECT on table search\.back\\slash /, 'doctor');
is_shown($out, 'doctor');
is((try_client($node, 'main', undef, 'roles', 'apply', '-q'))[0], 0, 'apply');
is_mended('apply');
$node->stop;

done_testing();
