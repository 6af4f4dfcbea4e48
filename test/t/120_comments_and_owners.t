# Everything of ours has a comment and belongs to whom it should; data are nobody's members.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

my $node = new_node('main');
add_role($node, 'owner');
add_database($node, 'deployed', 'owner');
run_sql($node, 'deployed', 'owner', 'CREATE EXTENSION headhunter');

my $schemas = join ', ', map { "'$_'" } @schemas;

# Each query returns what it should not find.
sub finds_nothing
{
    my ($name, $sql) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is(run_sql($node, 'deployed', 'owner', $sql), '', $name);
    return;
}

my %comments = (
    'schema' => qq{SELECT nspname FROM pg_namespace
        WHERE nspname IN ($schemas) AND obj_description(oid, 'pg_namespace') IS NULL},
    'table, partitions too' => qq{SELECT oid::regclass FROM pg_class
        WHERE relnamespace::regnamespace::text IN ($schemas) AND relkind IN ('r', 'p', 'v', 'm')
            AND obj_description(oid, 'pg_class') IS NULL},
    'column' => qq{SELECT attrelid::regclass, attname FROM pg_attribute
        JOIN pg_class AS c ON c.oid = attrelid
        WHERE relnamespace::regnamespace::text IN ($schemas) AND relkind IN ('r', 'p', 'v', 'm')
            AND attnum > 0 AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL},
    'function' => qq{SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace::regnamespace::text IN ($schemas)
            AND obj_description(oid, 'pg_proc') IS NULL},
    'trigger' => qq{SELECT tgrelid::regclass, tgname FROM pg_trigger
        JOIN pg_class AS c ON c.oid = tgrelid
        WHERE relnamespace::regnamespace::text IN ($schemas) AND NOT tgisinternal
            AND obj_description(pg_trigger.oid, 'pg_trigger') IS NULL},
    'policy' => qq{SELECT polname FROM pg_policy WHERE obj_description(oid, 'pg_policy') IS NULL},
    'extension' => q{SELECT extname FROM pg_extension
        WHERE obj_description(oid, 'pg_extension') IS NULL},
);
finds_nothing("every $_ has a comment", $comments{$_}) foreach sort keys %comments;

# A comment that repeats the name says nothing.
finds_nothing('no comment is only the name again', qq{
    SELECT a.attrelid::regclass, a.attname FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE relnamespace::regnamespace::text IN ($schemas) AND attnum > 0
        AND translate(lower(col_description(attrelid, attnum)), ' .', '')
            = replace(attname, '_', '')});

# Members of the extension are functions in hh, and what belongs to functions; nothing with rows.
finds_nothing('only code is a member of the extension', q{
    SELECT pg_describe_object(d.classid, d.objid, 0) FROM pg_depend AS d
    JOIN pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
    WHERE e.extname = 'headhunter' AND d.deptype = 'e'
        AND d.classid NOT IN ('pg_proc'::regclass, 'pg_cast'::regclass, 'pg_operator'::regclass)});
finds_nothing('every function in hh is a member', q{
    SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace = 'hh'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        JOIN pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
            AND e.extname = 'headhunter')});
finds_nothing('no initial privileges are recorded',
    'SELECT objoid, initprivs FROM pg_init_privs WHERE objoid >= 16384');

finds_nothing('the installing role owns schemas, relations, SQL functions and the extension', qq{
    SELECT nspname FROM pg_namespace WHERE nspname IN ($schemas)
        AND nspowner <> 'owner'::regrole
    UNION ALL
    SELECT oid::regclass::text FROM pg_class
    WHERE relnamespace::regnamespace::text IN ($schemas) AND relowner <> 'owner'::regrole
    UNION ALL
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace::regnamespace::text IN ($schemas) AND pronamespace <> 'hh'::regnamespace
        AND proowner <> 'owner'::regrole
    UNION ALL
    SELECT oid::regtype::text FROM pg_type
    WHERE typnamespace::regnamespace::text IN ($schemas) AND typowner <> 'owner'::regrole
    UNION ALL
    SELECT extname FROM pg_extension WHERE extname = 'headhunter'
        AND extowner <> 'owner'::regrole});
finds_nothing(q{the bootstrap superuser owns the extension's functions},
    q{SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'hh'::regnamespace AND proowner <> 10});

finds_nothing('nobody was granted anything', qq{
    SELECT oid::regclass::text FROM pg_class
    WHERE relnamespace::regnamespace::text IN ($schemas) AND relacl IS NOT NULL
    UNION ALL
    SELECT nspname FROM pg_namespace WHERE nspname IN ($schemas) AND nspacl IS NOT NULL
    UNION ALL
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace::regnamespace::text IN ($schemas) AND proacl IS NOT NULL});
finds_nothing('nothing of ours is outside our schemas', q{
    SELECT oid::regclass FROM pg_class
    WHERE relowner = 'owner'::regrole AND relpersistence <> 't' AND relkind <> 't'
        AND relnamespace::regnamespace::text
            NOT IN ('hh', 'msgs', 'ops', 'search', 'taxonomy', 'pg_toast')});

# What holds for every table and function.
is(run_sql($node, 'deployed', 'owner', qq{
    SELECT string_agg(n.nspname || '.' || relname, ' ' ORDER BY n.nspname, relname)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE n.nspname IN ($schemas) AND n.nspname <> 'hh' AND relkind IN ('r', 'p')
        AND NOT relispartition}),
    join(' ', @tables), 'fourteen tables');
finds_nothing('every table has tenant_id', qq{
    SELECT c.oid::regclass FROM pg_class AS c
    WHERE relnamespace::regnamespace::text IN ($schemas) AND relnamespace <> 'hh'::regnamespace
        AND relkind IN ('r', 'p') AND NOT EXISTS (
            SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id'
                AND attnotnull)});
finds_nothing('every key contains tenant_id', qq{
    SELECT conrelid::regclass, conname FROM pg_constraint AS c
    WHERE connamespace::regnamespace::text IN ($schemas) AND connamespace <> 'hh'::regnamespace
        AND contype IN ('p', 'u', 'f') AND NOT EXISTS (
            SELECT FROM pg_attribute WHERE attrelid = conrelid AND attname = 'tenant_id'
                AND attnum = ANY (conkey))});
finds_nothing('every table has a primary key', qq{
    SELECT c.oid::regclass FROM pg_class AS c
    WHERE relnamespace::regnamespace::text IN ($schemas) AND relkind IN ('r', 'p') AND NOT EXISTS (
        SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype = 'p')});
finds_nothing('foreign keys are in taxonomy only', qq{
    SELECT conrelid::regclass, conname FROM pg_constraint
    WHERE contype = 'f' AND connamespace::regnamespace::text <> 'taxonomy'});
finds_nothing('no default and no generated column uses a function in hh', q{
    SELECT adrelid::regclass, adnum FROM pg_attrdef
    WHERE pg_get_expr(adbin, adrelid) ~ '\mhh\.'});
finds_nothing('SQL functions pin search_path', qq{
    SELECT p.oid::regprocedure FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
    WHERE pronamespace::regnamespace::text IN ($schemas) AND l.lanname <> 'c'
        AND prosqlbody IS NULL
        AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)});
finds_nothing(q{no function runs with its owner's rights}, qq{
    SELECT oid::regprocedure FROM pg_proc
    WHERE pronamespace::regnamespace::text IN ($schemas) AND prosecdef});

done_testing();
