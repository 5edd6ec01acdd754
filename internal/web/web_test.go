package web

import (
	"testing"
)

func TestOwn(t *testing.T) {
	t.Run("only a path of this installation is our own", func(t *testing.T) {
		for address, want := range map[string]bool{
			"/": true, "/brenval/office?q=a&page=2#x": true, "/a//b": true, "/é": true,
			"": false, "brenval": false, "//evil.example": false, "/\\evil.example": false, "https://evil.example": false,
			"javascript:alert(1)": false, "/\t/evil.example": false, "/a\r\nSet-Cookie: x": false, "?q=1": false, "/%zz": false,
		} {
			if Own(address) != want {
				t.Errorf("%q: %v, want %v", address, !want, want)
			}
		}
	})
}

func TestCanonicalHost(t *testing.T) {
	t.Run("case and the scheme's own port do not count", func(t *testing.T) {
		for _, c := range []struct{ host, scheme, want string }{
			{"Example.org", "https", "example.org"}, {"example.org:443", "https", "example.org"}, {"example.org:80", "http", "example.org"},
			{"example.org:443", "http", "example.org:443"}, {"example.org:8080", "http", "example.org:8080"},
			{"[::1]:80", "http", "[::1]"}, {"[::1]:8080", "http", "[::1]:8080"}, {"", "http", ""},
		} {
			if got := canonicalHost(c.host, c.scheme); got != c.want {
				t.Errorf("%s %s: %s, want %s", c.scheme, c.host, got, c.want)
			}
		}
	})
	t.Run("loopback is known by all its names", func(t *testing.T) {
		for host, want := range map[string]bool{
			"localhost": true, "LOCALHOST:8080": true, "127.0.0.1:1": true, "[::1]:8080": true, "::1": true,
			"127.0.0.1.evil.example": false, "localhost.evil.example": false, "127.0.0.2": false, "": false,
		} {
			if isLoopback(host) != want {
				t.Errorf("%q: %v, want %v", host, !want, want)
			}
		}
	})
}

func TestInitials(t *testing.T) {
	t.Run("a name's mark is the capitals of its first two words", func(t *testing.T) {
		for text, want := range map[string]string{
			"École Brenval": "EB", "Orvane Santé": "OS", "nadia kessler-roy": "NK", "L’Atelier": "L", "École n° 3 du Port": "EN", "": "", "  ": "", "42": "",
		} {
			if got := Initials(text); got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	})
}
