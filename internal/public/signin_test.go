package public_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestSignIn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		t.Run("who is not signed in is led to the sign-in page and from there to the page they wanted", func(t *testing.T) {
			b := h.browser().get("/brenval/office?q=x")
			b.wantTo("/sign-in?next=%2Fbrenval%2Foffice%3Fq%3Dx")
			b.get("/sign-in?next=%2Fbrenval%2Foffice%3Fq%3Dx").want(http.StatusOK, "Adresse e-mail", "Mot de passe", "Se connecter", "Mot de passe oublié ?")
			b.post("/sign-in", url.Values{"email": {email}, "password": {password}, "next": {b.hidden("next")}}).wantTo("/brenval/office?q=x")
			b.get("/brenval/office").want(http.StatusOK, "Nadia Kessler", "École Brenval")
		})
		t.Run("an address elsewhere is never led to", func(t *testing.T) {
			for _, next := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"} {
				h.browser().post("/sign-in", url.Values{"email": {email}, "password": {password}, "next": {next}}).wantTo("/")
			}
		})
		t.Run("a wrong password and an unknown address get the same answer, and the address typed is kept", func(t *testing.T) {
			known := h.browser().post("/sign-in", url.Values{"email": {email}, "password": {"not it"}}).want(http.StatusUnprocessableEntity, `value="`+email+`"`)
			other := h.browser().post("/sign-in", url.Values{"email": {"nobody@brenval.example"}, "password": {"not it"}}).want(http.StatusUnprocessableEntity)
			if known.body != strings.ReplaceAll(other.body, "nobody@brenval.example", email) {
				t.Error("the answers differ")
			}
		})
		t.Run("the start leads to the only workspace", func(t *testing.T) {
			h.browser().signIn().get("/").wantTo("/brenval/office")
			h.browser().signIn().get("/brenval").wantTo("/brenval/office")
			h.browser().get("/").wantTo("/sign-in")
		})
		t.Run("signing out ends the session and forgets who it was", func(t *testing.T) {
			b := h.browser().signIn()
			old := b.cookies["__Host-session"]
			b.post("/sign-out", url.Values{}).wantTo("/sign-in")
			if b.cookies["__Host-session"] != "" || b.cookies["__Host-author"] != "" {
				t.Error("cookies left", b.cookies)
			}
			b.get("/sign-in").want(http.StatusOK, "Vous êtes déconnecté")
			b.get("/sign-in")
			if strings.Contains(b.body, "Vous êtes déconnecté") {
				t.Error("the toast came twice")
			}
			b.cookies["__Host-session"] = old
			b.get("/brenval/office").wantTo("/sign-in?next=%2Fbrenval%2Foffice")
		})
		t.Run("a part that a script asks for by itself does not take what was to be said from the page that is on its way", func(t *testing.T) {
			b := h.browser().signIn()
			b.post("/sign-out", url.Values{}).wantTo("/sign-in")
			b.header = http.Header{"X-Fragment": {"new_password-strength"}, "X-By-Itself": {"1"}}
			b.post("/password/x/strength", url.Values{"password": {"sept pommes"}}).want(http.StatusNotFound)
			b.header = http.Header{}
			b.get("/sign-in").want(http.StatusOK, "Vous êtes déconnecté")
		})
		t.Run("cookies are for us alone and for no script", func(t *testing.T) {
			b := h.browser().signIn()
			for _, c := range b.last.Result().Cookies() {
				if !c.HttpOnly || !c.Secure || c.Path != "/" || c.SameSite != http.SameSiteLaxMode || !strings.HasPrefix(c.Name, "__Host-") {
					t.Errorf("%+v", c)
				}
			}
		})
		t.Run("the log has neither address nor password", func(t *testing.T) {
			for _, word := range []string{email, password, "Nadia", "not it", "203.0.113.7"} {
				if strings.Contains(h.log.String(), word) {
					t.Errorf("%q in the log", word)
				}
			}
			if !strings.Contains(h.log.String(), `"route":"POST /sign-in","status":303`) {
				t.Error(h.log.String())
			}
		})
	})
}

func TestThrottle(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		b := h.browser()
		for range 10 {
			b.post("/sign-in", url.Values{"email": {email}, "password": {"wrong"}}).want(http.StatusUnprocessableEntity)
		}
		t.Run("after ten wrong passwords one waits, even with the right one, and is told how long", func(t *testing.T) {
			b.post("/sign-in", url.Values{"email": {email}, "password": {"wrong"}})
			b.post("/sign-in", url.Values{"email": {email}, "password": {password}}).want(http.StatusTooManyRequests, "Trop de tentatives", `value="`+email+`"`)
		})
		t.Run("after the delay the right one opens", func(t *testing.T) {
			clock.Pass(time.Hour)
			b.signIn()
		})
	})
}

func TestSessionEndedElsewhere(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		here, there := h.browser(), h.browser()
		there.header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
		here.signIn()
		there.signIn()
		t.Run("one's devices are listed, and another one's session can be ended", func(t *testing.T) {
			here.get("/profile").want(http.StatusOK, "Appareils connectés", "Firefox", "Cet appareil", "Déconnecter")
			path := between(here.body, `action="/profile/sessions/`, `"`)
			here.post("/profile/sessions/"+path, url.Values{}).wantTo("/profile")
			there.get("/brenval/office").wantTo("/sign-in?next=%2Fbrenval%2Foffice")
			here.get("/profile").want(http.StatusOK, "L’appareil est déconnecté")
		})
		t.Run("all others can be ended at once", func(t *testing.T) {
			there.signIn()
			here.post("/profile/sessions/end", url.Values{}).wantTo("/profile")
			here.get("/profile").want(http.StatusOK, "1 autre appareil est déconnecté.")
			there.get("/profile").wantTo("/sign-in?next=%2Fprofile")
		})
		t.Run("another person's session does not exist", func(t *testing.T) {
			stranger := h.person("paul.roy@orvane.example", "Paul Roy")
			h.join(stranger, "brenval", "officer")
			other := h.browser()
			other.post("/sign-in", url.Values{"email": {"paul.roy@orvane.example"}, "password": {password}}).want(http.StatusSeeOther)
			there.signIn()
			path := between(here.get("/profile").body, `action="/profile/sessions/`, `"`)
			other.post("/profile/sessions/"+path, url.Values{}).wantTo("/profile")
			there.get("/brenval/office").want(http.StatusOK)
		})
	})
}

// between is what stands after a and before b.
func between(text, a, b string) string {
	_, rest, _ := strings.Cut(text, a)
	found, _, _ := strings.Cut(rest, b)
	return found
}
