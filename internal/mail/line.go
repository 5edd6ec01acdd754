package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/textproto"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// line is a connection to the mail server, for one letter at a time.
type line struct {
	client *smtp.Client
	conn   *bounded
	answer time.Duration
	idle   *time.Timer
	sound  bool // ready for the next letter
	stale  bool // it was dead before the letter was given over
}

// bounded is a connection from which nobody reads without end.
type bounded struct {
	net.Conn
	left int
}

// mostAnswer is the longest answer of a server to one command, in bytes.
const mostAnswer = 64 << 10

var errTalkative = errors.New("mail: the server's answer does not end")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTalkative
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// step gives the server its time for one answer.
func (l *line) step(do func() error) error {
	l.conn.left = mostAnswer
	if err := l.conn.SetDeadline(time.Now().Add(l.answer)); err != nil {
		return err
	}
	return do()
}

// open greets the server, has the line encrypted, and signs in.
func (l *line) open(s Server) error {
	conn := net.Conn(l.conn)
	if s.Encryption == Implicit {
		secured := tls.Client(conn, s.TLS)
		if err := l.step(secured.Handshake); err != nil {
			return &Failure{Reason: reasonOf(err, "mail.reason.tls"), Err: err}
		}
		conn = secured
	}
	err := l.step(func() (err error) {
		l.client, err = smtp.NewClient(conn, s.Host)
		return err
	})
	if err == nil {
		err = l.step(func() error { return l.client.Hello(s.Hello) })
	}
	if err != nil {
		return failure(err, "mail.reason.unreachable", false)
	}
	l.client.SkipSMTPUTF8(true) // all addresses are ASCII
	if s.Encryption == StartTLS {
		if err := l.step(func() error { return l.client.StartTLS(s.TLS) }); err != nil {
			return &Failure{Reason: reasonOf(err, "mail.reason.tls"), Err: plainly(err)}
		}
	}
	return l.signIn(s)
}

func (l *line) signIn(s Server) error {
	if s.User == "" {
		return nil
	}
	_, offered := l.client.Extension("AUTH")
	auth := signIn(s, offered)
	if auth == nil {
		return &Failure{Reason: "mail.reason.sign_in", Err: errors.New("mail: the server offers no sign-in that is known")}
	}
	if err := l.step(func() error { return l.client.Auth(auth) }); err != nil {
		return &Failure{Reason: reasonOf(err, "mail.reason.sign_in"), Err: plainly(err)}
	}
	return nil
}

// send gives one letter over. Once the letter is with the server its answer is waited for, even while the program is
// being stopped: a letter without its answer would be sent again.
func (l *line) send(ctx context.Context, m Message, raw []byte) error {
	l.sound, l.stale = false, false
	stop := context.AfterFunc(ctx, l.close)
	defer stop()
	if err := l.step(func() error { return l.client.Mail("<" + m.From.String() + ">") }); err != nil {
		l.stale = isDead(err)
		return l.refused(m, err, "mail.reason.sender", false)
	}
	if err := l.step(func() error { return l.client.Rcpt("<" + m.To.String() + ">") }); err != nil {
		l.stale = isDead(err)
		return l.refused(m, err, "", true)
	}
	var w io.WriteCloser
	err := l.step(func() (err error) {
		w, err = l.client.Data()
		return err
	})
	if err != nil {
		l.stale = isDead(err)
		return l.refused(m, err, "", true)
	}
	err = l.step(func() error {
		if _, err := w.Write(raw); err != nil {
			return err
		}
		if !stop() {
			return context.Cause(ctx)
		}
		return w.Close()
	})
	if err != nil {
		return l.refused(m, err, "", true)
	}
	l.sound = true
	return nil
}

// refused says why a letter was not taken, and has the server forget it if the line still stands. What is wrong with
// our own sender mends itself for no letter, but for all once the owner has mended it.
func (l *line) refused(m Message, err error, reason string, mayBeFinal bool) error {
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return &Failure{Reason: reasonOf(err, "mail.reason.lost"), Err: err}
	}
	if reply.Code != 421 { // with which it hangs up
		l.sound = l.step(l.client.Reset) == nil
	}
	f := &Failure{Reason: said(reply, m.To), Final: mayBeFinal && reply.Code >= 500}
	if reason != "" && reply.Code >= 500 {
		f.Reason, f.Err = reason, errors.New(said(reply, m.To))
	}
	return f
}

// isDead reports whether the server has hung up, or does so with this very answer.
func isDead(err error) bool {
	var reply *textproto.Error
	return !errors.As(err, &reply) || reply.Code == 421
}

// failure is an accident before any letter was spoken of.
func failure(err error, reason string, final bool) error {
	return &Failure{Reason: reasonOf(err, reason), Final: final, Err: plainly(err)}
}

// plainly is an error whose text holds no address: a server's answer may repeat the name we sign in by.
func plainly(err error) error {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return errors.New("mail: the server said " + anAddress.ReplaceAllString(reply.Error(), "…"))
	}
	return err
}

// quit says goodbye to the server, without waiting long.
func (l *line) quit() {
	l.answer = min(l.answer, time.Second)
	l.step(l.client.Quit) //nolint:errcheck // it is over either way
	l.close()
}

func (l *line) close() { l.conn.Close() }
