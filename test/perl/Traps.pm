
=pod

=head1 NAME

Traps - code that an attacker plants, and what came of it

=head1 SYNOPSIS

  use HeadhunterTest;
  use Traps;

  add_traps($node, 'database', 'attacker');
  run_sql($node, 'database', 'attacker',
      q{CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT trap.spring('lower')::text $$});
  watch_traps($node);
  try_sql($node, 'database', undef, 'SELECT hh.deploy()');
  is_trapped_by_none($node, 'hh.deploy() by a superuser');

A trap tries to become superuser in every way, then writes to the server's log whose rights it had:
a rollback doesn't hide it.

=cut

package Traps;

use strict;
use warnings;

use Exporter 'import';
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(add_traps mine_public watch_traps sprung is_trapped_by_none is_trapped_as is_trapped_by_nobody_else);

my $log_offset = 0;

=pod

=over

=item add_traps(node, database, attacker)

Schema trap, the attacker's, with spring(hook), which springs the trap, and returning(hook, anyelement),
which also returns its argument.

=cut

sub add_traps
{
    my ($node, $database, $attacker) = @_;
    run_sql($node, $database, undef, "CREATE SCHEMA trap AUTHORIZATION $attacker");
    run_sql($node, $database, $attacker, sprintf(<<'END', $attacker));
CREATE FUNCTION trap.spring(hook text) RETURNS boolean LANGUAGE plpgsql
SET search_path = pg_catalog
AS $$
DECLARE
    attempt text;
BEGIN
    RAISE LOG 'trap "%%" sprung as "%%"', hook, current_user;
    FOREACH attempt IN ARRAY ARRAY[
        'SET ROLE NONE', 'RESET ROLE', 'SET LOCAL ROLE postgres', 'RESET SESSION AUTHORIZATION',
        'SET SESSION AUTHORIZATION postgres',
        'SELECT pg_catalog.set_config(''role'', ''none'', false)']
    LOOP
        BEGIN
            EXECUTE attempt;
            EXECUTE 'ALTER ROLE %s SUPERUSER';
            RAISE LOG 'trap "%%" sprung as "superuser, by %%"', hook, attempt;
        EXCEPTION WHEN OTHERS THEN
            NULL;
        END;
    END LOOP;
    RETURN true;
END $$;
CREATE FUNCTION trap.returning(hook text, result anyelement) RETURNS anyelement LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM trap.spring(hook);
    RETURN result;
END $$;
CREATE FUNCTION trap.on_event() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM trap.spring(tg_name);
    RETURN CASE WHEN tg_op = 'DELETE' THEN old ELSE new END;
END $$;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
END
    return;
}

=item mine_public(node, database, attacker)

Traps in public under the names of operators, functions and types of pg_catalog, for whoever looks in
public first; and the database's search_path set so that everybody does.

=cut

sub mine_public
{
    my ($node, $database, $attacker) = @_;
    run_sql($node, $database, undef, "GRANT CREATE ON SCHEMA public TO $attacker");
    run_sql($node, $database, $attacker, <<'END');
SET search_path = pg_catalog;
SET client_min_messages = error;
DO $do$
DECLARE
    original record;
BEGIN
    FOR original IN
        SELECT row_number() OVER () AS n, o.oprname, o.oprleft::regtype AS l, o.oprright::regtype AS r,
               o.oprresult::regtype AS result
        FROM pg_operator AS o
        WHERE o.oprnamespace = 'pg_catalog'::regnamespace
          AND o.oprname IN ('=', '<>', '<', '>', '<=', '>=', '~', '!~', '||', '->>', '+', '-')
          AND o.oprleft IN ('text'::regtype, 'name'::regtype, 'oid'::regtype, '"char"'::regtype, 'int4'::regtype,
              'int2'::regtype, 'int8'::regtype, 'bool'::regtype, 'timestamptz'::regtype, 'jsonb'::regtype)
          AND o.oprright <> 0
    LOOP
        EXECUTE format(
            'CREATE FUNCTION public.mine_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS $$ BEGIN '
            'PERFORM trap.spring(%L); RETURN NULL; END $$',
            original.n, original.l, original.r, original.result,
            format('%s %s %s', original.l, original.oprname, original.r));
        EXECUTE format('CREATE OPERATOR public.%s (leftarg = %s, rightarg = %s, function = public.mine_%s)',
            original.oprname, original.l, original.r, original.n);
    END LOOP;
    FOR original IN
        SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments, p.proretset,
               p.prorettype::regtype AS result
        FROM pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
          AND p.proname IN ('lower', 'now', 'clock_timestamp', 'format', 'to_char', 'date_trunc', 'generate_series',
              'to_regclass', 'to_regproc', 'to_regnamespace', 'jsonb_typeof', 'octet_length', 'current_setting',
              'set_config', 'pg_get_userbyid', 'pg_has_role', 'array_length', 'cardinality', 'pg_describe_object',
              'make_interval', 'isfinite', 'pg_get_expr', 'has_table_privilege', 'quote_ident')
          AND NOT p.proargtypes::oid[] && ARRAY['"any"'::regtype::oid, 'cstring'::regtype, 'internal'::regtype]
    LOOP
        EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS %s %s LANGUAGE plpgsql AS $$ BEGIN '
            'PERFORM trap.spring(%L); RETURN %s; END $$',
            original.proname, original.arguments, CASE WHEN original.proretset THEN 'SETOF' ELSE '' END,
            original.result, original.proname, CASE WHEN original.proretset THEN '' ELSE 'NULL' END);
    END LOOP;
    FOR original IN
        SELECT t.typname FROM pg_type AS t
        WHERE t.typnamespace = 'pg_catalog'::regnamespace
          AND t.typname IN ('text', 'name', 'jsonb', 'int4', 'int8', 'bool', 'oid', 'regclass', 'regproc', 'uuid',
              'timestamptz', 'numeric', 'tsvector')
    LOOP
        EXECUTE format('CREATE DOMAIN public.%I AS pg_catalog.%I CHECK (trap.spring(%L))',
            original.typname, original.typname, 'type ' || original.typname);
    END LOOP;
END $do$;
END
    run_sql($node, $database, undef, "ALTER DATABASE $database SET search_path = public, pg_catalog");
    return;
}

=item watch_traps(node)

From here on what traps did counts.

=cut

sub watch_traps
{
    my ($node) = @_;
    $log_offset = -s $node->logfile;
    return;
}

=item sprung(node)

The roles whose rights traps had since then, and the traps: "role: hook".

=cut

sub sprung
{
    my ($node) = @_;
    my $log = substr(slurp_file($node->logfile), $log_offset);
    my %seen;
    $seen{"$2: $1"} = 1 while $log =~ /LOG:  trap "(.*?)" sprung as "(.*?)"/g;
    return sort keys %seen;
}

# No role of an attacker's is superuser; and the superuser is again what it was.
sub superusers
{
    my ($node) = @_;
    return $node->safe_psql('template1', q{SELECT string_agg(rolname, ' ') FROM pg_roles WHERE rolsuper});
}

=item is_trapped_by_none(node, name)

A test that no trap was sprung at all.

=item is_trapped_as(node, role, name)

A test that traps were sprung, with the rights of this role and no other, and that nobody became
superuser by them.

=item is_trapped_by_nobody_else(node, role, name)

As is_trapped_as(), for traps that need not be sprung.

=back

=cut

sub is_trapped_by_none
{
    my ($node, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is(join("\n", (sprung($node), superusers($node))), 'postgres', $name);
}

sub is_trapped_as
{
    my ($node, $role, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @sprung = sprung($node);
    return fail($name) || diag('no trap was sprung') if @sprung == 0;
    return is_trapped_by_nobody_else($node, $role, $name);
}

sub is_trapped_by_nobody_else
{
    my ($node, $role, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @wrong = grep { !/^\Q$role\E: / } sprung($node);
    return is(join("\n", @wrong, superusers($node)), 'postgres', $name);
}

1;
