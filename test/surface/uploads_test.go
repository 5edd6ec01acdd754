package surface

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
)

func TestUploadsBrokenOff(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		b := in.as(in.school.admin)
		long := csvFile + strings.Repeat("81245000000010;Mme;Tanguy;Enora;01 99 00 12 34;enora@forges.example\n", 3_000)
		kind, whole := parts(t, url.Values{"noun": {"contacts"}, theFile: {long}})
		t.Run("half a file is taken for none", func(t *testing.T) {
			in.unchanged(t, func() {
				for _, at := range []int{len(whole) - 3, len(whole) - 40, len(whole) - 100, len(whole) / 2, 300, 100, 10} {
					a := b.do(http.MethodPost, "/brenval/office/import", kind, whole[:at])
					a.sound(t, "half")
					if a.status != http.StatusUnprocessableEntity {
						t.Errorf("%d of %d bytes: status %d: %s", at, len(whole), a.status, a.text())
					}
				}
			})
		})
		t.Run("the whole one is taken", func(t *testing.T) {
			if a := b.do(http.MethodPost, "/brenval/office/import", kind, whole); a.status != http.StatusSeeOther {
				t.Errorf("status %d: %s", a.status, a.text())
			}
		})
		t.Run("what is no table, or has no name, is refused with the reason and leaves nothing", func(t *testing.T) {
			in.unchanged(t, func() {
				for what, content := range map[string]string{
					"nothing": "", "a PDF": "%PDF-1.7\n%âãÏÓ", "a page": "<!DOCTYPE html><html>", "a picture": "\x89PNG\r\n\x1a\n", "NULs": strings.Repeat("\x00", 5_000), "half a ZIP": "PK\x03\x04" + strings.Repeat("x", 500),
					"one line": strings.Repeat("a", 2<<20), "columns": strings.Repeat("a;", 1_000_000), "no header": "1;2;3\n", "binary": "\xff\xfe\xfd\xfc" + strings.Repeat("\x01\x02", 1_000),
				} {
					a := b.send("/brenval/office/import", url.Values{"noun": {"contacts"}, theFile: {content}})
					a.sound(t, what)
					if a.status != http.StatusUnprocessableEntity {
						t.Errorf("%s: status %d: %s", what, a.status, a.text())
					}
				}
			})
		})
		t.Run("a file over the limit is a 413 or a 422, and leaves nothing", func(t *testing.T) {
			in.config.Transfers.UploadLimit = 1 << 20
			b := in.browserAt(in.node(in.db))
			b.signIn(in.school.admin)
			in.unchanged(t, func() {
				for _, n := range []int{1<<20 + 1, 3 << 20} {
					a := b.send("/brenval/office/import", url.Values{"noun": {"contacts"}, theFile: {csvFile + strings.Repeat("x\n", n/2)}})
					a.sound(t, "large")
					if a.status != http.StatusRequestEntityTooLarge && a.status != http.StatusUnprocessableEntity {
						t.Errorf("%d bytes: status %d: %s", n, a.status, a.text())
					}
				}
			})
		})
		t.Run("a file’s name is a name and nothing else", func(t *testing.T) {
			for _, name := range []string{"../../etc/passwd", `C:\Users\x.csv`, "<script>alert(1)</script>.csv", "a\u202evsc.exe", strings.Repeat("é", 3_000) + ".csv", "", ".", "x.csv\x00.exe"} {
				kind, body := parts(t, url.Values{"noun": {"contacts"}, theFile: {csvFile}})
				body = strings.Replace(body, "personnes.csv", strings.NewReplacer("\\", "\\\\", "\"", "\\\"").Replace(name), 1)
				a := b.do(http.MethodPost, "/brenval/office/import", kind, body)
				a.harmless(t, name)
				if a.status == http.StatusSeeOther {
					page := b.get(a.location())
					page.harmless(t, name)
					if page.shows("etc/") || page.shows(`Users\`) {
						t.Errorf("%q: the path is kept", name)
					}
				}
			}
		})
	})
}

// Whoever takes everything along types their password, unless they just did (product.md §5), whatever the address says.
func TestExportOfEverythingAsksForThePassword(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		in.contact(in.school)
		b := in.as(in.school.admin)
		in.clock.Pass(in.config.SignIn.Confirmed.Duration())
		after := in.get(in.school, in.contact(in.school).ID)
		for _, query := range []string{
			"", "&q=", "&q=%20", "&q=%09%20", "&q=%C2%A0", "&page=1&size=48", "&sort=recent", "&state=", "&state=nonsense", "&authorized=maybe", "&after=00000000-0000-0000-0000-000000000000",
			"&after=" + after.ID.String(), "&after=" + after.ID.String() + "&sort=recent", "&role=&source=&never_signed_in=&incomplete=", "&q=%00", "&organization=x", "&selected=",
		} {
			for _, path := range []string{"/contacts/export?format=csv", "/export?noun=contacts&format=jsonl", "/export?noun=organizations&format=csv"} {
				a := b.get("/brenval/office" + path + query)
				a.sound(t, path+query)
				if a.status == http.StatusOK && strings.Contains(a.body, "Kerannic") || a.status == http.StatusOK && strings.Contains(a.body, "Ateliers") {
					t.Errorf("%s%s: everything is there without a password", path, query)
				}
			}
		}
		t.Run("a wrong password opens nothing, the right one does, and then leads on here alone", func(t *testing.T) {
			confirm := func(typed, next string) answer {
				return b.post("/brenval/office/export/confirmation", url.Values{"password": {typed}, "next": {next}})
			}
			if a := confirm("wrong", "/brenval/office/contacts/export?format=csv"); a.status != http.StatusUnprocessableEntity {
				t.Errorf("wrong: %d", a.status)
			}
			if a := b.get("/brenval/office/contacts/export?format=csv"); a.status != http.StatusSeeOther {
				t.Errorf("after a wrong one: %d", a.status)
			}
			for _, next := range []string{"//evil.example", "https://evil.example", "/orvane/office/export", `/\evil.example`, "javascript:alert(1)"} {
				a := confirm(password, next)
				a.harmless(t, next)
				page := b.get(a.location())
				page.harmless(t, next)
				if strings.Contains(page.body, `href="`+next) {
					t.Errorf("leads on to %s", next)
				}
			}
			if a := b.get("/brenval/office/contacts/export?format=csv"); a.status != http.StatusOK || !strings.Contains(a.body, "Kerannic") {
				t.Errorf("after the right one: %d", a.status)
			}
		})
		t.Run("another person’s right password is none", func(t *testing.T) {
			who := in.somebody(in.school, "admin")
			c := in.as(who)
			c.post("/profile/password", url.Values{"current_password": {password}, "new_password": {"quai des lanternes grises"}})
			in.clock.Pass(in.config.SignIn.Confirmed.Duration())
			if a := c.post("/brenval/office/export/confirmation", url.Values{"password": {password}}); a.status != http.StatusUnprocessableEntity {
				t.Errorf("status %d", a.status)
			}
		})
	})
}

// The same holds in the portal, for an organisation's contacts as for its history.
func TestTakingColleaguesAlongAsksForThePassword(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, own := in.visitor(in.school, contact.Admin, nil)
		home := portalOf(in.school, own)
		asks := home + "/export/confirmation"
		files := []string{"/contacts/export?format=csv", "/contacts/export?format=xlsx&q=a&sort=recent", "/contacts/export?format=csv&state=active", "/history/export", "/history/export?kind=change&q=" + own.Label()}
		b := in.as(who)
		for _, file := range files {
			if a := b.get(home + file); a.status != http.StatusOK {
				t.Errorf("%s, just signed in: %d", file, a.status)
			}
		}
		in.clock.Pass(in.config.SignIn.Confirmed.Duration())
		for _, file := range files {
			in.unchanged(t, func() {
				a := b.get(home + file)
				if a.status != http.StatusSeeOther || a.location() != asks+"?next="+url.QueryEscape(home+file) {
					t.Errorf("%s: %d to %s", file, a.status, a.location())
				}
			})
		}
		t.Run("giving up leads back to the page that the person came from, and nowhere else", func(t *testing.T) {
			for _, from := range []struct{ page, back string }{
				{"/history?kind=change", home + "/history?kind=change"}, {"/contacts?q=a", home + "/contacts?q=a"}, {"", home + "/contacts"},
			} {
				if from.page != "" {
					b.header = http.Header{"Referer": {base + home + from.page}}
				}
				a := b.get(home + files[0])
				b.header = nil
				if page := b.get(a.location()); page.status != http.StatusOK || !strings.Contains(page.body, `href="`+from.back+`"`) || !page.shows("Annuler") {
					t.Errorf("from %s: %d %s", from.page, page.status, page.body)
				}
			}
			for _, back := range []string{"//evil.example", "https://evil.example/", "/brenval/office", portalOf(in.school, own) + "x/contacts", `/\evil.example`} {
				if page := b.get(asks + "?back=" + url.QueryEscape(back) + "&next=" + url.QueryEscape(back)); strings.Contains(page.body, `"`+back+`"`) {
					t.Errorf("leads to %s", back)
				}
			}
		})
		t.Run("a wrong password opens nothing, the right one does", func(t *testing.T) {
			form := url.Values{"password": {"wrong"}, "next": {home + files[0]}, "back": {home + "/contacts?q=a"}}
			if a := b.post(asks, form); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, home+"/contacts?q=a") {
				t.Errorf("wrong: %d", a.status)
			}
			if a := b.get(home + files[0]); a.status != http.StatusSeeOther {
				t.Errorf("after a wrong one: %d", a.status)
			}
			form.Set("password", password)
			a := b.post(asks, form)
			if page := b.get(a.location()); a.status != http.StatusSeeOther || !page.shows("Le fichier est prêt") {
				t.Errorf("%d %s", a.status, page.text())
			}
			for _, file := range files {
				if a := b.get(home + file); a.status != http.StatusOK {
					t.Errorf("%s, after the right one: %d", file, a.status)
				}
			}
		})
	})
}
