package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/idempotency"
	"github.com/entregent/entregent/internal/sqldb"
)

// row is one line of the face's surface.
type row struct {
	method, path string
	id           string // of the operation: what clients made from the document call it
	summary      string
	text         string
	right        string // of the token, or several that it needs together
	needs        []actor.Permission

	tag         string
	status      int // of an answer that is none of an act's usual; 0 = 200, 201 where something is made, 204 where nothing is answered
	conditional bool
	uploads     bool // its body is a form with a file,
	several     bool // or with several
	body        bool
	asked       map[string]bool // the parameters
	around      func(r *Request, act func() error) error
}

// asks reports whether the operation has a parameter of that name.
func (o *row) asks(name string) bool { return o.asked[name] }

// tagged is what has a version: its answer carries an ETag of it.
type tagged interface{ version() int64 }

// placed is what was made, with the path where it is from then on.
type placed interface{ location() string }

// nothing is the answer of an act that has none.
type nothing struct{}

// handler translates one request to a verb and its result back.
type handler[I, O any] func(r *Request, tx *sqldb.Tx, in *I) (O, error)

// written is what huma is given to answer with.
type written struct{ Body func(huma.Context) }

// on adds an operation to the surface.
func on[I, O any](f *face, o row, do handler[I, O]) {
	f.describe(&o, reflect.TypeFor[I](), reflect.TypeFor[O]())
	huma.Register(f.huma, f.operation(&o, reflect.TypeFor[O]()), func(ctx context.Context, in *I) (*written, error) {
		r := requestOf(ctx)
		answer, err := perform(r, in, do)
		return &written{func(huma.Context) {
			if err != nil {
				r.refuse(err)
				return
			}
			r.write(answer)
		}}, nil
	})
}

// stream adds an operation that writes its own answer; an error before its first byte is a refusal.
func stream[I any](f *face, o row, media string, do func(r *Request, in *I) error) {
	f.describe(&o, reflect.TypeFor[I](), reflect.TypeFor[nothing]())
	op := f.operation(&o, reflect.TypeFor[nothing]())
	op.DefaultStatus = http.StatusOK
	delete(op.Responses, "204")
	op.Responses["200"] = &huma.Response{Description: "As asked for.", Content: map[string]*huma.MediaType{media: {Schema: &huma.Schema{Type: "string"}}}}
	huma.Register(f.huma, op, func(ctx context.Context, in *I) (*written, error) {
		r := requestOf(ctx)
		return &written{func(huma.Context) {
			if err := do(r, in); err != nil {
				r.refuse(err)
			}
		}}, nil
	})
}

// perform reads, or acts once: what was answered to the same request before is answered again.
func perform[I, O any](r *Request, in *I, do handler[I, O]) (a Answer, err error) {
	if r.http.Method == http.MethodGet {
		err = r.View(func(tx *sqldb.Tx) error {
			out, err := do(r, tx, in)
			if err == nil {
				a, err = r.answer(out)
			}
			return err
		})
		return a, err
	}
	act := func() error {
		return r.face.DB.Update(r, func(tx *sqldb.Tx) error {
			earlier, err := r.begin(tx, in)
			if err != nil || earlier != nil {
				a = answerOf(earlier)
				return err
			}
			out, err := do(r, tx, in)
			if err != nil {
				return err
			}
			if a, err = r.answer(out); err != nil {
				return err
			}
			return r.keep(tx, a)
		})
	}
	if r.row.around != nil {
		return a, r.row.around(r, act)
	}
	return a, act()
}

// begin claims the name that the caller gave its request, if any, in the transaction of the act; what was answered to the same
// request before is answered again. Another one under the same name is known by its content.
func (r *Request) begin(tx *sqldb.Tx, in any) (*idempotency.Answer, error) {
	if r.key == "" {
		return nil, nil
	}
	content, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	return idempotency.Begin(r, tx, r.By, r.key, idempotency.Digest(r.http.Method, r.http.URL.RequestURI(), content))
}

func (r *Request) keep(tx *sqldb.Tx, a Answer) error {
	if r.key == "" {
		return nil
	}
	return idempotency.Keep(r, tx, r.By, r.key, a.Status, map[string]string{"ETag": a.ETag, "Location": a.Location}, a.Body)
}

func answerOf(earlier *idempotency.Answer) (a Answer) {
	if earlier != nil {
		a = Answer{earlier.Status, earlier.Header["ETag"], earlier.Header["Location"], earlier.Body}
	}
	return a
}

// Answer is what a request came to.
type Answer struct {
	Status   int
	ETag     string // "" = none
	Location string // "" = none
	Body     []byte
}

// answer is what the handler's result is sent as.
func (r *Request) answer(out any) (a Answer, err error) {
	a.Status = r.row.answers(out)
	if a.Status == http.StatusNoContent {
		return a, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		return a, err
	}
	a.Body = b.Bytes()
	if v, ok := out.(tagged); ok {
		sum := sha256.Sum256(a.Body)
		a.ETag = `"` + strconv.FormatInt(v.version(), 10) + "-" + base64.RawURLEncoding.EncodeToString(sum[:6]) + `"`
	}
	if p, ok := out.(placed); ok && a.Status == http.StatusCreated {
		a.Location = base + p.location()
	}
	return a, nil
}

// answers is the status of an answer.
func (o *row) answers(out any) int {
	if o.status != 0 {
		return o.status
	}
	if _, none := out.(nothing); none {
		return http.StatusNoContent
	}
	return http.StatusOK
}

// write sends an answer, or says that what the caller has is still right.
func (r *Request) write(a Answer) {
	h := r.w.Header()
	if a.ETag != "" {
		h.Set("ETag", a.ETag)
	}
	if a.Location != "" {
		h.Set("Location", a.Location)
	}
	if a.ETag != "" && r.http.Method == http.MethodGet && holds(r.http.Header.Get("If-None-Match"), a.ETag) {
		r.w.WriteHeader(http.StatusNotModified)
		return
	}
	if len(a.Body) > 0 {
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	r.w.WriteHeader(a.Status)
	io.Copy(r.w, bytes.NewReader(a.Body)) //nolint:errcheck // whoever left is noticed by the log
}

// holds reports whether a list of ETags has one.
func holds(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}
