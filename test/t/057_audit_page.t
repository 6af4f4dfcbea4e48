# hh-migrate audit --format html: the page, as a browser shows it.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use Browser;
use Encode qw(encode_utf8);
use HeadhunterTest;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

plan skip_all => 'HH_NO_BROWSER says so' if $ENV{HH_NO_BROWSER};

my $node = new_node('main');
my %hostile = (
    role => q{<script>alert('role')</script>"&},
    table => q{<img src=x onerror=alert(1)> 🦊},
    column => q{"><svg onload=alert(2)>},
    reason => q{</style></script><script>alert('reason')</script>},
    turned => "gpj.\x{202e}exe",
);

# SQL with names as identifiers, {role}, and as literals, {'role'}.
sub run
{
    my ($sql) = @_;
    my $name = sub { $_[0] =~ s/\Q$_[1]\E/$_[1]$_[1]/gr };
    $sql =~ s/\{'(\w+)'\}/"'" . $name->($hostile{$1}, "'") . "'"/ge;
    $sql =~ s/\{(\w+)\}/'"' . $name->($hostile{$1}, '"') . '"'/ge;
    return run_sql($node, 'main', undef, encode_utf8($sql));
}

# The state: what each role holds, what the policy wants, and where they differ.
run_sql($node, 'postgres', undef, q{
    CREATE ROLE hh_owner; CREATE ROLE hh_app LOGIN; CREATE ROLE hh_analytics LOGIN; CREATE ROLE hh_ops LOGIN;
    CREATE ROLE hh_admin LOGIN NOINHERIT CREATEROLE IN ROLE hh_owner; CREATE ROLE intern LOGIN});
add_database($node, 'main', 'hh_owner');
run_client($node, 'main', undef, 'up', '--owner', 'hh_owner', '--only=code,migrations,policy');
run(q{
    CREATE ROLE {role}; CREATE ROLE {turned};
    CREATE TABLE msgs.{table} (id integer, {column} text);
    ALTER TABLE msgs.{table} OWNER TO {role};
    GRANT SELECT (id, {column}) ON msgs.{table} TO {turned};
    GRANT USAGE ON SCHEMA search, ops TO hh_app, hh_analytics, hh_ops;
    GRANT SELECT, INSERT, UPDATE ON search.tenants TO hh_app;
    GRANT SELECT ON search.tenants TO hh_analytics WITH GRANT OPTION;
    GRANT SELECT (tenant_id, candidate_id) ON search.candidate_profiles TO hh_analytics;
    GRANT INSERT ON search.search_logs TO hh_analytics;
    GRANT TRUNCATE ON search.search_logs TO hh_app;
    GRANT DELETE ON search.search_logs_default TO intern;
    GRANT SELECT ON ops.refresh_jobs TO PUBLIC;
    DELETE FROM hh.policy; DELETE FROM hh.policy_role; DELETE FROM hh.service; DELETE FROM hh.policy_source;
    INSERT INTO hh.policy_source (checksum, profile, origin, recorded_by)
    VALUES (repeat('0123456789abcdef', 4), 'strict', 'bundled', 'hh_admin');
    INSERT INTO hh.policy_role (role_name, can_login, reason, line) VALUES
        ('hh_owner', false, 'owns schemas and tables; nobody logs in as owner', 10),
        ('hh_admin', true, 'the deploy pipeline', 11),
        ('hh_app', true, 'embed, enrich and eco services', 12),
        ('hh_analytics', true, 'search and evidence services', 13),
        ('hh_ops', true, 'messages, refresh jobs and metrics', 14);
    INSERT INTO hh.policy_role (role_name, can_login, reason, line) VALUES
        ({'role'}, false, {'reason'}, 15), ({'turned'}, false, 'its name looks like another', 16);
    INSERT INTO hh.policy (id, rule, role_name, object_type, object_schema, object_name, column_name, privilege,
        reason, line)
    SELECT row_number() OVER (), v.* FROM (VALUES
        ('owner', 'hh_owner', 'schema', NULL, 'search', NULL, 'OWNER', 'one owner for all', 20),
        ('owner', 'hh_owner', 'schema', NULL, 'ops', NULL, 'OWNER', 'one owner for all', 20),
        ('owner', 'hh_owner', 'schema', NULL, 'msgs', NULL, 'OWNER', 'one owner for all', 20),
        ('owner', 'hh_owner', 'schema', NULL, 'taxonomy', NULL, 'OWNER', 'one owner for all', 20),
        ('owner', 'hh_owner', 'table', 'msgs', NULL, NULL, 'OWNER', 'one owner for all', 21),
        ('owner', 'hh_owner', 'table', 'search', NULL, NULL, 'OWNER', 'one owner for all', 21),
        ('privilege', 'hh_app', 'schema', NULL, 'search', NULL, 'USAGE', 'the gate', 22),
        ('privilege', 'hh_analytics', 'schema', NULL, 'search', NULL, 'USAGE', 'the gate', 22),
        ('privilege', 'hh_ops', 'schema', NULL, 'ops', NULL, 'USAGE', 'the gate', 22),
        ('privilege', 'hh_app', 'table', 'search', 'tenants', NULL, 'SELECT', 'embed: upserts tenants', 23),
        ('privilege', 'hh_app', 'table', 'search', 'tenants', NULL, 'INSERT', 'embed: upserts tenants', 23),
        ('privilege', 'hh_app', 'table', 'search', 'tenants', NULL, 'UPDATE', 'embed: upserts tenants', 23),
        ('privilege', 'hh_ops', 'table', 'ops', 'refresh_jobs', NULL, 'INSERT', 'schedules refreshes', 24),
        ('privilege', 'hh_ops', 'table', 'ops', 'refresh_jobs', NULL, 'SELECT', 'schedules refreshes', 24),
        ('privilege', 'hh_analytics', 'table', 'search', 'search_logs', NULL, 'INSERT', 'one row a search', 25),
        ('privilege', 'hh_analytics', 'table', 'search', 'candidate_profiles', 'tenant_id', 'SELECT', 'finds', 26),
        ('privilege', 'hh_analytics', 'table', 'search', 'candidate_profiles', 'candidate_id', 'SELECT', 'finds', 26),
        ('privilege', 'hh_analytics', 'table', 'search', 'candidate_profiles', 'headline', 'SELECT', 'finds', 26)
    ) AS v;
    INSERT INTO hh.policy (id, rule, role_name, object_type, object_name, privilege, inherit_option, set_option,
        reason, line)
    VALUES (90, 'member', 'hh_admin', 'role', 'hh_owner', 'MEMBER', false, true, 'deploys as the owner', 11);
    INSERT INTO hh.service (service_name, role_name, mode, reason, line) VALUES
        ('hh-embed-svc', 'hh_app', 'verify', 'embeddings', 30), ('hh-admin-svc', NULL, 'none', 'nothing here', 31)});

# The page, as the owner of it all and as a superuser who acts for the owner.
my ($code, $page, $err) = try_client($node, 'main', undef, 'audit', '--format', 'html');
is($code, 2, 'exit code') or diag($err);
unlike($err, qr/error/, 'nothing to complain of, but that the policy recorded is not the shipped one');
my $file = PostgreSQL::Test::Utils::tempdir() . '/audit.html';
open my $out, '>:raw', $file or die "$file: $!";
print $out $page;
close $out or die "$file: $!";

like($page, qr/\A<!DOCTYPE html>\n.*<\/html>\n\z/s, 'one document');
my %needed = map { $_ => 1 } $page =~ /\b(?:src|href|action|xlink:href)="([^"#][^"]*)"/g;
is_deeply([ keys %needed ], [], 'needs no other file');
unlike($page, qr/<(?:script|svg|img|\/style)[^>]*alert|\son\w+="|\sstyle="/, 'no script but its own, no inline style');

my $browser = Browser->new;

# What the page's document says, by an expression.
sub seen { return $browser->evaluate($_[0]) }

sub is_seen
{
    my ($expression, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is(seen($expression), $expected, $name);
}

# A cell's class and letters, "excess +D".
sub cell
{
    my ($role, $object) = @_;
    my $json = JSON::PP->new->allow_nonref;
    return seen(sprintf '(() => { const c = [...document.querySelectorAll("table.matrix tr")]'
          . '.find(r => r.dataset.object === %s)?.querySelectorAll(":scope > td");'
          . ' const d = [...(c ?? [])].find(c => c.dataset.role === %s);'
          . ' return d ? d.className.slice(2) + " " + (d.querySelector("summary")'
          . '?.textContent ?? d.textContent) : null; })()', map { $json->encode($_) } ($object, $role));
}

# A PNG's size, from its header.
sub size { return join 'x', unpack 'x16 N2', $_[0] }

$browser->resize(1400, 900);
$browser->open_file($file);
is_seen('document.title', 'Privileges of database main', 'the title');
is_seen('document.compatMode', 'CSS1Compat', 'HTML5');
is_seen('getComputedStyle(document.querySelector(".finding")).display', 'grid', 'the style is applied');
is_seen('document.querySelector(".scripted").hidden', JSON::PP::false, 'the script has run');

# Cells.
is(cell('hh_app', 'search.tenants'), 'ok arw', 'what the policy wants');
is(cell('hh_app', 'schema search'), 'ok U', '... of a schema');
is(cell('hh_analytics', 'search.tenants'), 'excess +r*', 'excess, and grantable');
is(cell('hh_app', 'search.search_logs'), 'excess +D', 'excess');
is(cell('hh_analytics', 'search.search_logs'), 'ok a', '... which is another role\'s');
like(cell('hh_ops', 'ops.refresh_jobs'), qr/^missing .*−a/, 'missing');
is(cell('hh_analytics', 'search.candidate_profiles'), 'missing [r]−[r]', 'columns, one of them missing');
like(cell('hh_admin', 'search.tenants'), qr/^reach \(arwdDxt/, 'a SET ROLE away');
is(cell('hh_owner', 'search.tenants'), 'ok owner', 'owned');
is(cell('hh_ops', 'search.tenants'), 'none ·', 'nothing');
is(cell('PUBLIC', 'ops.refresh_jobs'), 'excess +r', 'PUBLIC');
is(cell('intern', 'search.search_logs_default'), 'excess +d', 'a role that the policy does not know, on a partition');
like(cell('PUBLIC', 'database main'), qr/^(?:ok|excess) \+?cT$/, 'the database');
is(cell($hostile{role}, "msgs.$hostile{table}"), 'ok owner', 'hostile names are names');
is(cell('gpj.�exe', "msgs.$hostile{table}"), 'excess +[r]', 'one that would turn the direction of writing is shown');
foreach my $table (@tables)
{
    is_seen("document.querySelectorAll('tr.table[data-object=\"$table\"] > td').length",
        seen('document.querySelectorAll("table.matrix > thead th").length - 1'), "$table has its cells");
}

# Partitions are out of the way unless something is wrong with them.
my $visible = '(o => document.querySelector(`tr[data-object="${o}"]`).checkVisibility())';
is_seen("$visible('search.search_logs_default')", JSON::PP::true, 'a partition with a finding is shown');
is_seen("$visible('ops.pipeline_metrics_default')", JSON::PP::false, '... one without is not');
$browser->click('#show-partitions');
is_seen("$visible('ops.pipeline_metrics_default')", JSON::PP::true, '... until asked for');
$browser->click('#show-partitions');

# A cell opens to its ways.
my $picture = $browser->screenshot(1);
$browser->click('tr[data-object="search.tenants"] td[data-role="hh_app"] summary');
is_seen('document.querySelectorAll("details[name=cell][open]").length', 1, 'a click opens the cell');
my $ways = seen('document.querySelector("details[open] .drawer").innerText');
like($ways, qr/hh_app on search\.tenants.*held\s+INSERT, SELECT, UPDATE\s+direct\s+hh_app : granted by hh_owner\s+embed: upserts tenants/s,
    '... with privileges, way, path and reason') or diag($ways);
is_seen('document.querySelector("details[open] .drawer").getBoundingClientRect().bottom', 900, '... in a drawer at the bottom');
$browser->click('tr[data-object="search.search_logs"] td[data-role="hh_app"] summary');
is_seen('[...document.querySelectorAll("details[name=cell][open] h4")].map(e => e.textContent).join()',
    'hh_app on search.search_logs', 'the next one closes it');
my $link = seen('document.querySelector("details[open] .drawer a").getAttribute("href")');
$browser->click('details[open] .drawer a');
like(seen("document.querySelector('$link').innerText"), qr/hh_app\s+TRUNCATE\s+on table\s+search\.search_logs/i, 'it leads to the finding');
is_seen('document.querySelectorAll("details[name=cell][open]").length', 0, '... and makes room');
seen('document.querySelector("tr[data-object=\'search.tenants\'] td[data-role=hh_admin] summary").focus()');
$browser->key('Enter', 13, "\r");
like(seen('document.querySelector("details[open] .drawer")?.innerText ?? ""'), qr/via SET ROLE.*hh_admin -> hh_owner.*deploys as the owner/s, 'keys open one too');
$browser->key('Escape', 27);
is_seen('document.querySelectorAll("details[name=cell][open]").length', 0, '... and close it');

# Sections.
my $count = run_sql($node, 'main', undef, 'SELECT count(*) FROM hh.audit()');
is_seen('document.querySelectorAll(".finding").length', $count, 'every finding');
is_seen('[...document.querySelectorAll(".counts b")].reduce((sum, b) => sum + Number(b.textContent), 0)', $count, '... is counted');
like(seen('document.querySelector(".outcome").textContent'), qr/in $count points/, '... in the headline too');
like(seen('[...document.querySelectorAll(".finding")].find(f => /INSERT\s+on table\s+ops.refresh_jobs/.test(f.innerText)).querySelector("code").textContent'),
    qr/GRANT INSERT ON (?:TABLE )?ops\.refresh_jobs TO hh_ops/, 'a remedy');
is_seen('document.querySelectorAll("#escalations tbody tr").length',
    run_sql($node, 'main', undef, 'SELECT count(*) FROM hh.escalations()'), 'every escalation');
like(seen('document.querySelector("#policy").textContent'), qr/hh_admin.*the deploy pipeline.*member of hh_owner, no INHERIT, SET.*hh-embed-svc.*embeddings/s, 'the policy');
like(seen('document.querySelector(".facts").innerText'), qr/15|16|17|18.*strict.*bundled.*(?:0123456789abcdef){4}/s, 'where it comes from');

# Filters.
sub rows_shown { return seen('[...document.querySelectorAll("table.matrix tbody tr:not([hidden])")].filter(r => r.checkVisibility()).map(r => r.dataset.object).join()') }
sub choose
{
    my ($id, $value) = @_;
    seen("(() => { const e = document.getElementById('$id'); e.value = '$value'; e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')); })()");
    return;
}
choose('filter-text', 'TENANTS');
is(rows_shown(), 'schema search,search.tenants', 'filter by name');
choose('filter-text', '');
choose('filter-verdict', 'missing');
like(rows_shown(), qr/^schema search,search\.candidate_profiles,schema ops,ops\.refresh_jobs$/, 'filter by verdict');
choose('filter-verdict', '');
choose('filter-role', seen('[...document.querySelectorAll("#filter-role option")].find(o => o.textContent === "hh_ops").value'));
is_seen('[...document.querySelectorAll("table.matrix > thead th:not([hidden])")].map(h => h.innerText.trim()).join()', 'Object,hh_ops', 'one role');
choose('filter-role', '');
is_seen('document.querySelectorAll("table.matrix [hidden]").length', 0, '... and all again');
$browser->click('.remedy button');
like(seen('document.querySelector(".remedy button").textContent'), qr/^(?:Copied|Selected)$/, 'a remedy is copied');

# Pictures.
like(size($picture), qr/^1400x\d{4}/, 'the picture has the size of the page');
cmp_ok($browser->colours($picture), '>', 50, '... and is not blank');
my %paper;
foreach my $scheme (qw(light dark))
{
    $browser->resize(420, 800, $scheme);
    $picture = $browser->screenshot;
    is(size($picture), '420x800', "$scheme: a narrow window");
    cmp_ok($browser->colours($picture), '>', 20, '... is not blank');
    is_seen('document.documentElement.scrollWidth', 420, '... and needs no scrolling aside');
    $paper{$scheme} = seen('getComputedStyle(document.body).backgroundColor');
}
isnt($paper{dark}, $paper{light}, 'dark is not light');

# Nothing ran, nothing was fetched, nothing was complained of.
is_seen('document.scripts.length', 1, 'one script');
is_seen('document.querySelectorAll("img, svg, iframe, object, embed, link").length', 0, 'no element from a name');
is_deeply([ $browser->complaints ], [], 'no error, warning or violation on the console');
is_deeply([ grep { $_ ne "file://$file" } $browser->requests ], [], 'no request');

# The policy against scripts is in force, and the console would have told.
seen('document.body.append(Object.assign(document.createElement("script"), {textContent: "window.ran = 1"}))');
is_seen('window.ran ?? "no"', 'no', 'another script does not run');
like(join("\n", $browser->complaints), qr/Content Security Policy/, '... and is complained of');
$browser->close;

done_testing();
