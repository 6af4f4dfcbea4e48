# Databases of one cluster whose policies name the same roles: each leaves what another one gives.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use CloudSQL;
use HeadhunterTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $bundled = PostgreSQL::Test::Utils::slurp_file("$FindBin::RealBin/../../migrate/policy");
my $directory = migrations_in(
    more => $bundled . <<'END',

-- Reports, with what services see.
CREATE ROLE reporting LOGIN INHERIT CREATEDB CONNECTION LIMIT 5;
-- As the services.
GRANT hh_app TO reporting WITH INHERIT TRUE, SET TRUE;
-- The schedulers search, too.
GRANT hh_analytics TO hh_ops WITH INHERIT TRUE, SET TRUE;
END
    # The roles of both, with other attributes.
    other => ($bundled =~ s/^CREATE ROLE hh_ops LOGIN;/CREATE ROLE hh_ops LOGIN CREATEDB CONNECTION LIMIT 9;/mr) . <<'END');

-- It doesn't log in here.
CREATE ROLE reporting NOLOGIN CONNECTION LIMIT 3;
END
my %policy = (less => [], more => [ '--policy', "$directory/more", '--profile', 'auto-migrate' ], other => [ '--policy', "$directory/other" ]);
my $node = new_node('main');
my $superuser = run_sql($node, 'postgres', undef, 'SELECT current_user');

sub sql { return run_sql($node, 'postgres', undef, @_) }

sub apply
{
    my ($database, @arguments) = @_;
    my ($status, $out, $err) = try_client($node, $database, undef, 'roles', 'apply', @{ $policy{$database} // [] }, @arguments);
    is($status, 0, "$database: apply") or diag($err);
    return $out;
}

# Nothing differs, as the audit, the plan and a second run say.
sub is_whole
{
    my ($database, $name) = @_;
    my @policy = @{ $policy{$database} };
    is(run_sql($node, $database, undef, 'SELECT * FROM hh.audit()'), '', "$name: $database: the audit finds nothing");
    is((try_client($node, $database, undef, 'roles', $_, @policy))[1], "nothing to do\n", "... $_") foreach 'plan', 'apply';
    is((try_client($node, $database, undef, 'up', @policy))[1], "nothing to do\n", '... up');
    return;
}

my $members = q{
    SELECT roleid::regrole || '<' || member::regrole || CASE WHEN admin_option THEN ' admin' ELSE '' END
    FROM pg_auth_members WHERE roleid::regrole::text ~ '^(hh_|reporting)' ORDER BY 1};
my $all = join "\n", 'hh_analytics<hh_ops', 'hh_app<reporting', 'hh_owner<hh_admin', 'hh_search_owner<hh_app', 'hh_search_owner<hh_owner';
my $attributes = q{SELECT rolname, rolcanlogin, rolcreatedb, rolconnlimit FROM pg_roles WHERE rolname IN ('hh_ops', 'reporting') ORDER BY 1};
my $both = "hh_ops|t|t|-1\nreporting|t|t|5";

# One after the other.
my @databases = sort keys %policy;
foreach my $database (@databases)
{
    add_database($node, $database, "\"$superuser\"");
    apply($database);
    run_client($node, $database, undef, 'up', '-q', @{ $policy{$database} });
}
is_whole($_, 'one after the other') foreach @databases;
is(sql($members), $all, 'each has what its policy gives');
is(sql($attributes), $both, '... attributes too');
is((try_client($node, 'less', 'hh_admin', 'up'))[1], "nothing to do\n", 'who may write no claims has nothing to do');

# What nobody gave is taken away all the same.
sql('CREATE ROLE stranger; GRANT hh_app TO stranger; GRANT hh_app TO reporting WITH ADMIN OPTION; GRANT hh_owner TO hh_app;
    ALTER ROLE hh_ops CREATEROLE CONNECTION LIMIT 2; ALTER ROLE reporting CREATEROLE; GRANT reporting TO hh_analytics');
is(run_sql($node, 'less', undef, q{SELECT verdict, role, object_name FROM hh.audit() WHERE object_type = 'role' ORDER BY 2, 3, 1}), <<'END' =~ s/\n\z//r,
wrong membership|hh_analytics|reporting
wrong membership|hh_app|hh_owner
wrong attribute|hh_ops|hh_ops
wrong attribute|hh_ops|hh_ops
wrong membership|reporting|hh_app
unknown role|stranger|hh_app
END
    'what no policy gives is found');
like(apply('less'), qr/^ALTER ROLE hh_ops NOCREATEROLE CONNECTION LIMIT -1;$/m, '... and mended, with what others say');
apply('more');
is(sql($members), $all, '... memberships');
is(sql($attributes), $both, '... attributes');
is_whole($_, 'then') foreach @databases;

# Comments that people write stay, and nobody can vouch for itself.
sql(q{DO $$ BEGIN EXECUTE format('COMMENT ON ROLE hh_app IS %L', E'For services.\n' || shobj_description('hh_app'::regrole, 'pg_authid') || E'\nhh-migrate "gone" LOGIN CREATEDB MEMBER "stranger"'); END $$;
    GRANT hh_app TO stranger; ALTER ROLE hh_ops IN DATABASE less SET work_mem = '1MB'});
like(apply('less'), qr/REVOKE hh_app FROM stranger/, 'a database that is gone has no say');
is((try_sql($node, 'less', 'hh_app', q{COMMENT ON ROLE hh_app IS 'hh-migrate "more" SUPERUSER MEMBER "hh_app"'}))[0], 3, 'no role writes its own comment');
sql(q{ALTER ROLE hh_app CONNECTION LIMIT 8});
my $comment = q{SELECT shobj_description('hh_app'::regrole, 'pg_authid')};
sql(q{DO $$ BEGIN EXECUTE format('COMMENT ON ROLE hh_app IS %L', replace(shobj_description('hh_app'::regrole, 'pg_authid'), 'hh-migrate "less" LOGIN', 'hh-migrate "less"')); END $$});
apply('less');
is(sql($comment), <<'END' =~ s/\n\z//r, 'a comment is changed in what is this database\'s');
For services.
hh-migrate "more" LOGIN INHERIT MEMBER "reporting" INHERIT SET
hh-migrate "other" LOGIN INHERIT
hh-migrate "less" LOGIN INHERIT
END

# At once: from nothing, and where only words are wanting, which are written as a whole.
my $no_claims = q{DO $$ DECLARE r record; BEGIN
    FOR r IN SELECT oid::regrole AS a FROM pg_roles WHERE rolname ~ '^hh_|reporting' LOOP
        EXECUTE format('COMMENT ON ROLE %s IS NULL', r.a); END LOOP; END $$};
my $nothing = $no_claims . q{; DO $$ DECLARE r record; BEGIN
    FOR r IN SELECT roleid::regrole AS a, member::regrole AS b FROM pg_auth_members WHERE roleid::regrole::text ~ '^hh_' LOOP
        EXECUTE format('REVOKE %s FROM %s', r.a, r.b); END LOOP; END $$;
    ALTER ROLE hh_ops NOCREATEDB CONNECTION LIMIT 1; ALTER ROLE reporting NOLOGIN NOCREATEDB CONNECTION LIMIT 0};
foreach my $round (1 .. 6)
{
    sql($round % 2 ? $nothing : $no_claims);
    my @runs = map {
        my ($out, $err) = ('', '');
        my @command = ($ENV{HH_MIGRATE} // 'hh-migrate', 'roles', 'apply', '-q', @{ $policy{$_} }, '--dbname', conninfo($node, $_, undef));
        [ IPC::Run::start(\@command, '<', \undef, '>', \$out, '2>', \$err), \$err ]
    } @databases;
    ok($_->[0]->finish, "at once, round $round") or diag(${ $_->[1] }) foreach @runs;
    is(sql(q{SELECT array_length(string_to_array(shobj_description('hh_app'::regrole, 'pg_authid'), E'\n'), 1)}), 3, '... a line each');
    is(sql($members), $all, '... memberships');
    is(sql($attributes), $both, '... attributes');
}
is_whole($_, 'at once') foreach @databases;

# Back to strict: what the other profile gave goes, unless another database gives it too.
foreach my $profile ('auto-migrate', 'strict')
{
    foreach my $first ([ 'roles', 'apply' ], ['up'])
    {
        my @last = $profile eq 'strict' ? 'auto-migrate' : 'strict';
        run_client($node, 'less', undef, 'roles', 'apply', '-q', '--profile', @last);
        run_client($node, 'less', undef, 'up', '-q', '--profile', @last);
        run_client($node, 'less', undef, @$first, '-q', '--profile', $profile);
        run_client($node, 'less', undef, 'up', '-q', '--profile', $profile);
        local $policy{less} = [ '--profile', $profile ];
        is_whole('less', "to $profile by @$first");
        is(sql($members), $all, '... and the other database has what it had');
    }
}
$policy{more} = [ '--policy', "$directory/more" ];
like(apply('more'), qr/^REVOKE hh_search_owner FROM hh_app(?: GRANTED BY \w+(?: CASCADE)?)?;$/m, 'the last one takes it back');
run_client($node, 'more', undef, 'up', '-q', @{ $policy{more} });
is_whole($_, 'strict all over') foreach @databases;
is(sql($members), $all =~ s/\nhh_search_owner.*//sr, '... and the memberships are gone');
is(sql(q{SELECT count(*) FROM pg_shdescription WHERE objoid = 'hh_search_owner'::regrole}), 0, '... with all words of them');

# What a policy no longer says, or a database that is dropped, is nobody's.
$policy{more} = [];
like(apply('more'), qr/^REVOKE hh_analytics FROM hh_ops(?: GRANTED BY \w+(?: CASCADE)?)?;$/m, 'a statement is taken out of a policy');
is(sql($members), 'hh_owner<hh_admin', '... and what it gave is gone');
$policy{more} = [ '--policy', "$directory/more" ];
apply('more');
sql('DROP DATABASE more');
like(apply('less'), qr/^REVOKE hh_app FROM reporting(?: GRANTED BY \w+(?: CASCADE)?)?;$/m, 'what a database gave that is dropped');
is_whole('less', 'after it');
$node->stop;

# An administrator who is no superuser goes to and fro.
my $cloud = CloudSQL->start('cloud');
add_database($cloud, 'main', 'postgres');
foreach my $profile ('strict', 'auto-migrate', 'strict')
{
    run_client($cloud, 'main', 'postgres', @$_, '-q', '--profile', $profile) foreach [ 'roles', 'apply' ], ['up'];
    is(run_sql($cloud, 'main', undef, 'SELECT * FROM hh.audit()'), '', "Cloud SQL: $profile: the audit finds nothing");
    is((try_client($cloud, 'main', 'postgres', @$_, '--profile', $profile))[1], "nothing to do\n", "... @$_") foreach [ 'roles', 'apply' ], ['up'];
}
is(run_sql($cloud, 'main', undef, q{SELECT count(*) FROM pg_auth_members WHERE roleid = 'hh_search_owner'::regrole AND member::regrole::text ~ '^hh_'}),
    0, '... nothing is left of the other profile');
$cloud->stop;

done_testing();
