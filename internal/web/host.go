package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// canonicalHost is a Host header in small letters and without the scheme's own port.
func canonicalHost(host, scheme string) string {
	host = strings.ToLower(host)
	name, port, err := net.SplitHostPort(host)
	if err == nil && (scheme == "http" && port == "80" || scheme == "https" && port == "443") {
		if strings.Contains(name, ":") {
			return "[" + name + "]"
		}
		return name
	}
	return host
}

// isLoopback reports whether host is this very machine, as people call it.
func isLoopback(host string) bool {
	name := host
	if n, _, err := net.SplitHostPort(host); err == nil {
		name = n
	}
	name = strings.Trim(name, "[]")
	return strings.EqualFold(name, "localhost") || name == "127.0.0.1" || name == "::1"
}

// requestedHost is the Host that the client meant: what a trusted proxy says of it, else the header.
func (s *Site) requestedHost(h *http.Request) string {
	if forwarded := h.Header.Get("X-Forwarded-Host"); forwarded != "" && s.trusts(peer(h)) {
		return strings.TrimSpace(forwarded[strings.LastIndexByte(forwarded, ',')+1:])
	}
	return h.Host
}

// clientAddress is the client's address without port: the last one in X-Forwarded-For that is no trusted
// proxy's, as long as the connection itself comes from one; else the connection's.
func (s *Site) clientAddress(h *http.Request) string {
	address := peer(h)
	if len(s.TrustedProxies) == 0 || !s.trusts(address) {
		return address.String()
	}
	hops := strings.Split(strings.Join(h.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = hop.Unmap()
		if !s.trusts(address) {
			break
		}
	}
	return address.String()
}

func (s *Site) trusts(address netip.Addr) bool {
	for _, network := range s.TrustedProxies {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// peer is who holds the other end of the connection.
func peer(h *http.Request) netip.Addr {
	p, err := netip.ParseAddrPort(h.RemoteAddr)
	if err != nil {
		return netip.IPv4Unspecified()
	}
	return p.Addr().Unmap().WithZone("")
}

// securityHeaders stand on every answer. The policy allows our own files and nothing else: no inline script,
// no inline style, nothing from elsewhere, no frame around us.
func securityHeaders(secure bool) http.Header {
	h := http.Header{}
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache") // asked again each time, yet kept for «back»
	if secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return h
}
