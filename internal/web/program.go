package web

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
)

// Call is one request of another program. It has a number and its record in the log as any request has, but no session: neither
// a cookie nor where it comes from gives it anything, so that no origin is looked at.
type Call struct {
	site *Site
	x    *exchange
}

// Programs answers the requests of other programs.
type Programs func(w http.ResponseWriter, h *http.Request, c *Call)

// MountPrograms has what comes below a path, which ends in a slash, answered by programs; pages that are mounted there stay
// pages. A path that two want is a defect and panics.
func (s *Site) MountPrograms(below string, programs Programs) {
	if s.programs != nil {
		panic("web: programs are answered already below " + s.below)
	}
	s.below, s.programs = below, programs
}

// isProgram reports whether the request is for the programs' part of the site.
func (s *Site) isProgram(h *http.Request) bool {
	if s.programs == nil || !strings.HasPrefix(h.URL.Path, s.below) {
		return false
	}
	_, page := s.public.Handler(&http.Request{Method: http.MethodGet, Host: h.Host, URL: h.URL}) // a page stays one for other methods too
	return page == ""
}

// Misdirected reports whether the request is for another host than the installation's.
func (c *Call) Misdirected(h *http.Request) bool {
	return canonicalHost(c.site.requestedHost(h), c.site.BaseURL.Scheme) != c.site.reachable
}

// Number is the request's own, as the log and its refusal have it.
func (c *Call) Number() string { return c.x.number }

// Client is the network address that the request came from, without port.
func (c *Call) Client() string { return c.x.client }

// Found tells the log which operation it is: a pattern, one of few.
func (c *Call) Found(pattern string) { c.x.route = pattern }

// Came tells the log who asks.
func (c *Call) Came(by actor.Actor) { c.x.workspace = by.Workspace }

// Refused tells the log why the request was refused: a message's key, and the accident if it was one.
func (c *Call) Refused(key string, accident error) { c.x.fault, c.x.err = key, accident }

// Note adds to the request's log record. Nothing personal, nothing typed, nothing secret.
func (c *Call) Note(attrs ...slog.Attr) { c.x.notes = append(c.x.notes, attrs...) }

// Answering reports whether the answer is on its way already.
func (c *Call) Answering() bool { return c.x.status != 0 }

// Late reports whether the rest of the request's body was waited for in vain.
func (c *Call) Late() bool { return c.x.late }

// Limit has the request's body be no larger than that, in bytes, and arrive no slower than others.
func (c *Call) Limit(h *http.Request, bytes int64) {
	h.Body = http.MaxBytesReader(c.x, c.site.arriving(c.x, h, bytes), bytes)
}

// Flow is the answer for what takes long: it moves the deadlines on as long as its bytes flow.
func (c *Call) Flow() http.ResponseWriter {
	c.x.leaveBy(time.Now().Add(c.site.Pace.Write))
	return served{c.x, c.site.leaving(c.x)}
}

// Status is the HTTP status for a kind of refusal.
func Status(kind fault.Kind) int { return statuses[kind] }
