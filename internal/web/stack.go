package web

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/web/static"
	"github.com/entregent/entregent/internal/workspace"
)

// ServeHTTP takes one request through the whole stack.
func (s *Site) ServeHTTP(w http.ResponseWriter, h *http.Request) {
	x := &exchange{ResponseWriter: w, number: id.Secret(), started: time.Now(), route: "none", paced: s.Pace.Read > 0 && s.Pace.Write > 0}
	defer x.log(s, h)
	defer s.rescue(x, h)
	x.client = s.clientAddress(h)
	maps.Copy(w.Header(), s.headers)
	if s.isProgram(h) {
		s.programs(x, h, &Call{s, x})
		return
	}
	if s.knownHost(x, h) && s.sameOrigin(x, h) {
		s.dispatch(x, h)
	}
}

// rescue turns a panic into a 500 with the request's number; its stack goes to the log.
func (s *Site) rescue(x *exchange, h *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	x.err = fmt.Errorf("panic: %v", p)
	x.notes = append(x.notes, slog.String("stack", string(debug.Stack())))
	if x.status == 0 {
		s.newRequest(x, h).refuse(http.StatusInternalServerError, fault.M("fault.internal", "Request", x.number))
	}
}

// knownHost answers by itself, and is false, when the request is for another host than the base URL's: a page
// under a foreign name could be used to read or to mail our links. The probes of load balancers ask by number.
func (s *Site) knownHost(x *exchange, h *http.Request) bool {
	if h.URL.Path == "/healthz" || h.URL.Path == "/readyz" {
		return true
	}
	host := s.requestedHost(h)
	if canonicalHost(host, s.BaseURL.Scheme) == s.reachable {
		return true
	}
	if isLoopback(host) && isLoopback(s.BaseURL.Host) && (h.Method == http.MethodGet || h.Method == http.MethodHead) {
		http.Redirect(x, h, s.BaseURL.Scheme+"://"+s.BaseURL.Host+h.URL.RequestURI(), http.StatusTemporaryRedirect)
		return false
	}
	s.newRequest(x, h).refuse(http.StatusMisdirectedRequest, fault.M("fault.host"))
	return false
}

// sameOrigin answers by itself, and is false, when another site's page sent a request that changes something. Where
// a browser says no more than the Origin, its scheme must be ours too: a page put under our name on plain http is not.
//
// A page with a one-time link tells nobody where its reader comes from, and browsers that send nothing but an Origin (old
// ones, and all of them where there is no https) then write «null» there. It is taken on such a route alone, since who knows
// the link's secret needs nobody else's browser, and on those that stand Beside.
func (s *Site) sameOrigin(x *exchange, h *http.Request) bool {
	says, origin := h.Header.Get("Sec-Fetch-Site"), h.Header.Get("Origin")
	if says == "" && origin == "null" && s.hidesOrigin(h) {
		return true
	}
	foreign := says == "" && origin != "" && !isSafe(h.Method) && !strings.EqualFold(origin, s.ownOrigin)
	if !foreign && s.origin.Check(h) == nil {
		return true
	}
	s.newRequest(x, h).refuse(http.StatusForbidden, fault.M("fault.cross_origin"))
	return false
}

// isSafe reports whether the method only reads.
func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// dispatch finds the route by the first segment of the path: ServeMux itself would refuse "/{workspace}/office"
// beside "/static/{file}".
func (s *Site) dispatch(x *exchange, h *http.Request) {
	path := h.URL.Path
	if strings.HasPrefix(path, static.Prefix) && s.serveStatic(x, h) {
		return
	}
	mux := s.mux(path)
	if matched, pattern := mux.Handler(h); pattern == "" {
		s.unmatched(x, h, matched)
		return
	}
	mux.ServeHTTP(x, h)
}

// mux has the routes that a path may lead to.
func (s *Site) mux(path string) *http.ServeMux {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if first != "" && !workspace.Reserved(first) {
		return s.hosts
	}
	return s.public
}

// hidesOrigin reports whether the request is for a route whose forms stand on pages of one-time links.
func (s *Site) hidesOrigin(h *http.Request) bool {
	_, pattern := s.mux(h.URL.Path).Handler(h)
	return s.hidden[pattern]
}

func (s *Site) serveStatic(x *exchange, h *http.Request) bool {
	if h.Method != http.MethodGet && h.Method != http.MethodHead {
		return false
	}
	x.route = static.Prefix
	return static.Serve(x, h) || serveBrand(x, h)
}

// unmatched answers what no route wants: with ServeMux's redirect to the clean form of the path, else a page
// that says that there is nothing, or not for this method.
func (s *Site) unmatched(x *exchange, h *http.Request, mux http.Handler) {
	status, header := Unanswered(mux, h)
	r := s.newRequest(x, h)
	switch location := header.Get("Location"); {
	case location != "" && strings.HasPrefix(location, "/") && !strings.HasPrefix(location, "//"):
		http.Redirect(x, h, location, http.StatusTemporaryRedirect)
	case status == http.StatusMethodNotAllowed:
		x.Header().Set("Allow", header.Get("Allow"))
		r.refuse(http.StatusMethodNotAllowed, fault.M("fault.not_found"))
	default:
		r.identifyQuietly()
		r.refuse(http.StatusNotFound, fault.M("fault.not_found"))
	}
}

// Unanswered is what ServeMux says by itself of a request that no route answers: a redirect, the methods that are allowed, or that
// there is nothing.
func Unanswered(mux http.Handler, h *http.Request) (status int, header http.Header) {
	var p probe
	mux.ServeHTTP(&p, h)
	return p.status, p.Header()
}

// probe hears it.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header {
	if p.header == nil {
		p.header = http.Header{}
	}
	return p.header
}
func (p *probe) WriteHeader(status int)      { p.status = status }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }

// answer runs a route's handler for whoever may come in.
func (s *Site) answer(x *exchange, h *http.Request, route Route) {
	x.route = route.Pattern
	if route.OneTime {
		x.Header().Set("Cache-Control", "no-store")
		x.Header().Set("Referrer-Policy", "no-referrer")
	}
	limit := cmp.Or(route.Body, s.BodyLimit)
	if route.Files {
		limit = s.largestForm()
	}
	h.Body = http.MaxBytesReader(x, s.arriving(x, h, limit), limit)
	r := s.unidentified(x, h)
	r.route, r.arrived, r.watching = route, h, route.Stream
	err := r.identify()
	if err == nil {
		err = route.Handle(r)
	}
	if err != nil {
		r.fail(err)
	}
}

// fail answers for a handler that returned an error.
func (r *Request) fail(err error) {
	if r.x.status != 0 { // the answer is on its way; all that is left is to note the accident
		if !r.x.left(r.Context()) {
			r.x.err = err
		}
		return
	}
	var refusal *refusal
	e := fault.As(err)
	switch {
	case r.x.late:
		r.x.Header().Set("Connection", "close")
		r.withoutEnd().refuse(http.StatusRequestTimeout, fault.M("fault.too_slow"))
	case errors.As(err, &refusal):
		r.refuse(refusal.status, refusal.message)
	case r.replay:
		r.Toast("web.kept.lost")
		r.SeeOther(r.x.resumed.back) //nolint:errcheck // it never fails
	case e != nil && e.Kind == fault.Unauthenticated && r.Login.ID.IsZero():
		r.toSignIn()
	case e != nil:
		r.refuseFault(e)
	case r.Context().Err() != nil:
		r.x.status = statusGone
	default:
		r.accident(err)
	}
}

// statusGone is what the log says of a client that did not wait, as other servers do.
const statusGone = 499

// statuses is the one table of kinds and HTTP statuses.
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Forbidden:       http.StatusForbidden,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.TooMany:         http.StatusTooManyRequests,
}

// refusal is a refusal that HTTP has a status of its own for.
type refusal struct {
	status  int
	message fault.Message
}

func (e *refusal) Error() string { return e.message.Key }
