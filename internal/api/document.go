package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entregent/entregent/internal/idempotency"
	"github.com/entregent/entregent/internal/web/reference"
)

// configuration is huma's, without what it would add of its own: neither its pages, which load from elsewhere, nor «$schema»
// in every answer.
func configuration() huma.Config {
	format := huma.Format{Marshal: func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) }, Unmarshal: decode}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Entregent", Version: "1", Description: about,
				License: &huma.License{Name: "MIT", Identifier: "MIT"},
			},
			Servers:  []*huma.Server{{URL: base, Description: "This installation"}},
			Tags:     tags,
			Security: []map[string][]string{{"token": {}}},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "A token of a workspace: « Authorization: Bearer ent_… ». Staff make it in the back office, which shows it once."}},
				Responses:       map[string]*huma.Response{},
				Headers:         headers,
			},
		},
		Formats:                      map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{worded},
	}
}

const about = `What the pages of the back office do, for other programs. A token names its workspace; identifiers of another one are not found.

Errors are problem details (RFC 9457) with a stable code. Lists come in pages: ask for the next one with the cursor in next. An edit names the version that it was made from in If-Match. A POST with an Idempotency-Key may be sent again for 24 hours and is done once.`

var tags = []*huma.Tag{
	{Name: "organizations", Description: "Companies and practices: the bodies that contacts belong to."},
	{Name: "contacts", Description: "The people of organizations."},
	{Name: "offers", Description: "Offers: jobs, internships and places for apprentices of organizations."},
	{Name: "deposits", Description: "What companies deposit by the public form, until staff or a program decide."},
	{Name: "documents", Description: "Documents of organizations: agreements, contracts, certificates, each with its earlier versions."},
	{Name: "requests", Description: "Support requests: what contacts ask for, what is said and done about it."},
	{Name: "invoices", Description: "Invoices and credit notes, each with its PDF."},
	{Name: "journal", Description: "Who did what to what, when."},
}

var headers = map[string]*huma.Param{
	"ETag":     {Description: "The version of the answer, for If-Match and If-None-Match.", Schema: &huma.Schema{Type: "string", Examples: []any{`"3-k3ZqX2Pl"`}}},
	"Location": {Description: "Where what was made is from now on.", Schema: &huma.Schema{Type: "string", Format: "uri-reference"}},
}

// problems are the refusals that an operation may answer with, by status.
var problems = map[int]string{
	400: "The body is no JSON that can be read.",
	401: "No token, or one that opens nothing (any more).",
	403: "The token has not the right that this asks for.",
	404: "It does not exist, or not for this token.",
	409: "It is right in itself, but something else stands against it.",
	412: "Somebody changed it in the meantime.",
	413: "What was sent is too large.",
	415: "What was sent is not of a kind that is taken here.",
	422: "What was sent is wrong; errors says where.",
	428: "If-Match is missing.",
	429: "Too often; Retry-After says when to come again.",
	500: "Something went wrong on our side.",
}

func responseName(status int) string { return "Problem" + strconv.Itoa(status) }

// describe completes a row by the types of its handler.
func (f *face) describe(o *row, in, out reflect.Type) {
	o.method, o.path, _ = strings.Cut(o.path, " ")
	o.tag, _, _ = strings.Cut(o.path[1:], "/")
	if o.tag == "changes" {
		o.tag = "journal"
	}
	for _, made := range []string{"contacts", "documents", "invoices", "offers"} { // at an organisation
		if strings.HasSuffix(o.path, "}/"+made) {
			o.tag = made
		}
	}
	o.asked = map[string]bool{}
	for i := range in.NumField() {
		o.look(in.Field(i))
	}
	if f.rows[o.id] != nil {
		panic("api: two operations are called " + o.id)
	}
	f.rows[o.id], f.order = o, append(f.order, o.id)
}

// look finds parameters and body among the fields of an input.
func (o *row) look(field reflect.StructField) {
	if field.Anonymous {
		for i := range field.Type.NumField() {
			o.look(field.Type.Field(i))
		}
		return
	}
	o.body = o.body || field.Name == "Body"
	if name := field.Tag.Get("query"); name != "" {
		name, _, _ = strings.Cut(name, ",")
		o.asked[name] = true
	}
}

// operation is the row as the document has it.
func (f *face) operation(o *row, out reflect.Type) huma.Operation {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary, Description: o.says(), Tags: []string{o.tag},
		MaxBodyBytes: mostBytes, RejectUnknownQueryParameters: true, Responses: map[string]*huma.Response{},
		Security: []map[string][]string{{"token": {}}}, Extensions: map[string]any{"x-right": o.right},
	}
	success := &huma.Response{Description: "As asked for.", Headers: map[string]*huma.Param{}}
	op.DefaultStatus = o.answers(reflect.Zero(out).Interface())
	if op.DefaultStatus == http.StatusNoContent {
		success.Description = "Done."
	} else {
		success.Content = map[string]*huma.MediaType{"application/json": {Schema: f.huma.OpenAPI().Components.Schemas.Schema(out, true, o.id)}}
	}
	if out.Implements(reflect.TypeFor[tagged]()) && op.DefaultStatus != http.StatusNoContent {
		success.Headers["ETag"] = &huma.Param{Ref: "#/components/headers/ETag"}
	}
	if op.DefaultStatus == http.StatusCreated {
		success.Headers["Location"] = &huma.Param{Ref: "#/components/headers/Location"}
	}
	op.Responses[strconv.Itoa(op.DefaultStatus)] = success
	for _, status := range o.refusals() {
		op.Responses[strconv.Itoa(status)] = &huma.Response{Ref: "#/components/responses/" + responseName(status)}
	}
	if o.conditional {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "If-Match", In: "header", Required: true, Description: "The ETag of what the change was made from.", Schema: &huma.Schema{Type: "string"}, Example: `"3-k3ZqX2Pl"`})
	}
	if o.method == http.MethodPost {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Description: "A name of your own for this request, a UUID for one: sent again within 24 hours it is done once, and answered as before.", Schema: &huma.Schema{Type: "string", MaxLength: new(idempotency.MaxKey)}, Example: "8e03978e-40d5-43e8-bc93-6894a57f9324"})
	}
	return op
}

// says is the description with the right that the operation asks for.
func (o *row) says() string {
	return strings.TrimSpace(o.text + "\n\nRight: " + o.right + ".")
}

// refusals are the statuses that the operation may refuse with.
func (o *row) refusals() []int {
	list := []int{401, 403, 422, 429, 500}
	if strings.Contains(o.path, "{") {
		list = append(list, 404)
	}
	if o.method != http.MethodGet {
		list = append(list, 409)
	}
	if o.body || o.uploads {
		list = append(list, 400, 413, 415)
	}
	if o.conditional {
		list = append(list, 412, 428)
	}
	slices.Sort(list)
	return list
}

// document is the OpenAPI document as sent.
type document struct {
	plain, packed []byte
	tag           string
}

// finish writes the document, once every operation is on the surface.
func (f *face) finish() {
	api := f.huma.OpenAPI()
	schema := api.Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for status, says := range problems {
		api.Components.Responses[responseName(status)] = &huma.Response{Description: says, Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
	}
	var err error
	if f.document.plain, err = json.Marshal(api); err != nil {
		panic("api: the document cannot be written: " + err.Error())
	}
	entries := make([]reference.Entry, len(f.order))
	for i, id := range f.order {
		o := f.rows[id]
		entries[i] = reference.Entry{ID: id, Tag: o.tag, Method: o.method, Path: o.path}
	}
	f.reading = reference.Read(api, base, entries)
	sum := sha256.Sum256(f.document.plain)
	f.document.tag = `"` + base64.RawURLEncoding.EncodeToString(sum[:9]) + `"`
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	z.Write(f.document.plain) //nolint:errcheck // into memory
	z.Close()                 //nolint:errcheck // into memory
	f.document.packed = b.Bytes()
}

// serve sends the document: it is the same for everybody, and may be kept as long as it is asked about.
func (d document) serve(w http.ResponseWriter, h *http.Request) {
	head := w.Header()
	head.Set("Content-Type", "application/json")
	head.Set("Cache-Control", "no-cache")
	head.Set("ETag", d.tag)
	head.Set("Vary", "Accept-Encoding")
	if holds(h.Header.Get("If-None-Match"), d.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	content := d.plain
	if strings.Contains(h.Header.Get("Accept-Encoding"), "gzip") {
		head.Set("Content-Encoding", "gzip")
		content = d.packed
	}
	head.Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(http.StatusOK)
	w.Write(content) //nolint:errcheck // whoever left is noticed by the log
}
