package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/id"
)

// exchange is the writer of one answer; it notes what the request's one log record says.
type exchange struct {
	http.ResponseWriter
	number    string // of the request, as a person may quote it
	started   time.Time
	status    int
	bytes     int64
	route     string
	client    string // address, from a trusted proxy or the connection
	workspace id.Workspace
	login     id.Login
	fault     string // key of the refusal
	err       error  // an accident or defect: the only text that is not ours
	gone      bool   // the client took nothing more
	late      bool   // the rest of the body did not come
	paced     bool   // deadlines may be moved, see Pace
	notes     []slog.Attr
	resumed   *resumed // while a kept form is shown again
}

func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

func (x *exchange) Write(b []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	n, err := x.ResponseWriter.Write(b)
	x.bytes += int64(n)
	x.gone = x.gone || err != nil
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// left reports whether the client did not wait for its answer.
func (x *exchange) left(ctx context.Context) bool { return x.gone || ctx.Err() != nil }

// told is the text of an error without the addresses of the connection that it may tell of.
func told(err error) string {
	text := err.Error()
	for op := (*net.OpError)(nil); errors.As(err, &op); {
		text = strings.ReplaceAll(text, op.Error(), op.Op+": "+op.Err.Error())
		err = op.Err
	}
	return text
}

// log writes the record. It holds no address, no query, nothing typed and no name: the pattern of the route,
// numbers, and the keys of messages.
func (x *exchange) log(s *Site, h *http.Request) {
	took := time.Since(x.started)
	s.Observe(Observation{Route: x.route, Method: h.Method, Status: x.status, Took: took, Bytes: x.bytes})
	level := slog.LevelInfo
	if x.err != nil {
		level = slog.LevelError
	}
	if !s.Log.Enabled(h.Context(), level) {
		return
	}
	room := [16]slog.Attr{
		slog.String("request", x.number),
		slog.String("method", h.Method),
		slog.String("route", x.route),
		slog.Int("status", x.status),
		slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.Int64("bytes", x.bytes),
	}
	attrs := room[:6]
	if x.workspace != 0 {
		attrs = append(attrs, slog.Int64("workspace", int64(x.workspace)))
	}
	if !x.login.IsZero() {
		attrs = append(attrs, slog.String("login", x.login.String()))
	}
	if x.fault != "" {
		attrs = append(attrs, slog.String("fault", x.fault))
	}
	if x.err != nil {
		attrs = append(attrs, slog.String("error", told(x.err)))
	}
	s.Log.LogAttrs(h.Context(), level, "request", append(attrs, x.notes...)...)
}
