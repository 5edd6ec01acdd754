package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/web/ui"
)

// NewForm is an empty form with a number of its own, by which a repeated post is known («submission»).
func (r *Request) NewForm(formID string) *ui.Form {
	f := &ui.Form{P: r.P, ID: formID, Values: url.Values{}}
	r.form = f
	return f.Set("submission", id.NewJob().String())
}

// ReadForm reads what was posted, as typed. A body over the route's limit is a refusal with 413, and so are fields that
// together are larger than a form without files may be, also where the route takes files. A value that is no UTF-8 is shown mended, and marked; Update then refuses. A proposal that was accepted by its button
// stands in its field.
func (r *Request) ReadForm(formID string) (*ui.Form, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		return r.ReadUpload(formID, "", nil)
	}
	r.Body = http.MaxBytesReader(r.x, r.Body, r.site.BodyLimit)
	if err := r.Request.ParseForm(); err != nil && tooLarge(err) != nil {
		return nil, tooLarge(err)
	} else if err != nil {
		return nil, fault.New(fault.Invalid, "fault.encoding")
	}
	return r.newForm(formID, r.PostForm), nil
}

// newForm cleans the values and notes which fields were broken, in the order of their names.
func (r *Request) newForm(formID string, values url.Values) *ui.Form {
	f := &ui.Form{P: r.P, ID: formID, Values: values, Kept: r.replay}
	r.form = f
	var faults fault.Fields
	for name, list := range values {
		if !isClean(name) {
			delete(values, name)
			continue
		}
		if slices.ContainsFunc(list, func(v string) bool { return !isClean(v) }) {
			faults.Add(name, fault.M("fault.encoding"))
		}
		for i, v := range list {
			list[i] = clean(v)
		}
	}
	if field, value, ok := strings.Cut(f.Value("accept"), "="); ok && f.Has(field) {
		f.Set(field, value)
	}
	if r.broken == nil {
		r.broken = faults.Err()
	}
	return f
}

// ReadUpload reads a form with a file. The file's content streams through read (its name is as the browser
// says, its length unknown), with the fields that stand before it in the form; those after it are read as well, but
// only later. Without a file of that name read is not called. It is for routes whose Body is made for it.
func (r *Request) ReadUpload(formID, field string, read func(before *ui.Form, name string, content io.Reader) error) (*ui.Form, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, fault.New(fault.Invalid, "fault.encoding")
	}
	parts := multipart.NewReader(newPlainHeads(r.Body, params["boundary"]), params["boundary"])
	values, left := url.Values{}, r.site.BodyLimit
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF {
			return r.newForm(formID, values), nil
		}
		if err != nil { // only the body's own faults end here, never the handler's
			if e := tooLarge(err); e != nil {
				return nil, e
			}
			return nil, fault.New(fault.Invalid, "fault.encoding")
		}
		switch {
		case n == r.site.FormParts:
			err = &refusal{http.StatusRequestEntityTooLarge, fault.M("fault.too_large")}
		case part.FileName() == "" && part.FormName() != field:
			err = readField(values, part.FormName(), part, &left)
		case part.FileName() != "" && part.FormName() == field && read != nil:
			err = read(r.newForm(formID, values), clean(part.FileName()), part)
		}
		if err != nil {
			return r.newForm(formID, values), brokenBody(err)
		}
	}
}

// readField reads one of the fields, which together are no larger than a form without files may be.
func readField(values url.Values, name string, content io.Reader, left *int64) error {
	b, err := io.ReadAll(io.LimitReader(content, *left+1))
	if *left -= int64(len(b)); *left < 0 {
		return &refusal{http.StatusRequestEntityTooLarge, fault.M("fault.too_large")}
	}
	values.Add(name, string(b))
	return err
}

// brokenBody tells a body that is too large or broken off from the handler's own errors.
func brokenBody(err error) error {
	if e := tooLarge(err); e != nil {
		return e
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.New(fault.Invalid, "fault.encoding")
	}
	return err
}

// tooLarge is the refusal that a body over the limit gets; nil for other errors.
func tooLarge(err error) error {
	if over := (*http.MaxBytesError)(nil); errors.As(err, &over) {
		return &refusal{http.StatusRequestEntityTooLarge, fault.M("fault.too_large")}
	}
	return nil
}
