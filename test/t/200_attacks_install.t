# Somebody has prepared the database before CREATE EXTENSION, ALTER EXTENSION UPDATE or a restore: it
# is refused or goes its way, and nothing prepared is ever run.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;
use Traps;

my $node = new_node('main');
add_role($node, 'owner', 'attacker');
$node->append_conf('postgresql.conf', "log_min_messages = log\n");
$node->reload;

# A database in which the attacker may create, with traps in it.
sub prepared_database
{
    my ($database) = @_;
    add_database($node, $database, 'owner');
    add_traps($node, $database, 'attacker');
    run_sql($node, $database, undef, "GRANT CREATE ON DATABASE $database TO attacker");
    return;
}

# CREATE EXTENSION by a role (undef: the superuser) fails with this message, and springs nothing.
sub is_refused
{
    my ($database, $role, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    watch_traps($node);
    my ($status, $out, $err) = try_sql($node, $database, $role, 'CREATE EXTENSION headhunter');
    like($err, $expected, "$name: refused");
    is_trapped_by_none($node, "$name: nothing ran");
    return;
}

# The catalogs without what this test has prepared.
sub catalog_of_ours
{
    my ($database) = @_;
    return [ grep { !/^[\w ]+? (\S+ on )?"?(public|trap)"?[. ]/ && !/^extension headhunter \| owner/ } @{ catalog($node, $database) } ];
}

add_database($node, 'clean', 'owner');
run_sql($node, 'clean', 'owner', 'CREATE EXTENSION headhunter');
my $clean = catalog_of_ours('clean');

# The tools of this test: where public comes first, its operators are used.
prepared_database('control');
mine_public($node, 'control', 'attacker');
watch_traps($node);
run_sql($node, 'control', undef, q{SELECT 'a'::pg_catalog.text <> 'b'::pg_catalog.text});
like(join(' ', sprung($node)), qr/superuser, by/, 'a mine that a superuser treads on makes its owner superuser');
run_sql($node, 'control', undef, 'ALTER ROLE attacker NOSUPERUSER');

# Mines in public, before pg_catalog in everybody's search path.
foreach my $role ('owner', undef)
{
    my $who = $role // 'superuser';
    prepared_database("mined_$who");
    mine_public($node, "mined_$who", 'attacker');
    watch_traps($node);
    run_sql($node, "mined_$who", $role, 'CREATE EXTENSION headhunter');
    is_trapped_by_none($node, "mines in public: CREATE EXTENSION by $who");
    run_sql($node, "mined_$who", undef, q{SET search_path = pg_catalog; DELETE FROM hh.migration WHERE version IN ('0006', '0007')});
    watch_traps($node);
    is(run_sql($node, "mined_$who", undef, 'SELECT version, action FROM hh.deploy()'), "0006|applied\n0007|applied",
        "mines in public: hh.deploy() in the database of $who by a superuser");
    is_trapped_by_none($node, '... springs none');
}
is_same_listing(catalog_of_ours('mined_owner'), $clean, 'what came of it is the same as without mines');

# An upgrade.
prepared_database('upgraded');
run_sql($node, 'upgraded', 'owner', q{CREATE EXTENSION headhunter VERSION '1.0'});
mine_public($node, 'upgraded', 'attacker');
watch_traps($node);
run_sql($node, 'upgraded', undef, 'ALTER EXTENSION headhunter UPDATE');
is_trapped_by_none($node, 'mines in public: ALTER EXTENSION UPDATE by a superuser');

# A restore: the mines were there first.
prepared_database('restored');
mine_public($node, 'restored', 'attacker');
my $dump = $node->basedir . '/clean.sql';
$node->command_ok([ 'pg_dump', '--no-sync', '-f', $dump, $node->connstr('clean') ], 'a dump');
watch_traps($node);
my ($out, $err) = run_file($node, 'restored', undef, $dump);
unlike($err, qr/ERROR:  (?!extension|schema "public")/, 'a dump is restored by a superuser beside mines in public');
is_trapped_by_none($node, '... and springs none');
is_same_listing(catalog_of_ours('restored'), $clean, '... and is whole');

# Schema hh is the attacker's.
prepared_database('foreign_hh');
run_sql($node, 'foreign_hh', 'attacker', 'CREATE SCHEMA hh');
is_refused('foreign_hh', 'owner', qr/schema "hh" belongs to role "attacker"/, 'an attacker\'s hh, by the owner');
is_refused('foreign_hh', undef, qr/schema "hh" belongs to role "attacker", and the deployment to role "postgres"/,
    'an attacker\'s hh, by a superuser');
run_sql($node, 'foreign_hh', undef, 'SET headhunter.deploy = off; CREATE EXTENSION headhunter');
my ($status, $printed, $messages) = try_sql($node, 'foreign_hh', undef, 'SELECT hh.deploy()');
like($messages, qr/schema "hh" belongs to role "attacker", and the deployment to role "postgres"/,
    'an attacker\'s hh with the functions in it: hh.deploy() by a superuser is refused');
($status, $printed, $messages) = try_sql($node, 'foreign_hh', undef, q{SELECT hh.execute_as_owner('SELECT 1')});
like($messages, qr/schema "hh" belongs to role "attacker"/, '... and so is hh.execute_as_owner()');

# Schema hh is the installer's, and others may create, or have created, in it.
foreach my $grantee ('attacker', 'PUBLIC')
{
    prepared_database("open_to_\L$grantee");
    run_sql($node, "open_to_\L$grantee", 'owner', "CREATE SCHEMA hh; GRANT CREATE ON SCHEMA hh TO $grantee");
    is_refused("open_to_\L$grantee", 'owner', qr/role $grantee may create objects in schema "hh"/, "hh open to $grantee");
}
my %planted = (
    install => q{CREATE FUNCTION hh.install(x int DEFAULT 1) RETURNS void LANGUAGE sql AS $$ SELECT trap.spring('install') $$},
    deploy => q{CREATE FUNCTION hh.deploy(VARIADIC x text[]) RETURNS boolean LANGUAGE sql AS $$ SELECT trap.spring('deploy') $$},
    dims => q{CREATE FUNCTION hh.embedding_dims(x anyelement) RETURNS int LANGUAGE sql AS $$ SELECT 1 FROM trap.spring('dims') $$},
    operator => q{CREATE OPERATOR hh.= (leftarg = oid, rightarg = oid, function = pg_catalog.oideq)},
    same => q{CREATE FUNCTION hh.install() RETURNS void LANGUAGE sql AS $$ SELECT trap.spring('install') $$},
    ledger => q{CREATE TABLE hh.migration (version text, checksum text, state text)},
    ledger_view => q{CREATE VIEW hh.migration AS SELECT 'x'::text AS version FROM trap.spring('view')},
    registry => q{CREATE TABLE hh.embedding_model (model_version text PRIMARY KEY, dims int DEFAULT trap.returning('default', 1));
        CREATE TRIGGER registry BEFORE INSERT ON hh.embedding_model FOR EACH ROW EXECUTE FUNCTION trap.on_event()},
    registry_view => q{CREATE VIEW hh.embedding_model AS SELECT 1 AS dims FROM trap.spring('view')},
    index_name => q{CREATE TABLE hh.embedding_model_pkey (a int)},
);
my %refusal = (
    install => qr/function hh.install\(\) is not unique/,
    same => qr/function hh.install\(\) is not a member of extension|function "install" already exists/,
    ledger => qr/the ledger hh.migration exists, but none of headhunter's schemas/,
    ledger_view => qr/"hh.migration" is not a table/,
    registry => qr/relation "embedding_model" already exists/,
    registry_view => qr/relation "embedding_model" already exists/,
    index_name => qr/relation "embedding_model_pkey" already exists/,
);
foreach my $object (sort keys %planted)
{
    prepared_database("planted_$object");
    run_sql($node, "planted_$object", 'owner', 'CREATE SCHEMA hh; GRANT USAGE, CREATE ON SCHEMA hh TO attacker');
    run_sql($node, "planted_$object", 'attacker', $planted{$object});
    run_sql($node, "planted_$object", 'owner', 'REVOKE CREATE ON SCHEMA hh FROM attacker');
    my $expected = $refusal{$object} // qr/schema "hh" holds .*, which is not part of the extension/;
    is_refused("planted_$object", 'owner', $expected, "$object planted in hh, by the owner");
    is_refused("planted_$object", undef, qr/$expected|schema "hh" belongs to role "owner", and the deployment to role "postgres"/,
        "$object planted in hh, by a superuser");
}

# Data schemas are there first.
prepared_database('some_schemas');
run_sql($node, 'some_schemas', 'attacker', 'CREATE SCHEMA search; CREATE SCHEMA ops');
is_refused('some_schemas', 'owner', qr/some of headhunter's schemas exist, others don't.*\n.*Existing: search, ops. Missing: taxonomy, msgs/,
    'two of four schemas');
prepared_database('all_schemas');
run_sql($node, 'all_schemas', 'attacker', <<'END');
CREATE SCHEMA search; CREATE SCHEMA taxonomy; CREATE SCHEMA msgs; CREATE SCHEMA ops;
CREATE VIEW search.candidate_profiles AS SELECT 1 FROM trap.spring('view');
CREATE TABLE search.candidate_embeddings (embedding text DEFAULT trap.returning('default', 'x'::text));
CREATE FUNCTION ops.maintain_partitions(int, int) RETURNS void LANGUAGE sql AS $$ SELECT trap.spring('maintain') $$;
END
watch_traps($node);
($status, $out, $err) = try_sql($node, 'all_schemas', undef, 'CREATE EXTENSION headhunter');
like($err, qr/INFO:  headhunter \S+: functions only, for the schemas exist/, 'an attacker\'s four schemas: functions only');
($status, $out, $err) = try_sql($node, 'all_schemas', undef, 'SELECT hh.deploy()');
like($err, qr/schemas exist, but not the ledger/, '... and no deployment');
run_sql($node, 'all_schemas', undef, 'CREATE TABLE hh.migration AS TABLE pg_catalog.pg_am WITH NO DATA');
($status, $out, $err) = try_sql($node, 'all_schemas', undef, 'SELECT hh.deploy()');
like($err, qr/schema "search" belongs to role "attacker", and the deployment to role "postgres"/,
    '... nor if somebody gave it a ledger');
is_trapped_by_none($node, '... and nothing ran');

# The types that functions in C take for vector's.
my %look_alike = (
    a_domain => 'DOMAIN public.halfvec AS bigint',
    an_enum => q{TYPE public.halfvec AS ENUM ('x')},
    a_row => 'TYPE public.halfvec AS (a int)',
);
foreach my $database (sort keys %look_alike)
{
    add_database($node, $database, 'owner');
    run_sql($node, $database, undef, 'ALTER EXTENSION vector DROP TYPE halfvec; ALTER TYPE public.halfvec RENAME TO old;
        GRANT CREATE ON SCHEMA public TO attacker');
    run_sql($node, $database, 'attacker', "CREATE $look_alike{$database}");
    is_refused($database, $_, qr/type "public.halfvec" does not belong to extension "vector"/, "public.halfvec is $database, by " . ($_ // 'superuser'))
      foreach 'owner', undef;
}
add_database($node, 'moved_vector', 'owner');
run_sql($node, 'moved_vector', undef, 'CREATE SCHEMA elsewhere; ALTER EXTENSION vector SET SCHEMA elsewhere;
    GRANT CREATE ON SCHEMA public TO attacker');
is_refused('moved_vector', 'owner', qr/type public.vector does not exist|extension "vector" is in schema "elsewhere"/, 'vector elsewhere');
run_sql($node, 'moved_vector', 'attacker', "CREATE DOMAIN public.$_ AS bigint") foreach 'vector', 'halfvec', 'sparsevec';
is_refused('moved_vector', $_, qr/extension "vector" is in schema "elsewhere"/, 'vector elsewhere and look-alikes in public, by ' . ($_ // 'superuser'))
  foreach 'owner', undef;

# Settings left by ALTER DATABASE and ALTER ROLE change neither what is made nor for whom.
add_database($node, 'settings', 'owner');
run_sql($node, 'settings', undef, "ALTER ROLE owner IN DATABASE settings SET $_")
  foreach 'standard_conforming_strings = off', 'quote_all_identifiers = on', 'transform_null_equals = on',
  'backslash_quote = on', 'check_function_bodies = off', q{DateStyle = 'German, DMY'}, q{TimeZone = 'America/Sao_Paulo'},
  'IntervalStyle = sql_standard', 'extra_float_digits = -15', 'array_nulls = off', 'default_transaction_deferrable = on',
  q{default_text_search_config = 'pg_catalog.simple'}, q{plpgsql.extra_errors = 'all'}, q{plpgsql.variable_conflict = use_variable},
  'row_security = off', q{temp_tablespaces = ''}, 'enable_seqscan = off', 'constraint_exclusion = on', 'xmloption = document';
run_sql($node, 'settings', 'owner', 'CREATE EXTENSION headhunter; SELECT * FROM ops.maintain_partitions(3, 1)');
is_same_listing(catalog_of_ours('settings'), $clean, 'hostile settings change nothing');

# What the superuser's settings say is not what the objects are made by.
add_database($node, 'as_role', 'owner');
run_sql($node, 'as_role', undef, 'ALTER DATABASE as_role SET role = owner');
run_sql($node, 'as_role', undef, 'CREATE EXTENSION headhunter');
is_same_listing(catalog_of_ours('as_role'), $clean, 'a superuser whom the database makes another role installs as that role');

done_testing();
