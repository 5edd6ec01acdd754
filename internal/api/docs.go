package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entregent/entregent/internal/web"
)

// reading is the document as the page shows it.
type reading struct {
	first   string
	about   []string
	parts   []part
	objects []object
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

// showDocs shows the document to people.
func (f *face) showDocs(r *web.Request) error {
	d := f.reading
	d.first = "TOKEN=ent_…\nURL=" + r.Site().BaseURL.String() + base + "\ncurl -H \"Authorization: Bearer $TOKEN\" \"$URL/organizations?limit=5\""
	return r.Render(http.StatusOK, d.page(r))
}

// read makes the page's content of the document, once.
func (f *face) read() (d reading) {
	api := f.huma.OpenAPI()
	d.about = strings.Split(about, "\n\n")
	for _, tag := range api.Tags {
		p := part{name: tag.Name, says: tag.Description}
		for _, id := range f.order {
			if o := f.rows[id]; o.tag == tag.Name {
				p.operations = append(p.operations, f.readOperation(o))
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

func (f *face) readOperation(row *row) operation {
	op := operationOf(f.huma.OpenAPI().Paths[row.path], row.method)
	o := operation{id: row.id, method: row.method, path: base + row.path, summary: op.Summary, says: strings.Split(op.Description, "\n\n")}
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
			o.body = objectName(media.Schema)
		}
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		response := op.Responses[status]
		if name, ok := strings.CutPrefix(response.Ref, "#/components/responses/"); ok {
			response = f.huma.OpenAPI().Components.Responses[name]
		}
		a := reply{status: status, says: response.Description}
		for _, media := range response.Content {
			a.object = objectName(media.Schema)
		}
		o.answers = append(o.answers, a)
	}
	return o
}

func operationOf(p *huma.PathItem, method string) *huma.Operation {
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
