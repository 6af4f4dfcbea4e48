# hh-migrate doctor: what it says of a database without fault, and of an empty one; its formats.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use CloudSQL;
use Doctor;
use HeadhunterTest;
use IPC::Run;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Secrets;
use Test::More;
use Time::HiRes 'time';

my @services = qw(hh-embed-svc hh-search-svc hh-enrich-svc hh-evidence-svc hh-eco-svc hh-msgs-svc
  hh-admin-svc hh-rerank-svc);

my $node = new_node('main');
ask_for_passwords($node, 'hh_admin');
add_role($node, 'owner');
add_database($node, 'main', 'owner');

# Before anything is deployed: two of eight.
my $visit = doctor($node, 'main', undef);
is($visit->{status}, 2, 'an empty database: exit code');
is_deeply([ sort map { $_->{service} } @{ $visit->{services} } ], [ sort @services ], '... eight services');
is_deeply([ ready($visit) ], [ 'hh-admin-svc', 'hh-rerank-svc' ], '... those that hold nothing are ready');
is_deeply([ @$visit{ 'ready', 'total' } ], [ 2, 8 ], '... 2 of 8');
is_deeply([ complaints($visit) ], [ 'role: hh_analytics', 'role: hh_app', 'role: hh_ops' ], '... no role, and nothing that comes of that');
my ($code, $out, $err) = try_client($node, 'main', undef, 'doctor');
is($code, 2, 'the same as text: exit code');
like($out, qr/^ hh-embed-svc +\| hh_app +\| role hh_app does not exist *$/m, '... a service and what is missing');
like($out, qr/^ hh-rerank-svc +\| +\| Ready *$/m, '... and one that is ready');
like($out, qr/^ready: 2 of 8$/m, '... how many are');
like($out, qr/^1\. error: role hh_app does not exist\n.*^    services: hh-embed-svc, hh-enrich-svc, hh-eco-svc$/ms, '... a finding of three services once');
like($out, qr/^    remedy:   hh-migrate roles apply -d '.*main.*'$/m, '... with the command that mends it, and the connection');

# Without fault.
my $secrets = heal($node, 'main');
my @with_secrets = ('--secrets-dir', $secrets);
my $began = time;
$visit = doctor($node, 'main', undef, @with_secrets);
my $took = time - $began;
is_deeply([ complaints($visit) ], [], 'without fault: nothing is found');
is($visit->{status}, 0, '... exit code');
is($visit->{messages}, '', '... no message');
is_deeply([ ready($visit) ], \@services, '... all are ready, in the order of the policy');
is_deeply([ grep { $_ ne 'library' } map { $_->{check} } @{ $visit->{not_checked} } ], [], '... and everything was looked at');
cmp_ok($took, '<', 5, "... within a moment ($took s)");
is((doctor($node, 'main', undef, @with_secrets, '--embedding-dimensions', '768'))->{status}, 0, '... with the dimension said, which is the right one');

($code, $out, $err) = try_client($node, 'main', undef, 'doctor', @with_secrets, '--quiet');
is("$code|$err", '0|', 'quiet: exit code and messages');

# The pipeline's role sees as much.
$visit = doctor($node, 'main', 'hh_admin', @with_secrets);
is_deeply([ complaints($visit) ], [], 'as hh_admin: nothing is found');
is_deeply([ grep { $_ ne 'library' } map { $_->{check} } @{ $visit->{not_checked} } ], [], '... and everything was looked at');

# It changes nothing.
my $before = [ @{ catalog($node, 'main') }, @{ rows($node, 'main') } ];
doctor($node, 'main', undef, @with_secrets);
is_same_listing([ @{ catalog($node, 'main') }, @{ rows($node, 'main') } ], $before, 'nothing is changed');
my $running = run_sql($node, 'main', undef, q{SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'hh-migrate%'});
is($running, 0, 'no connection is left');

# The shape of JSON.
is_deeply([ sort grep { !/^(?:status|messages)$/ } keys %$visit ], [qw(database not_checked ready services tool total)], 'JSON: members');
is_deeply([ sort keys %{ $visit->{services}[0] } ], [qw(findings ready role service)], 'JSON: members of a service');
ok(JSON::PP::is_bool($visit->{services}[0]{ready}), 'JSON: ready is a boolean');
is($visit->{services}[6]{role}, undef, 'JSON: a service without a role has null');

# Without secrets a role can't log in where a password is asked for.
$visit = doctor($node, 'main', undef);
is_deeply([ complaints($visit) ], [ 'secret: hh_analytics', 'secret: hh_app', 'secret: hh_ops' ], 'without secrets: each role lacks one');
my ($finding) = grep { $_->{object} eq 'hh_app' } findings($visit);
is_deeply([ sort keys %$finding ], [qw(check detail effect message object remedy severity)], 'JSON: members of a finding');
is($finding->{severity}, 'error', '... its severity');
{
    local %ENV = (%ENV, map { ("HH_PASSWORD_\U$_" => slurp_file("$secrets/$_") =~ s/\n\z//r) } qw(hh_app hh_analytics hh_ops));
    is_deeply([ complaints(doctor($node, 'main', undef)) ], [], 'secrets in the environment');
    is((doctor($node, 'main', undef, '--wait', '2s'))->{status}, 0, '... for more than one look');
}
{
    my $passfile = PostgreSQL::Test::Utils::tempdir() . '/pgpass';
    append_to_file($passfile, "*:*:main:$_:" . (slurp_file("$secrets/$_") =~ s/\n\z//r) . "\n") foreach qw(hh_app hh_analytics hh_ops);
    chmod 0600, $passfile or die;
    local $ENV{PGPASSFILE} = $passfile;
    is_deeply([ complaints(doctor($node, 'main', undef)) ], [], 'secrets in the file of passwords');
}
{
    # What is the administrator's is nobody else's.
    local $ENV{PGPASSWORD} = 'of the administrator';
    is_deeply([ complaints(doctor($node, 'main', undef)) ], [ 'secret: hh_analytics', 'secret: hh_app', 'secret: hh_ops' ], 'PGPASSWORD is not tried for the services');
    is((doctor($node, 'main', undef, @with_secrets))->{status}, 0, '... nor in place of a secret');
}

# The other formats, with something to tell.
run_sql($node, 'main', undef, 'REVOKE USAGE ON SCHEMA msgs FROM hh_ops');
($code, $out) = try_client($node, 'main', undef, 'doctor', @with_secrets, '--format', 'csv');
is($code, 2, 'CSV: exit code');
like($out, qr/\Aservice,role,state\nhh-embed-svc,hh_app,Ready\n/, '... services');
like($out, qr/^error,usage,hh-msgs-svc,the role lacks USAGE on schema msgs,,"?the service sees nothing in it.*hh-migrate roles apply/m, '... findings');
($code, $out) = try_client($node, 'main', undef, 'doctor', @with_secrets, '--format', 'html');
like($out, qr/<td align="left">the role lacks USAGE on schema msgs<\/td>/, 'HTML');
($code, $out) = try_client($node, 'main', undef, 'doctor', @with_secrets, '--format', 'prometheus');
like($out, qr/^hh_service_ready\{service="hh-msgs-svc",role="hh_ops"\} 0$/m, 'Prometheus: one that is not ready');
like($out, qr/^hh_service_ready\{service="hh-embed-svc",role="hh_app"\} 1$/m, '... one that is');
like($out, qr/^hh_services_ready 7\n(?:#.*\n)*hh_services 8$/m, '... how many');
like($out, qr/^hh_findings\{service="hh-msgs-svc",check="usage",severity="error"\} 1$/m, '... a finding');
my %typed = map { $_ => 1 } $out =~ /^# TYPE (\w+) gauge$/mg;
my @untyped = grep { !$typed{$_} } $out =~ /^(\w+)[ {]/mg;
is_deeply(\@untyped, [], '... each metric has its type');
is((try_client($node, 'main', undef, 'status', '--format', 'prometheus'))[0], 1, 'no other command has that format');

# Waiting: for a time, and until all are ready.
$began = time;
($code, $out) = try_client($node, 'main', undef, 'doctor', @with_secrets, '--wait', '3s');
is($code, 2, '--wait: exit code where nobody mends it');
cmp_ok(time - $began, '<', 15, '... it comes to an end');
my @seen = $out =~ /^ready: (\d) of 8$/mg;
is_deeply(\@seen, [7], '... and tells once what is found');
my ($watched, $complaints) = ('', '');
my $watching = IPC::Run::start([ $ENV{HH_MIGRATE} // 'hh-migrate', 'doctor', @with_secrets, '--watch', '1s', '--wait', '60s', '-d', conninfo($node, 'main') ],
    '<', \undef, '>', \$watched, '2>', \$complaints, IPC::Run::timeout(60));
$watching->pump until $watched =~ /ready: 7 of 8/;
run_sql($node, 'main', undef, 'GRANT USAGE ON SCHEMA msgs TO hh_ops');
$watching->finish;
is($watching->full_result(0), 0, '--watch: exit code where somebody mends it');
like($watched, qr/ready: 7 of 8.*ready: 8 of 8/s, '... and it has shown both');
foreach my $wrong ('0', '-1', 'soon', '5x', '99999')
{
    is((try_client($node, 'main', undef, 'doctor', '--wait', $wrong))[0], 1, "--wait $wrong is refused");
}

# Through what there is: without the connection asked for, a service's role sees what it may.
$visit = doctor($node, 'main', 'nobody', @with_secrets);
is($visit->{status}, 0, 'a connection that fails is no finding about services');
like($visit->{messages}, qr/could not connect as asked for: .*no password supplied/, '... but is told');
my %unchecked = map { $_->{check} => $_->{why} } @{ $visit->{not_checked} };
is($unchecked{migrations}, 'there is no connection as it was asked for', '... and what could not be looked at');
ok(!exists $unchecked{invalid_index}, '... while a role looks at the rest');

# A password in the connection string is not repeated.
run_sql($node, 'main', undef, 'REVOKE USAGE ON SCHEMA msgs FROM hh_ops');
($code, $out) = try_program($ENV{HH_MIGRATE} // 'hh-migrate', 'doctor', @with_secrets, '-d', conninfo($node, 'main') . ' password=hunter2hunter2');
unlike($out, qr/hunter2/, 'a password of the command line is not printed');
like($out, qr/hh-migrate roles apply -d '[^']*dbname=/, '... the rest of the connection is') or diag($out);
{
    local $ENV{DATABASE_URL} = conninfo($node, 'main') . ' password=hunter2hunter2';
    ($code, $out) = try_program($ENV{HH_MIGRATE} // 'hh-migrate', 'doctor', @with_secrets);
    like($out, qr/remedy:   hh-migrate roles apply$/m, 'DATABASE_URL is not repeated either');
}
deploy_roles($node, 'main');

# The ledger is lost: what is there is adopted, and then brought to its end.
run_sql($node, 'main', undef, 'DROP TABLE hh.migration CASCADE');
$visit = doctor($node, 'main', undef, @with_secrets);
is_deeply([ grep { /0000_ledger/ } complaints($visit) ], ['migrations: 0000_ledger'], 'without its ledger: that is said');
my $rounds = cure($node, 'main', undef, @with_secrets);
is($rounds, 2, '... typed as printed, the remedies mend it') or diag(join "\n", @Doctor::log);

# Others may create in schema hh: nothing in it is looked at.
run_sql($node, 'main', undef, 'GRANT CREATE ON SCHEMA hh TO hh_ops, PUBLIC');
$visit = doctor($node, 'main', undef, @with_secrets);
is_deeply([ complaints($visit) ], ['deployment: migrations'], 'CREATE on schema hh: that is said');
$rounds = cure($node, 'main', undef, @with_secrets);
is($rounds, 1, '... typed as printed, the remedy mends it') or diag(join "\n", @Doctor::log);

# The auto-migrate profile, natively.
run_client($node, 'main', undef, 'up', '--profile', 'auto-migrate');
is_deeply([ complaints(doctor($node, 'main', undef, @with_secrets)) ], [], 'auto-migrate: nothing is found');
run_sql($node, 'main', undef, q{
    REVOKE CREATE ON DATABASE main FROM hh_app;
    REVOKE hh_search_owner FROM hh_app;
    REVOKE CREATE ON SCHEMA search FROM hh_app});
$visit = doctor($node, 'main', undef, @with_secrets);
is_deeply([ grep { /^start_up/ } complaints($visit) ],
    [ 'start_up: CREATE on database main', 'start_up: CREATE on schema search', 'start_up: to own table search.candidate_embeddings' ],
    '... without rights: what the DDL at start needs');
is_deeply([ grep { $_ eq 'hh-embed-svc' } ready($visit) ], [], '... hh-embed-svc is not ready');
is_deeply([ grep { $_ eq 'hh-eco-svc' } ready($visit) ], ['hh-eco-svc'], '... while others of its role are');
$rounds = cure($node, 'main', undef, @with_secrets);
is($rounds, 1, '... typed as printed, the remedies mend it') or diag(join "\n", @Doctor::log);
$node->stop;

# A server like Cloud SQL.
my $cloud = CloudSQL->start('cloud', passwords => 1);
add_database($cloud, 'main', 'postgres');
my $cloud_secrets = heal($cloud, 'main', 'postgres');
$visit = doctor($cloud, 'main', 'postgres', '--secrets-dir', $cloud_secrets);
is_deeply([ complaints($visit) ], [], 'like Cloud SQL: nothing is found');
is($visit->{status}, 0, '... exit code');
is_deeply([ grep { $_ ne 'library' } map { $_->{check} } @{ $visit->{not_checked} } ], [], '... and everything was looked at');

done_testing();
