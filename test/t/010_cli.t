# hh-migrate's command line: help, version, and what it refuses before it connects.

use strict;
use warnings;

use IPC::Run;
use Test::More;

# Nothing here may reach a server.
delete @ENV{ grep { /^PG/ } keys %ENV };
delete @ENV{qw(DATABASE_URL EMBEDDING_DIMENSIONS)};
$ENV{PGHOST} = '/nonexistent';

my $program = $ENV{HH_MIGRATE} // 'hh-migrate';

sub client
{
    my (@arguments) = @_;
    my ($out, $err);
    IPC::Run::run([ $program, @arguments ], '<', \undef, '>', \$out, '2>', \$err);
    return ($? >> 8, $out, $err);
}

sub shows
{
    my ($arguments, $expected, $name) = @_;
    my ($status, $out, $err) = client(@$arguments);
    is($status, 0, "$name: exit code");
    like($out, $expected, "$name: standard output");
    is($err, '', "$name: nothing on standard error");
    return;
}

sub refuses
{
    my ($arguments, $message, $name) = @_;
    my ($status, $out, $err) = client(@$arguments);
    is($status, 1, "$name: exit code");
    is($out, '', "$name: nothing on standard output");
    like($err, qr/^hh-migrate: error: $message\n/, "$name: message");
    like($err, qr/^hh-migrate: hint: /m, "$name: hint");
    return;
}

shows(['--version'], qr/\Ahh-migrate \d+\.\d+\.\d+\n\z/, '--version');
shows(['-V'], qr/\Ahh-migrate \d/, '-V');
shows(['--help'], qr/^Commands:\n  up .*\n  down .*\n  status .*\n  verify .*\n  trace .*\n  audit .*\n  repair .*\n  baseline .*\n(?:  roles \w+ .*\n){4}  maintain .*\n  run .*\n  doctor .*\n  new /m, '--help');
shows(['-?'], qr/^Commands:/m, '-?');
shows(['help'], qr/^Commands:/m, 'help');
foreach my $command ('up', 'down', 'status', 'verify', 'trace', 'repair', 'baseline', 'maintain', 'run', 'doctor', 'new')
{
    shows([ 'help', $command ], qr/\Ahh-migrate $command: /, "help $command");
    is((client($command, '--help'))[1], (client('help', $command))[1], "$command --help is the same");
}
shows([ 'help', 'roles' ], qr/\ACommands of hh-migrate roles:\n  roles plan +.*^"hh-migrate help roles COMMAND" shows/ms, 'help for the first word of several commands');
like((client('help', 'up'))[1], qr/--embedding-dimensions=N/, 'a command\'s own options');
unlike((client('help', 'status'))[1], qr/--embedding-dimensions/, '... are no other\'s');

foreach my $line (grep { length > 100 } map { split /\n/, (client('help', $_))[1] } qw(up down status verify trace repair baseline maintain doctor new audit))
{
    fail("a line of help is too long: $line");
}

refuses([], 'no command given', 'no command');
refuses(['upp'], 'unknown command "upp"', 'unknown command');
refuses([ 'help', 'upp' ], 'unknown command "upp"', 'help for an unknown command');
refuses([ 'up', 'now' ], 'command "up" takes no argument "now"', 'extra argument');
refuses([ 'up', '--frobnicate' ], 'unknown option "--frobnicate"', 'unknown long option');
refuses([ 'up', '-Z' ], 'unknown option "-Z"', 'unknown short option');
refuses([ 'status', '--owner', 'x' ], 'command "status" has no option --owner', 'another command\'s option');
refuses([ 'up', '--format' ], 'option "--format" needs a value', 'a missing value');
refuses([ 'up', '--dry-run=no' ], 'option "--dry-run=no" takes no value', 'a value too much');
refuses([ 'up', '--format', 'xml' ], 'invalid value "xml" for --format', 'unknown format');
refuses([ 'up', '--lock-wait', '-1' ], 'invalid value "-1" for --lock-wait', 'negative number');
refuses(['down'], '"down" asks before it takes migrations back, and there is no terminal', 'down without a terminal');
refuses([ 'up', '--yes' ], 'command "up" has no option --yes', 'up --yes');
refuses([ 'up', '--lock-retries', '1001' ], 'invalid value "1001" for --lock-retries', 'too many tries');
refuses([ 'up', '--lock-wait', '' ], 'invalid value "" for --lock-wait', 'empty number');
refuses([ 'maintain', '--keep-months', '0' ], 'invalid value "0" for --keep-months', 'keeping nothing');
refuses([ 'maintain', '--keep-months', '1201' ], 'invalid value "1201" for --keep-months', 'keeping more than there can be');
foreach my $dimensions ('0', '2001', '768.5', 'many', '99999999999999999999')
{
    refuses(
        [ 'up', '--embedding-dimensions', $dimensions ],
        "invalid value \"$dimensions\" for --embedding-dimensions",
        "$dimensions dimensions");
}
{
    local $ENV{EMBEDDING_DIMENSIONS} = '4096';
    refuses(['up'], 'invalid value "4096" for EMBEDDING_DIMENSIONS', 'dimensions by environment');
    refuses(['status'], 'could not connect to the database', 'which status doesn\'t look at');
}

# Options stand before or behind the command.
is((client('--format', 'xml', 'status'))[0], 1, 'an option before the command');
like((client('--lock-wait', '5', 'up'))[2], qr/could not connect/, 'a good one');

# Colours are for terminals, and NO_COLOR is obeyed even there.
{
    my ($status, $out, $err) = client('upp');
    unlike($err, qr/\e/, 'no colours without a terminal');
}

# Output that can't be written is an error.
SKIP:
{
    skip 'no /dev/full', 2 unless -w '/dev/full';
    my $err;
    IPC::Run::run([ $program, '--help' ], '<', \undef, '>', '/dev/full', '2>', \$err);
    is($? >> 8, 1, 'a full disk: exit code');
    like($err, qr/could not write to standard output/, 'a full disk: message');
}

done_testing();
