package public_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

func TestHost(t *testing.T) {
	h := newHouse(t, sqldbtest.Open(t, "sqlite", nil), nil)
	from := func(remote, host, forwarded string) *browser {
		b := h.browser()
		b.remote = remote
		b.header.Set("Host", host)
		if forwarded != "" {
			b.header.Set("X-Forwarded-Host", forwarded)
		}
		return b
	}
	t.Run("another host than the base URL's is refused", func(t *testing.T) {
		for _, host := range []string{"evil.example", "entregent.example.evil.example", "entregent.example:8080", "127.0.0.1", "localhost"} {
			from("203.0.113.7:1", host, "").get("/sign-in").want(http.StatusMisdirectedRequest, "Adresse inconnue")
		}
		from("203.0.113.7:1", "Entregent.Example:443", "").get("/help").want(http.StatusOK)
	})
	t.Run("the probes answer under any name", func(t *testing.T) {
		from("203.0.113.7:1", "10.1.2.3:8080", "").get("/healthz").want(http.StatusOK, "ok")
		from("203.0.113.7:1", "10.1.2.3:8080", "").get("/readyz").want(http.StatusOK, "ready")
	})
	t.Run("a proxy's word for the host counts only from a trusted one", func(t *testing.T) {
		from("203.0.113.7:1", "backend:8080", "entregent.example").get("/help").want(http.StatusMisdirectedRequest)
		from("203.0.113.7:1", "entregent.example", "evil.example").get("/help").want(http.StatusOK)
		from("10.0.0.9:1", "backend:8080", "entregent.example").get("/help").want(http.StatusOK)
		from("10.0.0.9:1", "entregent.example", "evil.example").get("/help").want(http.StatusMisdirectedRequest)
	})
	t.Run("on the own machine, its other names lead to the base URL's, for pages alone", func(t *testing.T) {
		h := newHouseAt(t, h.db, nil, "http://127.0.0.1:8080")
		for _, host := range []string{"localhost:8080", "LOCALHOST", "[::1]:8080", "127.0.0.1:9999"} {
			b := h.browser()
			b.header.Set("Host", host)
			if to := b.get("/sign-in?next=%2Fx").last.Header().Get("Location"); to != "http://127.0.0.1:8080/sign-in?next=%2Fx" || b.last.Code != http.StatusTemporaryRedirect {
				t.Errorf("%s: %d to %s", host, b.last.Code, to)
			}
			b.post("/sign-in", url.Values{}).want(http.StatusMisdirectedRequest)
		}
		b := h.browser()
		b.header.Set("Host", "evil.example")
		b.get("/sign-in").want(http.StatusMisdirectedRequest)
	})
	t.Run("readiness ends when the process is told to stop", func(t *testing.T) {
		h.stop = true
		h.browser().get("/readyz").want(http.StatusServiceUnavailable, "stopping")
		h.browser().get("/healthz").want(http.StatusOK)
	})
}

func TestProxies(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		shown := func(remote, forwarded string) string {
			b := h.browser()
			b.remote = remote
			b.header.Set("X-Forwarded-For", forwarded)
			return between(b.signIn().get("/profile").body, ", depuis ", "<")
		}
		t.Run("the client's address is the last one that no trusted proxy has", func(t *testing.T) {
			for _, c := range []struct{ remote, forwarded, want string }{
				{"203.0.113.7:1", "198.51.100.1", "203.0.113.7"},
				{"10.0.0.9:1", "198.51.100.1", "198.51.100.1"},
				{"10.0.0.9:1", "192.0.2.66, 198.51.100.1, 10.0.0.8", "198.51.100.1"},
				{"10.0.0.9:1", "rubbish, 10.0.0.8", "10.0.0.8"},
				{"10.0.0.9:1", "", "10.0.0.9"},
				{"[2001:db8::1]:1", "", "2001:db8::1"},
			} {
				if got := shown(c.remote, c.forwarded); got != c.want {
					t.Errorf("%s, forwarded for %q: %s, want %s", c.remote, c.forwarded, got, c.want)
				}
			}
		})
	})
}

func TestOtherSites(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		t.Run("another site's form changes nothing", func(t *testing.T) {
			for _, header := range []http.Header{
				{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.example"}}, {"Origin": {"null"}},
			} {
				b := h.browser().signIn()
				b.header = header
				b.post("/brenval/office/notes", url.Values{"comment": {"forged"}}).want(http.StatusForbidden)
				if b.header.Get("Origin") != "null" { // that may be a page of a one-time link (web.Route.Beside); another site's form comes without our cookies
					b.post("/sign-out", url.Values{}).want(http.StatusForbidden)
				}
				b.header = http.Header{}
				b.get("/brenval/office").want(http.StatusOK)
			}
			if h.comment != "" {
				t.Error(h.comment)
			}
		})
		t.Run("our own does", func(t *testing.T) {
			b := h.browser().signIn()
			b.header = http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {base}}
			b.post("/brenval/office/notes", url.Values{"comment": {"ours"}}).wantTo("/brenval/office")
			if h.comment != "ours" {
				t.Error(h.comment)
			}
		})
	})
}

func TestBadRequests(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		b := h.browser().signIn()
		t.Run("a body over the route's limit is a 413", func(t *testing.T) {
			b.post("/brenval/office/notes", url.Values{"comment": {strings.Repeat("x", 20_001)}}).want(http.StatusRequestEntityTooLarge, "trop volumineux")
		})
		t.Run("broken UTF-8 and NUL are faults of their field, stored nowhere, and the rest is kept", func(t *testing.T) {
			for _, text := range []string{"caf\xe9 noir", "café\x00 noir"} {
				b.post("/brenval/office/notes", url.Values{"comment": {text}, "submission": {"s"}}).want(http.StatusUnprocessableEntity, "illisible", "noir", `value="s"`)
			}
			b.get("/sign-in?next=%ff%00")
			b.post("/sign-in", url.Values{"email": {"\xff@x.example"}, "password": {"\xff"}}).want(http.StatusUnprocessableEntity)
			if h.comment != "" {
				t.Errorf("%q", h.comment)
			}
		})
		t.Run("a form that cannot be read at all is a 422", func(t *testing.T) {
			for kind, body := range map[string]string{"application/x-www-form-urlencoded": "a=%zz", "multipart/form-data; boundary=x": "--y", "multipart/form-data": "x"} {
				b.header.Set("Content-Type", kind)
				b.raw("POST", "/brenval/office/notes", body).want(http.StatusUnprocessableEntity)
			}
			b.header.Del("Content-Type")
		})
		t.Run("a file streams in with the fields around it; too large, broken or unreadable is refused", func(t *testing.T) {
			send := func(parts ...string) *browser {
				b.header.Set("Content-Type", "multipart/form-data; boundary=x")
				defer b.header.Del("Content-Type")
				return b.raw("POST", "/brenval/office/file", "--x\r\nContent-Disposition: form-data; "+strings.Join(parts, "\r\n--x\r\nContent-Disposition: form-data; ")+"\r\n--x--\r\n")
			}
			const file = "name=\"file\"; filename=\"été.csv\"\r\n\r\n"
			send("name=\"comment\"\r\n\r\nbonjour", file+"a;b").want(http.StatusOK, "été.csv: a;b | bonjour")
			send(file + strings.Repeat("x", 100_001)).want(http.StatusRequestEntityTooLarge)
			send("name=\"comment\"\r\n\r\n\xff", file+"a;b").want(http.StatusUnprocessableEntity, "illisible")
			send(file + "a;b\r\n--x\r\nContent-Disposition: form-data; name=").want(http.StatusUnprocessableEntity)
			b.header.Set("Content-Type", "multipart/form-data; boundary=x")
			b.raw("POST", "/brenval/office/file", "--x\r\nContent-Disposition: form-data; "+file+"a").want(http.StatusUnprocessableEntity)
			b.header.Del("Content-Type")
		})
		t.Run("an unknown page, workspace or method has a page in style, without a word about what exists", func(t *testing.T) {
			h.join(h.person("paul.roy@orvane.example", "Paul Roy"), "orvane", "admin")
			foreign := b.get("/orvane/office").want(http.StatusNotFound, "Page introuvable").body
			unknown := b.get("/nowhere/office").want(http.StatusNotFound).body
			if strings.ReplaceAll(foreign, "orvane", "nowhere") != unknown {
				t.Error("a foreign workspace can be told from none")
			}
			b.get("/brenval/office/nothing").want(http.StatusNotFound, "Page introuvable")
			b.get("/help/nothing").want(http.StatusNotFound)
			b.get("/static/entregent.css").want(http.StatusNotFound)
			b.get("/static/brand-123zzz.css").want(http.StatusNotFound)
			b.do("PUT", "/help", nil).want(http.StatusMethodNotAllowed)
			b.get("//help")
			b.get("/brenval//office")
		})
		t.Run("a panic is a 500 with the request's number, which the log has too, and tells nothing of the inside", func(t *testing.T) {
			b.get("/brenval/office/panic").want(http.StatusInternalServerError, "Un incident s’est produit")
			number := between(b.body, "Numéro à nous donner\u00a0: ", "<")
			if number == "" || !strings.Contains(h.log.String(), `"request":"`+number+`"`) || strings.Contains(b.body, "inside") {
				t.Errorf("number %q\n%s", number, b.body)
			}
			b.get("/brenval/office/broken").want(http.StatusInternalServerError, "Un incident s’est produit")
			if strings.Contains(b.body, "EOF") {
				t.Error(b.body)
			}
		})
		t.Run("a script gets a refusal as a part, and is told to let the browser sign in", func(t *testing.T) {
			b.header.Set("X-Fragment", "people")
			b.get("/brenval/office/nothing").want(http.StatusNotFound, "data-refusal")
			if strings.Contains(b.body, "<html") {
				t.Error(b.body)
			}
			stranger := h.browser()
			stranger.header.Set("X-Fragment", "people")
			stranger.get("/brenval/office").want(http.StatusUnauthorized)
		})
	})
}

func TestDoors(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		h.join(h.person("paul.roy@orvane.example", "Paul Roy"), "brenval", "officer")
		t.Run("what the role does not permit is a 403, for admins it opens", func(t *testing.T) {
			h.browser().signIn().get("/brenval/office/team").want(http.StatusOK)
			b := h.browser()
			b.post("/sign-in", url.Values{"email": {"paul.roy@orvane.example"}, "password": {password}})
			b.get("/brenval/office").want(http.StatusOK)
			b.get("/brenval/office/team").want(http.StatusForbidden, "Votre rôle")
		})
		t.Run("HEAD is GET without a body", func(t *testing.T) {
			b := h.browser().signIn().do("HEAD", "/brenval/office", nil).want(http.StatusOK)
			if b.body != "" || b.last.Header().Get("Content-Length") == "" {
				t.Errorf("%q %v", b.body, b.last.Header())
			}
		})
		t.Run("each first segment of a route is a reserved word", func(t *testing.T) {
			for _, route := range h.site.Routes() {
				_, path, _ := strings.Cut(route.Pattern, " /")
				first, _, _ := strings.Cut(path, "/")
				if first != "{workspace}" && first != "{$}" && !workspace.Reserved(first) {
					t.Errorf("%s: a workspace could be called %s", route.Pattern, first)
				}
			}
		})
		t.Run("every answer carries the security headers, and no page an inline script or style", func(t *testing.T) {
			b := h.browser().signIn()
			for _, route := range h.site.Routes() {
				method, path, _ := strings.Cut(route.Pattern, " ")
				path = strings.NewReplacer("{workspace}", "brenval", "{$}", "", "{session}", "x", "{token}", "x").Replace(path)
				b.do(method, path, url.Values{})
				if route.OneTime {
					wantSecrecy(t, method+" "+path, b)
				} else {
					wantHeaders(t, method+" "+path, b)
				}
				b.signIn()
			}
			for _, path := range []string{"/nowhere", "/brenval/office/panic", "/static/nothing"} {
				b.get(path)
				wantHeaders(t, path, b)
			}
		})
	})
}

func wantHeaders(t *testing.T, what string, b *browser) {
	t.Helper()
	wantPolicies(t, what, b, map[string]string{"Referrer-Policy": "same-origin", "Cache-Control": "private, no-cache"})
}

// wantSecrecy is wantHeaders for a page whose address holds the secret of a one-time link, or whose form its code.
func wantSecrecy(t *testing.T, what string, b *browser) {
	t.Helper()
	wantPolicies(t, what, b, map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"})
}

func wantPolicies(t *testing.T, what string, b *browser, policies map[string]string) {
	t.Helper()
	h := b.last.Header()
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Strict-Transport-Security": "max-age",
	} {
		policies[name] = want
	}
	for name, want := range policies {
		if !strings.HasPrefix(h.Get(name), want) {
			t.Errorf("%s: %s: %q", what, name, h.Get(name))
		}
	}
	for _, inline := range []string{" style=", "<style", " onclick=", "javascript:", "<script>"} {
		if strings.Contains(b.body, inline) {
			t.Errorf("%s has %s", what, inline)
		}
	}
}

func TestKeptForm(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		h.join(h.person("paul.roy@orvane.example", "Paul Roy"), "brenval", "officer")
		const typed = "une longue remarque, <b>avec soin</b>"
		expired := func(path string) *browser {
			b := h.browser().signIn().get("/brenval/office")
			clock.Pass(13 * time.Hour)
			return b.post(path, url.Values{"comment": {typed}, "submission": {"s1"}})
		}
		t.Run("a form posted after the session's end comes back filled in once its author has signed in, and is not submitted", func(t *testing.T) {
			b := expired("/brenval/office/notes").want(http.StatusOK, "Votre session a pris fin", "Adresse e-mail")
			if strings.Contains(b.body, "remarque") {
				t.Error("what was typed can be read before signing in")
			}
			kept := b.hidden("kept")
			b.post("/sign-in", url.Values{"email": {email}, "password": {"wrong"}, "kept": {kept}}).want(http.StatusUnprocessableEntity, kept)
			b.post("/sign-in", url.Values{"email": {email}, "password": {password}, "kept": {kept}})
			b.want(http.StatusOK, "Votre saisie a été gardée", "une longue remarque, &lt;b&gt;avec soin&lt;/b&gt;", `value="s1"`, `data-address="/brenval/office"`, "Se déconnecter")
			if h.comment != "" {
				t.Error("it was submitted:", h.comment)
			}
			b.post("/brenval/office/notes", url.Values{"comment": {typed}}).wantTo("/brenval/office")
			if h.comment != typed {
				t.Error(h.comment)
			}
		})
		t.Run("nobody else sees it, nor its author after a day, nor anybody with a forged one", func(t *testing.T) {
			kept := expired("/brenval/office/notes").hidden("kept")
			b := h.browser().post("/sign-in", url.Values{"email": {"paul.roy@orvane.example"}, "password": {password}, "kept": {kept}})
			b.wantTo("/")
			h.browser().post("/sign-in", url.Values{"email": {email}, "password": {password}, "kept": {kept[:len(kept)-2] + "AA"}}).wantTo("/")
			h.browser().post("/sign-in", url.Values{"email": {email}, "password": {password}, "kept": {"x"}}).wantTo("/")
			clock.Pass(25 * time.Hour)
			h.browser().post("/sign-in", url.Values{"email": {email}, "password": {password}, "kept": {kept}}).wantTo("/")
		})
		t.Run("a button without a form to show again does nothing and says so", func(t *testing.T) {
			h.comment = ""
			b := expired("/brenval/office/deletion").want(http.StatusOK)
			b.post("/sign-in", url.Values{"email": {email}, "password": {password}, "kept": {b.hidden("kept")}}).wantTo("/brenval/office")
			b.get("/brenval/office").want(http.StatusOK, "rien n’a été modifié")
			if h.comment != "" {
				t.Error(h.comment)
			}
		})
		t.Run("in a browser where nobody signed in, nothing is kept", func(t *testing.T) {
			h.browser().post("/brenval/office/notes", url.Values{"comment": {typed}}).wantTo("/sign-in")
		})
	})
}
