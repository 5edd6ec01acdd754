// Package mailtest is a mail server for tests: a real one that speaks SMTP on this machine, keeps what it takes, and
// refuses, hangs up or waits as a test has it.
//
// It is for tests alone; no other package imports it.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Options say how the server behaves. The functions may be nil; each is called in the server's own goroutines.
type Options struct {
	Port     int  // 0 = one that is free
	Mute     bool // it takes connections and never says a word
	TLS      bool // it offers STARTTLS, with a certificate that Server.Roots vouch for
	Implicit bool // it speaks TLS from the first byte
	User     string
	Password string

	Mail func(from string) error             // the answer to MAIL
	Rcpt func(to string) error               // the answer to RCPT
	Data func(l Letter, hangUp func()) error // the answer once the letter is there; hangUp cuts the connection first
}

// Refuse is an answer to be returned by the functions of Options.
func Refuse(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
}

// Server is a running mail server; it ends with its test.
type Server struct {
	Host  string
	Port  int
	Roots *x509.CertPool // nil without TLS

	o       Options
	server  *smtp.Server
	listens net.Listener
	mu      sync.Mutex
	taken   []Letter
	opened  int
	held    []net.Conn // of one that is mute
	arrived chan struct{}
}

// Start starts a server.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{o: o, arrived: make(chan struct{}, 1<<16)}
	s.server = smtp.NewServer(s)
	s.server.Domain, s.server.AllowInsecureAuth = "localhost", true
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	if o.TLS || o.Implicit {
		s.server.TLSConfig, s.Roots = certified(t)
	}
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.Port)))
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(l.Addr().String())
	s.Host = host
	s.Port, _ = strconv.Atoi(port)
	if o.Implicit {
		l = tls.NewListener(l, s.server.TLSConfig)
	}
	s.listens = l
	if o.Mute {
		go s.holdAll()
	} else {
		go s.server.Serve(l) //nolint:errcheck // it ends with Stop
	}
	t.Cleanup(s.Stop)
	return s
}

// holdAll takes connections and keeps them open, in silence, until the server is stopped.
func (s *Server) holdAll() {
	for {
		c, err := s.listens.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.opened++
		s.held = append(s.held, c)
		s.mu.Unlock()
	}
}

// URL is the server as ENTREGENT_SMTP names it; its certificate is nobody's, so there is none.
func (s *Server) URL() string {
	return "smtp://" + net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) + "?tls=none"
}

// Stop ends the server before its test does.
func (s *Server) Stop() {
	s.listens.Close() // should Serve not have begun yet
	s.server.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.held {
		c.Close()
	}
}

// Letters are those taken so far, in their order.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.taken...)
}

// Connections is how many were opened so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// Await waits until the server has taken n letters in all, and gives them.
func (s *Server) Await(t testing.TB, n int) []Letter {
	t.Helper()
	limit := time.After(time.Minute)
	for {
		if list := s.Letters(); len(list) >= n {
			return list
		}
		select {
		case <-s.arrived:
		case <-limit:
			t.Fatalf("%d letters within a minute, want %d", len(s.Letters()), n)
		}
	}
}

// NewSession implements smtp.Backend.
func (s *Server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	return &session{server: s, conn: c}, nil
}

// session is one connection.
type session struct {
	server *Server
	conn   *smtp.Conn
	signed bool
	letter Letter
}

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string {
	if s.server.o.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth implements smtp.AuthSession.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.o.User || password != s.server.o.Password {
			return smtp.ErrAuthFailed
		}
		s.signed = true
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.o.User != "" && !s.signed {
		return smtp.ErrAuthRequired
	}
	s.letter = Letter{From: from}
	if s.server.o.Mail != nil {
		return s.server.o.Mail(from)
	}
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.server.o.Rcpt != nil {
		if err := s.server.o.Rcpt(to); err != nil {
			return err
		}
	}
	s.letter.To = append(s.letter.To, to)
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) (err error) {
	if s.letter.Raw, err = io.ReadAll(r); err != nil {
		return err
	}
	if s.server.o.Data != nil {
		if err := s.server.o.Data(s.letter, func() { s.conn.Conn().Close() }); err != nil {
			return err
		}
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.taken = append(s.server.taken, s.letter)
	select {
	case s.server.arrived <- struct{}{}:
	default:
	}
	return nil
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.letter = Letter{} }

// Logout implements smtp.Session.
func (*session) Logout() error { return nil }

// certified makes a certificate for this machine and those who vouch for it.
func certified(t testing.TB) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}

// ErrHungUp is for Data functions that have cut the connection: nobody hears it.
var ErrHungUp = errors.New("mailtest: hung up")
