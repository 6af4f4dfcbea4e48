# Services started against what is deployed, through another ecosystem's driver: their look-ups and
# statements, each as its role with its password, over the socket.  test/driver has the services.

use strict;
use warnings;

use Cwd qw(abs_path);
use FindBin;
use lib "$FindBin::RealBin/../perl";
use Doctor;
use HeadhunterTest;
use JSON::PP;
use Secrets;
use Test::More;

plan skip_all => 'HH_NO_DRIVER says so' if $ENV{HH_NO_DRIVER};

my $directory = abs_path("$FindBin::RealBin/../driver");
my $node = new_node('main');
ask_for_passwords($node);
add_role($node, 'owner');
add_database($node, 'main', 'owner');
my $secrets = heal($node, 'main');

# Runs a service.  Returns its exit status, what it tried, and its messages.
sub start
{
    my ($role, $password, $service, @arguments) = @_;
    local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => 'main', PGUSER => $role,
        PGPASSWORD => $password);
    my ($status, $out, $err) = try_program('node', "$directory/$service.js", @arguments);
    return ($status, [ map { decode_json($_) } split /\n/, $out ], $err);
}

sub works
{
    my ($role, $service, @arguments) = @_;
    my ($status, $tried, $err) = start($role, password_of($role), $service, @arguments);
    my $name = join ' ', $role, $service, @arguments;

    foreach my $one (@$tried)
    {
        ok(!defined $one->{fault}, "$name: " . $one->{name} =~ s/\s+/ /gr) or diag($one->{fault});
    }
    is("$status|$err", '0|', "$name: to its end") or diag('tools/check fetches what test/driver/package-lock.json pins');
    return;
}

sub password_of
{
    my ($role) = @_;
    return secret($secrets, $role) =~ s/\n\z//r;
}

# What other services wrote.
run_sql($node, 'main', undef, q{
    INSERT INTO search.candidate_profiles (tenant_id, candidate_id, current_title, location, country, industries, skills,
        years_experience, profile)
    VALUES ('acme', 'ana', 'Analista', 'Recife', NULL, '{fintech}', '{go,sql}', 7, '{"remote": true}'),
        ('acme', 'bia', 'Engenheira de dados', 'Recife', 'BR', '{fintech,health}', '{go}', 4, '{"remote": true}'),
        ('acme', 'caio', 'Engenheiro', 'Olinda', 'BR', '{fintech}', '{go}', 4, '{"remote": true}');
    INSERT INTO msgs.skill_adjacency (tenant_id, skill_id, related_skill_id, related_skill_label, pmi_score, support, recency_days, sources)
    VALUES ('acme', 'go', 'docker', 'Docker', 1.25, 90, 3, '{jobs}'), ('acme', 'go', 'rust', 'Rust', 2.5, 40, 7, '{jobs,profiles}'),
        ('acme', 'sql', 'r', 'R', 3, 1, 1, '{}'), ('other', 'go', 'c', 'C', 3, 1, 1, '{}');
    INSERT INTO msgs.role_template (tenant_id, eco_id, title, required_skills, yoe_min, yoe_max, version)
    VALUES ('acme', 'ECO.BR.SE.FRONTEND', 'Frontend', '["react"]', 2, 5, '1');
    INSERT INTO msgs.skill_demand (tenant_id, skill_id, region, industry, week_start, postings_count, demand_index)
    VALUES ('acme', 'go', 'BR-PE', NULL, '2025-12-29', 3, 1), ('acme', 'go', 'BR-PE', NULL, '2026-01-05', 7, 1.5),
        ('acme', 'go', 'BR-PE', NULL, '2026-01-12', 9, NULL), ('acme', 'go', 'BR-PE', 'fintech', '2026-01-12', 5, 1.1)});

works('hh_app', 'embed', 'verify');
works('hh_analytics', 'search');
works('hh_ops', 'msgs');
is(run_sql($node, 'main', undef, 'SELECT source_service FROM search.search_logs'), 'hh-search-svc', 'the search was logged');
like((start('hh_app', 'not its password', 'embed', 'verify'))[2], qr/28P01/, 'another password is refused');

run_client($node, 'main', undef, 'roles', 'apply', '--profile', 'auto-migrate');
run_client($node, 'main', undef, 'up', '--profile', 'auto-migrate');
works('hh_app', 'embed', 'auto-migrate');

# Back to strict, but for two faults: look-ups that nothing could fail would be worth nothing.
run_client($node, 'main', undef, 'roles', 'apply');
run_sql($node, 'main', undef, 'DROP INDEX search.candidate_embeddings_embedding_hnsw_idx; GRANT SELECT ON search.search_logs TO hh_app');
my ($status, $tried) = start('hh_app', password_of('hh_app'), 'embed', 'verify');
is_deeply([ map { $_->{name} } grep { defined $_->{fault} } @$tried ], [ 'index', 'refused: SELECT FROM search.search_logs' ],
    'a lost index and a privilege too many are noticed, and nothing else');
is($status, 0, '... to its end');

done_testing();
