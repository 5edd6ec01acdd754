package public_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

const fresh = "sept pommes sous la grange bleue"

// letter is the latest one that was queued: its kind, and the path of its link.
func (h *house) letter() (kind, path string) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *sqldb.Tx) error {
		var subject id.Link
		_, err := sqldb.One(h.t.Context(), tx, func(row sqldb.Scanner) (struct{}, error) {
			return struct{}{}, row.Scan(&kind, &subject)
		}, `SELECT kind, subject_id FROM letter ORDER BY id DESC LIMIT 1`)
		if err != nil || subject.IsZero() {
			return err
		}
		l, err := link.Get(h.t.Context(), tx, subject)
		path = login.Links(h.secret, login.DefaultLimits()).Path(l)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return kind, path
}

// recovery asks for a link by the page, as long after the last time as not to be slowed down, and gives its path.
func (h *house) recovery(address string) string {
	h.t.Helper()
	if h.clock != nil {
		h.clock.Pass(20 * time.Minute)
	}
	h.browser().post("/forgotten-password", url.Values{"email": {address}}).wantTo("/forgotten-password?sent=1")
	_, path := h.letter()
	return path
}

// rows are how many there are in some tables.
func (h *house) rows() (n string) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(h.t.Context(), tx, func(row sqldb.Scanner) (string, error) {
			var links, open, letters, jobs int
			err := row.Scan(&links, &open, &letters, &jobs)
			return fmt.Sprint(links, open, letters, jobs), err
		}, `SELECT (SELECT count(*) FROM login_link), (SELECT count(*) FROM login_link WHERE ended_at IS NULL), (SELECT count(*) FROM letter), (SELECT count(*) FROM job)`)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestForgottenPassword(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		t.Run("known, unknown and impossible addresses get the same answer", func(t *testing.T) {
			h.browser().get("/sign-in").want(http.StatusOK, `href="/forgotten-password"`)
			h.browser().get("/forgotten-password").want(http.StatusOK, "Adresse e-mail", "Envoyer le lien")
			var answers []string
			for _, typed := range []string{email, "nobody@brenval.example", "pas une adresse", strings.Repeat("x", 3000) + "@x.example"} {
				b := h.browser().post("/forgotten-password", url.Values{"email": {typed}})
				answers = append(answers, fmt.Sprint(b.last.Code, b.last.Header(), b.body))
				b.wantTo("/forgotten-password?sent=1")
			}
			for _, a := range answers[1:] {
				if a != answers[0] {
					t.Errorf("%s\n%s", answers[0], a)
				}
			}
			b := h.browser().get("/forgotten-password?sent=1").want(http.StatusOK, "Regardez votre messagerie", "1 heure")
			if strings.Contains(b.body, "@") {
				t.Error(b.body)
			}
		})
		t.Run("an empty field is named, too many wishes wait, and what was typed stays", func(t *testing.T) {
			b := h.browser().post("/forgotten-password", url.Values{"email": {" "}}).want(http.StatusUnprocessableEntity, `id="email-error"`)
			b.post("/forgotten-password", url.Values{"email": {"\xff@x.example"}}).want(http.StatusUnprocessableEntity, "illisible")
			for range 5 {
				b.post("/forgotten-password", url.Values{"email": {"often@brenval.example"}}).wantTo("/forgotten-password?sent=1")
			}
			b.post("/forgotten-password", url.Values{"email": {"often@brenval.example"}}).want(http.StatusTooManyRequests, "Trop de tentatives", "often@brenval.example")
			if b.last.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		})
		t.Run("where no letters are sent, the page says whom to ask, and no form does anything", func(t *testing.T) {
			mute := &house{t: t, db: db, clock: clock, secret: h.secret, log: h.log, mute: true}
			mute.build(base)
			before := mute.rows()
			mute.browser().get("/forgotten-password").want(http.StatusOK, "Adressez-vous à l’administrateur", "n’envoie pas d’e-mail")
			mute.browser().get("/forgotten-password?sent=1").want(http.StatusOK, "n’envoie pas d’e-mail")
			known := mute.browser().post("/forgotten-password", url.Values{"email": {email}}).want(http.StatusOK, "n’envoie pas d’e-mail").body
			if other := mute.browser().post("/forgotten-password", url.Values{"email": {"nobody@brenval.example"}}).body; other != known || strings.Contains(other, "@") {
				t.Error(other)
			}
			mute.browser().signIn().get("/profile").want(http.StatusOK, "ne peut pas être confirmée")
			mute.browser().signIn().post("/profile/address", url.Values{"email": {"new@brenval.example"}}).want(http.StatusUnprocessableEntity, "ne peut pas être confirmée")
			if mute.rows() != before {
				t.Error(before, mute.rows())
			}
		})
	})
}

func TestChoosePassword(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		t.Run("looking at the link uses and tells nothing: the workspace's name, no address, no person", func(t *testing.T) {
			path := h.recovery(email)
			before := h.rows()
			b := h.browser().get(path).want(http.StatusOK, "Choisir un nouveau mot de passe", "École Brenval", `data-weigh="`+path+`/strength"`)
			wantSecrecy(t, path, b)
			for _, word := range []string{email, "Nadia", "Kessler"} {
				if strings.Contains(b.body, word) {
					t.Errorf("%q is on the page", word)
				}
			}
			for _, elsewhere := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(b.body, -1) {
				if !strings.HasPrefix(elsewhere[1], "/") && !strings.HasPrefix(elsewhere[1], "#") || strings.Contains(elsewhere[1], path) {
					t.Errorf("the page leads to %s", elsewhere[1])
				}
			}
			for _, method := range []string{"HEAD", "GET", "OPTIONS"} {
				b.header.Set("Sec-Purpose", "prefetch")
				b.do(method, path, nil)
			}
			if h.rows() != before {
				t.Error(before, h.rows())
			}
		})
		t.Run("a guessable password comes back with the reason, and the link still works", func(t *testing.T) {
			path := h.recovery(email)
			b := h.browser().post(path, url.Values{"new_password": {"brenval-lundi-2026"}}).want(http.StatusUnprocessableEntity, `id="new_password-error"`, "Votre nom, votre adresse")
			wantSecrecy(t, path, b)
			b.post(path, url.Values{"new_password": {"\xff"}}).want(http.StatusUnprocessableEntity)
			b.get(path).want(http.StatusOK)
		})
		t.Run("what a password is worth is said while it is typed, as it will be judged", func(t *testing.T) {
			path := h.recovery(email)
			for typed, want := range map[string]string{"abc": "au moins 12 caractères", "brenval-lundi-2026": "Votre nom, votre adresse", "sept pommes grange": "<meter", fresh + " " + fresh[:9]: "est solide"} {
				b := h.browser()
				b.header.Set("X-Fragment", "new_password-strength")
				b.post(path+"/strength", url.Values{"password": {typed}}).want(http.StatusOK, want, "<meter")
				wantSecrecy(t, path, b)
			}
			h.browser().post("/password/x/strength", url.Values{"password": {fresh}}).want(http.StatusNotFound)
			b := h.browser().signIn()
			b.post("/profile/password/strength", url.Values{"password": {"nadia-kessler-2026"}}).want(http.StatusOK, "Votre nom, votre adresse")
			b.post("/profile/password/strength", url.Values{"password": {strings.Repeat("x", 40_000)}}).want(http.StatusRequestEntityTooLarge)
		})
		t.Run("the choice lets in, under a new session, and signs out everywhere else", func(t *testing.T) {
			other := h.browser().signIn()
			path := h.recovery(email)
			b := h.browser()
			b.header.Set("Origin", "null") // what a browser writes there that knows no Sec-Fetch-Site
			b.post(path, url.Values{"new_password": {fresh}}).wantTo("/")
			wantSecrecy(t, path, b)
			b.get("/brenval/office").want(http.StatusOK, "Votre mot de passe est changé et vous êtes connecté")
			other.get("/profile").wantTo("/sign-in?next=%2Fprofile")
			if kind, _ := h.letter(); kind != login.LetterPasswordChanged {
				t.Error(kind)
			}
			h.browser().post("/sign-in", url.Values{"email": {email}, "password": {fresh}}).wantTo("/")
		})
		t.Run("used, replaced, expired or made up, a link leads to one calm page and on to a new one", func(t *testing.T) {
			used := h.recovery(email)
			h.browser().post(used, url.Values{"new_password": {password}}).wantTo("/")
			replaced := h.recovery(email)
			h.recovery(email)
			pages := map[string]bool{}
			for _, path := range []string{used, replaced, "/password/x", "/password/" + strings.Repeat("A", 27), h.recovery("nobody@brenval.example")} {
				b := h.browser().get(path).want(http.StatusNotFound, "Ce lien n’ouvre plus rien", `href="/forgotten-password"`, "Demander un nouveau lien")
				wantSecrecy(t, path, b)
				pages[strings.ReplaceAll(b.body, path, "")] = true
				b.post(path, url.Values{"new_password": {fresh}}).want(http.StatusNotFound, "Ce lien n’ouvre plus rien")
			}
			if len(pages) != 1 {
				t.Error("they can be told apart")
			}
			old := h.recovery("late@brenval.example")
			clock.Pass(time.Hour)
			h.browser().get(old).want(http.StatusNotFound, "Ce lien n’ouvre plus rien")
		})
		t.Run("the other language is the same page", func(t *testing.T) {
			path := h.recovery(email)
			b := h.browser().get(path)
			if next := b.hidden("next"); next != path {
				t.Error(next)
			}
			b.post("/language", url.Values{"language": {"en"}, "next": {path}}).wantTo(path)
			b.get(path).want(http.StatusOK, "Choose a new password")
			b.referer = ""
			if b.post(path, url.Values{"new_password": {"x"}}); b.hidden("next") != path {
				t.Error(b.hidden("next"))
			}
		})
		t.Run("other sites' forms and their frames use no link", func(t *testing.T) {
			path := h.recovery(email)
			for _, header := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"null"}}, {"Origin": {"https://evil.example"}}, {"Sec-Fetch-Site": {"same-site"}}} {
				b := h.browser()
				b.header = header
				b.post(path, url.Values{"new_password": {fresh}}).want(http.StatusForbidden)
			}
			b := h.browser()
			b.header.Set("Origin", "null")
			b.post("/forgotten-password", url.Values{"email": {email}}).want(http.StatusForbidden)
		})
	})
}

// Of many who redeem one link at once in their browsers, one is let in.
func TestChoosePasswordAtOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		path := h.recovery(email)
		var mu sync.Mutex
		counts := map[int]int{}
		var all sync.WaitGroup
		for range 64 {
			b := h.browser()
			all.Go(func() {
				b.post(path, url.Values{"new_password": {fresh}})
				mu.Lock()
				defer mu.Unlock()
				counts[b.last.Code]++
			})
		}
		all.Wait()
		if counts[http.StatusSeeOther] != 1 || counts[http.StatusNotFound] != 63 {
			t.Error(counts)
		}
	})
}

func TestAddress(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		h.person("paul.roy@orvane.example", "Paul Roy")
		b := h.browser().signIn()
		t.Run("who typed the password a while ago types it again, and all faults come at once", func(t *testing.T) {
			if strings.Contains(b.get("/profile").body, `id="address-password"`) {
				t.Error("asked for just after signing in")
			}
			clock.Pass(16 * time.Minute)
			b.get("/profile").want(http.StatusOK, `id="address-password"`)
			b.post("/profile/address", url.Values{"email": {"Nadia@brenval.example"}}).want(http.StatusUnprocessableEntity, `id="address-email-error"`, `id="address-password-error"`, "<title>Erreur")
			b.post("/profile/address", url.Values{"email": {"new@brenval.example"}, "password": {"wrong"}}).want(http.StatusUnprocessableEntity, "Ce n’est pas votre mot de passe actuel")
			b.post("/profile/address", url.Values{"email": {email}, "password": {password}}).want(http.StatusUnprocessableEntity, "C’est déjà l’adresse de votre connexion")
		})
		t.Run("the wish is shown with its end and can be withdrawn, whether the address has a login or not", func(t *testing.T) {
			for _, address := range []string{"new@brenval.example", "paul.roy@orvane.example"} {
				b.post("/profile/address", url.Values{"email": {address}}).wantTo("/profile")
				shown := b.get("/profile").want(http.StatusOK, "Un message part à cette adresse", address, "Adresse à confirmer", "samedi 21 novembre 2026").body
				if strings.Contains(shown, "autre connexion") {
					t.Error("it tells that the address is known")
				}
				b.post("/profile/address/withdrawal", nil).wantTo("/profile")
				if b.get("/profile").want(http.StatusOK, "Vous gardez votre adresse actuelle"); strings.Contains(b.body, "Adresse à confirmer") {
					t.Error("still shown")
				}
			}
			if kind, _ := h.letter(); kind != login.LetterKnown {
				t.Error(kind)
			}
		})
		t.Run("the link confirms by its button alone, signed in or not, once", func(t *testing.T) {
			b.post("/profile/address", url.Values{"email": {"nadia@brenval.example"}}).wantTo("/profile")
			_, path := h.letter()
			before := h.rows()
			stranger := h.browser().get(path).want(http.StatusOK, "Confirmer cette adresse", "nadia@brenval.example")
			wantSecrecy(t, path, stranger)
			if strings.Contains(stranger.body, email) || strings.Contains(stranger.body, "Kessler") {
				t.Error("it tells whose it is")
			}
			stranger.do("HEAD", path, nil)
			if h.rows() != before {
				t.Error(before, h.rows())
			}
			stranger.post(path, nil).wantTo("/sign-in")
			stranger.get("/sign-in").want(http.StatusOK, "Votre adresse de connexion est changée")
			stranger.post(path, nil).want(http.StatusNotFound, "Ce lien n’ouvre plus rien", `href="/profile"`)
			b.get("/profile").want(http.StatusOK, "nadia@brenval.example")
			h.browser().post("/sign-in", url.Values{"email": {email}, "password": {password}}).want(http.StatusUnprocessableEntity)
			h.browser().post("/sign-in", url.Values{"email": {"nadia@brenval.example"}, "password": {password}}).wantTo("/")
		})
		t.Run("signed in, it leads back to the profile; an address that got a login meanwhile is refused", func(t *testing.T) {
			b.post("/profile/address", url.Values{"email": {"third@brenval.example"}}).wantTo("/profile")
			_, path := h.letter()
			h.person("third@brenval.example", "Third")
			b.post(path, nil).want(http.StatusUnprocessableEntity, "sert déjà à une autre connexion")
			b.post("/profile/address", url.Values{"email": {"fourth@brenval.example"}}).wantTo("/profile")
			_, path = h.letter()
			b.post(path, nil).wantTo("/profile")
		})
	})
}

func TestSignedOutEverywhere(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		t.Run("all of one's devices are signed out at once, this one too", func(t *testing.T) {
			here, there := h.browser().signIn(), h.browser().signIn()
			here.post("/profile/sessions/end", url.Values{"all": {"1"}}).wantTo("/sign-in")
			here.get("/sign-in").want(http.StatusOK, "Tous vos appareils sont déconnectés")
			for _, b := range []*browser{here, there} {
				b.get("/profile").wantTo("/sign-in?next=%2Fprofile")
			}
		})
	})
}

// No record tells where a one-time link leads: neither its path nor its secret.
func TestLinksInLogs(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		choice := h.recovery(email)
		b := h.browser().signIn()
		b.post("/profile/address", url.Values{"email": {"new@brenval.example"}}).wantTo("/profile")
		_, wish := h.letter()
		for _, path := range []string{choice, wish} {
			for _, method := range []string{"GET", "HEAD", "PUT", "POST"} {
				b.do(method, path, url.Values{"new_password": {"x"}})
			}
			b.get(path + "/more")
			b.get(path + "%00")
			b.get("/sign-in?next=" + url.QueryEscape(path))
			b.referer = base + path
			b.get("/help")
			b.post(choice+"/strength", url.Values{"password": {fresh}})
		}
		log := h.log.String()
		for _, path := range []string{choice, wish} {
			if token := path[strings.LastIndexByte(path, '/')+1:]; strings.Contains(log, token) || len(token) != 27 {
				t.Errorf("%s stands in the log", path)
			}
		}
		for _, pattern := range []string{"GET /password/{token}", "POST /password/{token}", "POST /password/{token}/strength", "GET /address/{token}", "POST /address/{token}"} {
			if !strings.Contains(log, `"route":"`+pattern+`"`) {
				t.Errorf("no %s in the log", pattern)
			}
		}
		if strings.Contains(log, fresh) || strings.Contains(log, "new@") {
			t.Error("what was typed stands in the log")
		}
	})
}

// What lies on the disk opens nothing: no secret of a link, no password, no session.
func TestLinksInDatabase(t *testing.T) {
	h := newHouse(t, sqldbtest.Open(t, "sqlite", nil), nil).furnish()
	token := func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
	used, b := h.recovery(email), h.browser()
	b.post(used, url.Values{"new_password": {fresh}}).wantTo("/")
	b.post("/profile/address", url.Values{"email": {"new@brenval.example"}}).wantTo("/profile")
	_, wish := h.letter()
	open := h.recovery(email)
	var file string
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		file, err = sqldb.One(ctx, tx, sqldb.Value[string], `SELECT file FROM pragma_database_list WHERE name = 'main'`)
		return err
	})
	var kept []byte
	for _, name := range []string{file, file + "-wal"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, content...)
	}
	if !bytes.Contains(kept, []byte(email)) {
		t.Fatal("these are not the files")
	}
	for what, secret := range map[string]string{
		"a used link": token(used), "an open link": token(open), "a wish": token(wish), "the password": fresh, "the old password": password, "the session": b.cookies["__Host-session"],
	} {
		if secret == "" || bytes.Contains(kept, []byte(secret)) {
			t.Errorf("%s %q stands in the files", what, secret)
		}
	}
}
