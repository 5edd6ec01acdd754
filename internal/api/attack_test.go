package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/api"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
)

// shape is what a body is made of, as the document has it.
type shape struct {
	Ref        string            `json:"$ref"`
	Required   []string          `json:"required"`
	Properties map[string]shaped `json:"properties"`
}

type shaped struct {
	Type     string `json:"type"`
	Format   string `json:"format"`
	Enum     []any  `json:"enum"`
	Examples []any  `json:"examples"`
}

// shapes reads what each operation's body is made of; media is "" for one that has none.
func shapes(t *testing.T) func(o described) (media string, of shape) {
	t.Helper()
	type media struct {
		Schema shape `json:"schema"`
	}
	type operation struct {
		Body struct {
			Content map[string]media `json:"content"`
		} `json:"requestBody"`
	}
	var d struct {
		Paths      map[string]map[string]operation `json:"paths"`
		Components struct {
			Schemas map[string]shape `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(api.New(api.Options{}).Document(), &d); err != nil {
		t.Fatal(err)
	}
	return func(o described) (string, shape) {
		for kind, m := range d.Paths[o.Path][strings.ToLower(o.Method)].Body.Content {
			if name, ok := strings.CutPrefix(m.Schema.Ref, "#/components/schemas/"); ok {
				return kind, d.Components.Schemas[name]
			}
			return kind, m.Schema
		}
		return "", shape{}
	}
}

// example is a body that fits: what is required, as the document's examples have it.
func (s shape) example() map[string]any {
	body := map[string]any{}
	for _, name := range s.Required {
		switch p := s.Properties[name]; {
		case p.Format == "binary" || p.Type == "array":
		case len(p.Examples) > 0:
			body[name] = p.Examples[0]
		case len(p.Enum) > 0:
			body[name] = p.Enum[0]
		default:
			body[name] = map[string]any{"boolean": true, "integer": 1}[p.Type]
		}
	}
	if s.Properties["login_domains"].Type != "" {
		body["login_domains"] = []any{}
	}
	return body
}

// send sends an operation with a body that fits, and with more fields if any; files come along where they are asked for.
func (c client) send(o described, path, media string, of shape, more map[string]any) answer {
	c.Helper()
	body := of.example()
	for name, value := range more {
		body[name] = value
	}
	switch media {
	case "":
		if len(more) == 0 {
			return c.ask(o.Method, path, "", "If-Match", `"1-x"`)
		}
		fallthrough
	case "application/json":
		text, _ := json.Marshal(body)
		return c.ask(o.Method, path, string(text), "If-Match", `"1-x"`)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range body {
		text, _ := json.Marshal(value)
		w.WriteField(name, strings.Trim(string(text), `"`)) //nolint:errcheck // into memory
	}
	for name, p := range of.Properties {
		if p.Format == "binary" || p.Type == "array" {
			part, _ := w.CreateFormFile(name, "a.pdf")
			part.Write([]byte(onePage)) //nolint:errcheck // into memory
		}
	}
	w.Close()
	return c.ask(o.Method, path, b.String(), "Content-Type", w.FormDataContentType())
}

// things are one of everything that a path may name, of one workspace.
func things(t *testing.T, c client, of officetest.Host) map[string]string {
	t.Helper()
	h := c.h
	org := h.Organization(of, "Corvenne", "73282932000074")
	who := h.Contact(of, org.ID, "Le Gall", "Anne")
	h.Contact(of, org.ID, "Le Gall", "Erwan") // may follow her as the primary one
	at := "/organizations/" + org.ID.String()
	made := map[string]string{"organization": org.ID.String(), "contact": who.ID.String(), "part": "tutor", "version": "1"}
	made["offer"] = c.post(at+"/offers", `{"title":"Alternance","contract":"apprenticeship","description":"x"}`).want(http.StatusCreated).text("id")
	c.form("PUT", "/offers/"+made["offer"]+"/file", "", nil, "file", onePage).want(http.StatusOK)
	c.ask("PUT", "/offers/"+made["offer"]+"/contacts/"+made["contact"]+"/tutor", `{}`).want(http.StatusOK)
	made["request"] = c.post("/requests", `{"contact_id":"`+made["contact"]+`","kind":"technical","subject":"x","text":"y"}`).want(http.StatusCreated).text("id")
	answered := c.form("POST", "/requests/"+made["request"]+"/files", "", map[string]string{"text": "x"}, "files", onePage).want(http.StatusOK)
	made["file"] = answered.field("files").([]any)[0].(map[string]any)["id"].(string)
	made["document"] = c.form("POST", at+"/documents", "", map[string]string{"kind": "other", "dated_on": "2026-03-02"}, "file", onePage).want(http.StatusCreated).text("id")
	bill := map[string]string{"number": "2026-0042", "issued_on": "2026-03-02", "due_on": "2026-04-01", "net_amount": "100000", "amount_due": "120000"}
	made["invoice"] = c.form("POST", at+"/invoices", "", bill, "file", onePage).want(http.StatusCreated).text("id")
	deposited(t, h, of, "Alpha")
	made["deposit"] = c.get("/deposits").want(http.StatusOK).field("items").([]any)[0].(map[string]any)["id"].(string)
	return made
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// at is the operation's path with these things; what is not among them is nobody's.
func (o described) at(things map[string]string) string {
	return placeholder.ReplaceAllStringFunc(o.Path, func(name string) string {
		if thing, ok := things[name[1:len(name)-1]]; ok {
			return thing
		}
		return id.NewContact().String()
	})
}

var number = regexp.MustCompile(`"instance":"[^"]*"`)

func TestForeignThings(t *testing.T) {
	operations, _ := surface(t)
	shapeOf := shapes(t)
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c, mine := all(t, h, h.School), all(t, h, h.Vendor)
		theirs, own := things(t, c, h.School), h.Organization(h.Vendor, "Cabinet", "")
		who := h.Contact(h.Vendor, own.ID, "Kervella", "Yann")
		fitting := map[string]map[string]any{ // bodies with what is the caller's own
			"relateRequest": {"contact_id": who.ID.String()}, "assignRequest": {"member_id": ""},
		}
		same := func(t *testing.T, what string, foreign, unknown answer) {
			t.Helper()
			if foreign.Status != unknown.Status || number.ReplaceAllString(foreign.Body, "") != number.ReplaceAllString(unknown.Body, "") {
				t.Errorf("%s: another's is %d %.300s, nobody's %d %.300s", what, foreign.Status, foreign.Body, unknown.Status, unknown.Body)
			}
		}
		t.Run("attack: another workspace's identifier in any address is as one that nobody has", func(t *testing.T) {
			n := 0
			for _, o := range operations {
				if !strings.Contains(o.Path, "{") {
					continue
				}
				n++
				media, of := shapeOf(o)
				query := map[string]string{"deleteDocument": "?reason=x"}[o.ID]
				foreign := mine.send(o, o.at(theirs)+query, media, of, fitting[o.ID]).want(http.StatusNotFound, `"code":"not_found"`)
				same(t, o.ID, foreign, mine.send(o, o.address()+query, media, of, fitting[o.ID]))
			}
			if n < 55 {
				t.Errorf("only %d operations", n)
			}
		})
		t.Run("attack: nor does it exist in a body or a question", func(t *testing.T) {
			ask, waits, at := theirs["request"], theirs["deposit"], theirs["organization"] // the school's own
			foreign := strings.NewReplacer("ORGANIZATION", own.ID.String(), "CONTACT", who.ID.String(), "LOGIN", h.Vendor.Officer.Login.String())
			nobody := id.NewContact().String()
			unknown := strings.NewReplacer("ORGANIZATION", nobody, "CONTACT", nobody, "LOGIN", nobody)
			for _, x := range []struct{ method, path, body string }{
				{"POST", "/requests", `{"contact_id":"CONTACT","kind":"technical","subject":"x","text":"y"}`},
				{"PUT", "/requests/" + ask + "/contact", `{"contact_id":"CONTACT"}`},
				{"PUT", "/requests/" + ask + "/assignment", `{"member_id":"LOGIN"}`},
				{"POST", "/contacts/" + theirs["contact"] + "/handover", `{"to":"CONTACT","reason":"x"}`},
				{"POST", "/deposits/" + waits + "/attachment", `{"organization_id":"ORGANIZATION"}`},
				{"POST", "/deposits/" + waits + "/attachment", `{"organization_id":"` + at + `","contact_id":"CONTACT"}`},
				{"DELETE", "/contacts/" + theirs["contact"] + "?successor=CONTACT", ""},
				{"PUT", "/offers/" + theirs["offer"] + "/contacts/CONTACT/tutor", `{}`}, {"DELETE", "/offers/" + theirs["offer"] + "/contacts/CONTACT/tutor", ""},
				{"GET", "/contacts?organization=ORGANIZATION", ""}, {"GET", "/offers?organization=ORGANIZATION&contact=CONTACT", ""},
				{"GET", "/requests?organization=ORGANIZATION&contact=CONTACT", ""}, {"GET", "/invoices?organization=ORGANIZATION", ""},
				{"GET", "/journal?contact=CONTACT", ""}, {"GET", "/journal?organization=ORGANIZATION", ""},
			} {
				got := c.ask(x.method, foreign.Replace(x.path), foreign.Replace(x.body))
				if got.Status < 400 && !strings.Contains(got.Body, `"items":[]`) {
					t.Errorf("%s %s: %d %.200s", x.method, x.path, got.Status, got.Body)
				}
				same(t, x.method+" "+x.path, got, c.ask(x.method, unknown.Replace(x.path), unknown.Replace(x.body)))
			}
		})
		t.Run("and all of it is there still", func(t *testing.T) {
			for _, o := range operations {
				if o.Method == "GET" && strings.Contains(o.Path, "{") && o.ID != "getDepositFile" {
					if got := c.get(o.at(theirs)); got.Status != http.StatusOK {
						t.Errorf("%s: %d", o.ID, got.Status)
					}
				}
			}
		})
	})
}

func TestMassAssignment(t *testing.T) {
	operations, _ := surface(t)
	shapeOf := shapes(t)
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := all(t, h, h.School)
		ours := things(t, c, h.School)
		t.Run("attack: no write takes a field that the document does not name", func(t *testing.T) {
			n := 0
			for _, o := range operations {
				if o.Method == "GET" {
					continue
				}
				media, of := shapeOf(o)
				for _, name := range []string{"id", "workspace", "workspace_id", "version", "revision", "source", "authorized_at", "login_id", "role", "created_at", "submission", "__proto__", "Body"} {
					if of.Properties[name].Type != "" || len(of.Properties[name].Enum) > 0 {
						continue
					}
					n++
					says := []string{`"code":"unknown"`, `"pointer":"/` + name + `"`}
					if media == "" {
						says = []string{`"code":"body_unexpected"`}
					}
					c.send(o, o.at(ours), media, of, map[string]any{name: "1"}).want(http.StatusUnprocessableEntity, says...)
				}
			}
			if n < 500 {
				t.Errorf("only %d tries", n)
			}
		})
	})
}

func TestMalformed(t *testing.T) {
	operations, _ := surface(t)
	shapeOf := shapes(t)
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := all(t, h, h.School)
		ours := things(t, c, h.School)
		large := `{"name":"` + strings.Repeat("x", 1<<20) + `"}`
		for _, o := range operations {
			if o.Method == "GET" {
				continue
			}
			media, of := shapeOf(o)
			path := o.at(ours)
			ask := func(body, kind string, status int, texts ...string) {
				t.Helper()
				c.ask(o.Method, path, body, "Content-Type", kind, "If-Match", `"1-x"`).want(status, texts...)
			}
			switch media {
			case "":
				ask(large, "application/json", http.StatusUnprocessableEntity, `"code":"body_unexpected"`)
			case "application/json":
				for body, says := range map[string]string{
					`{"a":1,"a":2}`: "json.duplicate", `{"a":{"b":1,"b":2}}`: "json.duplicate", `{} {}`: "json.trailing", `{"a":`: "json", `{"a":1,}`: "json", `{'a':1}`: "json",
					strings.Repeat("[", 100_000): "json.depth", strings.Repeat(`{"a":`, 5_000): "json.depth", "{\"a\":\"\xff\"}": "json.utf8", `{"a":"b\u0000"}`: "json", "{\"a\":\"b\x00\"}": "json",
					"\xef\xbb\xbf{}": "json", `NaN`: "json", `{"a":"\ud800"}`: "json.utf8",
				} {
					ask(body, "application/json", http.StatusBadRequest, `"code":"`+says+`"`)
				}
				ask(large, "application/json", http.StatusRequestEntityTooLarge, `"code":"too_large"`)
				for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/xml", "multipart/form-data; boundary=x", "application/json, text/plain"} {
					ask(`{}`, kind, http.StatusUnsupportedMediaType, `"code":"media_type"`)
				}
				for name, p := range of.Properties {
					for _, huge := range []string{"1e400", "-1e400", "99999999999999999999", "1e30", "0.1"} {
						if p.Type == "integer" {
							got := c.ask(o.Method, path, `{"`+name+`":`+huge+`}`, "If-Match", `"1-x"`)
							if got.Status != http.StatusUnprocessableEntity && got.Status != http.StatusBadRequest {
								t.Errorf("%s: %s = %s: %d %.200s", o.ID, name, huge, got.Status, got.Body)
							}
						}
					}
				}
			default:
				ask(`{}`, "application/json", http.StatusUnsupportedMediaType, `"code":"form_type"`)
				ask(`{}`, "multipart/form-data", http.StatusUnsupportedMediaType, `"code":"form_type"`)
				known := slices.Collect(maps.Keys(of.Properties))[0]
				ask("--x\r\nContent-Disposition: form-data; name=\""+known+"\"\r\n\r\nagree", "multipart/form-data; boundary=x", http.StatusBadRequest, `"code":"broken_off"`)
				ask("--x\r\nContent-Disposition: form-data; name=\"../../etc\"\r\n\r\nx\r\n--x--\r\n", "multipart/form-data; boundary=x", http.StatusUnprocessableEntity, `"code":"unknown"`)
			}
		}
	})
}

func TestTokens(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := all(t, h, h.School)
		t.Run("attack: a token counts in its header alone, once", func(t *testing.T) {
			for _, name := range []string{"token", "access_token", "api_key", "authorization", "Authorization", "bearer"} {
				client{t, h, ""}.get("/contacts?" + name + "=" + c.secret).want(http.StatusUnauthorized)
				c.get("/contacts?"+name+"="+c.secret).want(http.StatusUnprocessableEntity, `"code":"unknown"`)
			}
			nobody := client{t, h, ""}
			nobody.ask("POST", "/organizations", `{"name":"x"}`, "X-Api-Key", c.secret).want(http.StatusUnauthorized)
			nobody.get("/contacts", "Cookie", "token="+c.secret+"; session="+c.secret).want(http.StatusUnauthorized)
			nobody.get("/contacts", "Authorization", "Bearer "+c.secret+", Bearer "+c.secret).want(http.StatusUnauthorized)
			nobody.get("/contacts", "Authorization", "Bearer "+c.secret[:len(c.secret)-1]).want(http.StatusUnauthorized)
		})
		t.Run("attack: a token that is revoked or over opens nothing from then on", func(t *testing.T) {
			var revoked, over client
			h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				made, secret, err := token.Create(ctx, tx, h.School.Admin.Actor, token.Input{Name: "Ancien", Rights: []string{"contacts:read"}})
				revoked = client{t, h, secret}
				if err == nil {
					err = token.Revoke(ctx, tx, h.School.Admin.Actor, made.ID)
				}
				return err
			})
			h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				last := h.Clock.Now().Add(48 * time.Hour).Format(time.DateOnly)
				_, over.secret, err = token.Create(ctx, tx, h.School.Admin.Actor, token.Input{Name: "Court", Rights: []string{"contacts:read"}, ExpiresOn: last})
				return err
			})
			over.TB, over.h = t, h
			revoked.get("/contacts").want(http.StatusUnauthorized, `"code":"token.refused"`)
			over.get("/contacts").want(http.StatusOK)
			h.Clock.Pass(96 * time.Hour)
			over.get("/contacts").want(http.StatusUnauthorized, `"code":"token.refused"`)
		})
		t.Run("attack: another site's page is told nothing that would let it read", func(t *testing.T) {
			for _, got := range []answer{
				c.ask("OPTIONS", "/contacts", "", "Origin", "https://elsewhere.example", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization"),
				c.get("/contacts", "Origin", "https://elsewhere.example"), c.get("/nothing", "Origin", "null"), client{t, h, ""}.get("/openapi.json", "Origin", "https://elsewhere.example"),
				client{t, h, ""}.get("/contacts", "Origin", "https://elsewhere.example"),
			} {
				for name := range got.Header {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("%s: %s", name, got.Get(name))
					}
				}
			}
		})
	})
}
