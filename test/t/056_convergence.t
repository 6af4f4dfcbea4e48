# From whatever state, the remedies of hh.audit(), run from top to bottom, lead to the policy at once.
#
# HH_CONVERGENCE_STATES states are tried as superuser, and half as many as an administrator who is
# none; HH_CONVERGENCE_SEED makes them the same again.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use CloudSQL;
use HeadhunterTest;
use Test::More;

my $states = $ENV{HH_CONVERGENCE_STATES} // 60;
my $seed = $ENV{HH_CONVERGENCE_SEED} // time;

# Perl's own generator is another one elsewhere.
sub random
{
    my ($below) = @_;
    $seed = ($seed * 1103515245 + 12345) & 0x7fffffff;
    return ($seed >> 12) % $below;
}

sub one_of
{
    return $_[ random(scalar @_) ];
}

sub chance
{
    my ($percent) = @_;
    return random(100) < $percent;
}

sub quoted
{
    my ($name) = @_;
    return $name eq 'PUBLIC' ? $name : '"' . ($name =~ s/"/""/gr) . '"';
}

sub literal
{
    my ($text) = @_;
    return defined $text ? "'" . ($text =~ s/'/''/gr) . "'" : 'NULL';
}

# The policy's roles, and others.
my @ours = ('own', 'r1', 'r 2', 'r"3', "r';4");
my @others = ('s1', 'S-2');
my @everybody = (@ours, @others);

my %privileges = (
    database => [ 'CREATE', 'CONNECT', 'TEMPORARY' ],
    schema => [ 'USAGE', 'CREATE' ],
    table => [ 'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER' ],
    column => [ 'SELECT', 'INSERT', 'UPDATE', 'REFERENCES' ],
    sequence => [ 'USAGE', 'SELECT', 'UPDATE' ],
    function => ['EXECUTE'],
    type => ['USAGE']);

# Kind, schema, name in the policy, what GRANT calls it, what ALTER ... OWNER calls it, columns.
my @objects;
my $setup = '';
foreach my $schema ('fa', 'F "b"')
{
    my $s = quoted($schema);
    $setup .= qq{
        CREATE SCHEMA $s;
        CREATE TABLE $s.plain (id serial, "a b" text, c int GENERATED ALWAYS AS IDENTITY);
        CREATE TABLE $s."par;ted" (id int, v text) PARTITION BY RANGE (id);
        CREATE TABLE $s.part PARTITION OF $s."par;ted" FOR VALUES FROM (1) TO (10);
        CREATE VIEW $s.seen AS SELECT id FROM $s.plain;
        CREATE SEQUENCE $s.free;
        CREATE FUNCTION $s.f(n int, t text[]) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
        CREATE PROCEDURE $s."p'"(d date) LANGUAGE sql AS '';
        CREATE AGGREGATE $s.agg(int) (sfunc = int4pl, stype = int);
        CREATE DOMAIN $s.positive AS int;
        CREATE TYPE $s.pair AS (a int);
    };
    push @objects,
      [ 'schema', undef, $schema, "SCHEMA $s", "SCHEMA $s" ],
      [ 'table', $schema, 'plain', "TABLE $s.plain", "TABLE $s.plain", 'id', 'a b' ],
      [ 'table', $schema, 'par;ted', qq{TABLE $s."par;ted"}, qq{TABLE $s."par;ted"}, 'v' ],
      [ 'table', $schema, 'part', "TABLE $s.part", "TABLE $s.part", 'id' ],
      [ 'table', $schema, 'seen', "TABLE $s.seen", "VIEW $s.seen", 'id' ],
      [ 'sequence', $schema, 'free', "SEQUENCE $s.free", "SEQUENCE $s.free" ],
      [ 'sequence', $schema, 'plain_id_seq', "SEQUENCE $s.plain_id_seq", undef ],
      [ 'sequence', $schema, 'plain_c_seq', "SEQUENCE $s.plain_c_seq", undef ],
      [ 'function', $schema, 'f(integer,text[])', "FUNCTION $s.f", "FUNCTION $s.f" ],
      [ 'function', $schema, q{"p'"(date)}, qq{PROCEDURE $s."p'"}, qq{PROCEDURE $s."p'"} ],
      [ 'function', $schema, 'agg(integer)', "FUNCTION $s.agg(int)", "AGGREGATE $s.agg(int)" ],
      [ 'type', $schema, 'positive', "TYPE $s.positive", "DOMAIN $s.positive" ],
      [ 'type', $schema, 'pair', "TYPE $s.pair", "TYPE $s.pair" ];
}
push @objects, [ 'database', undef, undef, 'DATABASE main', undef ];

# A policy: roles, owners, some memberships, privileges and defaults.
sub policy
{
    my (@rows, %seen);
    my $sql = 'DELETE FROM hh.policy; DELETE FROM hh.policy_role;';
    foreach my $role (@ours)
    {
        my @settings = grep { chance(30) } '"work_mem=2MB"', '"search_path=fa, \"x, y\""', '"DateStyle=ISO, DMY"';
        $sql .= sprintf(
            "INSERT INTO hh.policy_role (role_name, can_login, inherit, create_db, connection_limit, settings, reason, line)
             VALUES (%s, %s, %s, %s, %d, '{%s}', 'r', 1);\n",
            literal($role), (map { chance(50) ? 'true' : 'false' } 1 .. 3), random(3) - 1, join(',', @settings));
    }
    my $add = sub {
        my ($rule, $role, $kind, $schema, $name, $column, $privilege, $grantable, $inherit, $set, $creator) = @_;
        return if $seen{ join '|', map { $_ // '' } $rule, $role, $kind, $schema, $name, $column, $privilege, $creator }++;
        push @rows, sprintf('(%d, %s, %s, %s)', scalar(@rows) + 1,
            join(', ', map { literal($_) } $rule, $role, $kind, $schema, $name, $column, $privilege, $grantable ? 't' : 'f'),
            join(', ', map { literal($_) } $inherit, $set), literal($creator) . ", 'r', 1");
    };
    foreach my $schema ('fa', 'F "b"')
    {
        $add->('owner', 'own', 'schema', undef, $schema, undef, 'OWNER');
        $add->('owner', 'own', $_, $schema, undef, undef, 'OWNER') foreach 'table', 'sequence', 'function', 'type';
    }
    foreach my $object (grep { $_->[4] && $_->[0] ne 'schema' && chance(10) } @objects)
    {
        $add->('owner', 'r1', @$object[ 0 .. 2 ], undef, 'OWNER');
    }
    for my $i (0 .. $#ours)
    {
        for my $j ($i + 1 .. $#ours)
        {
            $add->('member', $ours[$j], 'role', undef, $ours[$i], undef, 'MEMBER', chance(30), map { chance(50) ? 't' : 'f' } 1, 2)
              if chance(20);
        }
    }
    for (1 .. 20 + random(20))
    {
        my ($kind, $schema, $name, undef, undef, @columns) = @{ one_of(@objects) };
        my $role = chance(10) ? undef : one_of(@ours);
        my $column = @columns && chance(50) ? one_of(@columns) : undef;
        my $privilege = one_of(@{ $privileges{ defined $column ? 'column' : $kind } });
        $name = undef if defined $schema && !defined $column && chance(20);
        $add->('privilege', $role, $kind, $schema, $name, $column, $privilege, defined $role && chance(25));
    }
    for (1 .. random(6))
    {
        my $kind = one_of('table', 'sequence', 'function', 'type', 'schema');
        my $role = chance(20) ? undef : one_of(@ours);
        $add->('default', $role, $kind, $kind eq 'schema' || chance(50) ? undef : 'fa', undef, undef,
            one_of(@{ $privileges{$kind} }), defined $role && chance(20), undef, undef, one_of('own', 'r1'));
    }
    return $sql
      . 'INSERT INTO hh.policy (id, rule, role_name, object_type, object_schema, object_name, column_name, privilege, grantable, inherit_option, set_option, creator, reason, line) VALUES '
      . join(",\n", @rows) . ";\n";
}

sub grant
{
    my ($kind, undef, undef, $target, undef, @columns) = @{ one_of(@objects) };
    my $by_column = @columns && chance(50);
    my $privilege = one_of(@{ $privileges{ $by_column ? 'column' : $kind } });
    $privilege .= ' (' . quoted(one_of(@columns)) . ')' if $by_column;
    my $grantee = chance(15) ? 'PUBLIC' : quoted(one_of(@everybody));
    return sprintf('%s %s ON %s %s %s', chance(80) ? ('GRANT', $privilege, $target, 'TO', $grantee . (chance(50) ? ' WITH GRANT OPTION' : ''))
        : ('REVOKE', $privilege, $target, 'FROM', "$grantee CASCADE"));
}

# What somebody may have done; it may fail.
sub change
{
    my ($is_superuser) = @_;
    my $kind = random(100);
    my $role = quoted(one_of(@everybody));

    if ($kind < 55)
    {
        my $grant = grant();
        return chance(60) ? "SET ROLE $role; $grant; RESET ROLE;" : "$grant;";
    }
    if ($kind < 65)
    {
        my @owned = grep { $_->[4] } @objects;
        return 'ALTER ' . one_of(@owned)->[4] . " OWNER TO $role;";
    }
    if ($kind < 77)
    {
        my $what = one_of('table', 'sequence', 'function', 'type', 'schema');
        my $privilege = one_of(@{ $privileges{$what} });
        my $grantee = chance(25) ? 'PUBLIC' : quoted(one_of(@everybody));
        my $in = $what ne 'schema' && chance(50) ? 'IN SCHEMA fa' : '';
        return "ALTER DEFAULT PRIVILEGES FOR ROLE $role $in "
          . (chance(60) ? "GRANT $privilege ON \U$what\ES TO $grantee" : "REVOKE $privilege ON \U$what\ES FROM $grantee") . ';';
    }
    if ($kind < 88)
    {
        my $group = quoted(chance(80) ? one_of(@ours) : $is_superuser ? one_of('pg_read_all_data', 'super') : 'between');
        my $grant = "GRANT $group TO $role" . (chance(50) ? ' WITH ADMIN OPTION' : '');
        return chance(40) ? 'SET ROLE ' . quoted(one_of(@everybody)) . "; $grant; RESET ROLE;" : "$grant;";
    }
    if ($kind < 95)
    {
        my @attributes = ('CREATEDB', 'LOGIN', 'NOLOGIN', 'INHERIT', 'NOINHERIT', 'CONNECTION LIMIT 7');
        push @attributes, 'SUPERUSER', 'REPLICATION', 'BYPASSRLS', 'CREATEROLE' if $is_superuser;
        return 'ALTER ROLE ' . quoted(one_of(@ours)) . ' ' . one_of(@attributes) . ';';
    }
    return 'ALTER ROLE ' . quoted(one_of(@ours)) . ' IN DATABASE main SET ' . one_of("work_mem = '3MB'", 'search_path = fa', "\"DateStyle\" = 'SQL'") . ';'
      if $kind < 99 || !$is_superuser;
    return 'REASSIGN OWNED BY "r 2" TO own; DROP OWNED BY "r 2"; DROP ROLE "r 2";';
}

# One state; returns what was wrong.
my $file = PostgreSQL::Test::Utils::tempdir() . '/remedies.sql';

sub try_state
{
    my ($node, $administrator, $number) = @_;
    my $policy = policy();
    my @changes = map { change(!defined $administrator) } 1 .. 15 + random(30);

    # What is made of it is the administrator's on the Cloud SQL-like server, as there.
    run_sql($node, 'main', undef, $policy . join(' ', map { 'GRANT USAGE ON SCHEMA ' . quoted($_) . ' TO PUBLIC;' } 'fa', 'F "b"'));
    $node->psql('main', join("\n", @changes), on_error_stop => 0,
        extra_params => defined $administrator ? [ '-U', $administrator ] : []);
    my ($status, $out, $err) = try_sql($node, 'main', $administrator, <<"END");
\\o $file
SELECT remedy || ';' FROM hh.audit() WITH ORDINALITY GROUP BY remedy ORDER BY min(ordinality);
\\o
\\i $file
SELECT * FROM hh.audit();
END
    return if $status == 0 && $out =~ /^(?:SET|RESET|)\s*$/ && $err !~ /ERROR/;
    return "state $number: $err$out\npolicy:\n$policy\nchanges:\n" . join("\n", @changes) . "\nremedies:\n"
      . PostgreSQL::Test::Utils::slurp_file($file);
}

sub converges
{
    my ($node, $administrator, $count, $name) = @_;
    my ($findings, $wrong) = (0, undef);
    my $first = $seed;
    for my $number (1 .. $count)
    {
        $wrong = try_state($node, $administrator, $number);
        last if defined $wrong;
        $findings += () = PostgreSQL::Test::Utils::slurp_file($file) =~ /;$/mg;
    }
    ok(!defined $wrong, "$name: $count states") or diag("HH_CONVERGENCE_SEED=$first\n$wrong");
    cmp_ok($findings, '>', 10 * $count, "$name: there was something to mend ($findings statements)");
    return;
}


note("HH_CONVERGENCE_SEED=$seed");

my $node = new_node('main');
my $superuser = run_sql($node, 'postgres', undef, 'SELECT current_user');
add_database($node, 'main', "\"$superuser\"");
run_sql($node, 'main', undef, join(';', map { 'CREATE ROLE ' . quoted($_) } @everybody, 'between')
    . '; CREATE ROLE super SUPERUSER; CREATE EXTENSION headhunter;' . $setup);
converges($node, undef, $states, 'a superuser');
$node->stop;

# Who made the roles and owns the database, and is no superuser.
my $cloud = CloudSQL->start('cloud');
add_database($cloud, 'main', 'postgres');
run_sql($cloud, 'main', 'postgres', join(';', map { 'CREATE ROLE ' . quoted($_) } @everybody, 'between')
    . ';' . join(';', map { 'GRANT ' . quoted($_) . ' TO postgres' } @everybody)
    . '; CREATE EXTENSION headhunter;' . $setup);
converges($cloud, 'postgres', int($states / 2), 'an administrator who is not superuser');
$cloud->stop;

done_testing();
