
=pod

=head1 NAME

Browser - a headless Chromium that a test drives and looks through

=head1 SYNOPSIS

  my $browser = Browser->new;
  $browser->resize(1400, 900);
  $browser->open_file('/path/to/page.html');
  is($browser->evaluate('document.title'), 'A title');
  $browser->click('summary');
  my $png = $browser->screenshot;
  is_deeply([ $browser->complaints ], []);
  $browser->close;

The DevTools protocol goes through two pipes, a JSON text ended by a NUL a message: no port is opened,
and nothing but Perl's own modules is needed.

=cut

package Browser;

use strict;
use warnings;

use IO::Select;
use JSON::PP;
use MIME::Base64;
use POSIX ();
use PostgreSQL::Test::Utils;
use Time::HiRes qw(sleep time);

# Seconds that anything may take.
my $patience = 60;

sub program
{
    foreach my $name (qw(chromium chromium-browser google-chrome))
    {
        my ($path) = grep { -x } map { "$_/$name" } split /:/, $ENV{PATH};
        return $path if $path;
    }
    die "Chromium is not installed\n";
}

# The browser reads from its descriptor 3 and writes to 4.
sub run_program
{
    my ($program, $read, $write) = @_;
    my $home = PostgreSQL::Test::Utils::tempdir();
    my ($in, $out) = map { POSIX::dup2(fileno $_, fileno($_) + 20) && fileno($_) + 20 } ($read, $write);
    POSIX::dup2($in, 3);
    POSIX::dup2($out, 4);
    POSIX::close($_) foreach ($in, $out);
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', "$home/output";
    open STDERR, '>&', \*STDOUT;
    local %ENV = (%ENV, HOME => $home, XDG_CONFIG_HOME => $home, XDG_CACHE_HOME => $home);

    # No sandbox of its own: in a container there is none to be had, and it reads our own file.
    exec $program, '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
      '--disable-background-networking', '--disable-component-update', '--no-first-run',
      '--hide-scrollbars', "--user-data-dir=$home/profile", '--remote-debugging-pipe', 'about:blank'
      or POSIX::_exit(127);
}

=pod

=over

=item Browser->new

Starts the browser; dies where there is none.

=cut

sub new
{
    my ($class) = @_;
    my $program = program();
    pipe my $their_in, my $our_out or die "pipe: $!";
    pipe my $our_in, my $their_out or die "pipe: $!";
    my $pid = fork() // die "fork: $!";
    run_program($program, $their_in, $their_out) if $pid == 0;
    close $_ foreach ($their_in, $their_out);
    binmode $_ foreach ($our_in, $our_out);
    $our_out->autoflush(1);
    my $self = bless {
        pid => $pid, in => $our_in, out => $our_out, buffer => '', last => 0,
        complaints => [], requests => [], loads => 0 }, $class;

    $self->{session} = ($self->new_page)[1];
    $self->call("$_.enable") foreach qw(Page Runtime Log Network);
    return $self;
}

# A blank page, and the session of the protocol that stands for it.
sub new_page
{
    my ($self) = @_;
    local $self->{session};
    my $page = $self->call('Target.createTarget', { url => 'about:blank' })->{targetId};
    my $attached = $self->call('Target.attachToTarget', { targetId => $page, flatten => JSON::PP::true });
    return ($page, $attached->{sessionId});
}

sub read_message
{
    my ($self) = @_;
    my $limit = time + $patience;
    while ($self->{buffer} !~ /\0/)
    {
        my $left = $limit - time;
        die "the browser does not answer\n" if $left <= 0 || !IO::Select->new($self->{in})->can_read($left);
        sysread($self->{in}, $self->{buffer}, 1 << 20, length $self->{buffer}) or die "the browser has ended\n";
    }
    my $end = index $self->{buffer}, "\0";
    my $message = decode_json(substr $self->{buffer}, 0, $end);
    substr($self->{buffer}, 0, $end + 1) = '';
    return $message;
}

# What a page says by itself.
sub take_event
{
    my ($self, $message) = @_;
    my ($method, $params) = ($message->{method} // '', $message->{params});
    if ($method eq 'Runtime.consoleAPICalled')
    {
        push @{ $self->{complaints} }, "$params->{type}: " . encode_json($params->{args})
          if $params->{type} =~ /^(?:error|warning|assert)$/;
    }
    elsif ($method eq 'Runtime.exceptionThrown')
    {
        push @{ $self->{complaints} }, 'exception: ' . encode_json($params->{exceptionDetails});
    }
    elsif ($method eq 'Log.entryAdded')
    {
        push @{ $self->{complaints} }, "$params->{entry}{level}: $params->{entry}{text}"
          if $params->{entry}{level} =~ /^(?:error|warning)$/;
    }
    elsif ($method eq 'Page.javascriptDialogOpening')
    {
        push @{ $self->{complaints} }, "dialog: $params->{message}";
    }
    elsif ($method eq 'Network.requestWillBeSent')
    {
        push @{ $self->{requests} }, $params->{request}{url};
    }
    elsif ($method eq 'Page.loadEventFired')
    {
        $self->{loads}++;
    }
    return;
}

=pod

=item call(method, {parameter => value...})

One call of the DevTools protocol; returns its result, and dies of its error.

=cut

sub call
{
    my ($self, $method, $params) = @_;
    my $id = ++$self->{last};
    my %session = $self->{session} ? (sessionId => $self->{session}) : ();
    print { $self->{out} } encode_json({ id => $id, method => $method, params => $params // {}, %session }), "\0";
    while (1)
    {
        my $message = $self->read_message;
        if (!defined $message->{id})
        {
            $self->take_event($message);
            next;
        }
        die "$method: $message->{error}{message}\n" if $message->{error};
        return $message->{result};
    }
}

=pod

=item open_file(path)

Shows a file, and returns when it is loaded.

=cut

sub open_file
{
    my ($self, $path) = @_;
    my $before = $self->{loads};
    my $result = $self->call('Page.navigate', { url => "file://$path" });
    die "$path: $result->{errorText}\n" if $result->{errorText};
    $self->take_event($self->read_message) while $self->{loads} == $before;
    return;
}

=pod

=item evaluate(expression)

What a JavaScript expression comes to in the page, as JSON can carry it; a promise is waited for.

=cut

sub evaluate
{
    my ($self, $expression) = @_;
    my $result = $self->call('Runtime.evaluate',
        { expression => $expression, returnByValue => JSON::PP::true, awaitPromise => JSON::PP::true });
    die "$expression: $result->{exceptionDetails}{exception}{description}\n" if $result->{exceptionDetails};
    return $result->{result}{value};
}

=pod

=item resize(width, height, scheme)

The window's size in pixels, and whether the reader prefers "light" (default) or "dark".

=cut

sub resize
{
    my ($self, $width, $height, $scheme) = @_;
    $self->call('Emulation.setDeviceMetricsOverride',
        { width => $width, height => $height, deviceScaleFactor => 1, mobile => JSON::PP::false });
    $self->call('Emulation.setEmulatedMedia',
        { features => [ { name => 'prefers-color-scheme', value => $scheme // 'light' } ] });
    return;
}

=pod

=item click(selector)

Presses the mouse in the middle of the first element that a CSS selector finds, as a reader would.

=item key(name, code, text)

Presses a key: 'Escape', 27; what it writes, if anything.

=cut

sub click
{
    my ($self, $selector) = @_;
    my $quoted = JSON::PP->new->allow_nonref->encode($selector);
    my $at = $self->evaluate(
        "(() => { const e = document.querySelector($quoted); e.scrollIntoView({block: 'center', inline: 'center'});"
          . ' const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()');
    my %mouse = (x => $at->[0], y => $at->[1], button => 'left', clickCount => 1);
    $self->call('Input.dispatchMouseEvent', { %mouse, type => $_ }) foreach qw(mousePressed mouseReleased);

    $self->wait_for_frame;
    return;
}

# What follows an input, such as "toggle", comes a frame later.
sub wait_for_frame
{
    my ($self) = @_;
    $self->evaluate('new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r))).then(() => 1)');
    return;
}

sub key
{
    my ($self, $name, $code, $text) = @_;
    my %key = (key => $name, windowsVirtualKeyCode => $code);
    $self->call('Input.dispatchKeyEvent', { %key, type => 'keyDown', defined $text ? (text => $text) : () });
    $self->call('Input.dispatchKeyEvent', { %key, type => 'keyUp' });
    $self->wait_for_frame;
    return;
}

=pod

=item screenshot(whole)

A PNG of what the window shows; with a true value, of the whole page.

=cut

sub screenshot
{
    my ($self, $whole) = @_;
    my %whole = $whole ? (captureBeyondViewport => JSON::PP::true) : ();
    if ($whole)
    {
        my $size = $self->call('Page.getLayoutMetrics')->{cssContentSize};
        $whole{clip} = { x => 0, y => 0, width => $size->{width}, height => $size->{height}, scale => 1 };
    }
    return decode_base64($self->call('Page.captureScreenshot', { format => 'png', %whole })->{data});
}

=pod

=item colours(png)

How many colours a picture has.

=cut

# A blank page decodes it, for the one that is shown may forbid that.
sub colours
{
    my ($self, $png) = @_;
    my $base64 = encode_base64($png, '');
    my ($page, $session) = $self->new_page;
    my $count = do
    {
        local $self->{session} = $session;
        $self->evaluate(<<"END");
(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,$base64';
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d', {willReadFrequently: true});
    context.drawImage(image, 0, 0);
    return new Set(new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer)).size;
})()
END
    };
    $self->call('Target.closeTarget', { targetId => $page });

    # A page behind another is not drawn, and no picture of it is ever done.
    $self->call('Page.bringToFront');
    return $count;
}

=pod

=item complaints

What the console has had to say of errors and warnings, exceptions and dialogs, in lines.

=item requests

The URLs that have been asked for.

=cut

sub complaints
{
    my ($self) = @_;
    $self->evaluate('1');
    return @{ $self->{complaints} };
}

sub requests
{
    my ($self) = @_;
    return @{ $self->{requests} };
}

=pod

=item close

Ends the browser.

=back

=cut

sub close
{
    my ($self) = @_;
    return unless $self->{pid};
    eval { delete $self->{session}; $self->call('Browser.close') };
    close $_ foreach ($self->{in}, $self->{out});
    kill 'KILL', $self->{pid} unless wait_briefly($self->{pid});
    waitpid $self->{pid}, 0;
    delete $self->{pid};
    return;
}

sub wait_briefly
{
    my ($pid) = @_;
    foreach (1 .. 100)
    {
        return 1 if waitpid($pid, POSIX::WNOHANG()) != 0;
        sleep 0.05;
    }
    return 0;
}

sub DESTROY
{
    local ($@, $?);
    $_[0]->close;
    return;
}

1;
