# The policy's image in the database, and what a policy's file may say.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Digest::SHA 'sha256_hex';
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_node('main');
add_role($node, 'owner');
add_database($node, 'main', 'owner');

sub up
{
    return try_client($node, 'main', 'owner', 'up', @_);
}

sub sql
{
    return run_sql($node, 'main', undef, @_);
}

my $image = q{
    SELECT 'role', to_jsonb(r) FROM hh.policy_role AS r
    UNION ALL SELECT 'entry', to_jsonb(p) FROM hh.policy AS p
    UNION ALL SELECT 'service', to_jsonb(s) FROM hh.service AS s ORDER BY 1, 2};

# The bundled one.
my ($status, $out, $err) = up('--dry-run');
like($out, qr/^would apply 0009_policy .*\n(.*\n)*would record policy strict \(not recorded before\)\n\z/m, 'a dry run: it is recorded last');
($status, $out, $err) = up();
is($status, 0, 'up') or diag($err);
like($out, qr/^recorded policy strict \(not recorded before, \d+ ms\)\n\z/m, '... says so');
open my $file, '<:raw', "$FindBin::RealBin/../../migrate/policy" or die $!;
my $text = do { local $/; <$file> };
close $file;
is(sql('SELECT checksum, profile, origin, recorded_by FROM hh.policy_source'),
    join('|', sha256_hex($text), 'strict', 'bundled', 'owner'), 'what is recorded, and by whom');
is((up())[1], "nothing to do\n", 'a second run has nothing to do');
is(sql(q{SELECT string_agg(role_name, ',' ORDER BY role_name) FROM hh.policy_role}),
    'hh_admin,hh_analytics,hh_app,hh_ops,hh_owner', 'the roles');
is(sql(q{SELECT can_login, inherit, create_role, connection_limit, settings FROM hh.policy_role WHERE role_name = 'hh_admin'}),
    't|f|f|-1|{}', '... their attributes');
is(sql(q{SELECT inherit_option, set_option, grantable, role_name, privilege FROM hh.policy WHERE rule = 'member'}),
    'f|t|f|hh_admin|MEMBER', 'a membership');
is(sql(q{SELECT object_type, object_schema, object_name, column_name, creator FROM hh.policy
        WHERE rule = 'privilege' AND role_name = 'hh_app' AND privilege = 'UPDATE' AND object_name = 'tenants'}),
    'table|search|tenants|last_seen_at|', 'a privilege on a column');
is(sql(q{SELECT count(*) FROM hh.policy WHERE object_name IS NULL AND object_type = 'table' AND rule = 'owner'}),
    5, 'all tables of a schema: no name');
is(sql(q{SELECT DISTINCT role_name IS NULL, privilege FROM hh.policy WHERE role_name IS NULL}), 't|EXECUTE', 'PUBLIC may execute, and no more');
is(sql(q{SELECT service_name, role_name FROM hh.service WHERE mode = 'none' ORDER BY 1}), "hh-admin-svc|\nhh-rerank-svc|", 'services');

# What the policy names is there, so that no grant of it can fail.
is(sql(q{
    SELECT object_schema, object_name, column_name FROM hh.policy
    WHERE object_type = 'table' AND object_name IS NOT NULL
      AND (to_regclass(format('%I.%I', object_schema, object_name)) IS NULL
        OR column_name IS NOT NULL AND NOT EXISTS (
            SELECT FROM pg_attribute
            WHERE attrelid = to_regclass(format('%I.%I', object_schema, object_name)) AND attname = column_name))}),
    '', 'every table and column that it names exists');

# Another profile, and back.
my $strict = sql($image);
($status, $out) = up('--profile', 'auto-migrate');
like($out, qr/\Arecorded policy auto-migrate \(another profile, \d+ ms\)\n\z/, 'another profile');
is(sql(q{SELECT role_name FROM hh.policy WHERE object_name = 'tenants' AND rule = 'owner'}), 'hh_search_owner', '... has its own statements');
is(sql(q{SELECT mode FROM hh.service WHERE service_name = 'hh-embed-svc'}), 'auto-migrate', '... and no other\'s');
{
    local $ENV{HH_MIGRATE_PROFILE} = 'auto-migrate';
    is((up())[1], "nothing to do\n", 'the environment names it, too');
}
up();
is(sql($image), $strict, 'back again: the same image');
($status, $out, $err) = up('--profile', 'loose');
is($status, 1, 'a profile that is not there');
like($err, qr/the bundled policy: the policy has no profile "loose"\n.*hint: It has: strict, auto-migrate\./, '... message');

# A team's own.
my $directory = migrations_in(
    mine => "-- \xc3\xb3wner; DROP TABLE hh.policy; --\nCREATE ROLE \"it's \"\"odd\"\"; \\ \$\$\" LOGIN;\n"
      . "-- why\nALTER ROLE \"it's \"\"odd\"\"; \\ \$\$\" IN DATABASE CURRENT SET hh.x TO '''); DELETE FROM hh.policy; --';\n"
      . "-- '\nGRANT SELECT ON TABLE \"s'\".\"t\\\" TO \"it's \"\"odd\"\"; \\ \$\$\", PUBLIC;\n",
    bad => "-- why\nCREATE ROLE a;\n-- why\nGRANT READ ON TABLE b.c TO a;\n");
($status, $out, $err) = up('--policy', "$directory/mine");
is($status, 0, 'a file with everything that SQL could choke on') or diag($err);
like($out, qr/\Arecorded policy strict \(its text changed, /, '... is recorded');
is(sql('SELECT origin FROM hh.policy_source'), "$directory/mine", '... and where it is from');
is(sql('SELECT role_name, settings[1], reason FROM hh.policy_role'),
    qq{it's "odd"; \\ \$\$|hh.x='); DELETE FROM hh.policy; --|\xc3\xb3wner; DROP TABLE hh.policy; --}, '... as data');
is(sql('SELECT id, role_name, object_schema, object_name, reason FROM hh.policy ORDER BY id'),
    qq{1|it's "odd"; \\ \$\$|s'|t\\|'\n2||s'|t\\|'}, '... all of it');
{
    local $ENV{HH_MIGRATE_POLICY} = "$directory/mine";
    is((up())[1], "nothing to do\n", 'the environment names it, too');
}
my $before = sql($image);
($status, $out, $err) = up('--policy', "$directory/bad");
is($status, 1, 'a file with an error');
like($err, qr{error: \Q$directory\E/bad, line 4, column 7: found "READ", which is no privilege of a table\n.*hint: A table has: SELECT, },
    '... line, column, the word, what is right');
is($out, '', '... nothing is done');
($status, $out, $err) = up('--policy', "$directory/none");
like($err, qr/could not open file/, 'a file that is not there');
($status, $out, $err) = up('--policy', $directory);
like($err, qr/not a regular file/, 'a directory');
is(sql($image), $before, '... and the image is as before');

# The manual's example.
my ($example) = PostgreSQL::Test::Utils::slurp_file("$FindBin::RealBin/../../docs/policy.md") =~ /^```sql\n(.*?)^```/ms;
($status, $out, $err) = up('--dry-run', '--policy', migrations_in(example => $example) . '/example');
is($status, 0, 'the example in the manual') or diag($err);
like($out, qr/would record policy strict/, '... is a policy');

# Parts.
($status, $out) = up('--only=migrations,code', '--dry-run');
is($out, "nothing to do\n", '--only without policy');
($status, $out) = up('--only=policy');
like($out, qr/\Arecorded policy strict /, '--only=policy');
add_database($node, 'empty', 'owner');
run_client($node, 'empty', 'owner', 'up', '--only=code,migrations', '--to=0008');
($status, $out, $err) = try_client($node, 'empty', 'owner', 'up', '--only=policy');
is($status, 1, 'no tables for it');
like($err, qr/no tables to record the policy in\n.*hint: Run "hh-migrate up --only=code,migrations" first/s, '... message');
is((try_client($node, 'empty', 'owner', 'up', '--to=0008'))[1], "nothing to do\n", '... which --to asked for');

# A superuser records for an owner who has planted something on the image's tables.
sql(q{GRANT CREATE ON SCHEMA public TO owner});
run_sql($node, 'main', 'owner', q{
    CREATE TABLE public.traces (who text);
    CREATE FUNCTION public.climb() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        BEGIN RESET ROLE; EXCEPTION WHEN OTHERS THEN NULL; END;
        BEGIN EXECUTE 'ALTER ROLE owner SUPERUSER'; EXCEPTION WHEN OTHERS THEN NULL; END;
        INSERT INTO public.traces VALUES (current_user);
        RETURN NULL;
    END $$;
    CREATE TRIGGER trap AFTER INSERT OR DELETE ON hh.policy EXECUTE FUNCTION public.climb();
    CREATE TRIGGER trap AFTER INSERT OR DELETE ON hh.policy_source EXECUTE FUNCTION public.climb();
    CREATE TRIGGER trap AFTER INSERT OR DELETE ON hh.policy_role EXECUTE FUNCTION public.climb();
    CREATE TRIGGER trap AFTER INSERT OR DELETE ON hh.service EXECUTE FUNCTION public.climb()});
is((try_client($node, 'main', undef, 'up', '--profile=auto-migrate'))[0], 0, 'triggers on the image: a superuser records');
is(sql('SELECT DISTINCT who FROM public.traces'), 'owner', '... they run as the owner');
is(sql(q{SELECT rolsuper FROM pg_roles WHERE rolname = 'owner'}), 'f', '... who is no superuser for it');

# A connection that ends half-way leaves the whole image, or none of it: one transaction.
run_sql($node, 'main', 'owner', q{
    DROP TRIGGER trap ON hh.service;
    CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON hh.service EXECUTE FUNCTION public.refuse()});
$before = sql($image);
($status, $out, $err) = up();
is($status, 1, 'recording fails at the last table');
like($err, qr/not today/, '... message');
is(sql($image) . sql('SELECT profile FROM hh.policy_source'), "${before}auto-migrate", '... and the image is whole');

done_testing();
