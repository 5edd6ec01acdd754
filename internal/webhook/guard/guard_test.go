package guard_test

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/entregent/entregent/internal/webhook/guard"
)

func TestRefuses(t *testing.T) {
	var g guard.Guard
	t.Run("what is not the public Internet is refused, in whatever form it comes", func(t *testing.T) {
		for _, a := range []string{
			"127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
			"168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
			"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1",
			"64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1",
		} {
			if !g.Refuses(netip.MustParseAddr(a)) {
				t.Errorf("%s passes", a)
			}
		}
		if !g.Refuses(netip.Addr{}) {
			t.Error("no address passes")
		}
	})
	t.Run("what is public passes", func(t *testing.T) {
		for _, a := range []string{"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "193.0.0.1", "223.255.255.255", "::ffff:8.8.8.8", "2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888"} {
			if g.Refuses(netip.MustParseAddr(a)) {
				t.Errorf("%s is refused", a)
			}
		}
	})
	t.Run("a network that is allowed passes, and nothing beside it", func(t *testing.T) {
		g := guard.Guard{Allowed: []netip.Prefix{netip.MustParsePrefix("10.1.2.0/24"), netip.MustParsePrefix("fd00:1::/32")}}
		for a, refused := range map[string]bool{"10.1.2.3": false, "::ffff:10.1.2.3": false, "10.1.3.3": true, "127.0.0.1": true, "fd00:1::9": false, "fd00:2::9": true} {
			if g.Refuses(netip.MustParseAddr(a)) != refused {
				t.Errorf("%s: %t", a, !refused)
			}
		}
	})
	t.Run("what is dialled is an address with a port, else nothing is", func(t *testing.T) {
		for _, a := range []string{"", "8.8.8.8", "localhost:80", "127.0.0.1:443", "[::1]:443", "[fe80::1%lo]:80"} {
			if err := g.Control("tcp", a, nil); !errors.Is(err, guard.ErrRefused) {
				t.Errorf("%q: %v", a, err)
			}
		}
		if err := g.Control("tcp", "8.8.8.8:443", nil); err != nil {
			t.Error(err)
		}
	})
}
