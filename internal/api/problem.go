package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/workspace"
)

// Problem is why a request was refused (RFC 9457).
type Problem struct {
	Title    string  `json:"title" doc:"The HTTP status in words." example:"Unprocessable Entity"`
	Status   int     `json:"status" doc:"The HTTP status." example:"422"`
	Code     string  `json:"code" doc:"What is wrong, for programs: it stays the same whatever the language." example:"fields"`
	Detail   string  `json:"detail" doc:"What is wrong, for people, in the language of Accept-Language." example:"Some fields need correcting"`
	Instance string  `json:"instance" format:"uri" doc:"The request's number, to quote when asking for help." example:"urn:entregent:request:o2V0yQ3mT3mJc0m1o7pR2g"`
	Errors   []Wrong `json:"errors,omitempty" nullable:"false" doc:"What is wrong where."`
}

// Wrong is what is wrong with one part of a request.
type Wrong struct {
	Pointer   *string `json:"pointer,omitempty" nullable:"false" doc:"Where in the body, as a JSON Pointer (RFC 6901)." example:"/family_name"`
	Parameter string  `json:"parameter,omitempty" doc:"Which parameter of the address." example:"limit"`
	Header    string  `json:"header,omitempty" doc:"Which header." example:"If-Match"`
	Code      string  `json:"code" doc:"What is wrong, for programs." example:"required"`
	Detail    string  `json:"detail" doc:"What is wrong, for people." example:"This field is required."`
	Proposal  string  `json:"proposal,omitempty" doc:"A value that would be accepted." example:"marie.durand@example.com"`

	message fault.Message
}

// refusal is a problem on its way to be put into words.
type refusal struct {
	status  int
	message fault.Message
	errors  []Wrong
}

func (e *refusal) Error() string { return e.message.Key }

// refused is a refusal that HTTP has a status of its own for.
func refused(status int, key string, args ...any) *refusal {
	return &refusal{status: status, message: fault.M(key, args...)}
}

// problemOn is a refusal because of one part of the request: a «parameter» or a «header».
func problemOn(part, name string, m fault.Message) *refusal {
	wrong := Wrong{message: m}
	if part == "header" {
		wrong.Header = name
	} else {
		wrong.Parameter = name
	}
	return &refusal{http.StatusUnprocessableEntity, fault.M("fault.fields"), []Wrong{wrong}}
}

// said are the sentences that speak of pages, as a program is told them. The code stays.
var said = map[string]string{
	"fault.not_found": "api.not_found", "fault.forbidden": "api.forbidden", "fault.version": "api.version",
	"fault.conflict": "api.conflict", "fault.choice": "api.choice", "fault.encoding": "api.encoding", "fault.unauthenticated": "api.unauthenticated",
	"fault.too_large": "api.too_large",
}

// code is what programs know a message by.
func code(key string) string {
	return strings.TrimPrefix(strings.TrimPrefix(key, "fault."), "api.")
}

// refusalOf makes a refusal of whatever went wrong; the accident is nil unless it is for the log alone.
func (r *Request) refusalOf(err error) (e *refusal, accident error) {
	if errors.As(err, &e) {
		return e, nil
	}
	f := fault.As(err)
	if f == nil {
		key := "fault.internal"
		if sqldb.IsFull(err) {
			key = "fault.full"
		}
		return refused(http.StatusInternalServerError, key, "Request", r.call.Number()), err
	}
	e = &refusal{status: web.Status(f.Kind), message: f.Message}
	if f.Message.Key == "fault.version" && r.row != nil && r.row.conditional {
		e.status = http.StatusPreconditionFailed
	}
	if f.Message.Key == "idempotency.key" {
		return problemOn("header", "Idempotency-Key", f.Message), nil
	}
	for _, field := range f.Fields {
		e.errors = append(e.errors, r.wrong(field))
	}
	return e, nil
}

// wrong says where a field stands in the request.
func (r *Request) wrong(f fault.Field) Wrong {
	w := Wrong{message: f.Message, Proposal: f.Proposal}
	switch {
	case r.row != nil && (r.row.asks(f.Name) || strings.Contains(r.row.path, "{"+f.Name+"}")):
		w.Parameter = f.Name
	default:
		pointer := "/" + escaped(f.Name)
		w.Pointer = &pointer
	}
	return w
}

// refuse answers with a problem.
func (r *Request) refuse(err error) {
	if r.call.Answering() || r.gone(err) {
		if !r.gone(err) {
			r.call.Refused("", err)
		}
		return
	}
	if r.call.Late() {
		r.w.Header().Set("Connection", "close")
		err = refused(http.StatusRequestTimeout, "fault.too_slow")
	}
	e, accident := r.refusalOf(err)
	r.call.Refused(e.message.Key, accident)
	p := r.problem(e)
	body, _ := json.Marshal(p) // texts and numbers
	head := r.w.Header()
	head.Set("Content-Type", problemType)
	head.Del("ETag")
	switch e.status {
	case http.StatusUnauthorized:
		head.Set("WWW-Authenticate", `Bearer realm="entregent"`)
	case http.StatusTooManyRequests:
		if wait, ok := e.message.Args["Wait"].(time.Duration); ok {
			head.Set("Retry-After", strconv.Itoa(max(1, int((wait+time.Second-1)/time.Second))))
		}
	}
	r.w.WriteHeader(e.status)
	r.w.Write(append(body, '\n')) //nolint:errcheck // whoever left is noticed by the log
}

// problem puts a refusal into words.
func (r *Request) problem(e *refusal) Problem {
	p := r.printer()
	head := r.w.Header()
	head.Set("Content-Language", string(p.Language()))
	head.Add("Vary", "Accept-Language")
	text := func(m fault.Message) string {
		if key, ok := said[m.Key]; ok {
			m.Key = key
		}
		return p.Message(m)
	}
	out := Problem{
		Title: http.StatusText(e.status), Status: e.status, Code: code(e.message.Key), Detail: text(e.message),
		Instance: "urn:entregent:request:" + r.call.Number(), Errors: e.errors,
	}
	for i := range out.Errors {
		w := &out.Errors[i]
		w.Code, w.Detail = code(w.message.Key), text(w.message)
	}
	return out
}

// workspace is the token's, for the nouns of the sentences.
func (r *Request) workspace() (w workspace.Workspace, err error) {
	if r.By.Workspace == 0 {
		return w, fault.Missing()
	}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		w, err = workspace.Get(r, tx, r.By.Workspace)
		return err
	})
	return w, err
}

// A refusal of huma's goes through its writer, as do its status and its type.
func (e *refusal) GetStatus() int            { return e.status }
func (e *refusal) ContentType(string) string { return problemType }
func (p *Problem) Error() string             { return p.Code }
func (p *Problem) GetStatus() int            { return p.Status }
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// worded puts huma's refusals into words.
func worded(ctx huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*refusal)
	if !ok {
		return v, nil
	}
	r := requestOf(ctx.Context())
	if e.status >= http.StatusInternalServerError {
		e.message.Args = map[string]any{"Request": r.call.Number()}
	}
	r.call.Refused(e.message.Key, nil)
	return r.problem(e), nil
}

// init has huma make problems of what it finds wrong. It echoes what was sent, and so nothing of its details but the place and
// the kind of fault is taken. Field names are compared as they are written.
func init() {
	huma.ValidateStrictCasing = true
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		if status == 0 { // huma wants to see what its errors look like
			return &Problem{}
		}
		return foundWrong(status, message, errs)
	}
}

// foundWrong is a refusal of what huma found.
func foundWrong(status int, message string, errs []error) *refusal {
	switch {
	case strings.HasPrefix(message, "cannot read request body"):
		if over := (*http.MaxBytesError)(nil); errors.As(errors.Join(errs...), &over) {
			return refused(http.StatusRequestEntityTooLarge, "fault.too_large")
		}
		return refused(http.StatusBadRequest, "api.broken_off")
	case status == http.StatusRequestEntityTooLarge:
		return refused(status, "fault.too_large")
	case status == http.StatusRequestTimeout:
		return refused(status, "fault.too_slow")
	case strings.HasPrefix(message, "request body is required"):
		return refused(http.StatusUnprocessableEntity, "api.body_missing")
	case status >= http.StatusInternalServerError || len(errs) == 0:
		return refused(http.StatusInternalServerError, "fault.internal", "Request", "")
	}
	e := &refusal{status: status, message: fault.M("fault.fields")}
	for _, err := range errs {
		var detail *huma.ErrorDetail
		if !errors.As(err, &detail) {
			return refused(http.StatusUnprocessableEntity, "api.json")
		}
		if strings.HasPrefix(detail.Location, "path.") {
			return refused(http.StatusNotFound, "fault.not_found")
		}
		if pointer, null := strings.CutPrefix(detail.Message, saysNull); null {
			wrong := Wrong{Pointer: &pointer, message: fault.M("api.null")}
			return &refusal{http.StatusUnprocessableEntity, fault.M("fault.fields"), []Wrong{wrong}}
		}
		m := messageOf(detail.Message)
		if strings.HasPrefix(m.Key, "api.json") {
			return &refusal{status: http.StatusBadRequest, message: m}
		}
		e.errors = append(e.errors, place(detail, m))
	}
	return e
}

// place says where huma found something wrong: «body.items[3].name», «query.limit».
func place(d *huma.ErrorDetail, m fault.Message) Wrong {
	w := Wrong{message: m}
	part, rest, _ := strings.Cut(d.Location, ".")
	switch part {
	case "query":
		w.Parameter = rest
	case "header":
		w.Header = rest
	default:
		pointer := pointerOf(rest)
		if missing, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
			name, _, _ := strings.Cut(missing, " ")
			pointer += "/" + name
		}
		w.Pointer = &pointer
	}
	return w
}

// pointerOf makes «items[3].name» a JSON Pointer.
func pointerOf(path string) string {
	if path == "" {
		return ""
	}
	return "/" + strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(escaped(path))
}

// found are huma's sentences, by their beginnings, the longer ones first where one begins another.
var found = []struct{ says, key, arg string }{
	{"api.json", "", ""},
	{"unexpected property", "api.unknown", ""},
	{"unknown query parameter", "api.unknown", ""},
	{"expected required property ", "fault.required", ""},
	{"required ", "fault.required", ""},
	{"expected length <= ", "fault.too_long", "Max"},
	{"expected length >= ", "fault.required", ""},
	{"expected array length <= ", "api.too_many_items", "Max"},
	{"expected array length >= ", "fault.required", ""},
	{"expected array items to be unique", "api.twice", ""},
	{"expected value to be one of", "fault.choice", ""},
	{"expected number >= ", "api.too_small", "Min"},
	{"expected number <= ", "api.too_big", "Max"},
	{"expected string to be RFC 4122 uuid", "api.not_id", ""},
	{"expected string to be RFC 3339 date-time", "api.not_time", ""},
	{"expected string to be RFC 3339 date", "api.not_day", ""},
	{"expected string", "api.not_string", ""},
	{"expected boolean", "api.not_boolean", ""},
	{"invalid boolean", "api.not_boolean", ""},
	{"expected integer", "api.not_number", ""},
	{"invalid integer", "api.not_number", ""},
	{"expected number", "api.not_number", ""},
	{"expected array", "api.not_list", ""},
	{"expected object", "api.not_object", ""},
}

// messageOf is huma's sentence in the catalogue's words.
func messageOf(sentence string) fault.Message {
	for _, f := range found {
		rest, ok := strings.CutPrefix(sentence, f.says)
		switch {
		case !ok:
		case f.key == "":
			return fault.M(sentence)
		case f.arg != "":
			return fault.M(f.key, f.arg, strings.TrimSpace(rest))
		default:
			return fault.M(f.key)
		}
	}
	return fault.M("api.unfit")
}
