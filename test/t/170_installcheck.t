# make installcheck on a cluster that was made without a locale, as in a container without LANG.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use HeadhunterTest;
use Test::More;

my $node = new_node('main', extra => [ '--locale=C', '--encoding=SQL_ASCII' ]);
is($node->safe_psql('postgres', 'SHOW server_encoding'), 'SQL_ASCII', 'databases have no encoding');

local $ENV{PGHOST} = $node->host;
local $ENV{PGPORT} = $node->port;
my ($status, $out, $err) = try_program(
    'make', '-C', "$FindBin::RealBin/../..", 'installcheck',
    'PG_CONFIG=' . $node->installed_command('pg_config'),
    'REGRESS=install search_document', 'ISOLATION=embedding_model_replica');
is($status, 0, 'make installcheck passes') or diag($out, $err);

done_testing();
