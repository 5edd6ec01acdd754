package inbound

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"sync/atomic"

	"github.com/emersion/go-smtp"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/inbound/message"
)

// Server takes mails. Make it with New, give it a listener with Serve, and end it with Stop.
type Server struct {
	o        Options
	smtp     *smtp.Server
	lines    *lines
	pace     *pace
	results  [len(outcomes)]atomic.Int64
	stopping atomic.Bool
	ctx      context.Context // ends when what is under way is cut off
	cut      context.CancelFunc
}

// outcome is what became of a mail.
type outcome int

const (
	taken   outcome = iota // it is a comment
	again                  // it was one already
	robot                  // nobody wrote it: dropped without a word
	unfit                  // it was refused for what it is
	closed                 // its address was refused: wrong, or not any more
	limited                // too many from one contact
	broken                 // our fault, or the connection's: the client tries again
)

var outcomes = [...]string{taken: "taken", again: "again", robot: "robot", unfit: "refused", closed: "unknown", limited: "limited", broken: "failed"}

// New makes a server that does not listen yet.
func New(o Options) *Server {
	s := &Server{o: o, pace: newPace(o.Limits)}
	s.ctx, s.cut = context.WithCancel(context.Background())
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.session))
	s.smtp.LMTP = o.Limits.LMTP
	s.smtp.Domain = o.Addresses.domain
	s.smtp.MaxRecipients = 1 // an answer is one contact's to one request; other recipients come with a mail of their own
	s.smtp.MaxMessageBytes = o.Limits.Bytes
	s.smtp.MaxLineLength = message.MaxLine
	s.smtp.WriteTimeout = o.Limits.Timeout
	s.smtp.ErrorLog = slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug) // broken connections; they name client addresses
	return s
}

// Serve takes connections until Stop, and returns nil then.
func (s *Server) Serve(l net.Listener) error {
	s.lines = &lines{Listener: l, limits: s.o.Limits, open: make(map[*line]bool)}
	return s.smtp.Serve(s.lines)
}

// Stop, called once or more, takes no more mails, answers what has come in whole within ctx, and then cuts off what is left, which is an error.
func (s *Server) Stop(ctx context.Context) error {
	s.stopping.Store(true)
	if s.lines != nil {
		s.lines.each((*line).expireIdle)
	}
	err := s.smtp.Shutdown(ctx)
	s.cut()
	if errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	if err != nil && s.lines != nil {
		err = errors.Join(errors.New("mails under way were cut off"), err)
		s.lines.each(func(l *line) { l.Conn.Close() })
	}
	return err
}

// Counts tells how many mails, or addresses, had which outcome since the start.
func (s *Server) Counts() map[string]int64 {
	m := make(map[string]int64, len(outcomes))
	for o, name := range outcomes {
		m[name] = s.results[o].Load()
	}
	return m
}

func (s *Server) count(o outcome) { s.results[o].Add(1) }

// submission is the number of a mail: by its Message-ID, or its content where it has none.
func (s *Server) submission(at Place, mail string) (u id.UUID) {
	key := s.o.Secret.Key("mails that came in")
	copy(u[:], key.Sum("mail", strconv.FormatInt(int64(at.Workspace), 10), strconv.FormatInt(at.Request, 10), strconv.FormatInt(at.Contact, 10), mail))
	return u
}
