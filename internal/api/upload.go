package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/sqldb"
)

// fileField is what the file of a form is called.
const fileField = "file"

// form is what a body with a file brought.
type form struct {
	Fields map[string]string
	Digest []byte // of the file, by which the request is known when it comes again
	file   file.Received
}

// uploaded is an input with its form.
type uploaded[I any] struct {
	In   *I
	Form *form
}

// upload adds an operation whose body is a form with a file. Fields are described by the members of F, all texts.
func upload[I, F, O any](f *face, o row, do func(r *Request, tx *sqldb.Tx, in *I, form *form) (O, error)) {
	o.uploads = true
	f.describe(&o, reflect.TypeFor[I](), reflect.TypeFor[O]())
	op := f.operation(&o, reflect.TypeFor[O]())
	schema := f.formSchema(reflect.TypeFor[F]())
	known := schema.Properties
	huma.Register(f.huma, op, func(ctx context.Context, in *I) (*written, error) {
		r := requestOf(ctx)
		answer, err := r.taking(known, func(brought *form) (Answer, error) {
			return perform(r, &uploaded[I]{in, brought}, func(r *Request, tx *sqldb.Tx, in *uploaded[I]) (O, error) {
				out, err := do(r, tx, in.In, in.Form)
				return out, onFile(err)
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
	operationOf(f.huma.OpenAPI().Paths[o.path], o.method).RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: schema}}}
}

// formSchema is the schema of a form: the members of a struct, and the file.
func (f *face) formSchema(fields reflect.Type) *huma.Schema {
	s := huma.SchemaFromType(f.huma.OpenAPI().Components.Schemas, fields)
	s.Properties[fileField] = &huma.Schema{Type: "string", Format: "binary", Description: "The file itself."}
	s.Required = append(s.Required, fileField)
	return s
}

// taking reads the form, has something done with it, and drops the file if nobody took it.
func (r *Request) taking(known map[string]*huma.Schema, do func(*form) (Answer, error)) (Answer, error) {
	store := r.face.Files
	r.call.Limit(r.http, store.Largest()+mostBytes)
	brought, err := r.readForm(known)
	var a Answer
	if err == nil {
		a, err = do(brought)
	}
	if err != nil && !brought.file.ID.IsZero() {
		err = errors.Join(err, store.Drop(brought.file))
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
		case twice || name == fileField && !brought.file.ID.IsZero():
			return brought, onField(name, "api.twice")
		case name == fileField:
			brought.file, err = r.face.Files.Receive(r, part, part.FileName())
			brought.Digest = brought.file.Digest
		default:
			err = brought.read(name, part)
		}
		if err != nil {
			return brought, onFile(brokenBody(err))
		}
	}
}

// longestField of a form, in bytes.
const longestField = 10_000

func (b *form) read(name string, content io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(content, longestField+1))
	switch {
	case err != nil:
		return err
	case len(text) > longestField:
		return onField(name, "fault.too_long", "Max", longestField)
	case !utf8.Valid(text):
		return onField(name, "fault.encoding")
	}
	b.Fields[name] = string(text)
	return nil
}

// onField is a refusal of one field.
func onField(name, key string, args ...any) error {
	return fault.OnField(fault.Invalid, name, fault.M(key, args...))
}

// onFile has what is wrong with a file stand on the field that the API knows it by.
func onFile(err error) error {
	e := fault.As(err)
	if e == nil {
		return err
	}
	moved := *e
	moved.Fields = append([]fault.Field(nil), e.Fields...)
	for i := range moved.Fields {
		if moved.Fields[i].Name == file.Field {
			moved.Fields[i].Name = fileField
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
