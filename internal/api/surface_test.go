package api_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/api"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/quota"
	"github.com/entregent/entregent/internal/web"
)

var rewrite = flag.Bool("rewrite", false, "write the golden table anew")

// described is an operation as the document has it.
type described struct {
	Method, Path string
	ID           string `json:"operationId"`
	Right        string `json:"x-right"`
	RequestBody  struct {
		Content map[string]struct {
			Schema struct {
				Ref string `json:"$ref"`
			} `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
}

type property struct {
	Type   string   `json:"type"`
	Enum   []string `json:"enum"`
	Format string   `json:"format"`
}

// surface reads the operations, in an order that stays, and what their bodies are made of.
func surface(t *testing.T) (list []described, bodies map[string]map[string]property) {
	t.Helper()
	var d struct {
		Paths      map[string]map[string]described `json:"paths"`
		Components struct {
			Schemas map[string]struct {
				Properties map[string]property `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(api.New(api.Options{}).Document(), &d); err != nil {
		t.Fatal(err)
	}
	for path, methods := range d.Paths {
		for method, o := range methods {
			o.Method, o.Path = strings.ToUpper(method), path
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b described) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
	bodies = map[string]map[string]property{}
	for name, s := range d.Components.Schemas {
		bodies["#/components/schemas/"+name] = s.Properties
	}
	return list, bodies
}

// address is the operation's path with identifiers of nothing.
func (o described) address() string {
	return o.at(map[string]string{"part": "tutor", "version": "1"})
}

// rights are those that the operation says it needs together.
func (o described) rights() []string { return strings.Split(o.Right, ", ") }

func TestRights(t *testing.T) {
	operations, _ := surface(t)
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		t.Run("who may what is in one table", func(t *testing.T) {
			clients := map[actor.Right]client{}
			for _, right := range actor.AllRights() {
				clients[right] = with(t, h, h.School, string(right), string(right))
			}
			var table strings.Builder
			for _, o := range operations {
				fmt.Fprintf(&table, "%s %s %s:", o.Method, o.Path, o.ID)
				for _, right := range actor.AllRights() {
					if got := clients[right].ask(o.Method, o.address(), ""); got.Status != http.StatusForbidden {
						fmt.Fprintf(&table, " %s=%d", right, got.Status)
					}
				}
				table.WriteString("\n")
			}
			if *rewrite {
				if err := os.WriteFile("testdata/rights.txt", []byte(table.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if golden, err := os.ReadFile("testdata/rights.txt"); err != nil || string(golden) != table.String() {
				t.Errorf("%v\n%s", err, table.String())
			}
		})
		t.Run("the rights that an operation names open it, and none of them can be left out", func(t *testing.T) {
			made := map[string]client{}
			having := func(rights ...string) client {
				name := strings.Join(rights, " ")
				if _, ok := made[name]; !ok {
					made[name] = with(t, h, h.Vendor, name, rights...)
				}
				return made[name]
			}
			for _, o := range operations {
				rights := o.rights()
				if got := having(rights...).ask(o.Method, o.address(), ""); got.Status == http.StatusForbidden || got.Status >= 500 {
					t.Errorf("%s with %v: %d %s", o.ID, rights, got.Status, got.Body)
				}
				for i := range rights {
					fewer := slices.Delete(slices.Clone(rights), i, i+1)
					if len(fewer) == 0 {
						fewer = []string{"export"}
					}
					having(fewer...).ask(o.Method, o.address(), "").want(http.StatusForbidden, `"code":"right_missing"`)
				}
			}
		})
	})
}

func TestWrongTypes(t *testing.T) {
	operations, bodies := surface(t)
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := all(t, h, h.School)
		n := 0
		for _, o := range operations {
			fields := bodies[o.RequestBody.Content["application/json"].Schema.Ref]
			for name, p := range fields {
				for _, wrong := range wrongs(p) {
					n++
					got := c.ask(o.Method, o.address(), `{"`+name+`":`+wrong+`}`, "If-Match", `"1-x"`)
					if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, `"pointer":"/`+name) {
						t.Errorf("%s: %s = %s: %d %s", o.ID, name, wrong, got.Status, got.Body)
					}
				}
			}
			if len(fields) > 0 {
				for _, name := range []string{"id", "version", "workspace_id", "source", "authorized_at", "__proto__", "login_id"} {
					c.ask(o.Method, o.address(), `{"`+name+`":1}`, "If-Match", `"1-x"`).want(http.StatusUnprocessableEntity, `"pointer":"/`+name+`","code":"unknown"`)
				}
			}
		}
		if n < 200 {
			t.Errorf("only %d tries", n)
		}
	})
}

// wrongs are values that the property does not take.
func wrongs(p property) []string {
	list := []string{`{"a":1}`, `null`}
	switch p.Type {
	case "string":
		list = append(list, `5`, `true`, `["a"]`)
		if len(p.Enum) > 0 || p.Format != "" {
			list = append(list, `"nothing"`)
		}
	case "boolean":
		list = append(list, `"true"`, `1`)
	case "integer":
		list = append(list, `"1"`, `1.5`, `true`)
	case "array":
		list = append(list, `"a"`, `[1]`)
	}
	return list
}

func TestOnce(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := all(t, h, h.School)
		t.Run("a request that is sent again is done once and answered as before", func(t *testing.T) {
			first := c.post("/organizations", `{"name":"Sans numéro"}`, "Idempotency-Key", "k1").want(http.StatusCreated)
			again := c.post("/organizations", `{ "name": "Sans numéro" }`, "Idempotency-Key", "k1").want(http.StatusCreated)
			if first.Body != again.Body || first.Get("Location") != again.Get("Location") || first.Get("ETag") != again.Get("ETag") {
				t.Error(first.Body, again.Body)
			}
			c.post("/organizations", `{"name":"Autre"}`, "Idempotency-Key", "k1").want(http.StatusConflict, `"code":"idempotency.reused"`)
			c.post("/organizations", `{"name":"Autre"}`, "Idempotency-Key", strings.Repeat("k", 256)).want(http.StatusUnprocessableEntity, `"header":"Idempotency-Key"`)
		})
		t.Run("what was refused may be tried again under its name", func(t *testing.T) {
			c.post("/organizations", `{"name":""}`, "Idempotency-Key", "k2").want(http.StatusUnprocessableEntity)
			c.post("/organizations", `{"name":"Mieux"}`, "Idempotency-Key", "k2").want(http.StatusCreated)
		})
	})
}

func TestQuota(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		site, err := web.New(h.Site.Options)
		if err != nil {
			t.Fatal(err)
		}
		api.Mount(site, api.Options{DB: h.DB, Quota: quota.New(2, time.Minute)})
		c := all(t, h, h.School)
		h.Site = site
		t.Run("a token that asks too often is told when to come again, and no other", func(t *testing.T) {
			if got := c.get("/contacts").want(http.StatusOK); got.Get("RateLimit-Limit") != "2" || got.Get("RateLimit-Remaining") != "1" {
				t.Error(got.Header)
			}
			c.get("/contacts").want(http.StatusOK)
			if got := c.get("/contacts", "Accept-Language", "en").want(http.StatusTooManyRequests, `"code":"too_many"`); got.Get("Retry-After") != "60" {
				t.Error(got.Header)
			}
			all(t, h, h.Vendor).get("/contacts").want(http.StatusOK)
			h.Clock.Pass(time.Minute)
			c.get("/contacts").want(http.StatusOK)
		})
	})
}
