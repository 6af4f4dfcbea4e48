# hh-migrate maintain.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use JSON::PP;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner', 'stranger');
add_database($node, 'main', 'owner');

sub maintain
{
    my ($role, @arguments) = @_;
    return try_client($node, 'main', $role, 'maintain', @arguments);
}

my ($status, $out, $err) = maintain('owner');
is($status, 1, 'before the first deployment: exit code');
like($err, qr/not deployed in this database\n.*hint: Run "hh-migrate up" first/, '... message');

run_client($node, 'main', 'owner', 'up');
($status, $out, $err) = maintain('owner');
is_deeply([ $status, $err ], [ 0, '' ], 'right after it there is nothing to do');
like($out, qr/^ search\.search_logs +\| \d{4}-\d\d-01T00:00:00Z \| +\d+ \| +0$/m, 'the horizon is shown');

# What it does, in every format.
my $json = decode_json((maintain('owner', '--months-ahead', '5', '--format', 'json'))[1]);
is_deeply([ sort keys %$json ], [qw(changes horizon)], 'JSON: members');
is_deeply(
    [ map { "$_->{relation} $_->{action} $_->{row_count}" } @{ $json->{changes} } ],
    [ ('ops.pipeline_metrics created 0') x 2, ('search.search_logs created 0') x 2 ],
    'JSON: two more months of each');
cmp_ok($json->{horizon}[0]{days_left}, '>', 140, 'JSON: and they reach further');
like((maintain('owner', '--format', 'csv'))[1], qr/\Arelation,partition_name,action,row_count\n\nrelation,horizon,days_left,default_rows\nops\./, 'CSV');
like((maintain('owner', '--format', 'html'))[1], qr/<caption>horizon<\/caption>/, 'HTML');

# Rows that came too early for their partition are moved; rows that came far too early are reported.
my $log = q{INSERT INTO ops.pipeline_metrics (service_name, metric_name, metric_value, recorded_at)
    VALUES ('s', 'm', 1, now() + interval '%d months')};
run_sql($node, 'main', 'owner', sprintf($log, 7));
($status, $out, $err) = maintain('owner');
is($status, 2, 'rows without a partition: exit code');
like($err, qr/warning: the default partition of ops\.pipeline_metrics holds 1 rows\n.*hint: /, '... warning and hint');
($status, $out, $err) = maintain('owner', '--months-ahead', '8');
is_deeply([ $status, $err ], [ 0, '' ], 'with more months ahead: content');
like($out, qr/^ ops\.pipeline_metrics +\| \S+ +\| moved +\| +1$/m, '... the row was moved');

# A horizon that is near.
run_sql($node, 'main', 'owner', q{
    DO $$ DECLARE partition regclass; BEGIN
        FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'search.search_logs'::regclass
            AND pg_get_expr((SELECT relpartbound FROM pg_class WHERE oid = inhrelid), inhrelid) <> 'DEFAULT' LOOP
            EXECUTE 'DROP TABLE ' || partition;
        END LOOP;
    END $$});
($status, $out, $err) = maintain('owner', '--months-ahead', '0');
SKIP:
{
    skip 'early in a month of 31 days this month alone is enough', 2 if $status == 0;
    is($status, 2, 'a near horizon: exit code');
    like($err, qr/warning: search\.search_logs has partitions for \d+ more days only/, '... warning');
}

# Expiry.
run_sql($node, 'main', 'owner', sprintf($log, -40));
maintain('owner');
run_sql($node, 'main', 'owner', q{CREATE TABLE ops.pipeline_metrics_old PARTITION OF ops.pipeline_metrics
    FOR VALUES FROM ('2001-01-01 00:00+00') TO ('2001-02-01 00:00+00')});
($status, $out, $err) = maintain('owner', '--keep-months', '12');
like($out, qr/^ ops\.pipeline_metrics +\| \S*pipeline_metrics_old +\| (dropped|expired) /m, '--keep-months drops what is older');
is(run_sql($node, 'main', undef, q{SELECT to_regclass('ops.pipeline_metrics_old') IS NULL}), 't', '... really');

# One month whose name is taken keeps nothing else from being done, and is a problem even far ahead.
my $taken = 'ops.pipeline_metrics_' . run_sql($node, 'main', undef, q{SELECT to_char(now() AT TIME ZONE 'UTC' + interval '9 months', 'YYYY_MM')});
run_sql($node, 'main', 'owner', "CREATE TABLE $taken ()");
($status, $out, $err) = maintain('owner', '--months-ahead', '10');
is($status, 2, 'a partition that can\'t be made: exit code');
like($out, qr/^ ops\.pipeline_metrics +\| \Q$taken\E +\| skipped +\| +0$/m, '... is skipped');
like($out, qr/^ ops\.pipeline_metrics +\| \S+ +\| created +\| +0$/m, '... and the next is made');
like($err, qr/warning: partition \Q$taken\E was not made: relation "pipeline_metrics_\w+" already exists\n.*detail: .*: 0\.\n.*hint: Attach/, '... warning');
unlike($err, qr/more days only|default partition of/, '... the only one');
run_sql($node, 'main', 'owner', "DROP TABLE $taken");
is((maintain('owner', '--months-ahead', '10'))[0], 0, '... until the name is free');

# What needs an expired partition keeps it.
run_sql($node, 'main', 'owner', q{CREATE TABLE ops.pipeline_metrics_old PARTITION OF ops.pipeline_metrics
    FOR VALUES FROM ('2001-01-01 00:00+00') TO ('2001-02-01 00:00+00');
    CREATE VIEW ops.since_2001 AS SELECT * FROM ops.pipeline_metrics_old});
($status, $out, $err) = maintain('owner', '--keep-months', '1200');
is_deeply([ $status, $err ], [ 0, '' ], 'keeping a hundred years');
($status, $out, $err) = maintain('owner', '--keep-months', '12');
is($status, 2, 'a partition that can\'t be dropped: exit code');
like($err, qr/warning: partition ops\.pipeline_metrics_old was not dropped: .*\n.*detail: view ops\.since_2001 depends on .*\n.*hint: /, '... warning');
run_sql($node, 'main', 'owner', 'DROP VIEW ops.since_2001');
is((maintain('owner', '--keep-months', '12'))[0], 0, '... until nothing needs it');

# Others run it in the owner's name, if they can become the owner.
is((maintain(undef))[0], 0, 'a superuser');
is(run_sql($node, 'main', undef, q{SELECT DISTINCT relowner::regrole FROM pg_class JOIN pg_inherits ON inhrelid = pg_class.oid
        WHERE inhparent IN ('search.search_logs'::regclass, 'ops.pipeline_metrics'::regclass)}),
    'owner', '... makes partitions that are the owner\'s');
($status, $out, $err) = maintain('stranger');
is($status, 1, 'a stranger: exit code');
like($err, qr/schema "hh" belongs to role "owner"/, '... message');

done_testing();
