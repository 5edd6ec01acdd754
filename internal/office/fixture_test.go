package office_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/dispatch"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/office"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/public"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/workspace"
)

const (
	base     = "https://entregent.example"
	password = "lanterne violette du quai"
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

// house is a whole installation without the network: two hosts, a school and a vendor, each with an admin and an
// officer.
type house struct {
	testing.TB
	db      *sqldb.DB
	clock   *sqldbtest.Clock
	site    *web.Site
	post    *mail.Post
	inviter *access.Inviter
	door    *invitation.Door
	jobs    *job.Runner
	school  host
	vendor  host
}

// host is a workspace with its people.
type host struct {
	workspace.Workspace
	admin, officer member
}

// member is somebody of a team, as an actor of the rooms and by address at the door.
type member struct {
	actor.Actor
	address string
}

// each runs the test on both engines, each with a house of its own.
func each(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, newHouse(t, db, clock)) })
}

func newHouse(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *house {
	t.Helper()
	return newHouseOver(t, db, clock, mail.Outbox{})
}

// newHouseOver is newHouse with another way for letters to leave; nil = they wait.
func newHouseOver(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock, transport mail.Transport) *house {
	t.Helper()
	h := &house{TB: t, db: db, clock: clock}
	key, limits := secret.New(), login.DefaultLimits()
	desk := login.NewDesk(db, key, limits, login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 4})
	desk.OnSignIn(access.SignedIn)
	desk.OnMove(access.Moved)
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(failingLog{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	h.site, err = web.New(web.Options{
		DB: db, Secret: key, BaseURL: address, Log: log, Desk: desk, Limits: limits, Store: login.NewStore(db, limits, log),
	})
	if err != nil {
		t.Fatal(err)
	}
	public.Mount(h.site, public.Options{Desk: desk, Secret: key})
	h.post = mail.NewPost(mail.Options{BaseURL: address, Transport: transport, Colleague: workspace.ToColleague})
	maker := invitation.NewMaker(key, invitation.LimitsOf(config.Default().Invitations))
	h.inviter = access.NewInviter(maker, login.Links(key, limits))
	colleagues := team.NewInviter(maker)
	h.door = invitation.NewDoor(db, desk, maker, h.inviter, colleagues)
	h.post.Add(wording)
	h.post.Add(h.inviter.Kinds()...)
	h.post.Add(colleagues.Kinds()...)
	h.jobs = job.New(db, job.Options{Log: log})
	h.post.Register(h.jobs)
	dispatch.Register(h.jobs, h.inviter)
	office.Mount(h.site, office.Options{Transfers: transfer.Settings{Bytes: 1 << 20}, Post: h.post, Inviter: h.inviter})
	if err := h.site.Check(); err != nil {
		t.Fatal(err)
	}
	hash, err := desk.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	h.school = h.newHost("brenval", "École Brenval", "school", hash)
	h.vendor = h.newHost("orvane", "Orvane Santé", "vendor", hash)
	return h
}

// wording is a kind of letters that a workspace may word itself.
var wording = mail.Kind{
	Name: "trial", Own: true, Coded: true, Variables: []string{"name", "workspace"},
	Facts: func(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (f mail.Facts, err error) {
		c, err := contact.Get(ctx, tx, actor.OfProgram(l.Workspace), l.Contact)
		if err != nil {
			return f, err
		}
		w, err := workspace.Get(ctx, tx, l.Workspace)
		return mail.Facts{
			To: c.Email, Name: c.GivenName.String(), P: locale.For(w.Locale, w.OrganizationNoun, w.HostNoun(), nil), From: w.Name,
			Values: map[string]string{"name": c.GivenName.String(), "workspace": w.Name}, URL: "/help",
		}, err
	},
}

// deliver has all jobs done that are due.
func (h *house) deliver() {
	h.Helper()
	if _, err := h.jobs.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// failingLog fails the test that causes an error: no request may end in one.
type failingLog struct{ testing.TB }

func (l failingLog) Write(b []byte) (int, error) {
	l.Errorf("logged: %s", b)
	return len(b), nil
}

func (h *house) newHost(slug, name, kind string, hash login.Hash) (x host) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if x.Workspace, err = workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: name, Kind: kind}); err != nil {
			return err
		}
		program := actor.OfProgram(x.ID)
		join := func(address, name, role string) (m member, err error) {
			l, err := login.Create(ctx, tx, program, login.New{Email: address, Name: name}, hash)
			if err != nil {
				return m, err
			}
			m = member{actor.Actor{Kind: actor.Staff, Workspace: x.ID, Login: l.ID, Role: actor.RoleOfStaff(role)}, address}
			return m, workspace.AddStaff(ctx, tx, program, l.ID, role)
		}
		if x.admin, err = join("nadia.kessler@"+slug+".example", "Nadia Kessler", "admin"); err != nil {
			return err
		}
		x.officer, err = join("rachel.moreau@"+slug+".example", "Rachel Moreau", "officer")
		return err
	})
	return x
}

func (h *house) update(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.Update(h.Context(), func(tx *sqldb.Tx) error { return fn(h.Context(), tx) }); err != nil {
		h.Fatal(err)
	}
}

func (h *house) view(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.View(h.Context(), func(tx *sqldb.Tx) error { return fn(h.Context(), tx) }); err != nil {
		h.Fatal(err)
	}
}

// organization adds one to the host; siret may be "".
func (h *house) organization(x host, name, siret string) (o organization.Organization) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o, err = organization.Create(ctx, tx, x.admin.Actor, organization.Input{Name: name, SIRET: siret, City: "Quimper"})
		return err
	})
	return o
}

// contact adds somebody to the organisation, with a whole set of details.
func (h *house) contact(x host, of id.Organization, family, given string) (c contact.Contact) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Create(ctx, tx, x.admin.Actor, of, contact.Input{
			Civility: "ms", FamilyName: family, GivenName: given, JobTitle: "Tutrice", Mobile: "06 39 98 12 34", Phone: "02 61 91 40 10",
			Email: "contact@corvenne.example", Source: contact.Form,
		})
		return err
	})
	return c
}

// browser keeps cookies and follows nothing by itself.
type browser struct {
	*house
	cookies map[string]string
	status  int
	to      string // Location
	header  http.Header
	body    string
}

// as is a browser in which the member has signed in.
func (h *house) as(m member) *browser {
	h.Helper()
	b := &browser{house: h, cookies: map[string]string{}}
	return b.post("/sign-in", url.Values{"email": {m.address}, "password": {password}}).want(http.StatusSeeOther)
}

func (b *browser) get(path string) *browser { b.Helper(); return b.send("GET", path, nil, nil) }

// fetch gets a part of a page as a script does.
func (b *browser) fetch(part, path string) *browser {
	b.Helper()
	return b.send("GET", path, nil, http.Header{"X-Fragment": {part}})
}

func (b *browser) post(path string, form url.Values) *browser {
	b.Helper()
	return b.send("POST", path, strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

func (b *browser) send(method, path string, body io.Reader, header http.Header) *browser {
	b.Helper()
	r := httptest.NewRequest(method, base+path, body)
	r.Header = http.Header{"Accept-Language": {"fr"}, "Referer": {base + "/"}}
	for name, values := range header {
		r.Header[name] = values
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	b.status, b.to, b.header, b.body = w.Code, w.Header().Get("Location"), w.Header(), w.Body.String()
	if b.status >= 500 {
		b.Errorf("%s %s: status %d", method, path, b.status)
	}
	return b
}

// text is the page as it is read: without tags, blanks made one.
func (b *browser) text() string {
	plain := tags.ReplaceAllString(b.body, " ")
	return strings.Join(strings.Fields(html.UnescapeString(plain)), " ")
}

var tags = regexp.MustCompile(`<[^>]*>`)

// want fails unless the answer has that status and its text holds all words; blanks of any kind are the same.
func (b *browser) want(status int, words ...string) *browser {
	b.Helper()
	if b.status != status {
		b.Errorf("status %d, want %d: %.500s", b.status, status, b.text())
	}
	text := b.text()
	for _, w := range words {
		if !strings.Contains(text, strings.Join(strings.Fields(w), " ")) {
			b.Errorf("no %q in: %.3000s", w, text)
		}
	}
	return b
}

// wantNot fails if the answer's text holds one of the words.
func (b *browser) wantNot(words ...string) *browser {
	b.Helper()
	text := b.text()
	for _, w := range words {
		if strings.Contains(text, strings.Join(strings.Fields(w), " ")) {
			b.Errorf("%q stands in: %.3000s", w, text)
		}
	}
	return b
}

// wantMarkup fails unless the answer holds all pieces as they are.
func (b *browser) wantMarkup(pieces ...string) *browser {
	b.Helper()
	for _, p := range pieces {
		if !strings.Contains(b.body, p) {
			b.Errorf("no %s in: %.3000s", p, b.body)
		}
	}
	return b
}

func (b *browser) wantTo(location string) *browser {
	b.Helper()
	if b.status != http.StatusSeeOther || b.to != location {
		b.Errorf("status %d to %q, want 303 to %q: %.500s", b.status, b.to, location, b.text())
	}
	return b
}

// field is the value of a hidden field of the page, "" if there is none.
func (b *browser) field(name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(b.body)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// count is how often a piece of markup stands in the answer.
func (b *browser) count(piece string) int { return strings.Count(b.body, piece) }
