# hh-migrate repair: what stands of a migration that has not come to its end, and what can be done.

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
my %original = ('1000_city.sql' => "CREATE SCHEMA team;\nCREATE TABLE team.city (id int, name text);\n"
      . "INSERT INTO team.city VALUES (1, 'a'), (1, 'b');\nCREATE TABLE team.log (n serial, what text);\n");
my $steps = <<'END';
-- hh: no-transaction
INSERT INTO team.log (what) VALUES ('one');
CREATE UNIQUE INDEX CONCURRENTLY city_id_idx ON team.city (id);
INSERT INTO team.log (what) VALUES ('three');
END
my $log = q{SELECT coalesce(string_agg(what, ' ' ORDER BY n), '') FROM team.log};

foreach my $role ('owner', undef)
{
    my $who = $role // 'superuser';
    my $database = "repair_$who";
    my %files = %original;
    add_database($node, $database, 'owner');
    run_client($node, $database, 'owner', 'up', '--dir', migrations_in(%files));
    my $client = sub { return try_client($node, $database, $role, @_, '--dir', migrations_in(%files)) };
    my $sql = sub { return run_sql($node, $database, undef, @_) };

    my ($status, $out, $err) = $client->('repair');
    is($status, 0, "$who: nothing to repair: exit code") or diag($err);
    is($out, "nothing to repair\n", '... message');
    ($status, $out, $err) = $client->('repair', '--format', 'json');
    is_deeply(decode_json($out)->{migrations}, [], '... as JSON');
    is((decode_json($out))->{in_order}, JSON::PP::true, '... in order');
    ($status, $out, $err) = $client->('repair', '--retry');
    is($status, 1, '... and nothing to be done about');
    like($err, qr/error: there is nothing to repair/, '... message');
    is(($client->('repair', '--retry', '--done'))[0], 1, 'two choices exclude each other');

    # What stands.
    $files{'1001_steps.sql'} = $steps;
    is(($client->('up'))[0], 1, "$who: a migration that fails");
    ($status, $out, $err) = $client->('repair', '1001', '--format', 'json');
    is($status, 2, '... is to be repaired: exit code') or diag($err);
    my $report = decode_json($out);
    is_deeply($report->{migrations}, [ { version => '1001', name => 'steps', state => 'failed', part => 'change',
        statements_done => 1, statements_total => 3, error => 'could not create unique index "city_id_idx"', file => undef } ], '... the migration');
    is_deeply([ map { [ @$_{qw(number state finding next)} ] } @{ $report->{statements} } ], [
        [ 1, 'done', undef, undef ],
        [ 2, 'failed', 'index team.city_id_idx is invalid, left by a build that failed', 'clear that away, and send it' ],
        [ 3, 'pending', undef, 'send it' ] ], '... its statements');
    is($report->{statements}[1]{statement}, 'CREATE UNIQUE INDEX CONCURRENTLY city_id_idx ON team.city (id);', '... with their text');
    like($err, qr/repair 1001 --retry: .*\n.*repair 1001 --done: .*\n.*repair 1001 --forget: /, '... the choices');
    is(($client->('repair', '1000'))[0], 0, '... another one is in order');
    is(($client->('repair', '--format', $_))[0], 2, "... also as $_") foreach qw(text csv html);
    ($status, $out, $err) = try_client($node, $database, 'stranger', 'repair');
    is($status, 1, '... is not for everybody');
    like(($client->('status'))[1], qr/1001 +\| steps +\| versioned +\| failed/, '... as status says');
    is(($client->('verify'))[0], 2, '... and verify');
    ($status, $out, $err) = $client->('down', '--yes');
    is($status, 1, '... can\'t be taken back');
    like($err, qr/migration 1001_steps is recorded as failed\n.*"up" brings it to its end/, '... message');

    # An edited, grown or shrunk file.
    my %changed = (
        'what was done' => [ $steps =~ s/'one'/'1'/r,
            qr/Statement 1 was "INSERT INTO team.log \(what\) VALUES \('one'\);", and is now "INSERT INTO team.log \(what\) VALUES \('1'\);"/ ],
        'what comes next' => [ $steps =~ s/\(id\)/(name)/r,
            qr/Statement 2 was "CREATE UNIQUE INDEX CONCURRENTLY city_id_idx ON team.city \(id\);", and is now ".*\(name\);"/ ],
        'one more' => [ $steps . "SELECT 4;\n", qr/Statement 4 is new: "SELECT 4;"/ ],
        'one less' => [ $steps =~ s/^.*'three'.*\n//mr, qr/Statement 3 was ".*'three'\);", and is no longer there/ ],
        'its directive' => [ $steps =~ s/^.*\n//r, qr/The file no longer says "-- hh: no-transaction"/ ]);
    foreach my $what (sort keys %changed)
    {
        $files{'1001_steps.sql'} = $changed{$what}[0];
        ($status, $out, $err) = $client->('up');
        is($status, 1, "$who: $what changed: exit code");
        like($err, qr/error: migration 1001_steps is not the one of which a part was applied \(1 of 3 statements\)\n.*detail: $changed{$what}[1]/, '... message');
        is($sql->($log), 'one', '... nothing was done');
    }
    $files{'1001_steps.sql'} = $steps =~ s/^INSERT/-- A comment.\nINSERT/mr;
    is(($client->('up', '--dry-run'))[1], "would resume 1001_steps (failed before, 3 statements)\n", "$who: a comment is no change");

    # --retry takes what comes after as the file has it, and not what was done.
    $files{'1001_steps.sql'} = $changed{'what was done'}[0];
    ($status, $out, $err) = $client->('repair', '1001', '--retry');
    is($status, 1, "$who: --retry where what was done has changed: exit code");
    like($err, qr/what was done of migration 1001_steps has another text in the file now\n.*Statement 1 was/, '... message');
    $files{'1001_steps.sql'} = $steps =~ s/\(id\)/(name)/r . "INSERT INTO team.log (what) VALUES ('four');\n";
    ($status, $out, $err) = $client->('repair', '1001', '--retry');
    is($status, 0, "$who: --retry: exit code") or diag($err);
    is($out, "recorded: 1001 retry\n", '... message');
    ($status, $out, $err) = $client->('up');
    is($status, 0, '... up') or diag($err);
    is($sql->($log), 'one three four', '... goes on in the file as it is');
    is($sql->(q{SELECT pg_get_indexdef('team.city_id_idx'::regclass)}), 'CREATE UNIQUE INDEX city_id_idx ON team.city USING btree (name)', '... with its index');
    is(($client->('verify'))[0], 0, '... and its checksum');

    # A valid index that is another one is nobody's to touch; --done takes it.
    $files{'1002_other.sql'} = "-- hh: no-transaction\nCREATE INDEX CONCURRENTLY other_idx ON team.city (id) WHERE name = 'a';\n";
    $sql->('CREATE INDEX other_idx ON team.city (id)');
    is(($client->('up'))[0], 1, "$who: another index of that name");
    ($status, $out, $err) = $client->('up');
    is($status, 1, '... once more: exit code');
    like($err, qr/stops at statement 1 of 1.*\n.*detail: index team.other_idx is valid, but another one: it is "USING btree \(id\)", the statement makes "USING btree \(id\) WHERE \(name = 'a'::text\)"/, '... message');
    is($sql->(q{SELECT state || ' ' || statements_done FROM hh.migration WHERE version = '1002'}), 'failed 0', '... in the ledger');
    is(decode_json(($client->('repair', '--format', 'json'))[1])->{statements}[0]{next}, 'stop: say --retry or --done', '... which repair says, too');
    is(($client->('repair', '1002', '--done'))[0], 0, '... --done');
    ($status, $out, $err) = $client->('up');
    is($out =~ /^resumed 1002_other/ ? $status : 'not resumed', 0, '... and it is applied') or diag($err);

    # One that is there as it should be is kept.
    $files{'1003_there.sql'} = "-- hh: no-transaction\nCREATE INDEX CONCURRENTLY there_idx ON team.city (lower(name)) WHERE name = 'a';\n";
    $sql->(q{CREATE INDEX there_idx ON team.city USING btree (LOWER(name)) WHERE (name = 'a')});
    my $oid = $sql->(q{SELECT 'team.there_idx'::regclass::oid});
    is(($client->('up'))[0], 1, "$who: the index itself is there");
    ($status, $out, $err) = $client->('up');
    is($status, 0, '... up') or diag($err);
    like($err, qr/index team.there_idx is valid and as the statement makes it/, '... says so');
    is($sql->(q{SELECT 'team.there_idx'::regclass::oid}), $oid, '... and keeps it');

    # A migration that was rolled back.
    $files{'1004_wrong.sql'} = "SELECT 1 / 0;\n";
    is(($client->('up'))[0], 1, "$who: in a transaction");
    ($status, $out, $err) = $client->('repair');
    is($status, 2, '... it failed: exit code');
    like($err, qr/migration 1004 was rolled back: "up" tries it again/, '... message');
    is(($client->('repair', '--retry'))[0], 1, '... and has no statement in question');
    is(($client->('repair', '1004', '--forget'))[0], 0, '... --forget');
    is($sql->(q{SELECT count(*) FROM hh.migration WHERE version = '1004'}), 0, '... takes it out');
    $files{'1004_wrong.sql'} = "SELECT 1;\n";
    is(($client->('up'))[0], 0, '... mended');

    # A revert that stops half-way.
    $files{'1005_back.sql'} = "-- hh: no-transaction\nCREATE INDEX CONCURRENTLY back_idx ON team.city (id);\n-- hh: revert\n"
      . "INSERT INTO team.log (what) VALUES ('back');\nDROP INDEX CONCURRENTLY team.back_idx;\nDELETE FROM team.gone;\n";
    is(($client->('up'))[0], 0, "$who: one with a revert part");
    is(($client->('down', '--yes'))[0], 1, '... whose revert fails');
    ($status, $out, $err) = $client->('up');
    is($status, 1, '... up: exit code');
    like($err, qr/migration 1005_back is half reverted\n.*2 of 3 statements are done\.\n.*"hh-migrate down" brings that to its end/, '... message');
    $sql->('CREATE TABLE team.gone ()');
    $sql->('ALTER TABLE team.gone OWNER TO owner');
    ($status, $out, $err) = $client->('down', '--yes');
    is($status, 0, '... down goes on') or diag($err);
    is($sql->(q{SELECT state FROM hh.migration WHERE version = '1005'}), 'reverted', '... to the end');
    is($sql->(q{SELECT count(*) FROM team.log WHERE what = 'back'}), 1, '... and nothing twice');
    delete $files{'1005_back.sql'};
}

# A procedure that commits: only the owner may run it, and whether it came to its end nobody knows.
my %files = (%original, '1001_batches.sql' => "-- hh: no-transaction\nCALL team.batches();\n",
    '1000_city.sql' => $original{'1000_city.sql'} . <<'END');
CREATE TABLE team.stop ();
CREATE PROCEDURE team.batches() LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO team.log (what) VALUES ('batch 1');
    COMMIT;
    IF EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('team.stop')) THEN
        RAISE EXCEPTION 'enough';
    END IF;
    INSERT INTO team.log (what) VALUES ('batch 2');
END $$;
END
add_database($node, 'batches', 'owner');
my $directory = migrations_in(%files);
my ($status, $out, $err) = try_client($node, 'batches', undef, 'up', '--owner', 'owner', '--dir', $directory);
is($status, 1, 'a procedure that commits, as a superuser: exit code');
like($err, qr/the statement runs outside of a transaction, where it can't be kept from the connected role's rights/, '... message');
is(run_sql($node, 'batches', undef, $log), '', '... nothing of it was done');
run_sql($node, 'batches', undef, 'ALTER SEQUENCE team.log_n_seq RESTART');
($status, $out, $err) = try_client($node, 'batches', 'owner', 'repair', '--retry', '--dir', $directory);
is($status, 0, '... --retry') or diag($err);
($status, $out, $err) = try_client($node, 'batches', 'owner', 'up', '--dir', $directory);
is($status, 1, '... as the owner, it fails half-way: exit code');
like($err, qr/detail: enough/, '... message');
($status, $out, $err) = try_client($node, 'batches', 'owner', 'up', '--dir', $directory);
is($status, 1, '... and is not sent again: exit code');
like($err, qr/stops at statement 1 of 1.*\n.*detail: it runs outside of a transaction and failed, so that part of it may stand\./, '... message');
is(run_sql($node, 'batches', undef, $log), 'batch 1', '... its first batch stands');
run_sql($node, 'batches', undef, 'DROP TABLE team.stop');
is((try_client($node, 'batches', 'owner', 'repair', '--retry', '--dir', $directory))[0], 0, '... unless that is said');
($status, $out, $err) = try_client($node, 'batches', 'owner', 'up', '--dir', $directory);
is($status, 0, '... and it comes to its end') or diag($err);
is(run_sql($node, 'batches', undef, $log), 'batch 1 batch 1 batch 2', '... all of it');

done_testing();
