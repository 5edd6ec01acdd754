package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/entregent/entregent/internal/email"
)

// Encryption says how the way to the mail server is made private.
type Encryption string

// The encryptions.
const (
	StartTLS Encryption = "starttls" // the server is asked for TLS first; one that has none gets no letter
	Implicit Encryption = "implicit" // TLS from the first byte
	NoTLS    Encryption = "none"     // none: for a server on this machine
)

// Server is a mail server and how to speak with it. Times of 0 take the defaults in brackets.
type Server struct {
	Host       string
	Port       int
	User       string // "" = no sign-in
	Password   string
	Encryption Encryption
	Hello      string        // what we call ourselves [localhost]
	Dial       time.Duration // until the connection stands [10 s]
	Answer     time.Duration // until each answer [60 s]
	Idle       time.Duration // how long a connection is kept for the next letter [10 s]
	TLS        *tls.Config   // nil = the system's certificates
}

// Format keeps the password out of logs, whatever the verb.
func (s Server) Format(f fmt.State, _ rune) { io.WriteString(f, "(mail server "+s.Host+")") }

// SMTP is a Transport that hands letters to a mail server. Connections are kept between letters.
type SMTP struct {
	server Server

	mu     sync.Mutex
	kept   []*line
	closed bool
}

// NewSMTP makes the transport; it does not connect yet.
func NewSMTP(s Server) *SMTP {
	orElse(&s.Dial, 10*time.Second)
	orElse(&s.Answer, time.Minute)
	orElse(&s.Idle, 10*time.Second)
	orElse(&s.Hello, "localhost")
	if s.TLS == nil {
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	s.TLS = s.TLS.Clone()
	s.TLS.ServerName = s.Host
	return &SMTP{server: s}
}

func orElse[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// Send implements Transport. A kept connection that turns out to be dead before the letter was given over is replaced
// by a fresh one at once.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	raw, err := m.bytes()
	if err != nil {
		return err
	}
	if l := s.take(); l != nil {
		err := l.send(ctx, m, raw)
		if !l.stale || ctx.Err() != nil {
			s.give(l)
			return err
		}
		l.close()
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	err = l.send(ctx, m, raw)
	s.give(l)
	return err
}

// take is a kept connection, or nil.
func (s *SMTP) take() *line {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.kept)
	if n == 0 {
		return nil
	}
	l := s.kept[n-1]
	s.kept = s.kept[:n-1]
	l.idle.Stop() // should it be late: drop finds the line no more
	return l
}

// give keeps a connection that is sound for the next letter, for a while.
func (s *SMTP) give(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !l.sound || s.closed {
		l.close()
		return
	}
	l.idle = time.AfterFunc(s.server.Idle, func() { s.drop(l) })
	s.kept = append(s.kept, l)
}

// drop ends a connection that nobody has taken.
func (s *SMTP) drop(l *line) {
	s.mu.Lock()
	i := slices.Index(s.kept, l)
	if i >= 0 {
		s.kept = slices.Delete(s.kept, i, i+1)
	}
	s.mu.Unlock()
	if i >= 0 {
		l.quit()
	}
}

// Close ends the kept connections.
func (s *SMTP) Close() {
	s.mu.Lock()
	kept := s.kept
	s.kept, s.closed = nil, true
	s.mu.Unlock()
	for _, l := range kept {
		l.idle.Stop()
		l.close()
	}
}

// dial opens a connection, as far as the server being ready for a letter.
func (s *SMTP) dial(ctx context.Context) (*line, error) {
	dialer := net.Dialer{Timeout: s.server.Dial}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(s.server.Host, strconv.Itoa(s.server.Port)))
	if err != nil {
		return nil, &Failure{Reason: reasonOf(err, "mail.reason.unreachable"), Err: err}
	}
	l := &line{conn: &bounded{Conn: conn}, answer: s.server.Answer}
	stop := context.AfterFunc(ctx, l.close)
	defer stop()
	if err := l.open(s.server); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// reasonOf tells silence from other accidents.
func reasonOf(err error, otherwise string) string {
	var n net.Error
	if errors.As(err, &n) && n.Timeout() {
		return "mail.reason.timeout"
	}
	return otherwise
}

// said is a server's answer as it is kept.
func said(e *textproto.Error, to email.Address) string {
	return strings.TrimSpace(strconv.Itoa(e.Code) + " " + withoutAddresses(e.Msg, to))
}

// signIn is how a password is shown, by what the server offers. Without TLS it goes to this very machine alone.
func signIn(s Server, offered string) smtp.Auth {
	ways := strings.Fields(offered)
	switch {
	case slices.Contains(ways, "PLAIN"):
		return smtp.PlainAuth("", s.User, s.Password, s.Host, false)
	case slices.Contains(ways, "LOGIN"):
		return smtp.LoginAuth(s.User, s.Password, s.Host, false)
	case slices.Contains(ways, "SCRAM-SHA-256"):
		return smtp.ScramSHA256Auth(s.User, s.Password)
	case slices.Contains(ways, "CRAM-MD5"):
		return smtp.CRAMMD5Auth(s.User, s.Password)
	}
	return nil
}
