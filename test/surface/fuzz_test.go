package surface

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/web"
)

// The fuzz targets below run their seeds with the other tests; by hand
//
//	go test ./test/surface -fuzz FuzzForms -fuzztime 5m
//
// lets them look on. What they find is kept in testdata/fuzz.

// chosen gives the n-th route of a method, counted round and round.
func (in *installation) chosen(method string, n uint8) web.Route {
	var list []web.Route
	for _, route := range in.site.Routes() {
		if strings.HasPrefix(route.Pattern, method+" ") {
			list = append(list, route)
		}
	}
	return list[int(n)%len(list)]
}

func FuzzForms(f *testing.F) {
	for i := range uint8(30) {
		f.Add(i, "name=x&comment=%ff&version=1&email=a@b.example&siret=812450000000010", "application/x-www-form-urlencoded", "")
	}
	for _, body := range []string{
		"", "&&&", "=%00", "version=99999999999999999999", "submission=x&submission=y", "accept=email%3D%22", "kept=AAAA", "password=x&current_password=%ed%a0%80", "next=//evil.example", "login_enabled=&primary=1&role=super_admin",
		"civility=dr&family_name=%E2%80%8B&given_name=%CC%81", "phone=%2B33+1+99+00+12+34+poste+12&mobile=tel:0", "locale=xx&time_zone=../../etc/passwd", "brand=%23zzzzzz&country=ZZ",
	} {
		f.Add(uint8(0), body, "application/x-www-form-urlencoded; charset=utf-8", "contact")
		f.Add(uint8(9), body, "application/x-www-form-urlencoded", "dialog")
		f.Add(uint8(14), "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"+body+"\r\n--x--", "multipart/form-data; boundary=x", "")
	}
	clock := sqldbtest.NewClock()
	in := furnish(f, sqldbtest.Open(f, "sqlite", clock.Now), clock)
	in.clock = clock
	scenes := map[string]*scene{}
	f.Fuzz(func(t *testing.T, n uint8, body, kind, fragment string) {
		if strings.ContainsAny(kind+fragment, "\r\n\x00") {
			return // no header holds these
		}
		in.t = t
		in.patient()
		route := in.chosen(http.MethodPost, n)
		s := scenes[route.Pattern]
		if s == nil {
			s = in.stage(route, in.school, in.entitled(route))
			scenes[route.Pattern] = s
		}
		b := in.as(s.who) // so patiently that older sessions have ended
		b.header.Set("X-Fragment", fragment)
		a := b.do(http.MethodPost, s.path, kind, body)
		a.harmless(t, route.Pattern)
		if to := a.location(); to != "" {
			b.get(to).sound(t, "the page after "+route.Pattern)
		}
		if a.status != http.StatusUnprocessableEntity { // what was there may be gone
			delete(scenes, route.Pattern)
		}
	})
}

func FuzzQueries(f *testing.F) {
	for i := range uint8(40) {
		f.Add(i, "q=a&page=2&size=48&sort=recent&open=x&after=y&state=active&kind=contact.created&person=z", "list")
	}
	for _, query := range []string{
		"", "q=%", "q=%ff%00", "page=-1&size=0", "page=9223372036854775807", "q=%27%20OR%201=1", "q=" + url.QueryEscape(strings.Repeat("é ", 200)), "siret=812%20450", "brand=%23123456", "q=C-000001", "q=0199", "q=%2B33",
		"open=00000000-0000-0000-0000-000000000000", "after=ffffffff-ffff-ffff-ffff-ffffffffffff&sort=recent", "q=%25_%5C", "format=xlsx", "format=../x", "noun=contacts",
	} {
		f.Add(uint8(3), query, "")
		f.Add(uint8(17), query, "C-000001")
		f.Add(uint8(20), query, "organization")
	}
	clock := sqldbtest.NewClock()
	in := furnish(f, sqldbtest.Open(f, "sqlite", clock.Now), clock)
	in.clock = clock
	scenes := map[string]*scene{}
	b := in.as(in.school.admin)
	f.Fuzz(func(t *testing.T, n uint8, query, fragment string) {
		in.t = t
		route := in.chosen(http.MethodGet, n)
		if scenes[route.Pattern] == nil {
			scenes[route.Pattern] = in.stage(route, in.school, in.school.admin)
		}
		if strings.ContainsAny(fragment, "\r\n\x00") || strings.ContainsAny(query, "#") || strings.ContainsFunc(query, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return // no request holds these
		}
		w := b.again()
		w.t = t
		w.header.Set("X-Fragment", fragment)
		a := w.do(http.MethodGet, scenes[route.Pattern].path+"?"+query, "", "")
		a.sound(t, route.Pattern)
		a.escaped(t, route.Pattern)
	})
}
