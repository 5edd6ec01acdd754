// Package guard says which addresses of the network a webhook may not reach: those of this machine, of the networks behind it and
// of whatever else is not the public Internet. It is asked for the address that a connection is about to be made to, after every name
// was resolved, so that no name leads around it. It opens nothing itself.
package guard

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"
)

// ErrRefused is wrapped by what Control returns for an address that may not be reached.
var ErrRefused = errors.New("guard: not a public address")

// Guard lets public addresses pass, and those of the networks that it was given.
type Guard struct{ Allowed []netip.Prefix }

// closed are networks that are not public though they look so, or through which private addresses are reached
// (IANA's registries of special-purpose addresses).
var closed = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
	"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	"168.63.129.16/32", // where a cloud's machines ask about themselves, at a public address
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

// global is where IPv6's public addresses are; everything else there (loopback, link-local, unique local, multicast, NAT64) is not.
var global = netip.MustParsePrefix("2000::/3")

func prefixes(list ...string) (all []netip.Prefix) {
	for _, p := range list {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}

// Refuses reports whether the address may not be reached. An IPv4 address within an IPv6 one is judged as itself.
func (g Guard) Refuses(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	within := func(p netip.Prefix) bool { return p.Contains(a) }
	switch {
	case !a.IsValid():
		return true
	case slices.ContainsFunc(g.Allowed, within):
		return false
	}
	return a.Is6() && !global.Contains(a) || slices.ContainsFunc(closed, within)
}

// Control is for net.Dialer: it is called with the very address that is dialled.
func (g Guard) Control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || g.Refuses(at.Addr()) {
		return ErrRefused
	}
	return nil
}
