package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"slices"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web/reference"
)

// What the file of a form is called, and the files of one that takes several.
const (
	fileField  = "file"
	filesField = file.Field
)

// form is what a body with files brought.
type form struct {
	Fields  map[string]string
	Names   []string // of the files, by which and by
	Digests [][]byte // the request is known when it comes again
	files   []file.Received
}

// file is that of a form which takes one; the zero value if none came.
func (b *form) file() (f file.Received) {
	if len(b.files) > 0 {
		f = b.files[0]
	}
	return f
}

// harmless reports whether the form says that its files hold no health data.
func (b *form) harmless() bool { return b.Fields["no_health_data"] == "true" }

// uploaded is an input with its form.
type uploaded[I any] struct {
	In   *I
	Form *form
}

// upload adds an operation whose body is a form with a file, or with several. Fields are described by the members of F, all texts.
func upload[I, F, O any](f *face, o row, do func(r *Request, tx *sqldb.Tx, in *I, form *form) (O, error)) {
	o.uploads = true
	f.describe(&o, reflect.TypeFor[I](), reflect.TypeFor[O]())
	op := f.operation(&o, reflect.TypeFor[O]())
	schema := f.formSchema(reflect.TypeFor[F](), o.several)
	known := schema.Properties
	huma.Register(f.huma, op, func(ctx context.Context, in *I) (*written, error) {
		r := requestOf(ctx)
		answer, err := r.taking(known, func(brought *form) (Answer, error) {
			return perform(r, &uploaded[I]{in, brought}, func(r *Request, tx *sqldb.Tx, in *uploaded[I]) (O, error) {
				out, err := do(r, tx, in.In, in.Form)
				return out, r.onFile(err)
			})
		})
		return &written{func(huma.Context) {
			if err != nil {
				r.refuse(err)
				return
			}
			r.write(answer)
		}}, nil
	})
	// Huma learns of the form behind, or it would read it.
	reference.OperationOf(f.huma.OpenAPI().Paths[o.path], o.method).RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: schema}}}
}

// formSchema is the schema of a form: the members of a struct, and the file or the files.
func (f *face) formSchema(fields reflect.Type, several bool) *huma.Schema {
	s, field := huma.SchemaFromType(f.huma.OpenAPI().Components.Schemas, fields), fileField
	one := &huma.Schema{Type: "string", Format: "binary", Description: "The file itself."}
	if several {
		field, one = filesField, &huma.Schema{Type: "array", Items: &huma.Schema{Type: "string", Format: "binary"}, Description: "The files: the field once for each."}
	}
	s.Properties[field] = one
	s.Required = append(s.Required, field)
	return s
}

// taking reads the form, has something done with it, and drops the files if nobody took them.
func (r *Request) taking(known map[string]*huma.Schema, do func(*form) (Answer, error)) (Answer, error) {
	store, most := r.face.Files, 1
	if r.row.several {
		most = r.face.Files.PerOwner()
	}
	r.call.Limit(r.http, int64(most)*store.Largest()+mostBytes)
	brought, err := r.readForm(known)
	var a Answer
	if err == nil {
		a, err = do(brought)
	}
	for _, f := range brought.files {
		if err != nil {
			err = errors.Join(err, store.Drop(f))
		}
	}
	return a, err
}

func (r *Request) readForm(known map[string]*huma.Schema) (*form, error) {
	brought := &form{Fields: map[string]string{}}
	if kind, _, err := mime.ParseMediaType(r.http.Header.Get("Content-Type")); err != nil || kind != "multipart/form-data" {
		return brought, refused(http.StatusUnsupportedMediaType, "api.form_type")
	}
	parts, err := r.http.MultipartReader()
	if err != nil {
		return brought, refused(http.StatusUnsupportedMediaType, "api.form_type")
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return brought, nil
		}
		if err != nil {
			return brought, brokenBody(errors.Join(err, io.ErrUnexpectedEOF))
		}
		name := part.FormName()
		_, twice := brought.Fields[name]
		switch {
		case known[name] == nil:
			return brought, onField(name, "api.unknown")
		case twice || name == fileField && len(brought.files) > 0:
			return brought, onField(name, "api.twice")
		case name == filesField && len(brought.files) == r.face.Files.PerOwner():
			return brought, file.TooMany(r.face.Files.PerOwner())
		case name == fileField || name == filesField:
			err = brought.receive(r, part)
		default:
			err = brought.read(name, part, known[name])
		}
		if err != nil {
			return brought, r.onFile(brokenBody(err))
		}
	}
}

// receive takes a file in.
func (b *form) receive(r *Request, part *multipart.Part) error {
	f, err := r.face.Files.Receive(r, part, part.FileName())
	if err == nil {
		b.files, b.Names, b.Digests = append(b.files, f), append(b.Names, f.Name), append(b.Digests, f.Digest)
	}
	return err
}

// longestField of a form, in bytes.
const longestField = 40_000

func (b *form) read(name string, content io.Reader, as *huma.Schema) error {
	text, err := io.ReadAll(io.LimitReader(content, longestField+1))
	switch {
	case err != nil:
		return err
	case len(text) > longestField:
		return onField(name, "fault.too_long", "Max", longestField)
	case !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		return onField(name, "fault.encoding")
	}
	b.Fields[name] = string(text)
	return fits(name, string(text), as)
}

// fits is nil for a text that the field's schema takes; the room says the rest.
func fits(name, text string, as *huma.Schema) error {
	switch {
	case text == "":
	case len(as.Enum) > 0 && !slices.Contains(as.Enum, any(text)):
		return onField(name, "fault.choice")
	case as.Type == "boolean" && text != "true" && text != "false":
		return onField(name, "api.not_boolean")
	}
	return nil
}

// onField is a refusal of one field.
func onField(name, key string, args ...any) error {
	return fault.OnField(fault.Invalid, name, fault.M(key, args...))
}

// onFile has what is wrong with a file stand on the field that the form knows it by.
func (r *Request) onFile(err error) error {
	if r.row.several {
		return err
	}
	return renamed(err, file.Field, fileField)
}

// renamed has what is wrong with a field stand under the name by which the API knows it.
func renamed(err error, from, to string) error {
	e := fault.As(err)
	if e == nil {
		return err
	}
	moved := *e
	moved.Fields = append([]fault.Field(nil), e.Fields...)
	for i := range moved.Fields {
		if moved.Fields[i].Name == from {
			moved.Fields[i].Name = to
		}
	}
	return &moved
}

// brokenBody tells a body that is too large or broken off from other errors.
func brokenBody(err error) error {
	if over := (*http.MaxBytesError)(nil); errors.As(err, &over) {
		return refused(http.StatusRequestEntityTooLarge, "fault.too_large")
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return refused(http.StatusBadRequest, "api.broken_off")
	}
	return err
}
