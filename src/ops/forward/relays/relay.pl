# Carries many connections over stdin and stdout (src/model/relay). Perl 5.14 and newer; nothing but its base modules.
use strict; use warnings;
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6 IPPROTO_TCP TCP_NODELAY);
use Errno qw(EAGAIN EWOULDBLOCK EINTR EINPROGRESS);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);

my ($WINDOW, $PIECE, $SILENCE, $HEAD) = (524288, 65536, 30, 9);
my (%streams, %wants_in, %wants_out);
my %wait = map { $_ => 1 } (EAGAIN, EWOULDBLOCK, EINTR, EINPROGRESS);
$SIG{PIPE} = 'IGNORE';
binmode STDIN; binmode STDOUT;

sub tell_it {
    my ($kind, $number, $body) = @_;
    $body = '' unless defined $body;
    my $frame = $kind . pack('NN', $number, length $body) . $body;
    my $at = 0;
    while ($at < length $frame) {
        my $n = syswrite(STDOUT, $frame, length($frame) - $at, $at);
        if (!defined $n) { next if $!{EINTR}; exit 0 }
        $at += $n;
    }
}

sub leave {
    my $s = shift;
    if ($s->{sock}) { my $fd = fileno $s->{sock}; delete $wants_in{$fd}; delete $wants_out{$fd}; close $s->{sock} }
    $s->{sock} = undef;
}

sub forget {
    my ($s, $reset) = @_;
    setsockopt($s->{sock}, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)) if $reset && $s->{sock};
    leave($s);
    delete $streams{$s->{number}};
}

sub broken { my $s = shift; tell_it('X', $s->{number}); forget($s) }

# Tries the next address; the first reason is the one that is told.
sub try_next {
    my $s = shift;
    while (1) {
        leave($s);
        my $host = shift @{$s->{hosts}};
        if (!defined $host) { tell_it('N', $s->{number}, $s->{why}); return forget($s) }
        my $six = $host =~ /:/;
        my $address = inet_pton($six ? AF_INET6 : AF_INET, $host);
        my $sock;
        if ($address && socket($sock, $six ? PF_INET6 : PF_INET, SOCK_STREAM, 0)) {
            $s->{sock} = $sock;
            fcntl($sock, F_SETFL, fcntl($sock, F_GETFL, 0) | O_NONBLOCK);
            setsockopt($sock, IPPROTO_TCP, TCP_NODELAY, 1);
            my $to = $six ? pack_sockaddr_in6($s->{port}, $address) : pack_sockaddr_in($s->{port}, $address);
            return look($s) if connect($sock, $to) || $wait{$! + 0};
        }
        $s->{why} ||= "$!";
    }
}

sub look {
    my $s = shift;
    return unless $s->{sock};
    my $fd = fileno $s->{sock};
    delete $wants_in{$fd}; delete $wants_out{$fd};
    $wants_out{$fd} = $s if $s->{connecting} || length $s->{waiting};
    $wants_in{$fd} = $s if !$s->{connecting} && $s->{room} > 0 && !$s->{we_ended};
}

sub over { my $s = shift; forget($s) if $s->{we_ended} && $s->{they_ended} && !length $s->{waiting} }

sub read_some {
    my $s = shift;
    my $n = sysread($s->{sock}, my $got, $s->{room} < $PIECE ? $s->{room} : $PIECE);
    if (!defined $n) { broken($s) unless $wait{$! + 0} }
    elsif ($n) { $s->{room} -= $n; tell_it('D', $s->{number}, $got) }
    elsif ($s->{deaf}) { broken($s) }
    else { $s->{we_ended} = 1; tell_it('E', $s->{number}); over($s) }
}

sub write_some {
    my $s = shift;
    if (length $s->{waiting}) {
        my $n = syswrite($s->{sock}, $s->{waiting});
        if (!defined $n) {
            return if $wait{$! + 0};
            # Nobody reads there any more; what was written before that may still be read.
            $s->{waiting} = ''; $s->{deaf} = 1;
            broken($s) if $s->{we_ended};
            return;
        }
        substr($s->{waiting}, 0, $n) = '';
        $s->{taken} += $n;
        if ($s->{taken} >= $WINDOW / 2 && !$s->{they_ended}) {
            tell_it('C', $s->{number}, pack('N', $s->{taken}));
            $s->{taken} = 0;
        }
    }
    if ($s->{they_ended} && !length $s->{waiting}) { shutdown($s->{sock}, 1); over($s) }
}

sub writable {
    my $s = shift;
    if ($s->{connecting}) {
        my $code = unpack('i', getsockopt($s->{sock}, SOL_SOCKET, SO_ERROR));
        if ($code) { $! = $code; $s->{why} ||= "$!"; return try_next($s) }
        $s->{connecting} = 0;
        tell_it('K', $s->{number});
    } else { write_some($s) }
    look($s);
}

sub heard {
    my ($kind, $number, $body) = @_;
    return tell_it('P', 0) if $kind eq 'P';
    if ($kind eq 'O') {
        my ($port, @hosts) = split ' ', $body;
        return try_next($streams{$number} = {number => $number, port => $port, hosts => \@hosts, why => '', connecting => 1,
            waiting => '', deaf => 0, room => $WINDOW, taken => 0, they_ended => 0, we_ended => 0});
    }
    my $s = $streams{$number} or return;
    if ($kind eq 'X') { return forget($s, 1) }
    elsif ($kind eq 'C') { $s->{room} += unpack('N', $body) }
    elsif ($kind eq 'D') { if (!$s->{deaf}) { my $idle = !length $s->{waiting}; $s->{waiting} .= $body; write_some($s) if $idle } }
    elsif ($kind eq 'E') { $s->{they_ended} = 1; write_some($s) unless length $s->{waiting} }
    look($s);
}

my $held = '';
# Whoever started us is gone when nothing comes for so long; this ends us even when nobody takes what we say.
$SIG{ALRM} = 'DEFAULT';
alarm $SILENCE;
tell_it('H', 1);
while (1) {
    my ($in, $out) = ('', '');
    vec($in, 0, 1) = 1;
    vec($in, $_, 1) = 1 for keys %wants_in;
    vec($out, $_, 1) = 1 for keys %wants_out;
    my $n = select(my $can_in = $in, my $can_out = $out, undef, undef);
    next if $n <= 0;
    for my $fd (keys %wants_out) { my $s = $wants_out{$fd}; writable($s) if $s && vec($can_out, $fd, 1) }
    for my $fd (keys %wants_in) {
        my $s = $wants_in{$fd};
        if ($s && vec($can_in, $fd, 1)) { read_some($s); look($s) }
    }
    next unless vec($can_in, 0, 1);
    my $got = sysread(STDIN, $held, 4 * $PIECE, length $held);
    if (!defined $got) { next if $!{EINTR}; last }
    last unless $got;
    alarm $SILENCE;
    my $at = 0;
    while (length($held) - $at >= $HEAD) {
        my ($kind, $number, $size) = unpack('aNN', substr($held, $at, $HEAD));
        last if length($held) - $at - $HEAD < $size;
        heard($kind, $number, substr($held, $at + $HEAD, $size));
        $at += $HEAD + $size;
    }
    substr($held, 0, $at) = '' if $at;
}
