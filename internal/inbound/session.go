package inbound

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/emersion/go-smtp"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/inbound/message"
	"github.com/entregent/entregent/internal/sqldb"
)

// session is one conversation with a client: mail after mail.
type session struct {
	s     *Server
	line  *line
	wrong int // addresses so far

	mu     sync.Mutex // Data may still run when the client gives a mail up
	coming envelope
}

// envelope is what is known of a mail before it comes.
type envelope struct {
	at     Place
	bounce bool // a report, which has no sender
}

func (c *session) set(change func(*envelope)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.coming)
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	return &session{s: s, line: c.Conn().(*line)}, nil
}

// Reset implements smtp.Session: the mail has come, or will not.
func (c *session) Reset() {
	c.set(func(e *envelope) { *e = envelope{} })
	c.line.busy.Store(false)
	if c.s.stopping.Load() {
		c.line.expire()
	}
}

// Logout implements smtp.Session.
func (c *session) Logout() error { return nil }

// Mail implements smtp.Session. What the client says of the sender proves nothing; but reports have none.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if c.s.stopping.Load() {
		c.line.expire()
		return no(421, 3, 2, fault.M(stopping))
	}
	c.set(func(e *envelope) { e.bounce = from == "" })
	return nil
}

// Rcpt implements smtp.Session. Whatever is wrong with an address, the answer is one, and so is the work that it costs as
// long as nobody has made the address.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if c.wrong >= c.s.o.Limits.Wrong {
		c.line.expire()
		return no(421, 7, 0, fault.M(unknown))
	}
	at, _ := c.s.o.Addresses.Read(to)
	err := c.s.o.DB.View(c.s.ctx, func(tx *sqldb.Tx) error {
		_, err := c.s.o.Find(c.s.ctx, tx, at)
		return err
	})
	if err != nil {
		c.wrong++
		return c.s.told(err)
	}
	c.set(func(e *envelope) { e.at = at })
	c.line.busy.Store(true)
	return nil
}

// Data implements smtp.Session: nil says yes, and is returned only once the answer is in the database, or dropped.
func (c *session) Data(r io.Reader) (err error) {
	defer func() {
		if p := recover(); p != nil {
			c.s.o.Log.ErrorContext(c.s.ctx, "panic over a mail", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = c.s.told(errors.New("panic"))
		}
	}()
	var mail envelope
	c.set(func(e *envelope) { mail = *e })
	in, hashed := &wire{Reader: r}, sha256.New()
	m, err := message.Open(io.TeeReader(in, hashed))
	if err != nil {
		return c.s.unread(in, err)
	}
	if mail.bounce || m.Robot != "" || message.IsLetterOf(m.ID, c.s.o.Host) {
		c.s.count(robot)
		_, err := io.Copy(io.Discard, in)
		return c.s.unread(in, err)
	}
	if !c.s.pace.more(mail.at, c.s.o.DB.Now()) {
		c.s.count(limited)
		return no(450, 7, 1, fault.M(tooMany))
	}
	reply := Reply{Request: mail.at.Request}
	if reply.Text, err = m.Body(markers(), c.s.receive(&reply)); err != nil {
		c.s.drop(reply.Files)
		return c.s.unread(in, err)
	}
	reply.Submission = c.s.submission(mail.at, cmp.Or(m.ID, string(hashed.Sum(nil))))
	return c.s.take(mail.at, reply, m.From)
}

// LMTPData implements smtp.LMTPSession: the one recipient's answer is the mail's. Without it go-smtp looks at the recipients of a mail
// that was given up amid a chunk.
func (c *session) LMTPData(r io.Reader, _ smtp.StatusCollector) error { return c.Data(r) }

// receive puts the files of a mail on the disk as they come.
func (s *Server) receive(reply *Reply) message.Keep {
	return func(f message.File, content io.Reader) error {
		if len(reply.Files) >= s.o.Files.PerOwner() {
			return file.TooMany(s.o.Files.PerOwner())
		}
		in, err := s.o.Files.Receive(s.ctx, content, f.Name)
		if fault.As(err) != nil && fault.As(err).Fields[0].Key == "file.empty" {
			return nil // nobody misses it
		}
		if err == nil {
			reply.Files = append(reply.Files, in)
		}
		return err
	}
}

// take hands the answer over, if its author may still give it.
func (s *Server) take(at Place, reply Reply, from []string) error {
	var was, undone bool
	err := s.o.DB.Update(s.ctx, func(tx *sqldb.Tx) (err error) {
		defer func() { undone = err != nil }()
		sender, err := s.o.Find(s.ctx, tx, at)
		if err != nil {
			return err
		}
		reply.Elsewhere = !slices.ContainsFunc(sender.Known, func(known email.Address) bool { return slices.Contains(from, known.String()) })
		was, err = s.o.Take(s.ctx, tx, sender.By, reply)
		return err
	})
	if undone || was && err == nil {
		s.drop(reply.Files) // where the commit itself failed nobody knows how; files without a row are swept
	}
	switch {
	case err != nil:
		return s.told(err)
	case was:
		s.count(again)
	default:
		s.count(taken)
	}
	return nil
}

// drop takes files away that belong to no comment. One that cannot be is swept later.
func (s *Server) drop(files []file.Received) {
	for _, f := range files {
		if err := s.o.Files.Drop(f); err != nil {
			s.o.Log.Warn("a file that is not wanted could not be taken away", "error", err)
		}
	}
}

// wire is a mail as it comes in; it remembers whether it came to its end.
type wire struct {
	io.Reader
	err error
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// unread tells why a mail was not read: the connection, the mail, or something of ours. nil = it was.
func (s *Server) unread(in *wire, err error) error {
	switch {
	case errors.Is(in.err, smtp.ErrDataTooLarge):
		s.count(unfit)
		return no(552, 3, 4, fault.M(tooLarge))
	case errors.Is(in.err, smtp.ErrTooLongLine):
		s.count(unfit)
		return no(554, 6, 0, fault.M(longLine))
	case in.err != nil: // most likely nobody hears the answer
		s.count(broken)
		return no(451, 4, 2, fault.M(failed))
	case err != nil:
		return s.told(err)
	}
	return nil
}

// told turns what went wrong into an answer, and counts it.
func (s *Server) told(err error) error {
	f := fault.As(err)
	switch {
	case f != nil && (f.Kind == fault.NotFound || f.Kind == fault.Forbidden):
		s.count(closed)
		return refused(f)
	case f != nil:
		s.count(unfit)
		return refused(f)
	}
	s.count(broken)
	s.o.Log.Error("a mail could not be taken", "error", err)
	if file.IsFull(err) {
		return no(452, 3, 1, fault.M(full))
	}
	return no(451, 3, 0, fault.M(failed))
}
