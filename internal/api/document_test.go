package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/api"
	"github.com/entregent/entregent/internal/office/officetest"
)

// mostBytes is how large the document may be.
const mostBytes = 300 << 10

func TestDocument(t *testing.T) {
	text := api.New(api.Options{}).Document()
	var d map[string]any
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if *rewrite {
		if err := os.WriteFile("../../test/stories/client/openapi.json", text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lint := linter{t, d, map[string]bool{}}
	t.Run("it is OpenAPI 3.1, and small", func(t *testing.T) {
		if d["openapi"] != "3.1.0" || len(text) > mostBytes {
			t.Errorf("%v, %d bytes", d["openapi"], len(text))
		}
	})
	t.Run("every reference leads somewhere, and what it leads to is used", func(t *testing.T) {
		lint.references(d, "#")
		for kind, all := range d["components"].(map[string]any) {
			for name := range all.(map[string]any) {
				if kind != "securitySchemes" && !lint.used["#/components/"+kind+"/"+name] {
					t.Errorf("nothing refers to %s %s", kind, name)
				}
			}
		}
	})
	t.Run("every operation says what it is, who may and what it answers", func(t *testing.T) { lint.operations() })
	t.Run("every example is one of its schema", func(t *testing.T) { lint.examples(d, "#") })
	t.Run("nothing is loaded from elsewhere, and no internal word stands in it", func(t *testing.T) {
		for _, word := range []string{"https://unpkg", "$schema", "additionalProperties\":true", "workspace_id", "submission"} {
			if strings.Contains(string(text), word) {
				t.Error(word)
			}
		}
	})
}

type linter struct {
	*testing.T
	document map[string]any
	used     map[string]bool
}

func (l linter) references(node any, at string) {
	switch n := node.(type) {
	case map[string]any:
		if ref, ok := n["$ref"].(string); ok {
			l.used[ref] = true
			if l.find(ref) == nil {
				l.Errorf("%s: %s leads nowhere", at, ref)
			}
		}
		for key, child := range n {
			l.references(child, at+"/"+key)
		}
	case []any:
		for i, child := range n {
			l.references(child, fmt.Sprint(at, "/", i))
		}
	}
}

func (l linter) find(ref string) (node any) {
	node = l.document
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		m, _ := node.(map[string]any)
		node = m[step]
	}
	return node
}

func (l linter) operations() {
	ids, tags := map[string]bool{}, map[string]bool{}
	for _, tag := range l.document["tags"].([]any) {
		tags[tag.(map[string]any)["name"].(string)] = true
	}
	for path, item := range l.document["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			l.operation(method+" "+path, op.(map[string]any), ids, tags)
		}
	}
	if len(ids) < 40 {
		l.Errorf("only %d operations", len(ids))
	}
}

func (l linter) operation(at string, o map[string]any, ids, tags map[string]bool) {
	id, _ := o["operationId"].(string)
	if id == "" || ids[id] || o["summary"] == "" || o["description"] == "" || o["x-right"] == "" || len(o["security"].([]any)) == 0 {
		l.Errorf("%s lacks something: %v", at, o)
	}
	ids[id] = true
	if t := o["tags"].([]any); len(t) != 1 || !tags[t[0].(string)] {
		l.Errorf("%s: tags %v", at, t)
	}
	responses := o["responses"].(map[string]any)
	good := slices.ContainsFunc(slices.Collect(maps.Keys(responses)), func(s string) bool { return s[0] == '2' })
	for _, status := range []string{"401", "403", "422", "429", "500"} {
		good = good && responses[status] != nil
	}
	if !good {
		l.Errorf("%s: responses %v", at, slices.Sorted(maps.Keys(responses)))
	}
	seen := map[string]bool{}
	params, _ := o["parameters"].([]any)
	for _, p := range params {
		p := p.(map[string]any)
		name := p["name"].(string)
		if seen[name] || p["schema"] == nil {
			l.Errorf("%s: parameter %s", at, name)
		}
		seen[name] = true
	}
	for _, step := range strings.Split(at, "/") {
		if name, ok := strings.CutPrefix(step, "{"); ok && !seen[strings.TrimSuffix(name, "}")] {
			l.Errorf("%s: %s is not described", at, step)
		}
	}
}

// examples checks what schemas give as examples against themselves.
func (l linter) examples(node any, at string) {
	switch n := node.(type) {
	case map[string]any:
		if list, ok := n["examples"].([]any); ok && n["type"] != nil {
			for _, example := range list {
				if why := misfit(n, example); why != "" {
					l.Errorf("%s: %v %s", at, example, why)
				}
			}
		}
		for key, child := range n {
			l.examples(child, at+"/"+key)
		}
	case []any:
		for i, child := range n {
			l.examples(child, fmt.Sprint(at, "/", i))
		}
	}
}

func misfit(schema map[string]any, v any) string {
	kinds := map[string]reflect.Kind{"string": reflect.String, "boolean": reflect.Bool, "integer": reflect.Float64, "number": reflect.Float64, "array": reflect.Slice}
	if kind := schema["type"].(string); reflect.ValueOf(v).Kind() != kinds[kind] {
		return "is no " + kind
	}
	text, _ := v.(string)
	var err error
	switch schema["format"] {
	case "uuid":
		_, err = uuid.Parse(text)
	case "date-time":
		_, err = time.Parse(time.RFC3339, text)
	case "date":
		_, err = time.Parse(time.DateOnly, text)
	}
	if err != nil {
		return err.Error()
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, v) {
		return fmt.Sprint("is none of ", enum)
	}
	return ""
}

func TestManual(t *testing.T) {
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("docs/api.md names every right, and every status that there is", func(t *testing.T) {
		for _, right := range actor.AllRights() {
			if !strings.Contains(string(text), "`"+string(right)+"`") {
				t.Errorf("no %s", right)
			}
		}
		for _, status := range []string{"400", "401", "403", "404", "405", "408", "409", "412", "413", "415", "421", "422", "428", "429", "500"} {
			if !strings.Contains(string(text), status) {
				t.Errorf("no %s", status)
			}
		}
	})
}

func TestDocumentIsServed(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		ask := func(path string, headers ...string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(http.MethodGet, officetest.Base+path, nil)
			for i := 0; i < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			w := httptest.NewRecorder()
			h.Site.ServeHTTP(w, r)
			return w
		}
		t.Run("whole, packed, and not at all when it is known", func(t *testing.T) {
			plain, packed := ask("/api/v1/openapi.json"), ask("/api/v1/openapi.json", "Accept-Encoding", "gzip")
			if plain.Code != http.StatusOK || packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() > plain.Body.Len()/4 {
				t.Error(plain.Code, plain.Body.Len(), packed.Body.Len())
			}
			if again := ask("/api/v1/openapi.json", "If-None-Match", plain.Header().Get("ETag")); again.Code != http.StatusNotModified {
				t.Error(again.Code)
			}
		})
		t.Run("the page shows every operation, with nothing from elsewhere", func(t *testing.T) {
			page := ask("/api/v1/docs", "Accept-Language", "fr").Body.String()
			for _, text := range []string{`id="createContact"`, "/api/v1/contacts/{contact}", "Premier appel", "curl -H", `id="Contact"`} {
				if !strings.Contains(page, text) {
					t.Errorf("no %s", text)
				}
			}
		})
	})
}
