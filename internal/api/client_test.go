package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/office/officetest"
)

func TestMain(m *testing.M) { officetest.Main(m) }

// client is another program.
type client struct {
	testing.TB
	h      *officetest.House
	secret string
}

// answer is what it got.
type answer struct {
	testing.TB
	Status int
	http.Header
	Body string
}

// ask sends a request; headers alternate name and value.
func (c client) ask(method, path, body string, headers ...string) answer {
	c.Helper()
	r := httptest.NewRequest(method, officetest.Base+"/api/v1"+path, strings.NewReader(body))
	if c.secret != "" {
		r.Header.Set("Authorization", "Bearer "+c.secret)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.h.Site.ServeHTTP(w, r)
	b, _ := io.ReadAll(w.Result().Body)
	return answer{c.TB, w.Code, w.Result().Header, string(b)}
}

func (c client) get(path string, headers ...string) answer {
	c.Helper()
	return c.ask(http.MethodGet, path, "", headers...)
}

func (c client) post(path, body string, headers ...string) answer {
	c.Helper()
	return c.ask(http.MethodPost, path, body, headers...)
}

// want checks the status, and that the answer holds the texts.
func (a answer) want(status int, texts ...string) answer {
	a.Helper()
	if a.Status != status {
		a.Errorf("status %d, not %d: %.600s", a.Status, status, a.Body)
	}
	for _, text := range texts {
		if !strings.Contains(a.Body, text) {
			a.Errorf("no %s in %.600s", text, a.Body)
		}
	}
	if kind := a.Get("Content-Type"); a.Status >= 400 && kind != "application/problem+json" {
		a.Errorf("a refusal is %s", kind)
	}
	if a.Get("Cache-Control") != "no-store" {
		a.Errorf("the answer may be kept: %q", a.Get("Cache-Control"))
	}
	return a
}

// field reads a member of the answer.
func (a answer) field(name string) any {
	a.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(a.Body), &all); err != nil {
		a.Fatalf("%v: %.300s", err, a.Body)
	}
	return all[name]
}

func (a answer) text(name string) string {
	a.Helper()
	s, _ := a.field(name).(string)
	return s
}
