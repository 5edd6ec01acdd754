package public_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/public"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

const (
	base     = "https://entregent.example"
	email    = "nadia.kessler@brenval.example"
	password = "lanterne violette du quai"
)

// house is a whole installation without the network.
type house struct {
	t       *testing.T
	db      *sqldb.DB
	clock   *sqldbtest.Clock
	desk    *login.Desk
	secret  *secret.Secret
	site    *web.Site
	files   *file.Store // nil but where a test has files
	log     *strings.Builder
	stop    bool
	mute    bool   // no letters are sent
	comment string // what the note form of the tests has stored
}

// cheap makes tests hash quickly.
var cheap = login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 4}

func newHouse(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) *house {
	return newHouseAt(t, db, clock, base)
}

// newHouseAt is newHouse under another address.
func newHouseAt(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock, base string) *house {
	return (&house{t: t, db: db, clock: clock, secret: secret.New(), log: &strings.Builder{}}).build(base)
}

// build makes the site.
func (h *house) build(base string) *house {
	t, db := h.t, h.db
	limits := login.DefaultLimits()
	h.desk = login.NewDesk(db, h.secret, limits, cheap)
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(h.log, nil))
	h.site, err = web.New(web.Options{
		DB: db, Secret: h.secret, BaseURL: address, Log: log, Files: h.files, Desk: h.desk, Limits: limits,
		Store:          login.NewStore(db, limits, log),
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	})
	if err != nil {
		t.Fatal(err)
	}
	public.Mount(h.site, public.Options{Desk: h.desk, Secret: h.secret, Letters: !h.mute, Stopping: func() bool { return h.stop }})
	h.site.Mount(h.routes()...)
	return h
}

// routes are a back office of one page with one form, and pages that go wrong.
func (h *house) routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /{workspace}/office", Needs: actor.SeeContacts, Handle: func(r *web.Request) error {
			return r.Render(http.StatusOK, notes(r, r.NewForm("")))
		}},
		{Pattern: "GET /{workspace}/office/team", Needs: actor.SeeTeam, Handle: func(r *web.Request) error {
			return r.Render(http.StatusOK, notes(r, r.NewForm("")))
		}},
		{Pattern: "POST /{workspace}/office/notes", Needs: actor.Comment, Body: 20_000, Handle: h.note},
		{Pattern: "POST /{workspace}/office/file", Needs: actor.Import, Body: 100_000, Handle: h.upload},
		{Pattern: "POST /{workspace}/office/deletion", Needs: actor.Comment, Handle: func(r *web.Request) error {
			return r.Update(func(*sqldb.Tx) error { h.comment = "deleted"; return nil })
		}},
		{Pattern: "GET /{workspace}/office/panic", Needs: actor.SeeContacts, Handle: func(*web.Request) error { panic("a secret of the inside") }},
		{Pattern: "GET /{workspace}/office/broken", Needs: actor.SeeContacts, Handle: func(*web.Request) error { return io.ErrUnexpectedEOF }},
	}
}

// upload takes a file, and answers with what came.
func (h *house) upload(r *web.Request) error {
	var got string
	form, err := r.ReadUpload("", "file", func(_ *ui.Form, name string, content io.Reader) error {
		b, err := io.ReadAll(content)
		got = name + ": " + string(b)
		return err
	})
	if err != nil {
		return err
	}
	err = r.Update(func(*sqldb.Tx) error { return nil })
	if form.Fail(err) {
		return r.Render(http.StatusUnprocessableEntity, notes(r, form))
	}
	return r.Text(http.StatusOK, got+" | "+form.Value("comment"))
}

// notes is a page with a form of one field.
func notes(r *web.Request, form *ui.Form) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		body := templ.Join(form.Summary(), form.Start(), form.Textarea(ui.Textarea{Name: "comment", Label: "Comment"}))
		return web.Office(r, web.Page{Title: "Notes", Form: form}).Render(templ.WithChildren(ctx, body), w)
	})
}

func (h *house) note(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	err = r.Update(func(*sqldb.Tx) error {
		if form.Value("comment") == "" {
			return fault.OnField(fault.Invalid, "comment", fault.M("fault.required"))
		}
		h.comment = form.Value("comment")
		return nil
	})
	if form.Fail(err) {
		return r.Render(http.StatusUnprocessableEntity, notes(r, form))
	}
	if err != nil {
		return err
	}
	r.Toast("public.profile.saved")
	return r.SeeOther(r.Office(""))
}

// person adds somebody with the tests' password.
func (h *house) person(address, name string) login.Login {
	h.t.Helper()
	hash, err := h.desk.Hash(h.t.Context(), password)
	if err != nil {
		h.t.Fatal(err)
	}
	var l login.Login
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		l, err = login.Create(ctx, tx, actor.OfProgram(0), login.New{Email: address, Name: name}, hash)
		return err
	})
	return l
}

func (h *house) update(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.t.Helper()
	if err := h.db.Update(h.t.Context(), func(tx *sqldb.Tx) error { return fn(h.t.Context(), tx) }); err != nil {
		h.t.Fatal(err)
	}
}

// browser keeps cookies and follows nothing by itself.
type browser struct {
	house   *house
	cookies map[string]string
	header  http.Header // sent with each request
	remote  string
	last    *httptest.ResponseRecorder
	body    string
	referer string
}

func (h *house) browser() *browser {
	return &browser{house: h, cookies: map[string]string{}, header: http.Header{"Accept-Language": {"fr"}}, remote: "203.0.113.7:4711"}
}

func (b *browser) get(path string) *browser { return b.do("GET", path, nil) }

func (b *browser) post(path string, form url.Values) *browser { return b.do("POST", path, form) }

func (b *browser) do(method, path string, form url.Values) *browser {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	h := httptest.NewRequest(method, base+path, body)
	h.RemoteAddr = b.remote
	if form != nil {
		h.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if b.referer != "" {
		h.Header.Set("Referer", b.referer)
	}
	for name, values := range b.header {
		h.Header[name] = values
	}
	if host := b.header.Get("Host"); host != "" {
		h.Host = host
	}
	for name, value := range b.cookies {
		h.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	b.last = httptest.NewRecorder()
	b.house.site.ServeHTTP(b.last, h)
	for _, c := range b.last.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	b.body = b.last.Body.String()
	if method == "GET" && b.last.Code == http.StatusOK {
		b.referer = base + path
	}
	return b
}

func (b *browser) signIn() *browser {
	b.house.t.Helper()
	return b.post("/sign-in", url.Values{"email": {email}, "password": {password}}).want(http.StatusSeeOther)
}

// want fails unless the answer has that status and the body holds all words.
func (b *browser) want(status int, words ...string) *browser {
	b.house.t.Helper()
	if b.last.Code != status {
		b.house.t.Errorf("status %d, want %d\n%s", b.last.Code, status, b.body)
	}
	for _, w := range words {
		if !strings.Contains(b.body, w) {
			b.house.t.Errorf("no %q in\n%s", w, b.body)
		}
	}
	return b
}

func (b *browser) wantTo(location string) *browser {
	b.house.t.Helper()
	if got := b.last.Header().Get("Location"); b.last.Code != http.StatusSeeOther || got != location {
		b.house.t.Errorf("status %d to %q, want 303 to %q\n%s", b.last.Code, got, location, b.body)
	}
	return b
}

// hidden is the value of the last hidden field of that name: the first may be the language switch's.
func (b *browser) hidden(name string) string {
	all := regexp.MustCompile(`name="`+name+`" value="([^"]*)"`).FindAllStringSubmatch(b.body, -1)
	if len(all) == 0 {
		return ""
	}
	return html.UnescapeString(all[len(all)-1][1])
}

// furnish makes a workspace with one admin, the tests' person.
func (h *house) furnish() *house {
	h.t.Helper()
	hash, err := h.desk.Hash(h.t.Context(), password)
	if err != nil {
		h.t.Fatal(err)
	}
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		in := workspace.Setup{
			New:        workspace.New{Slug: "brenval", Name: "École Brenval", Kind: "school"},
			AdminEmail: email, AdminName: "Nadia Kessler", Password: password,
		}
		_, _, err = workspace.SetUp(ctx, tx, in, hash)
		return err
	})
	return h
}

// join makes somebody staff of a workspace, which is made if there is none of that slug.
func (h *house) join(l login.Login, slug, role string) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := workspace.GetBySlug(ctx, tx, slug)
		if fault.Is(err, fault.NotFound) {
			w, err = workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: "Orvane Santé", Kind: "vendor"})
		}
		if err != nil {
			return err
		}
		return workspace.AddStaff(ctx, tx, actor.OfProgram(w.ID), l.ID, role)
	})
}

// raw sends a body as it is, with the header's Content-Type.
func (b *browser) raw(method, path, body string) *browser {
	return b.stream(method, path, strings.NewReader(body))
}

// stream is raw for a body that is made while it is read.
func (b *browser) stream(method, path string, body io.Reader) *browser {
	h := httptest.NewRequest(method, base+path, body)
	h.RemoteAddr, h.Header = b.remote, b.header.Clone()
	for name, value := range b.cookies {
		h.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	b.last = httptest.NewRecorder()
	b.house.site.ServeHTTP(b.last, h)
	b.body = b.last.Body.String()
	return b
}
