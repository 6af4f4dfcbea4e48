
# What CREATE EXTENSION needs, and where it must work.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_node('main');
my $count_schemas = q{SELECT count(*) FROM pg_namespace
    WHERE nspname IN ('search', 'taxonomy', 'msgs', 'ops')};

# A vector that isn't in public is refused by name.
$node->safe_psql('postgres', 'CREATE DATABASE elsewhere');
$node->safe_psql('elsewhere',
    'CREATE SCHEMA x; CREATE EXTENSION vector SCHEMA x; CREATE EXTENSION pgcrypto');
my ($status, undef, $error) = $node->psql('elsewhere', 'CREATE EXTENSION headhunter');
is($status, 3, 'vector in another schema is refused');
like($error, qr/extension "vector" is in schema "x"/, 'by name');
like($error, qr/HINT:  Run ALTER EXTENSION vector SET SCHEMA public\./, 'with the way out');
$node->safe_psql('elsewhere', 'ALTER EXTENSION vector SET SCHEMA public');
$node->safe_psql('elsewhere', 'CREATE EXTENSION headhunter');
is($node->safe_psql('elsewhere', $count_schemas), '4', 'which helps');

# A database that isn't in UTF-8.
$node->safe_psql('postgres',
    q{CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0});
(undef, undef, $error) = $node->psql('latin', 'CREATE EXTENSION headhunter CASCADE');
like($error, qr/this database has encoding LATIN1/, 'another encoding is refused');
is($node->safe_psql('latin', $count_schemas), '0', 'and nothing is left');

# A database whose transactions are serializable if nothing else is said: a deployment is refused by
# name, the functions alone (of a restore, say) are not.
add_database($node, 'serializable', 'postgres');
$node->safe_psql('postgres',
    q{ALTER DATABASE serializable SET default_transaction_isolation = 'serializable'});
(undef, undef, $error) = $node->psql('serializable', 'CREATE EXTENSION headhunter');
like($error, qr/CREATE EXTENSION headhunter must run at isolation level READ COMMITTED/,
    'another isolation level is refused');
like($error, qr/HINT:  SET default_transaction_isolation = 'read committed'/, 'with the way out');
$node->safe_psql('serializable',
    q{SET default_transaction_isolation = 'read committed'; CREATE EXTENSION headhunter});
$node->safe_psql('serializable', 'DROP EXTENSION headhunter CASCADE');
$node->safe_psql('serializable', 'CREATE EXTENSION headhunter');
is($node->safe_psql('serializable', q{SELECT count(*) FROM pg_extension WHERE extname = 'headhunter'}),
    '1', 'where nothing is to be deployed, none is');

# Where nobody would see INFO, as in single-user mode or a background worker, it is deployed all the
# same.
$node->safe_psql('postgres', 'CREATE DATABASE single');
$node->stop;
my $script = "CREATE EXTENSION vector;\nCREATE EXTENSION pgcrypto;\nCREATE EXTENSION headhunter;\n";
my $output;
IPC::Run::run([ 'postgres', '--single', '-D', $node->data_dir, 'single' ],
    '<', \$script, '>&', \$output)
  or diag($output);
$node->start;
is($node->safe_psql('single', $count_schemas), '4', 'deployed in single-user mode');
is($node->safe_psql('single', 'SELECT count(*) FROM hh.deploy()'), '0', 'to the end');

done_testing();
