# One end of a link between two network namespaces: what is sent into it comes out at standard output, packet after
# packet, and what comes in at standard input is received. Run in the namespace; `link-end.pl OWN-ADDRESS PEER-ADDRESS`.
use strict;
use warnings;
use Fcntl;

my ($own, $peer) = @ARGV;
my $device = 'link0';
# linux/if_tun.h: TUNSETIFF; IFF_TUN | IFF_NO_PI.
sysopen(my $tun, '/dev/net/tun', O_RDWR) or die "/dev/net/tun: $!\n";
ioctl($tun, 0x400454ca, pack('Z16 s x22', $device, 0x1001)) or die "TUNSETIFF: $!\n";
for (
    "link set lo up",
    "addr add $own peer $peer dev $device",
    "link set $device up",
) {
    system("ip $_ >&2") == 0 or die "ip $_\n";
}
binmode($_) for (*STDIN, *STDOUT);
print STDERR "up\n";

my $received = '';
while (1) {
    my $ready = '';
    vec($ready, fileno($tun), 1) = 1;
    vec($ready, fileno(STDIN), 1) = 1;
    next if select($ready, undef, undef, undef) < 1;
    if (vec($ready, fileno($tun), 1)) {
        # While the device is down there is nothing to read, and select says so at once.
        my $length = sysread($tun, my $packet, 65536);
        if (!$length) { select(undef, undef, undef, 0.05); }
        elsif (ord($packet) >> 4 == 4) { write_all($packet); }
    }
    if (vec($ready, fileno(STDIN), 1)) {
        last if !sysread(STDIN, $received, 65536, length($received));
        # RFC 791: the total length is in the bytes 2 and 3.
        while (length($received) >= 4) {
            my $length = unpack('x2 n', $received);
            last if length($received) < $length;
            syswrite($tun, substr($received, 0, $length, ''));
        }
    }
}

sub write_all {
    my ($bytes) = @_;
    while (length($bytes)) {
        my $written = syswrite(STDOUT, $bytes) or exit;
        substr($bytes, 0, $written, '');
    }
}
