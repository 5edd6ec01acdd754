package surface

import (
	"context"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

const sessionCookie, toastCookie, browserCookie, authorCookie = "__Host-session", "__Host-toast", "__Host-browser", "__Host-author"

// signedIn reports whether the browser's session is somebody's.
func (b *browser) signedIn() bool {
	b.t.Helper()
	a := b.get("/profile")
	a.sound(b.t, "the profile")
	return a.status == http.StatusOK
}

func TestSessions(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		t.Run("a visitor who has not signed in gets no session", func(t *testing.T) {
			b := in.browser()
			b.get("/sign-in")
			b.get("/brenval/office")
			b.post("/sign-in", url.Values{"email": {in.school.admin}, "password": {"wrong"}})
			if b.cookies[sessionCookie] != "" || len(in.sessions()) != 0 {
				t.Error("there is one")
			}
		})
		t.Run("a token that was there before signing in is not taken over", func(t *testing.T) {
			for _, planted := range []string{"planted", strings.Repeat("A", 43), base64.RawURLEncoding.EncodeToString(make([]byte, 32))} {
				b := in.browser()
				b.cookies[sessionCookie] = planted
				b.signIn(in.school.admin)
				attacker := in.browser()
				attacker.cookies[sessionCookie] = planted
				if b.cookies[sessionCookie] == planted || attacker.signedIn() {
					t.Errorf("%q is a session now", planted)
				}
			}
		})
		t.Run("somebody who signs in over another’s session gets a token of their own", func(t *testing.T) {
			b := in.as(in.school.admin)
			before := b.cookies[sessionCookie]
			b.signIn(in.school.officer)
			old := in.browser()
			old.cookies[sessionCookie] = before
			if b.cookies[sessionCookie] == before || old.signedIn() {
				t.Error("the first token lives on")
			}
		})
		t.Run("the token stands nowhere in the database", func(t *testing.T) {
			b := in.as(in.school.admin)
			token := b.cookies[sessionCookie]
			for _, row := range in.sessions() {
				if strings.Contains(row, token) {
					t.Error("it does:", row)
				}
			}
			if raw, err := base64.RawURLEncoding.DecodeString(token); err != nil || len(raw) < 16 {
				t.Errorf("the token has %d bytes, %v", len(raw), err)
			}
		})
		t.Run("signing out ends the session, not only the cookie", func(t *testing.T) {
			b := in.as(in.school.admin)
			copied := b.again()
			b.post("/sign-out", nil)
			if copied.signedIn() || b.signedIn() {
				t.Error("somebody still is in")
			}
		})
		t.Run("a new password ends all other sessions, and this one goes on under a new token", func(t *testing.T) {
			who := in.somebody(in.school, "officer")
			b, other := in.as(who), in.as(who)
			copied := b.again()
			a := b.post("/profile/password", url.Values{"current_password": {password}, "new_password": {"quai des lanternes grises"}})
			if a.status != http.StatusSeeOther || !b.signedIn() || other.signedIn() || copied.signedIn() {
				t.Errorf("status %d, this %v, other %v, copied %v", a.status, b.signedIn(), other.signedIn(), copied.signedIn())
			}
		})
		t.Run("nobody ends another’s session", func(t *testing.T) {
			victim, session := in.as(in.vendor.admin), in.session(in.vendor.admin)
			count := len(in.sessions())
			b := in.as(in.school.admin)
			b.post("/profile/sessions/"+session+"/end", nil)
			b.post("/profile/sessions/end", nil)
			if len(in.sessions()) > count+1 || !victim.signedIn() {
				t.Error("it is ended")
			}
			if !slices.ContainsFunc(in.sessions(), func(row string) bool { return strings.Contains(row, session) }) {
				t.Error("the session is gone")
			}
		})
	})
}

// sessions are the rows of the sessions that last, as texts.
func (in *installation) sessions() (list []string) {
	in.t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		found, err := rows(ctx, tx, "session")
		for _, r := range found {
			text := r.text()
			if id := r.value("id"); len(id) == 16 { // SQLite has the bytes, PostgreSQL the text
				text += uuid.UUID([]byte(id)).String()
			}
			list = append(list, text)
		}
		return err
	})
	return list
}

func TestRightsOfOpenSessions(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		set := func(t *testing.T, statement, address string) {
			t.Helper()
			in.update(func(ctx context.Context, tx *sqldb.Tx) error {
				person, err := in.login(ctx, tx, address)
				if err != nil {
					return err
				}
				n, err := tx.Exec(ctx, statement, person.ID)
				if err == nil && n == 0 {
					t.Error("nobody was touched by", statement)
				}
				return err
			})
		}
		t.Run("who is taken out of the team finds nothing from the next request on", func(t *testing.T) {
			who := in.somebody(in.school, "admin")
			b := in.as(who)
			if a := b.get("/brenval/office/contacts"); a.status != http.StatusOK {
				t.Fatal(a.status)
			}
			set(t, `DELETE FROM staff WHERE login_id = $1`, who)
			s := in.stage(in.route("POST /{workspace}/office/contacts/{contact}/authorization"), in.school, who)
			in.unchanged(t, func() {
				if a := b.get("/brenval/office/contacts"); a.status != http.StatusNotFound {
					t.Errorf("a page: %d", a.status)
				}
				if a := b.send(s.path, nil); a.status != http.StatusNotFound {
					t.Errorf("an act: %d", a.status)
				}
			})
			if !b.signedIn() {
				t.Error("the login itself is another matter")
			}
		})
		t.Run("an admin who is made an officer is one from the next request on", func(t *testing.T) {
			who := in.somebody(in.school, "admin")
			b := in.as(who)
			set(t, `UPDATE staff SET role = 'officer' WHERE login_id = $1`, who)
			if page, settings := b.get("/brenval/office/contacts"), b.get("/brenval/office/settings"); page.status != http.StatusOK || settings.status != http.StatusForbidden {
				t.Errorf("contacts %d, settings %d", page.status, settings.status)
			}
		})
		t.Run("who is gone altogether is nobody", func(t *testing.T) {
			who := in.somebody(in.school, "admin")
			b := in.as(who)
			set(t, `DELETE FROM staff WHERE login_id = $1`, who)
			set(t, `DELETE FROM login WHERE id = $1`, who)
			if b.signedIn() {
				t.Error("somebody is in")
			}
			if a := b.get("/brenval/office"); a.status != http.StatusSeeOther {
				t.Errorf("status %d", a.status)
			}
		})
	})
}

func TestTamperedCookies(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		b := in.as(in.school.admin)
		saved := b.post("/brenval/office/journal/comments", url.Values{"comment": {"Un mot."}})
		if saved.status != http.StatusSeeOther || b.cookies[toastCookie] == "" {
			t.Fatalf("status %d, no word to be said", saved.status)
		}
		genuine := maps.Clone(b.cookies)
		other := in.as(in.vendor.admin).cookies
		forged := func(cookie string) []string {
			value := genuine[cookie]
			body, mac, _ := strings.Cut(value, ".")
			list := []string{"", "x", ".", "..", value + "x", value[1:], value[:len(value)-1], mac + "." + body, body, "." + mac, body + ".", strings.ToUpper(value), strings.Repeat("A", 4000), "%00", "é", "\"" + value + "\"", "=" + value}
			for i := 0; i < len(value); i += 1 + len(value)/12 {
				flipped := []byte(value)
				if flipped[i] ^= 1; flipped[i] > ' ' && !strings.ContainsRune(`";,\`, rune(flipped[i])) {
					list = append(list, string(flipped))
				}
			}
			return append(list, other[cookie])
		}
		with := func(cookie, value string) *browser {
			c := b.again()
			c.cookies = maps.Clone(genuine)
			c.cookies[cookie] = value
			return c
		}
		t.Run("a session’s token that is not quite right is nobody’s", func(t *testing.T) {
			for _, value := range forged(sessionCookie) {
				c := with(sessionCookie, value)
				a := c.get("/brenval/office")
				a.sound(t, value)
				if a.status == http.StatusOK && strings.Trim(value, `"`) != genuine[sessionCookie] {
					t.Errorf("%q comes in", value)
				}
			}
		})
		t.Run("words that we did not sign are not said", func(t *testing.T) {
			told := func(value string) bool { return with(toastCookie, value).get("/brenval/office").shows("ommentaire") }
			plain := with(toastCookie, "").get("/brenval/office")
			if plain.shows("Commentaire ajouté") {
				t.Fatal("the page itself says it")
			}
			for _, value := range append(forged(toastCookie), genuine[browserCookie], genuine[authorCookie], base64.RawURLEncoding.EncodeToString([]byte(`["<script>alert(1)</script>"]`))) {
				a := with(toastCookie, value).get("/brenval/office")
				a.sound(t, value)
				a.escaped(t, value)
				if told(value) != told("") {
					t.Errorf("%q is believed", value)
				}
			}
		})
		t.Run("other cookies of ours are taken for nothing when they are not ours", func(t *testing.T) {
			for _, cookie := range []string{browserCookie, authorCookie} {
				for _, value := range forged(cookie) {
					c := with(cookie, value)
					c.get("/brenval/office").sound(t, cookie)
					c.cookies[sessionCookie] = ""
					c.post("/brenval/office/journal/comments", url.Values{"comment": {"x"}}).harmless(t, cookie)
					c.post("/sign-in", url.Values{"email": {in.school.admin}, "password": {password}}).harmless(t, cookie)
				}
			}
		})
		t.Run("the same cookie twice, or very many, does no harm", func(t *testing.T) {
			c := b.again()
			c.header.Add("Cookie", sessionCookie+"=other; "+sessionCookie+"=; "+strings.Repeat("a=b; ", 5_000))
			c.get("/brenval/office").sound(t, "many cookies")
			c.header.Set("Cookie", `="; ;; session; __Host-session; =; `+"\x01")
			c.get("/brenval/office").sound(t, "odd cookies")
		})
	})
}

// A form that waited while its author signed in again is shown to nobody else, changes nothing by itself, and cannot be
// made up.
func TestKeptForms(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		kept := func(b *browser, path string, form url.Values) string {
			delete(b.cookies, sessionCookie)
			return b.post(path, form).hidden("kept")
		}
		path := "/brenval/office/journal/comments"
		form := url.Values{"comment": {"Un secret bien à moi."}}
		sealed := kept(in.as(in.school.admin), path, form)
		if sealed == "" {
			t.Fatal("nothing was kept")
		}
		if strings.Contains(sealed, "secret") || strings.Contains(sealed, base64.RawURLEncoding.EncodeToString([]byte("secret"))) {
			t.Error("it can be read")
		}
		resume := func(who, kept string) answer {
			return in.browser().post("/sign-in", url.Values{"email": {who}, "password": {password}, "kept": {kept}, "next": {"/help"}})
		}
		t.Run("its author finds it again", func(t *testing.T) {
			if a := resume(in.school.admin, sealed); a.status != http.StatusOK || !a.shows("Un secret bien à moi.") {
				t.Errorf("status %d: %s", a.status, a.text())
			}
		})
		t.Run("nobody else does", func(t *testing.T) {
			for _, who := range []string{in.school.officer, in.vendor.admin} {
				if a := resume(who, sealed); a.location() != "/help" || a.shows("secret") {
					t.Errorf("%s: status %d", who, a.status)
				}
			}
		})
		t.Run("one that was changed is none", func(t *testing.T) {
			for i := 0; i < len(sealed); i += 1 + len(sealed)/20 {
				changed := []byte(sealed)
				changed[i] = map[bool]byte{true: 'A', false: 'B'}[changed[i] != 'A']
				a := resume(in.school.admin, string(changed))
				a.sound(t, "changed")
				if i < len(sealed)-1 && a.status != http.StatusSeeOther {
					t.Errorf("byte %d: status %d", i, a.status)
				}
			}
		})
		t.Run("one of each route is shown again and does nothing", func(t *testing.T) {
			for _, route := range in.site.Routes() {
				if !strings.HasPrefix(route.Pattern, "POST /{workspace}/") {
					continue
				}
				s := in.stage(route, in.school, in.entitled(route))
				form, _ := s.right()
				before := in.dump()
				k := kept(in.as(s.who), s.path, form)
				if k == "" {
					continue // a password is never kept
				}
				a := resume(s.who, k)
				a.sound(t, route.Pattern)
				after := in.dump()
				for _, d := range []dump{before, after} {
					delete(d, "tally") // sign-ins are counted
					d.forget("staff", "last_sign_in_at")
					d.forget("contact", "last_sign_in_at")
					d.forgetSignIns()
					d["journal_line"] = slices.DeleteFunc(d["journal_line"], func(r row) bool { return r.value("kind") == journal.SignedIn })
				}
				if diff := before.against(after); diff != "" {
					t.Errorf("%s: status %d, %s", route.Pattern, a.status, diff)
				}
			}
		})
	})
}
