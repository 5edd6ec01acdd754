package surface

import (
	"net/http"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/web"
)

// tricks are ways to write a path that some servers take for another one.
func tricks(path string) []string {
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return []string{
		"/" + path, path + "/", path + "//", path + "/.", path + "/..", path + "/../", path + ".", path + "%20", path + "%00", path + "%2f", path + "%5c", path + ";", path + ";a=b", path + "?",
		"/./" + first + "/" + rest, "/" + first + "//" + rest, "/" + first + "/./" + rest, "/" + first + "/x/../" + rest, "/" + first + "/%2e/" + rest, "/" + first + "/x/%2e%2e/" + rest,
		"/" + first + "%2f" + rest, "/%2f" + first + "/" + rest, "/" + first + "/%2f" + rest, "/" + first + "%5c" + rest, "/" + strings.ToUpper(first) + "/" + rest, "/" + first + "/" + strings.ToUpper(rest),
		"/" + first + "%00/" + rest, "/x/../" + first + "/" + rest, "/static/../" + first + "/" + rest, "/static/%2e%2e/" + first + "/" + rest, "/static/..%2f" + first + "/" + rest,
		"/%c0%ae%c0%ae/" + first + "/" + rest, "/\xc0\xae/" + first, "/" + first + "/\xe2\x80\xae" + rest, "/%e2%80%8b" + first + "/" + rest, path + "/index.html", path + ".json", path + "%3fq=1",
	}
}

func TestPathTricks(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		officer, nobody := in.as(in.school.officer), in.browser()
		foreign := in.as(in.vendor.admin)
		secret := in.contact(in.school)
		in.unchanged(t, func() {
			for _, path := range []string{
				"/brenval/office/settings", "/brenval/office/settings/team", "/brenval/office/journal/export", "/brenval/office/organizations/" + secret.Organization.String() + "/deletion",
				"/brenval/office", "/profile", "/static/entregent.css", "/setup",
			} {
				for _, trick := range tricks(path) {
					for who, b := range map[string]*browser{"officer": officer, "nobody": nobody, "foreign": foreign} {
						for _, method := range []string{http.MethodGet, http.MethodPost} {
							a := b.do(method, trick, "application/x-www-form-urlencoded", "")
							a.sound(t, method+" "+trick)
							settles(t, b, a, who+" "+method+" "+trick)
							open := a.status == http.StatusOK && !strings.HasPrefix(path, "/static")
							if allowed := who == "officer" && (path == "/profile" || path == "/brenval/office") || who == "foreign" && path == "/profile"; open && !allowed {
								t.Errorf("%s %s %s: status %d", who, method, trick, a.status)
							}
						}
					}
				}
			}
		})
	})
}

// settles follows the redirects that clean a path: they stay here and come to an end.
func settles(t *testing.T, b *browser, a answer, what string) {
	t.Helper()
	for range 5 {
		to := a.location()
		if to == "" {
			return
		}
		if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\") {
			t.Errorf("%s leads to %q", what, to)
			return
		}
		a = b.again().get(to)
		a.sound(t, what+" and on to "+to)
	}
	t.Errorf("%s leads round and round", what)
}

// What the program keeps beside its pages is never handed out.
func TestFiles(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		b := in.as(in.school.admin)
		for _, path := range []string{
			"/static/", "/static", "/static/../secret", "/static/..%2fsecret", "/static/%2e%2e%2f%2e%2e%2fetc/passwd", "/static/....//secret", "/static//etc/passwd", "/static/static.go",
			"/static/tokens.css%00.txt", "/static/brand-000000.css/../x", "/static/brand-}*{color:red.css", "/static/brand-ABCDEF.css", "/static/brand-00000.css", "/static/brand-%30%30%30%30%30%30.css%0d%0a",
			"/secret", "/entregent.db", "/var/secret", "/.git/config", "/.env", "/debug/pprof/", "/debug/vars", "/metrics", "/server-status", "/favicon.ico/../secret", "/api/v1/contacts", "/admin",
		} {
			a := b.do(http.MethodGet, path, "", "")
			a.sound(t, path)
			if a.status == http.StatusOK {
				t.Errorf("%s: status %d: %.200s", path, a.status, a.body)
			}
		}
	})
}

// guarded fails unless the answer has the headers that stand on every one, whatever it is; TestRoutes asks it of each.
func (a answer) guarded(t *testing.T, what, referrer string) {
	t.Helper()
	policy := a.header.Get("Content-Security-Policy")
	parts := []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"}
	switch kind, how := a.header.Get("Content-Type"), a.header.Get("Content-Disposition"); {
	case kind == "application/pdf" && strings.HasPrefix(how, "inline"): // browsers show none in a sandbox, or without sources
		parts = []string{"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"}
	case strings.Contains(policy, "sandbox"): // what somebody sent
		parts = []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "sandbox"}
	}
	for _, part := range parts {
		if !strings.Contains(policy, part) {
			t.Errorf("%s: no %s in %q", what, part, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		t.Errorf("%s: the policy is weak: %q", what, policy)
	}
	if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") != referrer || a.header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s: headers %v", what, a.header)
	}
	if kind := a.header.Get("Content-Type"); a.body != "" && kind == "" {
		t.Errorf("%s: no content type on %q", what, a.text())
	}
	if strings.Contains(a.body, "<script>") || strings.Contains(a.body, "<style") || strings.Contains(a.body, " style=") || strings.Contains(a.body, " onclick=") {
		t.Errorf("%s: inline script or style", what)
	}
	for _, cookie := range a.header["Set-Cookie"] {
		for _, part := range []string{"__Host-", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
			if !strings.Contains(cookie, part) {
				t.Errorf("%s: no %s in the cookie %.20s…", what, part, cookie)
			}
		}
	}
}

// Nor are they missing where no route is.
func TestSecurityHeaders(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		b := in.browser()
		for _, target := range []string{"/nothing", "//x", "/static/nothing.css", "/brenval/office/nothing"} {
			t.Run(target, func(t *testing.T) { b.get(target).guarded(t, target, "same-origin") })
		}
		b.host = "evil.example"
		t.Run("another host", func(t *testing.T) { b.get("/help").guarded(t, b.host, "same-origin") })
	})
}

// policyOf is what the pages of a route say of where their readers come from.
func policyOf(route web.Route) string {
	if route.OneTime {
		return "no-referrer"
	}
	return "same-origin"
}
