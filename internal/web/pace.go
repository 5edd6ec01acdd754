package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// Pace says how slow a connection may be. The server's own deadlines (Read, Write) hold for pages and forms; a file on
// its way moves them, as long as its bytes flow.
type Pace struct {
	Read, Write time.Duration // the server's ReadTimeout and WriteTimeout; 0 = no deadline is moved
	Slowest     int64         // bytes a second that a file may be sent and taken with at least; 0 = any number
}

// journey is what a file has used up of its time. Only waiting for the other side counts, not our own work.
type journey struct {
	grace   time.Duration
	slowest int64
	bytes   int64
	waited  time.Duration
}

// left is how long the other side may still let us wait now.
func (j *journey) left() time.Duration {
	left := j.grace - j.waited
	if j.slowest > 0 {
		left += time.Duration(float64(j.bytes) / float64(j.slowest) * float64(time.Second))
	}
	return max(left, 0)
}

// arriving is the body of a request. That of a route for large files moves the deadlines on; of any, it notes when
// the rest was waited for in vain.
type arriving struct {
	io.ReadCloser
	x     *exchange
	pace  Pace
	large bool
	way   journey
}

func (s *Site) arriving(x *exchange, h *http.Request, limit int64) *arriving {
	return &arriving{
		ReadCloser: h.Body, x: x, pace: s.Pace, large: limit > s.BodyLimit && s.Pace.Read > 0,
		way: journey{grace: s.Pace.Read, slowest: s.Pace.Slowest},
	}
}

func (a *arriving) Read(p []byte) (int, error) {
	begun := time.Now()
	if a.large {
		end := begun.Add(a.way.left())
		a.x.deadlines(end, end.Add(a.pace.Write))
	}
	n, err := a.ReadCloser.Read(p)
	a.way.bytes += int64(n)
	a.way.waited += time.Since(begun)
	if a.large && err == io.EOF { // from here on the server works, and then answers
		a.x.deadlines(time.Time{}, time.Now().Add(a.pace.Write))
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		a.x.late = true
		a.x.deadlines(begun, time.Now().Add(a.pace.Write)) // to say so, and to wait for the rest no more
	}
	return n, err
}

// leaving is the way out of a download: it moves the deadlines on.
type leaving struct {
	x    *exchange
	pace Pace
	way  journey
}

func (s *Site) leaving(x *exchange) *leaving {
	return &leaving{x, s.Pace, journey{grace: s.Pace.Write, slowest: s.Pace.Slowest}}
}

func (l *leaving) Write(p []byte) (int, error) {
	begun := time.Now()
	l.way.bytes += int64(len(p))
	l.x.leaveBy(begun.Add(l.way.left()))
	n, err := l.x.Write(p)
	l.way.waited += time.Since(begun)
	return n, err
}

// leaveBy is when an answer must be on its way. The server reads as long, to see whether the connection lasts, and
// then no more: the rest of a body that nobody asked for may never come.
func (x *exchange) leaveBy(end time.Time) { x.deadlines(end, end) }

// deadlines sets those of the connection, zero for none; a site without Pace leaves them to the server.
func (x *exchange) deadlines(read, write time.Time) {
	if !x.paced {
		return
	}
	c := http.NewResponseController(x)
	_ = c.SetReadDeadline(read) // a writer without deadlines, in a test, has none to move
	_ = c.SetWriteDeadline(write)
}

// withoutEnd is the request for an answer that is still to be written although its context has ended.
func (r *Request) withoutEnd() *Request {
	r.Request = r.WithContext(context.WithoutCancel(r.Context()))
	return r
}
