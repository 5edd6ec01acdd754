package config

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// MailServer is a mail server as one address names it. The zero value is none.
type MailServer struct {
	Host     string
	Port     int
	User     string // "" = it asks for none
	Password string
	TLS      string // "starttls", "implicit" or "none"
}

// ports are where servers listen when the address does not say, by TLS.
var ports = map[string]int{"starttls": 587, "implicit": 465, "none": 25}

// UnmarshalText reads the address; "" is none. An error never repeats any of it.
func (m *MailServer) UnmarshalText(text []byte) error {
	*m = MailServer{}
	if len(text) == 0 {
		return nil
	}
	u, err := url.Parse(string(text))
	if err != nil || u.Scheme != "smtp" {
		return errors.New("is not smtp://user:password@host:587, with other signs than letters and digits percent-encoded")
	}
	s := MailServer{Host: u.Hostname(), TLS: "starttls"}
	s.User = u.User.Username()
	s.Password, _ = u.User.Password()
	query := u.Query()
	if query.Has("tls") {
		s.TLS = query.Get("tls")
		query.Del("tls")
	}
	port, known := ports[s.TLS]
	if u.Port() != "" {
		port, err = strconv.Atoi(u.Port())
	}
	s.Port = port
	switch {
	case s.Host == "":
		return errors.New("names no host")
	case u.Path != "" && u.Path != "/" || u.Fragment != "":
		return errors.New("takes no path")
	case len(query) > 0:
		return errors.New("takes tls and nothing else after the question mark")
	case !known:
		return errors.New("tls must be starttls, implicit or none")
	case err != nil || port < 1 || port > 65535:
		return errors.New("has a port that is none")
	case (s.User == "") != (s.Password == ""):
		return errors.New("has a user without a password, or the other way round")
	case s.User != "" && s.TLS == "none" && !s.here():
		return errors.New("a password goes over TLS alone, unless the server is on this machine")
	}
	*m = s
	return nil
}

// here reports whether the server is on this machine.
func (m MailServer) here() bool {
	a, err := netip.ParseAddr(m.Host)
	return m.Host == "localhost" || err == nil && a.IsLoopback()
}

// IsZero reports whether there is none.
func (m MailServer) IsZero() bool { return m.Host == "" }

// Format keeps the password out of logs, whatever the verb.
func (m MailServer) Format(f fmt.State, _ rune) { io.WriteString(f, "(mail server "+m.Host+")") }

// MailListener is where mails come in. The zero value is nowhere.
type MailListener struct {
	LMTP bool   // else SMTP
	Addr string // HOST:PORT
}

// UnmarshalText reads lmtp://HOST:PORT or smtp://HOST:PORT; "" is nowhere.
func (m *MailListener) UnmarshalText(text []byte) error {
	*m = MailListener{}
	if len(text) == 0 {
		return nil
	}
	scheme, addr, _ := strings.Cut(string(text), "://")
	addr = strings.TrimSuffix(addr, "/")
	if scheme != "lmtp" && scheme != "smtp" || !isAddress(addr) {
		return errors.New("is not lmtp://127.0.0.1:2424 or smtp://127.0.0.1:2525")
	}
	*m = MailListener{LMTP: scheme == "lmtp", Addr: addr}
	return nil
}

// IsZero reports whether it is nowhere.
func (m MailListener) IsZero() bool { return m.Addr == "" }
