package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
	"github.com/entregent/entregent/internal/web"
)

// Request is one request as a handler sees it.
type Request struct {
	context.Context
	By      actor.Actor
	Version int64 // that If-Match names, of an operation that needs it
	key     string

	face *face
	row  *row // nil while no operation is found
	call *web.Call
	http *http.Request
	w    http.ResponseWriter
}

type requestKey struct{}

// requestOf finds the request that a handler of huma's belongs to.
func requestOf(ctx context.Context) *Request {
	r, _ := ctx.Value(requestKey{}).(*Request)
	return r
}

// serve takes one request through the face.
func (f *face) serve(w http.ResponseWriter, h *http.Request, call *web.Call) {
	r := &Request{Context: h.Context(), face: f, call: call, w: w}
	r.http = h.WithContext(context.WithValue(h.Context(), requestKey{}, r))
	w.Header().Set("Cache-Control", "no-store")
	defer r.rescue()
	if call.Misdirected(h) {
		r.refuse(refused(http.StatusMisdirectedRequest, "fault.host"))
		return
	}
	if h.URL.Path == base+"/openapi.json" && (h.Method == http.MethodGet || h.Method == http.MethodHead) {
		call.Found("GET " + h.URL.Path)
		f.document.serve(w, h)
		return
	}
	matched, pattern := f.mux.Handler(r.http)
	if path.Clean(h.URL.Path) != h.URL.Path { // a slip, which ServeMux would lead to something else
		r.refuse(fault.Missing())
		return
	}
	if pattern == "" {
		r.unmatched(matched)
		return
	}
	call.Found(pattern)
	f.mux.ServeHTTP(w, r.http)
}

// rescue turns a panic into a 500 with the request's number; its stack goes to the log.
func (r *Request) rescue() {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	r.call.Note(slog.String("stack", string(debug.Stack())))
	r.refuse(fmt.Errorf("panic: %v", p))
}

// unmatched answers what no operation is for: what there is for the path, when it is known, else that there is nothing.
func (r *Request) unmatched(mux http.Handler) {
	_, header := web.Unanswered(mux, r.http)
	allow := header.Get("Allow")
	if r.http.URL.Path == base+"/openapi.json" {
		allow = "GET, HEAD"
	}
	if allow == "" {
		r.refuse(fault.Missing())
		return
	}
	r.w.Header().Set("Allow", allow+", OPTIONS")
	if r.http.Method == http.MethodOptions {
		r.w.WriteHeader(http.StatusNoContent)
		return
	}
	r.refuse(refused(http.StatusMethodNotAllowed, "api.method"))
}

// admit stands before every operation: who asks, whether they may at all, and whether what they send can be read.
func (f *face) admit(ctx huma.Context, next func(huma.Context)) {
	r := requestOf(ctx.Context())
	r.row = f.rows[ctx.Operation().OperationID]
	if err := r.enter(ctx); err != nil {
		r.refuse(err)
		return
	}
	next(ctx)
}

func (r *Request) enter(ctx huma.Context) error {
	h, _ := humago.Unwrap(ctx)
	r.http = h
	secret, found := bearer(h.Header.Values("Authorization"))
	if !found {
		return fault.New(fault.Unauthenticated, "api.unauthenticated")
	}
	if err := r.prove(secret); err != nil {
		return err
	}
	if err := r.may(); err != nil {
		return err
	}
	if err := r.once(); err != nil {
		return err
	}
	if err := r.sent(); err != nil {
		return err
	}
	return r.precondition()
}

// prove finds out whose token it is. Its last use is kept to the minute, in a transaction of its own.
func (r *Request) prove(secret string) error {
	var used token.Token
	kept := false
	err := r.View(func(tx *sqldb.Tx) (err error) {
		r.By, used, err = token.Prove(r, tx, secret)
		kept = used.UseIsKept(tx.Now())
		return err
	})
	if err == nil && !kept {
		err = r.face.DB.Update(r, func(tx *sqldb.Tx) error { return token.Used(r, tx, r.By) })
	}
	r.call.Came(r.By)
	if err != nil {
		return err
	}
	return r.count()
}

// count counts the request among those of its token, and says how many more there may be.
func (r *Request) count() error {
	if r.face.Quota == nil || r.face.Quota.Unlimited() {
		return nil
	}
	left := r.face.Quota.Take(r.By.Token.UUID, r.face.DB.Now())
	h := r.w.Header()
	h.Set("RateLimit-Limit", strconv.Itoa(left.Limit))
	h.Set("RateLimit-Remaining", strconv.Itoa(left.Remaining))
	h.Set("RateLimit-Reset", strconv.Itoa(int((left.Reset+time.Second-1)/time.Second)))
	if !left.OK {
		return fault.New(fault.TooMany, "fault.too_many", "Wait", left.Reset)
	}
	return nil
}

// bearer reads the token out of the header, of which there is one.
func bearer(headers []string) (string, bool) {
	if len(headers) != 1 {
		return "", false
	}
	scheme, secret, _ := strings.Cut(headers[0], " ")
	secret = strings.TrimSpace(secret)
	return secret, strings.EqualFold(scheme, "Bearer") && secret != ""
}

// may is nil when the token has the right that the operation asks for. The verb asks again, for its permission.
func (r *Request) may() error {
	for _, p := range r.row.needs {
		if err := r.By.Need(p); err != nil {
			return fault.New(fault.Forbidden, "api.right_missing", "Right", r.row.right)
		}
	}
	return nil
}

// once refuses a parameter that comes twice, for which of the two is meant nobody can know; and one that is no text.
func (r *Request) once() error {
	if r.http.URL.RawQuery == "" {
		return nil
	}
	for name, values := range r.http.URL.Query() {
		if len(values) > 1 {
			return problemOn("parameter", name, fault.M("api.twice"))
		}
		if !utf8.ValidString(values[0]) || strings.Contains(values[0], "\x00") {
			return problemOn("parameter", name, fault.M("fault.encoding"))
		}
	}
	return nil
}

// View runs fn on one consistent snapshot of the database.
func (r *Request) View(fn func(tx *sqldb.Tx) error) error { return r.face.DB.View(r, fn) }

// printer speaks the caller's language, with the nouns of the token's workspace.
func (r *Request) printer() *locale.Printer {
	language := locale.Match(r.http.Header.Get("Accept-Language"))
	w, err := r.workspace()
	if err != nil {
		return locale.For(language, "", "", nil)
	}
	return locale.For(language, w.OrganizationNoun, w.HostNoun(), nil)
}

// gone reports whether nobody waits for the answer any more.
func (r *Request) gone(err error) bool {
	return r.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
}
