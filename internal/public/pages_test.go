package public_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/public"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/web/static"
)

func TestLanguage(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		b := h.browser()
		t.Run("a stranger's browser decides, French when it says nothing", func(t *testing.T) {
			b.get("/sign-in").want(http.StatusOK, `lang="fr"`, "Se connecter")
			b.header.Set("Accept-Language", "en-GB,en;q=0.9")
			b.get("/sign-in").want(http.StatusOK, `<html lang="en"`, "Forgotten your password?")
			b.header.Del("Accept-Language")
			b.get("/sign-in").want(http.StatusOK, `<html lang="fr"`)
		})
		t.Run("a choice is kept in the browser and leads back to the page", func(t *testing.T) {
			b.get("/help")
			b.post("/language", url.Values{"language": {"en"}, "next": {b.hidden("next")}}).wantTo("/help")
			b.get("/help").want(http.StatusOK, "Finding somebody")
		})
		t.Run("the profile's language comes before the browser's choice, and the switch changes it", func(t *testing.T) {
			b.signIn().get("/profile").want(http.StatusOK, `<html lang="fr"`)
			b.post("/language", url.Values{"language": {"en"}, "next": {"/profile"}}).wantTo("/profile")
			b.get("/profile").want(http.StatusOK, `<html lang="en"`, "Connected devices")
			h.browser().signIn().get("/profile").want(http.StatusOK, `<html lang="en"`)
		})
		t.Run("an unknown language is refused, a foreign address not followed", func(t *testing.T) {
			b.post("/language", url.Values{"language": {"xx"}}).want(http.StatusUnprocessableEntity)
			b.post("/language", url.Values{"language": {"fr"}, "next": {"//evil.example"}}).wantTo("/")
		})
	})
}

func TestSetUp(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock)
		b := h.browser()
		form := url.Values{
			"name": {"École Brenval"}, "slug": {"Brenval École"}, "kind": {"school"},
			"admin_name": {"Nadia Kessler"}, "admin_email": {email}, "password": {"brenval"},
		}
		t.Run("an empty installation leads to its set-up", func(t *testing.T) {
			b.get("/").wantTo("/setup")
			b.get("/setup").want(http.StatusOK, "Mot de mise en service")
		})
		t.Run("without the word nothing is made, and all faults come at once, everything typed kept but the password", func(t *testing.T) {
			form.Set("word", "aaaa-bbbb-cccc-dddd")
			b.post("/setup", form).want(http.StatusUnprocessableEntity, `id="word-error"`, `id="slug-error"`, `id="password-error"`,
				`value="slug=brenval-ecole"`, "Adresse courte\u00a0: ", "Nadia Kessler", `aria-invalid="true"`, "Erreur")
			if strings.Contains(b.body, `value="brenval"`) {
				t.Error("the password came back")
			}
			b.get("/").wantTo("/setup")
		})
		t.Run("a proposal's button takes the value", func(t *testing.T) {
			form.Set("accept", "slug=brenval-ecole")
			b.post("/setup", form)
			if !strings.Contains(b.body, `name="slug" type="text" value="brenval-ecole"`) || strings.Contains(b.body, `id="slug-error"`) {
				t.Error(b.body)
			}
			form.Del("accept")
		})
		t.Run("with the word, the workspace and its admin are made, and the admin is in", func(t *testing.T) {
			form.Set("word", strings.ToUpper(strings.ReplaceAll(public.SetUpWord(h.secret), "-", " ")))
			form.Set("slug", "brenval")
			form.Set("password", password)
			b.post("/setup", form).wantTo("/brenval/office")
			b.get("/brenval/office").want(http.StatusOK, "L’espace est prêt")
			b.get("/brenval/office/team").want(http.StatusOK)
		})
		t.Run("then the page is gone", func(t *testing.T) {
			h.browser().get("/setup").want(http.StatusNotFound)
			h.browser().post("/setup", form).want(http.StatusNotFound)
			h.browser().get("/").wantTo("/sign-in")
		})
	})
}

func TestProfile(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		b := h.browser().signIn()
		form := func() url.Values {
			b.get("/profile").want(http.StatusOK, "Langue", "Fuseau horaire", "Nom affiché")
			return url.Values{"name": {"Nadia Kessler"}, "locale": {"fr"}, "time_zone": {"Europe/Paris"}, "theme": {""}, "version": {b.hidden("version")}}
		}
		t.Run("name, time zone and theme are saved and shown from the next page on", func(t *testing.T) {
			f := form()
			f.Set("name", "Nadia Kessler-Roy")
			f.Set("time_zone", "Indian/Reunion")
			f.Set("theme", "dark")
			b.post("/profile", f).wantTo("/profile")
			b.get("/profile").want(http.StatusOK, "Votre profil est enregistré", `data-theme="dark"`, "Nadia Kessler-Roy", `value="Indian/Reunion" selected`)
		})
		t.Run("faults stand beside their fields, all at once", func(t *testing.T) {
			f := form()
			f.Set("name", "")
			f.Set("time_zone", "Nowhere/Town")
			b.post("/profile", f).want(http.StatusUnprocessableEntity, `id="name-error"`, `id="time_zone-error"`, "2 champs sont à corriger", "<title>Erreur")
		})
		t.Run("two windows: the second one sees what the first has stored, and overwrites nothing unknowingly", func(t *testing.T) {
			first, second := form(), form()
			first.Set("name", "Nadia Premier")
			second.Set("name", "Nadia Second")
			b.post("/profile", first).wantTo("/profile")
			b.post("/profile", second).want(http.StatusUnprocessableEntity, "Nadia Second", "Nadia Premier", "entre-temps")
			second.Set("version", b.hidden("version"))
			b.post("/profile", second).wantTo("/profile")
			b.get("/profile").want(http.StatusOK, "Nadia Second")
		})
		t.Run("a new password wants the old one, is judged, and ends the other sessions", func(t *testing.T) {
			other := h.browser().signIn()
			b.post("/profile/password", url.Values{"current_password": {"no"}, "new_password": {"azerty"}}).want(http.StatusUnprocessableEntity, `id="password-current_password-error"`, `id="password-new_password-error"`)
			const fresh = "sept pommes sous la grange bleue"
			b.post("/profile/password", url.Values{"current_password": {password}, "new_password": {fresh}}).wantTo("/profile")
			b.get("/profile").want(http.StatusOK, "Votre mot de passe est changé")
			other.get("/profile").wantTo("/sign-in?next=%2Fprofile")
			h.browser().post("/sign-in", url.Values{"email": {email}, "password": {password}}).want(http.StatusUnprocessableEntity)
			h.browser().post("/sign-in", url.Values{"email": {email}, "password": {fresh}}).wantTo("/")
		})
	})
}

func TestPages(t *testing.T) {
	h := newHouse(t, sqldbtest.Open(t, "sqlite", nil), nil).furnish()
	b := h.browser()
	t.Run("help, accessibility, privacy and the forgotten password are open to everybody", func(t *testing.T) {
		b.get("/help").want(http.StatusOK, "<h1>Aide</h1>")
		b.get("/accessibility").want(http.StatusOK, "<h1>Accessibilité</h1>", "WCAG")
		b.get("/privacy").want(http.StatusOK, "<h1>Confidentialité</h1>", "Cookies")
		b.get("/forgotten-password").want(http.StatusOK, "Mot de passe oublié", "Envoyer le lien")
	})
	t.Run("robots are told to stay out, and the icon is found", func(t *testing.T) {
		b.get("/robots.txt").want(http.StatusOK, "Disallow: /\n")
		b.get("/favicon.ico").wantTo(static.Path("favicon.svg"))
	})
	t.Run("several workspaces are offered at the start and in the menu", func(t *testing.T) {
		l := h.person("paul.roy@orvane.example", "Paul Roy")
		h.join(l, "brenval", "officer")
		h.join(l, "orvane", "admin")
		b.post("/sign-in", url.Values{"email": {"paul.roy@orvane.example"}, "password": {password}})
		b.get("/").want(http.StatusOK, "Vos espaces", `href="/brenval/office"`, `href="/orvane/office"`)
		b.get("/orvane/office").want(http.StatusOK, `href="/brenval/office"`, "Passer à l’espace")
	})
	t.Run("who works for no workspace is told so", func(t *testing.T) {
		h.person("eva.blum@orvane.example", "Eva Blum")
		b := h.browser().post("/sign-in", url.Values{"email": {"eva.blum@orvane.example"}, "password": {password}})
		b.get("/").want(http.StatusOK, "Aucun espace")
	})
}

func TestFiles(t *testing.T) {
	h := newHouse(t, sqldbtest.Open(t, "sqlite", nil), nil)
	t.Run("files are kept for ever, compressed, and not sent twice", func(t *testing.T) {
		for _, name := range []string{"tokens.css", "entregent.css", "icons.svg", "js/enhance.js", "js/swap.js"} {
			b := h.browser()
			b.header.Set("Accept-Encoding", "gzip")
			b.get(static.Path(name)).want(http.StatusOK)
			header := b.last.Header()
			if header.Get("Content-Encoding") != "gzip" || !strings.Contains(header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %v", name, header)
			}
			b.header.Set("If-None-Match", header.Get("ETag"))
			b.get(static.Path(name)).want(http.StatusNotModified)
		}
	})
	t.Run("scripts import each other by names that exist", func(t *testing.T) {
		b := h.browser().get(static.Path("js/enhance.js"))
		for _, line := range strings.Split(b.body, "\n") {
			if _, rest, ok := strings.Cut(line, `import`); ok {
				h.browser().get(strings.Split(rest, `"`)[1]).want(http.StatusOK)
			}
		}
	})
	t.Run("they stay small", func(t *testing.T) {
		size := func(names ...string) (n int) {
			for _, name := range names {
				n += len(h.browser().get(static.Path(name)).body)
			}
			return n
		}
		if n := size("tokens.css", "entregent.css"); n > 55_000 {
			t.Errorf("%d bytes of CSS", n)
		}
		names, err := filepath.Glob("../web/static/js/*.js")
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		late := []string{"copy.js", "upload.js"} // which few pages fetch
		scripts, besides := 0, 0
		for _, name := range names {
			if n := size("js/" + filepath.Base(name)); slices.Contains(late, filepath.Base(name)) {
				besides += n
			} else {
				scripts += n
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for n, line := range strings.Split(string(text), "\n") {
				if strings.Count(line, "`")%2 > 0 {
					t.Errorf("%s:%d: a text over several lines would lose its indentation", name, n+1)
				}
			}
		}
		if scripts > 15_000 || besides > 3_000 {
			t.Errorf("%d bytes of JS, and %d where they are needed", scripts, besides)
		}
	})
	t.Run("a workspace's colour is a style sheet of its own", func(t *testing.T) {
		b := h.browser().get("/static/brand-5b3a7d.css").want(http.StatusOK, ":root{--brand:#5b3a7d}")
		if kind := b.last.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/css") {
			t.Error(kind)
		}
	})
	t.Run("pages are compressed for whoever takes it", func(t *testing.T) {
		b := h.browser()
		b.header.Set("Accept-Encoding", "gzip, br")
		b.get("/privacy")
		z, err := gzip.NewReader(bytes.NewReader(b.last.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(z)
		if err != nil || !strings.Contains(string(page), "</html>") || b.last.Header().Get("Vary") != "Accept-Encoding" {
			t.Error(err, b.last.Header(), string(page))
		}
	})
}
