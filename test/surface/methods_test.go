package surface

import (
	"net/http"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/web"
)

// unchanged fails when fn changes anything that is kept.
func (in *installation) unchanged(t *testing.T, fn func()) {
	t.Helper()
	before := in.dump()
	fn()
	if diff := before.against(in.dump()); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
}

// route finds one that is mounted.
func (in *installation) route(pattern string) web.Route {
	in.t.Helper()
	for _, route := range in.site.Routes() {
		if route.Pattern == pattern {
			return route
		}
	}
	in.t.Fatalf("no route %s", pattern)
	return web.Route{}
}

// traced are the reads that leave something behind: whoever takes the history along a line in it, whoever opens an
// invitation that staff see so.
var traced = map[string]bool{"GET /{workspace}/office/journal/export": true, "GET /activate/{token}": true}

func TestReadingChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		for _, route := range in.site.Routes() {
			if !strings.HasPrefix(route.Pattern, "GET ") || traced[route.Pattern] {
				continue
			}
			t.Run(route.Pattern, func(t *testing.T) {
				s := in.stage(route, in.school, in.school.admin)
				b := in.as(s.who)
				in.unchanged(t, func() {
					page := b.get(s.path)
					head := b.do(http.MethodHead, s.path, "", "")
					if head.status != page.status || head.body != "" {
						t.Errorf("HEAD: %d with %d bytes, GET: %d", head.status, len(head.body), page.status)
					}
					for name := range page.header {
						if name != "Content-Length" && head.header.Get(name) == "" {
							t.Errorf("HEAD has no %s", name)
						}
					}
				})
			})
		}
	})
}

func TestOtherMethods(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		paths := map[string][]string{} // methods by path
		for _, route := range in.site.Routes() {
			method, path, _ := strings.Cut(route.Pattern, " ")
			paths[path] = append(paths[path], method)
		}
		for _, route := range in.site.Routes() {
			method, path, _ := strings.Cut(route.Pattern, " ")
			if methods := paths[path]; methods[0] != method {
				continue
			}
			t.Run(path, func(t *testing.T) {
				s := in.stage(route, in.school, in.school.admin)
				form, _ := s.right()
				b := in.as(s.who)
				in.unchanged(t, func() {
					for _, method := range []string{"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "FOO", "get", "post", "Post"} {
						a := b.do(method, s.path, "application/x-www-form-urlencoded", form.Encode())
						a.sound(t, method)
						if a.status != http.StatusMethodNotAllowed {
							t.Errorf("%s: status %d", method, a.status)
						}
						for _, known := range paths[path] {
							if !strings.Contains(a.header.Get("Allow"), known) {
								t.Errorf("%s: allows %q, not %s", method, a.header.Get("Allow"), known)
							}
						}
					}
				})
			})
		}
	})
}

// remembers are the lists that keep with the person what their address says of how to see them, and whose form has a field of the name
// of a filter.
var remembers = map[string]bool{"/{workspace}/portal/{organization}/requests": true}

// Some frameworks let a form or a header say which method is meant. Here nothing does.
func TestMethodOverrides(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		for _, route := range in.site.Routes() {
			_, path, post := strings.Cut(route.Pattern, "POST ")
			if !post || traced["GET "+path] || remembers[path] {
				continue
			}
			t.Run(route.Pattern, func(t *testing.T) {
				s := in.stage(route, in.school, in.entitled(route))
				form, _ := s.right()
				b := in.as(s.who)
				in.unchanged(t, func() {
					for _, name := range []string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override", "X-Original-Method"} {
						b.header.Set(name, "POST")
					}
					for _, target := range []string{s.path, s.path + "?_method=POST&" + form.Encode()} {
						b.do(http.MethodGet, target, "application/x-www-form-urlencoded", form.Encode()).sound(t, target)
						b.do(http.MethodHead, target, "application/x-www-form-urlencoded", form.Encode()).sound(t, target)
					}
				})
			})
		}
	})
}

// confirmations are acts whose forms hold nothing that they need: a password that was typed just now is not asked for again,
// and what tells a repeated form from a new one may be missing.
var confirmations = map[string]bool{
	"POST /{workspace}/office/invoices/{invoice}/deletion":           true,
	"POST /{workspace}/office/contacts/{contact}/deletion":           true,
	"POST /{workspace}/office/offers/{offer}/rejection":              true,
	"POST /{workspace}/office/organizations/{organization}/deletion": true,
	"POST /{workspace}/office/contacts/{contact}/credentials":        true,
	"POST /{workspace}/office/contacts/{contact}/revocation":         true,

	"POST /{workspace}/office/settings/team/invitations/{invitation}/renewal": true,
	"POST /{workspace}/office/settings/webhooks/{webhook}/secret":             true,
	"POST /{workspace}/office/settings/webhooks/{webhook}/trial":              true,

	"POST /{workspace}/portal/{organization}/contacts/{contact}/credentials":  true,
	"POST /{workspace}/portal/{organization}/contacts/{contact}/deletion":     true,
	"POST /{workspace}/portal/{organization}/contacts/{contact}/handover":     true,
	"POST /{workspace}/portal/{organization}/handovers/{handover}/acceptance": true,
}

// Forms are read from the body alone: an address that carries their values does nothing by itself.
func TestFormsInAddresses(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		posts(t, in, func(t *testing.T, scene func() (*scene, *browser)) {
			s, b := scene()
			form, _ := s.right()
			if len(form) == 0 || confirmations[s.route.Pattern] {
				return
			}
			in.unchanged(t, func() {
				b.do(http.MethodPost, s.path+"?"+form.Encode(), "application/x-www-form-urlencoded", "").sound(t, s.path)
			})
		})
	})
}

func TestOtherSites(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		posts(t, in, func(t *testing.T, scene func() (*scene, *browser)) {
			s, b := scene()
			form, _ := s.right()
			in.unchanged(t, func() {
				for _, header := range []http.Header{
					{"Sec-Fetch-Site": {"cross-site"}},
					{"Sec-Fetch-Site": {"same-site"}},
					{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"navigate"}},
					{"Sec-Fetch-Site": {"bogus"}},
					{"Origin": {"https://evil.example"}},
					{"Origin": {"null"}},
					{"Origin": {"http://entregent.example"}},
					{"Origin": {"https://entregent.example:8443"}},
					{"Origin": {"https://entregent.example.evil.example"}},
					{"Origin": {"https://entregent.example@evil.example"}},
					{"Origin": {"https://evil.example"}, "X-Forwarded-Host": {"evil.example"}},
					{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"same-site"}, "Referer": {base + "/"}},
				} {
					if (s.route.OneTime || s.route.Beside) && len(header) == 1 && header.Get("Origin") == "null" {
						continue // so writes an old browser on a page that says «no-referrer»; the link's secret is proof enough, or nothing is at stake
					}
					b.header = header
					a := b.send(s.path, form)
					a.sound(t, "forged")
					if a.status != http.StatusForbidden {
						t.Errorf("%v: status %d", header, a.status)
					}
				}
			})
			b.header = http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {base}}
			if a := b.send(s.path, form); a.status == http.StatusForbidden {
				t.Error("our own page's form is refused")
			}
		})
	})
}
