# hh-migrate up --only.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner');
add_database($node, 'main', 'owner');

sub up
{
    return try_client($node, 'main', 'owner', 'up', @_);
}

my ($status, $out, $err) = up('--only=everything');
is($status, 1, 'a part that isn\'t one: exit code');
like($err, qr/error: invalid value "everything" for --only\n.*hint: .*: roles, code, migrations, policy, privileges\./, '... message');

($status, $out, $err) = up('--only=migrations');
is($status, 1, 'migrations without code: exit code');
is($out, '', '... nothing is done');
like($err, qr/error: extension "headhunter" is not installed\n.*hint: Run "hh-migrate up" without --only, or with --only=code first/s, '... message');

($status, $out, $err) = up('--only=code', '--dry-run');
is($status, 0, 'code, dry run');
like($out, qr/\Awould create extension headhunter \S+\n\z/, '... the plan');
($status, $out, $err) = up('--only=code');
is($status, 0, 'code') or diag($err);
like($out, qr/\Acreated extension headhunter \S+ \(\d+ ms\)\n\z/, '... and no more');
is(run_sql($node, 'main', undef, q{SELECT to_regclass('hh.migration') IS NULL AND to_regnamespace('search') IS NULL}), 't', '... no table');
is((up('--only=code'))[1], "nothing to do\n", '... once');

($status, $out, $err) = up('--only=migrations', '--to=0001');
is($status, 0, 'some migrations') or diag($err);
like($out, qr/\Aapplied 0000_ledger .*\napplied 0001_embedding_model .*\n\z/, '... and no more');
($status, $out, $err) = up('--only=migrations');
is($status, 0, 'the others');
unlike($out, qr/extension/, '... and no code');

add_database($node, 'whole', 'owner');
run_client($node, 'whole', 'owner', 'up', '--only=migrations,code');
is_same_listing(catalog($node, 'main'), catalog($node, 'whole'), 'part by part or in one: the same catalogs');

done_testing();
