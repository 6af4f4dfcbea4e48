# hh-migrate trace: what each rule finds, and the safe way that it leaves alone.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use JSON::PP;
use Test::More;

without_roles();

my $node = new_node('main');
add_role($node, 'owner', 'pipeline');
run_sql($node, 'postgres', undef, 'GRANT owner TO pipeline');
add_database($node, 'main', 'owner');

my $base = <<'END';
CREATE SCHEMA team;
CREATE TABLE team.jobs (id int PRIMARY KEY, kind varchar(10), state text, "Who" text);
CREATE TABLE team.people (id int PRIMARY KEY, job int);
CREATE TABLE team.events (day date NOT NULL, what text) PARTITION BY RANGE (day);
CREATE TABLE team.events_old PARTITION OF team.events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE team.events_new PARTITION OF team.events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE VIEW team.open_jobs AS SELECT id, kind FROM team.jobs;
CREATE TYPE team.mood AS ENUM ('glad');
CREATE TABLE team.moods (mood team.mood);
END
run_client($node, 'main', 'owner', 'up', '--dir', migrations_in('1000_base.sql' => $base));

sub trace
{
    my ($role, $files, @arguments) = @_;
    return try_client($node, 'main', $role, 'trace', @arguments, '--dir',
        migrations_in('1000_base.sql' => $base, %$files));
}

# Traces all cases at once, each in a schema of its own that begins as the base, and holds the findings
# against what is expected: "RULE@FILE:LINE", the case's files counted from 1.
sub check_cases
{
    my (@cases) = @_;
    my %files = ('1001_cases.sql' => '');
    foreach my $number (0 .. $#cases)
    {
        my (undef, undef, $texts, $more) = @{ $cases[$number] };
        $files{'1001_cases.sql'} .= ($base . ($more ? "$more;\n" : '')) =~ s/\bteam\b/team_$number/gr;
        $files{ 2001 + 10 * $number + $_ . '_case.sql' } = $texts->[$_] =~ s/\bteam\b/team_$number/gr foreach 0 .. $#$texts;
    }
    my ($status, $out, $err) = trace(undef, \%files, '--format', 'json', grep { $_ > 2000 } map { s/_.*//r } keys %files);
    my $json = eval { decode_json($out) } // {};
    my @found;
    foreach my $finding (@{ $json->{findings} })
    {
        my $version = $finding->{version} - 2000;
        push @{ $found[$version / 10] }, "$finding->{rule}\@" . $version % 10 . ":$finding->{line}";
    }
    is($status, 2, 'exit code') or diag($err);
    foreach my $number (0 .. $#cases)
    {
        is("@{ $found[$number] // [] }", $cases[$number][1], $cases[$number][0])
          or diag(map { JSON::PP->new->canonical->encode($_) . "\n" } grep { int(($_->{version} - 2000) / 10) == $number } @{ $json->{effects} });
    }
    return;
}

sub scratch_databases
{
    return run_sql($node, 'postgres', undef, q{SELECT datname FROM pg_database WHERE datname LIKE 'hh\_%'});
}

my $catalog = catalog($node, 'main');
my $rows = rows($node, 'main');

my $alone = "-- hh: no-transaction\n";

# Name, findings, files, and what the base has besides.
my @cases = (
    [ 'an index', 'blocking-index-build@1:2', ["-- An index.\nCREATE INDEX jobs_state_idx ON team.jobs (state)"] ],
    [ 'an index, concurrently', '', ["${alone}CREATE INDEX CONCURRENTLY jobs_state ON team.jobs (state)"] ],
    [ 'an index on partitions', 'blocking-index-build@1:1', ['CREATE INDEX ON team.events (what)'] ],
    [ 'one partition after another', '', [ 'CREATE INDEX events_what_idx ON ONLY team.events (what)',
            "${alone}CREATE INDEX CONCURRENTLY old_what_idx ON team.events_old (what);\nALTER INDEX team.events_what_idx ATTACH PARTITION team.old_what_idx" ] ],
    [ 'a unique constraint', 'blocking-index-build@1:1', ['ALTER TABLE team.jobs ADD UNIQUE (state)'] ],
    [ 'a unique constraint, concurrently', '', [ "${alone}CREATE UNIQUE INDEX CONCURRENTLY one_state ON team.jobs (state)", 'ALTER TABLE team.jobs ADD UNIQUE USING INDEX one_state' ] ],
    [ 'REINDEX', 'blocking-index-build@1:1', ['REINDEX TABLE team.jobs'] ],
    [ 'REINDEX, concurrently', '', ["${alone}REINDEX TABLE CONCURRENTLY team.jobs"] ],
    [ 'no transaction, and yet under a lock', 'blocking-index-build@1:3', ["${alone}CREATE INDEX CONCURRENTLY jobs_state ON team.jobs (state);\nCREATE INDEX ON team.jobs (kind)"] ],
    [ 'an index on a new table', '', ["CREATE TABLE team.t (n int);\nCREATE INDEX ON team.t (n);\nALTER TABLE team.t ADD PRIMARY KEY (n)"] ],

    [ 'CHECK', 'constraint-not-valid-missing@1:1', ['ALTER TABLE team.jobs ADD CHECK (id > 0)'] ],
    [ 'CHECK on partitions', 'constraint-not-valid-missing@1:1', [q{ALTER TABLE team.events ADD CHECK (what <> '')}] ],
    [ 'CHECK, NOT VALID', '', ['ALTER TABLE team.jobs ADD CONSTRAINT c CHECK (id > 0) NOT VALID', 'ALTER TABLE team.jobs VALIDATE CONSTRAINT c'] ],
    [ 'CHECK, validated in the same transaction', 'long-work-under-exclusive-lock@1:2',
        ["ALTER TABLE team.jobs ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\nALTER TABLE team.jobs VALIDATE CONSTRAINT c"] ],

    [ 'a foreign key', 'constraint-not-valid-missing@1:1 foreign-key-without-index@1:1',
        ['ALTER TABLE team.people ADD FOREIGN KEY (job) REFERENCES team.jobs'] ],
    [ 'a foreign key, NOT VALID', 'foreign-key-without-index@1:1', ['ALTER TABLE team.people ADD FOREIGN KEY (job) REFERENCES team.jobs NOT VALID'] ],
    [ 'a foreign key whose columns are not the first of an index', 'blocking-index-build@1:1 foreign-key-without-index@2:1',
        ['CREATE INDEX ON team.people (id, job)', 'ALTER TABLE team.people ADD FOREIGN KEY (job) REFERENCES team.jobs NOT VALID'] ],
    [ 'a foreign key, after its index', '', [ "${alone}CREATE INDEX CONCURRENTLY people_job ON team.people (job)",
            'ALTER TABLE team.people ADD CONSTRAINT f FOREIGN KEY (job) REFERENCES team.jobs NOT VALID', 'ALTER TABLE team.people VALIDATE CONSTRAINT f' ] ],
    [ 'a foreign key of a column that has one', '', ['ALTER TABLE team.people ADD FOREIGN KEY (id) REFERENCES team.jobs NOT VALID'] ],
    [ 'a foreign key with a new column', 'foreign-key-without-index@1:1', ['ALTER TABLE team.people ADD COLUMN boss int REFERENCES team.people'] ],
    [ 'a foreign key of a new table', '', ['CREATE TABLE team.t (job int REFERENCES team.jobs)'] ],

    [ 'a type that needs a rewrite', 'rewrite-type-change@1:1', ['ALTER TABLE team.people ALTER COLUMN job TYPE bigint'] ],
    [ 'one that needs none', '', ["DROP VIEW team.open_jobs;\nALTER TABLE team.jobs ALTER COLUMN kind TYPE varchar(20);\nCREATE VIEW team.open_jobs AS SELECT id, kind FROM team.jobs"] ],
    [ 'one that rebuilds an index', 'rewrite-type-change@1:1', [q{ALTER TABLE team.tags ALTER COLUMN tag TYPE text COLLATE "C"}],
        'CREATE TABLE team.tags (tag text PRIMARY KEY)' ],

    [ 'a volatile default', 'rewrite-volatile-default@1:1', ['ALTER TABLE team.jobs ADD COLUMN token uuid DEFAULT gen_random_uuid()'] ],
    [ 'a stored expression', 'rewrite-volatile-default@1:1', ['ALTER TABLE team.jobs ADD COLUMN twice int GENERATED ALWAYS AS (id * 2) STORED'] ],
    [ 'a volatile default of new rows', '', ["ALTER TABLE team.jobs ADD COLUMN token uuid;\nALTER TABLE team.jobs ALTER COLUMN token SET DEFAULT gen_random_uuid()"] ],
    [ 'a constant default', '', ['ALTER TABLE team.jobs ADD COLUMN n int NOT NULL DEFAULT 7, ADD COLUMN at timestamptz DEFAULT now()'] ],

    [ 'TRUNCATE', 'truncate@1:1', ['TRUNCATE team.jobs'] ],
    [ 'SET UNLOGGED', 'table-rewrite@1:1', ['ALTER TABLE team.jobs SET UNLOGGED'] ],
    [ 'VACUUM FULL', 'table-rewrite@1:2', ["${alone}VACUUM FULL team.jobs"] ],
    [ 'VACUUM', '', ["${alone}VACUUM team.jobs"] ],
    [ 'CLUSTER', 'table-rewrite@1:1', ['CLUSTER team.jobs USING jobs_pkey'] ],
    [ 'REFRESH', 'table-rewrite@1:1', ['REFRESH MATERIALIZED VIEW team.numbers'], 'CREATE MATERIALIZED VIEW team.numbers AS SELECT 1 AS n' ],
    [ 'a setting', '', ['ALTER TABLE team.jobs SET (fillfactor = 90)'] ],

    [ 'NOT NULL', 'not-null-scan@1:1', ['ALTER TABLE team.jobs ALTER COLUMN state SET NOT NULL'] ],
    [ 'NOT NULL that is proven', '', [ 'ALTER TABLE team.jobs ADD CONSTRAINT c CHECK (state IS NOT NULL) NOT VALID',
            'ALTER TABLE team.jobs VALIDATE CONSTRAINT c', "ALTER TABLE team.jobs ALTER COLUMN state SET NOT NULL;\nALTER TABLE team.jobs DROP CONSTRAINT c" ] ],
    [ 'NOT NULL whose proof is dropped first', 'not-null-scan@1:2 long-work-under-exclusive-lock@1:2', ["ALTER TABLE team.jobs ADD CONSTRAINT c CHECK (state IS NOT NULL) NOT VALID;\nALTER TABLE team.jobs ALTER COLUMN state SET NOT NULL, DROP CONSTRAINT c"] ],

    [ 'a column renamed', 'rename-or-drop-in-use@1:1', ['ALTER TABLE team.jobs RENAME COLUMN state TO status'] ],
    [ 'a column dropped', 'rename-or-drop-in-use@1:1', ['ALTER TABLE team.jobs DROP COLUMN "Who"'] ],
    [ 'a table dropped', 'rename-or-drop-in-use@1:1', ['DROP TABLE team.people'] ],
    [ 'a view dropped', 'rename-or-drop-in-use@1:1', ['DROP VIEW team.open_jobs'] ],
    [ 'a column of a service', 'rename-or-drop-in-use@1:1', ['ALTER TABLE search.tenants RENAME COLUMN last_seen_at TO seen'] ],
    [ 'a schema renamed', join(' ', ('rename-or-drop-in-use@1:1') x 7), ['ALTER SCHEMA team RENAME TO crew_team'] ],
    [ 'a table renamed, and a view for it', '', ["ALTER TABLE team.people RENAME TO persons;\nCREATE VIEW team.people AS SELECT * FROM team.persons"] ],
    [ 'a view made anew without a column', 'rename-or-drop-in-use@1:1', ["DROP VIEW team.open_jobs;\nCREATE VIEW team.open_jobs AS SELECT id FROM team.jobs"] ],
    [ 'a table made and dropped', '', ["CREATE TABLE team.t (n int);\nALTER TABLE team.t RENAME COLUMN n TO m;\nDROP TABLE team.t"] ],

    [ 'an enum value, used later', '', [ "ALTER TYPE team.mood ADD VALUE 'sad'", "INSERT INTO team.moods VALUES ('sad')" ] ],

    [ 'an update of all rows', 'full-table-update@1:1', [q{UPDATE team.jobs SET state = 'new'}] ],
    [ 'another, in a block', 'full-table-update@1:1', [q{DO $$ BEGIN DELETE FROM team.jobs WHERE state = 'old'; END $$}] ],
    [ 'an update of some rows', '', [q{UPDATE team.jobs SET state = 'new' WHERE id BETWEEN 1 AND 100}] ],
    [ 'an update for which a small table would be read whole', '', [q{UPDATE team.jobs SET state = 'new' WHERE id = 1}],
        q{INSERT INTO team.jobs VALUES (1), (2), (3); ANALYZE team.jobs} ],
    [ 'rows added, and read', '', ["INSERT INTO team.jobs VALUES (1, 'a', 'b');\nCREATE TABLE team.t AS SELECT * FROM team.jobs"] ],

    [ 'a partition attached', 'scan-under-lock@1:1', [q{ALTER TABLE team.events ATTACH PARTITION team.later FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')}],
        'CREATE TABLE team.later (day date NOT NULL, what text)' ],
    [ 'a new partition beside the one for all others', 'scan-under-lock@1:1', [q{CREATE TABLE team.day PARTITION OF team.events FOR VALUES FROM ('2023-01-01') TO ('2023-01-02')}],
        'CREATE TABLE team.others PARTITION OF team.events DEFAULT' ],
    [ 'a domain', 'scan-under-lock@1:1', ['ALTER DOMAIN team.natural ADD CHECK (VALUE > 0)'], 'CREATE DOMAIN team.natural AS int; CREATE TABLE team.counts (n team.natural)' ],
    [ 'a domain, NOT VALID', '', ['ALTER DOMAIN team.natural ADD CHECK (VALUE > 0) NOT VALID'], 'CREATE DOMAIN team.natural AS int; CREATE TABLE team.counts (n team.natural)' ],
    [ 'one that a constraint describes', '', [q{ALTER TABLE team.events ATTACH PARTITION team.later FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')}],
        q{CREATE TABLE team.later (day date NOT NULL CHECK (day >= '2022-01-01' AND day < '2023-01-01'), what text)} ],

    [ 'long work under a lock', 'long-work-under-exclusive-lock@1:3',
        ["ALTER TABLE team.jobs ADD COLUMN n int;\nCREATE TABLE team.t (n int);\nINSERT INTO team.t SELECT id FROM team.people WHERE job = 1"] ],
    [ 'the same in no transaction', '', ["${alone}ALTER TABLE team.jobs ADD COLUMN n int;\nCREATE TABLE team.t AS SELECT id FROM team.people WHERE job = 1"] ],
    [ 'the same the other way round', '', ["CREATE TABLE team.t (n int);\nINSERT INTO team.t SELECT id FROM team.people WHERE job = 1;\nALTER TABLE team.jobs ADD COLUMN n int"] ],
    [ 'a trigger', '', ['CREATE TRIGGER t BEFORE UPDATE ON team.jobs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()'] ],
);

check_cases(@cases);
check_cases(
    [ 'an enum value, used', 'enum-value-in-same-transaction@1:2', ["ALTER TYPE team.mood ADD VALUE 'sad';\nINSERT INTO team.moods VALUES ('sad')"] ]);
is_same_listing(catalog($node, 'main'), $catalog, 'the database was not touched: catalogs');
is_same_listing(rows($node, 'main'), $rows, '... rows');
is(scratch_databases(), '', 'no scratch database is left');

# The report.
my $text = "-- hh: allow not-null-scan ten rows\nCREATE TABLE team.t ();\nALTER TABLE team.jobs ALTER COLUMN state SET NOT NULL;\n\nALTER TABLE team.jobs ADD CHECK (id > 0)";
my ($status, $out, $err) = trace(undef, { '1001_m.sql' => $text }, '--format', 'json');
is($status, 2, 'as JSON: exit code') or diag($err);
my $json = decode_json($out);
is(join(' ', map { "$_->{rule}:$_->{line}" } @{ $json->{findings} }),
    'not-null-scan:3 constraint-not-valid-missing:5 long-work-under-exclusive-lock:5', '... findings');
is($json->{findings}[0]{allowed}, 'ten rows', '... the reason');
is($json->{findings}[1]{allowed}, undef, '... of no other');
is("$json->{finding_count} $json->{allowed_count} $json->{migrations}", '2 1 1', '... counts');
ok($json->{complete}, '... complete');
like($json->{tool}, qr/^hh-migrate /, '... tool');
is("$json->{database} $json->{owner}", 'main owner', '... database and owner');
is_deeply([ sort keys %{ $json->{findings}[1] } ],
    [ sort qw(rule severity version name file statement line relation lock found why instead allowed) ], '... a finding\'s keys');
is("$json->{findings}[1]{severity} $json->{findings}[1]{relation} $json->{findings}[1]{lock}", 'error team.jobs ACCESS EXCLUSIVE', '... and values');
is_deeply([ sort keys %{ $json->{statements}[0] } ],
    [ sort qw(version name statement line text in_transaction milliseconds sqlstate) ], '... a statement\'s keys');
is($json->{statements}[2]{text}, 'ALTER TABLE team.jobs ADD CHECK (id > 0)', '... its text');
is_deeply([ sort keys %{ $json->{effects}[0] } ],
    [ sort qw(version statement effect relation object detail lock held_milliseconds partitions) ], '... an effect\'s keys');
my ($lock) = grep { $_->{effect} eq 'lock' } @{ $json->{effects} };
is("$lock->{statement} $lock->{lock} $lock->{relation}", '2 ACCESS EXCLUSIVE team.jobs', '... a lock');
ok($lock->{held_milliseconds} >= $json->{statements}[1]{milliseconds}, '... how long it was held');

($status, $out, $err) = trace(undef, { '1001_m.sql' => $text });
is($status, 2, 'as text: exit code');
like($out, qr/^1001_m\n  1, line 2 \(\d+ ms\): CREATE TABLE team\.t \(\);\n  2, line 3 .*\n +took ACCESS EXCLUSIVE on team\.jobs, held for \d+ ms\n +read team\.jobs whole\n/m, '... statements');
like($out, qr/^  strongest lock: ACCESS EXCLUSIVE on team\.jobs, held for \d+ ms from statement 2 on$/m, '... the strongest lock');
like($out, qr/^  allowed: not-null-scan: .*\n    reason:  ten rows$/m, '... what is allowed');
like($out, qr/^  error: constraint-not-valid-missing: .*line 5: .*\n    why:     \S.*\n    instead: ALTER TABLE team\.jobs ADD CONSTRAINT jobs_id_check CHECK \(\(id > 0\)\) NOT VALID; /m, '... a finding');
like($out, qr/^migrations: 1, findings: 2, allowed: 1\n\z/m, '... the count');
($status, $out) = trace(undef, { '1001_m.sql' => $text }, '-q');
like($out, qr/\A  error: constraint-not-valid-missing: .*\n.*\n.*\n  error: long-work-.*\n.*\n.*\n\z/, '-q shows the findings alone');
like((trace(undef, { '1001_m.sql' => $text }, '--format', 'csv'))[1], qr/\Arule,severity,.*\nnot-null-scan,error,1001,m,.*,ten rows\n/, '... as CSV');
like((trace(undef, { '1001_m.sql' => $text }, '--format', 'html'))[1], qr/<td align="left">not-null-scan<\/td>/, '... as HTML');
($status, $out) = trace(undef, { '1001_m.sql' => "-- hh: allow truncate a cache\nTRUNCATE team.jobs" });
is($status, 0, 'all is allowed: exit code');

# A directive that is none.
foreach my $bad ([ 'no-such-rule it is fine', 'names no rule' ], [ 'truncate', 'needs a reason' ])
{
    ($status, $out, $err) = trace(undef, { '1001_m.sql' => "-- hh: allow $bad->[0]\nSELECT 1" });
    is($status, 1, "allow $bad->[0]: exit code");
    like($err, qr/1001_m\.sql, line 1: allow $bad->[1]/, '... message');
}

# A migration that fails is no finding, and leaves nothing.
($status, $out, $err) = trace(undef, { '1001_m.sql' => "CREATE INDEX ON team.jobs (state);\nSELECT 1/0", '1002_m.sql' => 'SELECT 1' });
is($status, 1, 'a migration that fails: exit code');
like($err, qr/error: migration 1001_m failed at statement 2 of 2 .*\n.*division by zero/, '... message');
like($out, qr/error: blocking-index-build: /, '... what was seen until then');
unlike($out, qr/^1002_m/m, '... and no more');
($status, $out, $err) = trace(undef, { '1001_m.sql' => 'SET search_path = team' });
is($status, 1, 'a migration that is refused: exit code');
like($err, qr/changed search_path/, '... message');
is(scratch_databases(), '', '... nothing left');

# What is traced.
my %two = ('1001_a.sql' => 'CREATE INDEX ON team.jobs (state)', '1002_b.sql' => 'CREATE INDEX ON team.people (job)');
sub traced
{
    my ($name, $expected, @arguments) = @_;
    ($status, $out, $err) = trace(undef, \%two, '--format', 'json', @arguments);
    my %versions = map { $_->{version} => 1 } @{ decode_json($out)->{statements} };
    is(join(' ', sort keys %versions), $expected, $name) or diag($err);
    return;
}
traced('what is pending', '1001 1002');
traced('one that is named', '1002', '1002');
traced('several', '1000 1002', '1002', '1000');
traced('a bundled one', '0003', '0003');
($status, $out, $err) = trace(undef, \%two, '1007');
is($status, 1, 'a version that there is not: exit code');
like($err, qr/error: there is no migration with version 1007\n/, '... message');
($status, $out, $err) = try_client($node, 'main', undef, 'trace');
is($status, 1, 'a ledger without its files: exit code');
like($err, qr/error: the ledger has migration 1000_base, and there is no file of it\n/, '... message');
($status, $out, $err) = trace(undef, {});
is($status, 0, 'nothing pending: exit code');
is($out, "\nmigrations: 0, findings: 0, allowed: 0\n", '... says so');

# An empty database: the bundled migrations are clean.
run_sql($node, 'postgres', undef, 'CREATE DATABASE empty OWNER owner');
($status, $out, $err) = try_client($node, 'empty', undef, 'trace', '--owner', 'owner', '--embedding-dimensions', '3', '--format', 'json');
is($status, 0, 'an empty database: exit code') or diag($err);
is(decode_json($out)->{finding_count}, 0, '... no finding');
is(decode_json($out)->{migrations}, bundled_count(), '... of any of the bundled migrations');
is(run_sql($node, 'empty', undef, q{SELECT count(*) FROM pg_namespace WHERE nspname = 'hh'}), 0, '... and nothing there afterwards');

sub bundled_count
{
    my @files = glob("$FindBin::RealBin/../../migrate/migrations/*.sql");
    return scalar @files;
}

# Variables, of the ledger and of the command line.
my $vars = "-- hh: vars name\nCREATE TABLE team.:\"name\" (n int)";
run_client($node, 'main', 'owner', 'up', '--dir', migrations_in('1000_base.sql' => $base, '1001_v.sql' => $vars), '--set', 'name=first');
($status, $out, $err) = trace(undef, { '1001_v.sql' => $vars, '1002_w.sql' => "-- hh: vars other\nCREATE INDEX ON team.first (:other)" }, '--set', 'other=n', '--format', 'json');
is($status, 2, 'variables: exit code') or diag($err);
is(decode_json($out)->{findings}[0]{relation}, 'team.first', '... of both');
($status, $out, $err) = trace(undef, { '1001_v.sql' => $vars, '1002_w.sql' => "-- hh: vars other\nSELECT :other" });
is($status, 1, 'a variable without a value: exit code');
like($err, qr/variable "other" has no value/, '... message');

# A role that can't make databases, in one that it is given; and its statements run as the owner.
run_sql($node, 'postgres', undef, 'CREATE DATABASE scratch OWNER owner');
run_sql($node, 'scratch', undef, 'CREATE EXTENSION vector');
my %files = ('1001_v.sql' => $vars, '1002_who.sql' => "CREATE INDEX ON team.jobs (state);\nCREATE TABLE team.who AS SELECT current_user AS who, session_user AS session");
foreach my $role ('owner', 'pipeline', undef)
{
    my $name = $role // 'superuser';
    ($status, $out, $err) = trace($role, \%files, '-q', '--scratch-dbname', 'scratch', '--format', 'json');
    is($status, 2, "$name: exit code") or diag($err);
    is($err, '', "$name: nothing on standard error");
    is(eval { decode_json($out)->{findings}[0]{lock} }, 'SHARE', "$name: the lock is seen");
    is(run_sql($node, 'scratch', undef, q{SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension}), 'plpgsql vector', "$name: emptied again");
}
($status, $out, $err) = trace('owner', \%files);
is($status, 1, 'without CREATEDB: exit code');
like($err, qr/may not create a scratch database\n.*--scratch-dbname/, '... message');

# A server that counts nothing shows no scan.
run_sql($node, 'postgres', undef, 'ALTER DATABASE scratch SET track_counts = off');
($status, $out, $err) = trace(undef, \%files, '--scratch-dbname', 'scratch');
is($status, 1, 'track_counts is off: exit code');
like($err, qr/error: the server does not count reads of tables\n/, '... message');

done_testing();
