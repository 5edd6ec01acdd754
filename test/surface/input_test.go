package surface

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/sqldb"
)

// payloads are what people paste and attackers send, by what they are.
var payloads = map[string]string{
	"blank":              "   \t ",
	"long":               strings.Repeat("a", 10_000),
	"long word":          strings.Repeat("Zoé-", 2_500),
	"long in bytes":      strings.Repeat("𝒜", 10_000),
	"combining marks":    "e" + strings.Repeat("\u0301", 3_000),
	"broken UTF-8":       "caf\xe9 \xff\xfe\xc0\xaf",
	"cut UTF-8":          "é\xc3",
	"surrogates":         "\xed\xa0\x80\xed\xb0\x80",
	"NUL":                "a\x00b",
	"controls":           "a\x01\x07\x08\x1b[31mb\x7f\u0085c",
	"lines":              "a\r\nb\nc\rd\u2028e\u2029f",
	"header":             "a\r\nSet-Cookie: session=stolen\r\n\r\n<html>",
	"zero width":         "Du\u200bpont\u200d\ufeff\u2060",
	"right to left":      "\u202eevil\u202c\u2066x\u2069",
	"not letters":        "\ufffe\uffff\U0010ffff\U000e0041",
	"emoji":              "👩🏽\u200d🚀🇫🇷",
	"other scripts":      "Ελένη Иван 山田 محمد אבי",
	"look-alikes":        "Ｄｕｐｏｎｔ ﬁn ǆ Å K",
	"script":             `<script>alert(1)</script>`,
	"attribute":          `" autofocus onfocus=alert(1) x="`,
	"apostrophe":         `' onmouseover='alert(1)`,
	"image":              `<img src=x onerror=alert(1)>`,
	"end of element":     `</textarea></title></style><svg/onload=alert(1)>`,
	"address of script":  `javascript:alert(1)//`,
	"data":               `data:text/html,<script>alert(1)</script>`,
	"template":           `{{.Name}} ${7*7} {% x %} %s %d %n {0} #{7*7}`,
	"SQL":                `'; DROP TABLE contact; --`,
	"SQL or":             `' OR '1'='1`,
	"SQL union":          `x' UNION SELECT password_hash FROM login --`,
	"LIKE":               `%_\%`,
	"path":               `../../../../etc/passwd`,
	"command":            "$(id) `id` | id; id",
	"formula":            `=cmd|' /C calc'!A0`,
	"number":             "-1",
	"large number":       "99999999999999999999999999999999",
	"exponent":           "1e309",
	"not a number":       "NaN",
	"identifier":         "00000000-0000-0000-0000-000000000000",
	"JSON":               `{"$gt":""}`,
	"percent":            "%00%0d%0a%2e%2e%2f%zz",
	"another's address":  "//evil.example",
	"backslash":          `/\evil.example`,
	"whole address":      "https://evil.example/",
	"markup with entity": "&lt;script&gt;&#0;&amp;",
}

// inserted are the payloads that would be markup if they were not escaped.
var inserted = []string{"<script>alert", "<img src=x", "<svg/onload", `" autofocus onfocus`, "' onmouseover='alert(1)"}

// escaped fails when something typed stands in the page as markup.
func (a answer) escaped(t testing.TB, what string) {
	t.Helper()
	for _, text := range inserted {
		if strings.Contains(a.body, text) {
			t.Errorf("%s: %q stands in the page as it was typed", what, text)
		}
	}
	for _, cookie := range a.header["Set-Cookie"] {
		if strings.Contains(cookie, "stolen") {
			t.Errorf("%s: a header was put in: %q", what, cookie)
		}
	}
	for _, to := range a.header["Location"] {
		if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) {
			t.Errorf("%s: leads to %q", what, to)
		}
	}
}

// harmless fails unless the answer is one that a form may get.
func (a answer) harmless(t testing.TB, what string) {
	t.Helper()
	a.sound(t, what)
	a.escaped(t, what)
	switch a.status {
	case http.StatusOK, http.StatusSeeOther, http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusTooManyRequests:
	default:
		t.Errorf("%s: status %d: %s", what, a.status, a.text())
	}
}

// some gives every n-th of a list, from a place that moves on by one with each turn: n turns give all of it. In make
// test-full it gives the whole list at each turn.
func some[T any](list []T, n, turn int) []T {
	if full {
		return list
	}
	return every(list, n, turn)
}

// every is the same in each mode.
func every[T any](list []T, n, turn int) (part []T) {
	for i := turn % n; i < len(list); i += n {
		part = append(part, list[i])
	}
	return part
}

// turn is the route's place among those of its method, and on PostgreSQL another one than on SQLite: what the two do not
// both do, one of them does.
func (s *scene) turn() (turn int) {
	for _, r := range s.in.site.Routes() {
		if r.Pattern == s.route.Pattern {
			break
		}
		if strings.HasPrefix(r.Pattern, s.method+" ") {
			turn++
		}
	}
	if s.in.db.Engine() == "postgres" {
		turn += 3
	}
	return turn
}

// posts calls fn for every route that is posted to; scene makes it anew, with a browser of somebody who may.
func posts(t *testing.T, in *installation, fn func(t *testing.T, scene func() (*scene, *browser))) {
	for _, route := range in.site.Routes() {
		if !strings.HasPrefix(route.Pattern, "POST ") {
			continue
		}
		t.Run(route.Pattern, func(t *testing.T) {
			in.patient()
			fn(t, func() (*scene, *browser) {
				s := in.stage(route, in.school, in.entitled(route))
				b := in.as(s.who)
				b.t = t
				return s, b
			})
		})
	}
}

// patient lets so much time pass that no count of tries is in the way.
func (in *installation) patient() {
	in.clock.Pass(in.config.SignIn.LongestDelay.Duration() + in.config.SignIn.FailureWindow.Duration())
}

// forgetKept takes away the files that wait for forms which came back: nobody leaves hundreds of forms unfinished in a day.
func (in *installation) forgetKept() {
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM file WHERE owner_kind = 'kept'`)
		return err
	})
}

// Every route gets every sixth payload, on each engine others, and every payload comes at every sixth route; in make
// test-full each at each.
func TestTypedText(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		posts(t, in, func(t *testing.T, scene func() (*scene, *browser)) {
			s, b := scene()
			form, ok := s.right()
			if !ok {
				t.Fatal("no test knows a right form for it")
			}
			for _, name := range some(slices.Sorted(maps.Keys(payloads)), 6, s.turn()) {
				text := payloads[name]
				all := url.Values{}
				for field := range form {
					all.Set(field, text)
				}
				all.Set("kept", text)
				all.Set("accept", text+"="+text)
				a := b.send(s.path, all)
				a.harmless(t, name+" in all fields")
				if a.status == http.StatusSeeOther || a.status == http.StatusTooManyRequests {
					in.patient()
					s, b = scene()
					form, _ = s.right()
					if a.status == http.StatusSeeOther {
						b.get(a.location()).harmless(t, name+", the page after it")
					}
				}
			}
		})
	})
}

// Every field of every form gets some of the payloads, the next field others; in make test-full each field gets them all.
func TestTypedTextInOneField(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		posts(t, in, func(t *testing.T, scene func() (*scene, *browser)) {
			s, b := scene()
			form, _ := s.right()
			others := slices.DeleteFunc(slices.Sorted(maps.Keys(payloads)), func(name string) bool { return name == "script" })
			for i, field := range slices.Sorted(maps.Keys(form)) {
				in.forgetKept()
				for _, name := range append(some(others, 16, s.turn()+i), "script") {
					one := maps.Clone(form)
					one.Set(field, payloads[name])
					one.Del("submission")
					a := b.send(s.path, one)
					a.harmless(t, name+" in "+field)
					if a.status == http.StatusUnprocessableEntity && keeps(field) && len(payloads[name]) < 100 && name == "script" && !a.shows(payloads[name]) {
						t.Errorf("%s in %s: what was typed is lost: %s", name, field, a.text())
					}
					if a.status != http.StatusUnprocessableEntity {
						in.patient()
						s, b = scene()
						form, _ = s.right()
					}
				}
			}
		})
	})
}

// keeps reports whether a refused form shows again what was typed into the field: not a password, nor the answer to a
// question with fixed answers, nor what the page itself put there.
func keeps(field string) bool {
	return !slices.Contains([]string{
		"password", "current_password", "new_password", "kind", "civility", "role", "locale", "time_zone", "theme", "version", "person", "login_enabled", "primary", "digest", "hour",
		"organization_noun", "country", "phone_required", "offers", "successor", "word", "language", "next", "file", "noun", "contact", "told", "add_contacts", "give_logins", "give_admin", "approval", "to", "switch_off", "files", "invoice", "state", "back", "deposit", "verdict", "letter", "organization", "contract", "stamp", "submission", "consent", "form_enabled", "form_confirmed", "visibility", "rights", "expires_on", "part", "act", "kinds", "since", "enabled", "missed",
	}, field)
}

// Every route gets forms with fields that are empty, repeated or missing, and a part of what is odder, the next route another
// part; in make test-full all of it.
func TestOddForms(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		posts(t, in, func(t *testing.T, scene func() (*scene, *browser)) {
			s, b := scene()
			right, _ := s.right()
			try := func(what, kind, body string) answer {
				t.Helper()
				a := b.do(http.MethodPost, s.path, kind, body)
				a.harmless(t, what)
				if a.status == http.StatusSeeOther || a.status == http.StatusTooManyRequests {
					in.patient()
					s, b = scene()
				}
				return a
			}
			const plain = "application/x-www-form-urlencoded"
			double := ""
			for field, values := range right {
				double += "&" + url.Values{field: {"first", values[0], "last"}}.Encode()
			}
			try("an empty form", plain, "")
			try("every field three times", plain, strings.TrimPrefix(double, "&"))
			for field := range right {
				missing := maps.Clone(right)
				missing.Del(field)
				missing.Del("submission")
				try("without "+field, plain, missing.Encode())
			}
			kind, body := parts(t, right)
			odd := [][3]string{
				{"half an escape", plain, "name=%zz&comment=%"},
				{"semicolons", plain, strings.ReplaceAll(right.Encode(), "&", ";")},
				{"names that are no text", plain, "%ff%00=1&%3Cscript%3Ealert(1)=2&=3&&&=="},
				{"10,000 fields", plain, strings.Repeat("x=1&", 10_000)},
				{"an object in JSON", "application/json", `{"name": {"$ne": null}, "comment": "x"}`},
				{"broken parts", "multipart/form-data; boundary=x", "--y\r\n\r\n"},
				{"an unfinished part", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\nabc"},
				{"parts where a form is expected", kind, body},
			}
			for _, kind := range []string{"", "text/plain", "application/json", "application/xml", "multipart/form-data", "multipart/form-data; boundary=", "application/x-www-form-urlencoded; charset=utf-7", "x", ";;;", "multipart/mixed; boundary=x"} {
				odd = append(odd, [3]string{"content called " + kind, kind, right.Encode()})
			}
			for _, o := range some(odd, 4, s.turn()) {
				try(o[0], o[1], o[2])
			}
			for _, encode := range some([]func(string) (string, string){
				func(text string) (string, string) { return plain, "comment=" + text },
				func(text string) (string, string) { return parts(t, url.Values{"comment": {text}}) },
			}, 2, s.turn()) {
				kind, body := encode(strings.Repeat("x", 5<<20))
				if a := try("5 MB", kind, body); s.route.Body == 0 && a.status != http.StatusRequestEntityTooLarge && a.status != http.StatusNotFound && readsForm(s.route.Pattern) {
					t.Errorf("5 MB: status %d", a.status)
				}
			}
		})
	})
}

// readsForm leaves out who needs no form.
func readsForm(pattern string) bool {
	return !slices.Contains([]string{
		"POST /sign-out", "POST /profile/sessions/{session}/end", "POST /profile/sessions/end", "POST /{workspace}/office/import/{transfer}/start", "POST /{workspace}/office/import/{transfer}/cancel", "POST /{workspace}/office/dispatches/{dispatch}/cancel",
		"POST /activate/{token}/sign-out",
	}, pattern)
}

// asked are the names that addresses know.
var asked = []string{
	"q", "page", "size", "after", "open", "sort", "state", "authorized", "role", "source", "never_signed_in", "incomplete", "kind", "person", "siret", "but", "brand",
	"next", "format", "family_name", "given_name", "view", "noun", "organization", "kept", "accept", "dry", "row", "visibility", "year",
}

// numbers that lists are asked for.
var figures = []string{"0", "-1", "1.5", "2147483648", "-9223372036854775808", "9223372036854775807", "99999999999999999999", "1000000", "48", "47", "0x10", "٣", "1e3", "+7", " 7"}

// Every page gets every sixth of the values and queries, the next page others; in make test-full all, and each name
// by itself with every fourth value, the next name with others.
func TestQueries(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		for range 30 {
			in.person(in.school, in.organization(in.school).ID)
		}
		b := in.as(in.school.admin)
		for _, route := range in.site.Routes() {
			if !strings.HasPrefix(route.Pattern, "GET ") {
				continue
			}
			t.Run(route.Pattern, func(t *testing.T) {
				s := in.stage(route, in.school, in.school.admin)
				try := func(what, query string) {
					t.Helper()
					a := b.do(http.MethodGet, s.path+"?"+query, "", "")
					a.sound(t, what)
					a.escaped(t, what)
				}
				values := slices.Concat(figures, slices.Sorted(maps.Values(payloads)))
				for _, value := range some(values, 6, s.turn()) {
					q := url.Values{}
					for _, name := range asked {
						q.Set(name, value)
					}
					try("everything "+value[:min(len(value), 40)], q.Encode())
				}
				for _, query := range some([]string{
					"q=%zz", "q=%", ";;;", "q=a;page=2", "&&&=&=", "q[]=1&q[a]=2", strings.Repeat("q=a&", 3_000), "page=1&page=2&page=x", "%ff=%ff", "open", "size=48&page=1000000", "sort=name;drop",
					"q=" + strings.Repeat("a+", 5_000), "q=" + strings.Repeat("%25", 5_000), "q=" + strings.Repeat("1", 5_000),
				}, 6, s.turn()) {
					try(query[:min(len(query), 40)], query)
				}
				if full {
					for i, name := range asked {
						for _, value := range every(values, 4, s.turn()+i) {
							try(name+"="+value[:min(len(value), 40)], url.Values{name: {value}}.Encode())
						}
					}
				}
			})
		}
	})
}

// Fields that a form does not have are as if they were not there, whatever they are called.
func TestMassAssignment(t *testing.T) {
	extras := url.Values{
		"role": {"super_admin"}, "authorized_at": {"1"}, "authorized_by": {"00000000-0000-0000-0000-000000000001"}, "authorized": {"1"}, "workspace_id": {"2"}, "workspace": {"orvane"},
		"login_id": {"11111111-1111-4111-8111-111111111111"}, "account_id": {"1"}, "id": {"11111111-1111-4111-8111-111111111111"}, "number": {"1"}, "source": {"import"}, "joined_at": {"1"},
		"login_enabled": {"1"}, "login": {"on"}, "login_email": {"x@evil.example"}, "credentials_sent_at": {"1"}, "last_sign_in_at": {"1"}, "version": {"1"}, "created_at": {"1"},
		"updated_by": {"1"}, "primary": {"1"}, "primary_contact_id": {"1"}, "archived_at": {"1"}, "archived": {"1"}, "login_disabled_by": {"staff"}, "admin": {"1"}, "email": {"evil@evil.example"},
		"password_hash": {"x"}, "password": {"une autre lanterne grise"}, "slug": {"evil"}, "kind": {"vendor"}, "locale": {"en"}, "time_zone": {"Asia/Tokyo"}, "organization_id": {"1"},
		"family_key": {"x"}, "family_name": {"Evil"}, "name": {"Evil"}, "siret": {"81245739800012"}, "customer_key": {"x"}, "Role": {"admin"}, "role[]": {"admin"}, "contact[role]": {"admin"},
	}
	each(t, func(t *testing.T, in *installation) {
		posts(t, in, func(t *testing.T, scene func() (*scene, *browser)) {
			made := func(more url.Values) (string, int) {
				s, b := scene()
				before := in.dumpOf(shaped)
				form, _ := s.right()
				for field, values := range more {
					if !form.Has(field) {
						form[field] = values
					}
				}
				a := b.send(s.path, form)
				return before.shape(in.dumpOf(shaped)), a.status
			}
			plain, was := made(nil)
			laden, is := made(extras)
			if was != is {
				t.Errorf("status %d, with further fields %d", was, is)
			}
			if plain != laden {
				t.Errorf("further fields change what is stored:\n%s\n---\n%s", plain, laden)
			}
		})
	})
}
