package portal_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/portal"
	"github.com/entregent/entregent/internal/public"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/workspace"
)

const (
	base     = "https://entregent.example"
	password = "lanterne violette du quai"
	address  = "anne.petit@tilleuls.example"
)

// TestMain fails the tests that met a hole in the catalogue.
func TestMain(m *testing.M) {
	locale.OnDefect(func(d locale.Defect) { fmt.Fprintf(os.Stderr, "the catalogue lacks %+v\n", d) })
	code := m.Run()
	if locale.Defects() > 0 {
		code = 1
	}
	os.Exit(code)
}

// practice is a vendor's practice with many people, and one of them signed in as its admin.
type practice struct {
	testing.TB
	site    *web.Site
	path    string // of its portal
	cookies []*http.Cookie
}

// newPractice makes one of so many people, by few statements.
func newPractice(t testing.TB, db *sqldb.DB, people int) *practice {
	t.Helper()
	key, limits := secret.New(), login.DefaultLimits()
	desk := login.NewDesk(db, key, limits, login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 4})
	desk.OnSignIn(access.SignedIn)
	at, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	p := &practice{TB: t}
	files, err := file.Open(t.TempDir(), file.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	p.site, err = web.New(web.Options{DB: db, Files: files, Secret: key, BaseURL: at, Log: log, Desk: desk, Limits: limits, Store: login.NewStore(db, limits, log)})
	if err != nil {
		t.Fatal(err)
	}
	public.Mount(p.site, public.Options{Desk: desk, Secret: key})
	portal.Mount(p.site, portal.Options{})
	hash, err := desk.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx *sqldb.Tx) error { return p.fill(t.Context(), tx, hash, people) })
	if err != nil {
		t.Fatal(err)
	}
	w := p.ask("POST", "/sign-in", strings.NewReader(url.Values{"email": {address}, "password": {password}}.Encode()))
	p.cookies = w.Result().Cookies()
	return p
}

var families = strings.Fields("Garnier Oliveira Tanguy Petit Moreau Kervella Nguyen Diallo Le-Gall Roussel Abgrall Salaün Garnaud")

func (p *practice) fill(ctx context.Context, tx *sqldb.Tx, hash login.Hash, people int) error {
	w, err := workspace.Add(ctx, tx, workspace.New{Slug: "orvane", Name: "Orvane Santé", Kind: "vendor"})
	if err != nil {
		return err
	}
	program := actor.OfProgram(w.ID)
	org, err := organization.Create(ctx, tx, program, organization.Input{Name: "Cabinet des Tilleuls", CustomerNumber: "40118", City: "Tours"})
	if err != nil {
		return err
	}
	list := make([]contact.Addition, people)
	for n := range list {
		c, err := contact.Input{
			Civility: "dr", FamilyName: families[n%len(families)], GivenName: fmt.Sprintf("Loïc %c%c", 'a'+n/26%26, 'a'+n%26) + strings.Repeat("x", n/676), JobTitle: "Médecin généraliste",
			Phone: "02 61 91 40 10", Email: fmt.Sprintf("loic.%d@tilleuls.example", n), Source: contact.Form,
		}.Parse(w)
		if err != nil {
			return err
		}
		list[n] = contact.Addition{Contact: c, At: org}
	}
	if err := contact.AddAll(ctx, tx, program, contact.Form, list); err != nil {
		return err
	}
	l, err := login.Create(ctx, tx, program, login.New{Email: address, Name: "Anne Petit"}, hash)
	if err != nil {
		return err
	}
	who, err := contact.Create(ctx, tx, program, org.ID, contact.Input{Civility: "ms", FamilyName: "Petit", GivenName: "Anne", Email: address, Source: contact.Form})
	if err != nil {
		return err
	}
	p.path = "/orvane/portal/" + org.ID.String()
	return contact.Imagine(ctx, tx, program, who.ID, contact.Past{
		Role: contact.Admin, LoginEmail: l.Email, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: l.ID, AuthorizedAt: tx.Now(),
	})
}

func (p *practice) request(method, path string, body *strings.Reader) *http.Request {
	r := httptest.NewRequest(method, base+path, nil)
	if body != nil {
		r = httptest.NewRequest(method, base+path, body)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept-Language", "fr")
	for _, c := range p.cookies {
		r.AddCookie(c)
	}
	return r
}

func (p *practice) ask(method, path string, body *strings.Reader) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	p.site.ServeHTTP(w, p.request(method, path, body))
	return w
}

// A page of 48 travels in few bytes, whatever its layout.
func TestBytes(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		p := newPractice(t, db, 100)
		for _, view := range []string{"list", "grid"} {
			t.Run(view+": at most 90 KB, and 15 KB compressed", func(t *testing.T) {
				path := p.path + "/contacts?size=48&view=" + view
				if n := p.ask("GET", path, nil).Body.Len(); n > 90_000 || n < 20<<10 {
					t.Errorf("%d bytes", n)
				}
				r := p.request("GET", path, nil)
				r.Header.Set("Accept-Encoding", "gzip")
				w := httptest.NewRecorder()
				p.site.ServeHTTP(w, r)
				if n := w.Body.Len(); n > 15_000 || w.Header().Get("Content-Encoding") != "gzip" {
					t.Errorf("%d bytes", n)
				}
			})
		}
	})
}
