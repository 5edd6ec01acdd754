// Package reference shows an OpenAPI document to people: one page, whole without a script, with nothing from elsewhere.
//
// It reads what stands in the document and adds nothing to it. What there is and who may is the face's that wrote the document.
package reference

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Entry is an operation of the document: what it is called, which tag it stands under, and where.
type Entry struct{ ID, Tag, Method, Path string }

// Reading is the document as the page shows it.
type Reading struct {
	document string // its address
	about    []string
	parts    []part
	objects  []object
}

type part struct {
	name, says string
	operations []operation
}

type operation struct {
	id, method, path, summary string
	says                      []string
	parameters                []member
	body                      string
	answers                   []reply
}

type reply struct{ status, object, says string }

type object struct {
	name    string
	members []member
}

type member struct {
	name, kind, object, says string
	required                 bool
}

// Read makes the page's content of a document that stands below base, its operations in that order.
func Read(api *huma.OpenAPI, base string, operations []Entry) (d Reading) {
	d.document, d.about = base+"/openapi.json", strings.Split(api.Info.Description, "\n\n")
	for _, tag := range api.Tags {
		p := part{name: tag.Name, says: tag.Description}
		for _, e := range operations {
			if e.Tag == tag.Name {
				p.operations = append(p.operations, read(api, base, e))
			}
		}
		d.parts = append(d.parts, p)
	}
	schemas := api.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		d.objects = append(d.objects, object{name, membersOf(schemas[name])})
	}
	return d
}

func read(api *huma.OpenAPI, base string, e Entry) operation {
	op := OperationOf(api.Paths[e.Path], e.Method)
	o := operation{id: e.ID, method: e.Method, path: base + e.Path, summary: op.Summary, says: strings.Split(op.Description, "\n\n")}
	for _, p := range op.Parameters {
		m := memberOf(p.Name, p.Schema, p.Required)
		m.says = p.Description
		if p.In == "header" {
			m.name += " (header)"
		}
		o.parameters = append(o.parameters, m)
	}
	if op.RequestBody != nil {
		for _, media := range op.RequestBody.Content {
			if o.body = objectName(media.Schema); o.body == "" { // a form
				o.parameters = append(o.parameters, formOf(media.Schema)...)
			}
		}
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		response := op.Responses[status]
		if name, ok := strings.CutPrefix(response.Ref, "#/components/responses/"); ok {
			response = api.Components.Responses[name]
		}
		a := reply{status: status, says: response.Description}
		for _, media := range response.Content {
			a.object = objectName(media.Schema)
		}
		o.answers = append(o.answers, a)
	}
	return o
}

// formOf lists the fields of a form.
func formOf(s *huma.Schema) []member {
	list := membersOf(s)
	for i := range list {
		list[i].name += " (form)"
	}
	return list
}

// OperationOf is the operation of a path by its method.
func OperationOf(p *huma.PathItem, method string) *huma.Operation {
	switch method {
	case http.MethodGet:
		return p.Get
	case http.MethodPost:
		return p.Post
	case http.MethodPut:
		return p.Put
	case http.MethodPatch:
		return p.Patch
	}
	return p.Delete
}

// membersOf lists an object's members: those that are required first.
func membersOf(s *huma.Schema) (list []member) {
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		list = append(list, memberOf(name, s.Properties[name], slices.Contains(s.Required, name)))
	}
	slices.SortStableFunc(list, func(a, b member) int {
		switch {
		case a.required == b.required:
			return 0
		case a.required:
			return -1
		}
		return 1
	})
	return list
}

func memberOf(name string, s *huma.Schema, required bool) member {
	m := member{name: name, says: s.Description, required: required, object: objectName(s)}
	m.kind = s.Type
	switch {
	case s.Type == "array":
		m.object = objectName(s.Items)
		m.kind = "list of " + kindOf(s.Items)
	case m.object != "":
		m.kind = m.object
	case s.Format != "":
		m.kind += " (" + s.Format + ")"
	}
	if len(s.Enum) > 0 {
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = fmt.Sprintf("%q", v)
		}
		m.kind += ": " + strings.Join(values, ", ")
	}
	return m
}

func kindOf(s *huma.Schema) string {
	if name := objectName(s); name != "" {
		return name
	}
	return s.Type
}

// objectName is the object that a schema refers to, "" for none.
func objectName(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	name, _ := strings.CutPrefix(s.Ref, "#/components/schemas/")
	return name
}
