package walks_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/public"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
	"github.com/entregent/entregent/test/browser"
)

// letterbox is an installation with one face of its own: a form with a message and files, and a page that shows what came
// last.
type letterbox struct {
	testing.TB
	base   string
	files  *file.Store
	owner  file.Owner
	byPage atomic.Int64 // forms that a browser sent by itself: those without new files, and all without a script
}

const (
	clerk         = "anne.martin@brenval.example"
	clerkPassword = "lanterne violette du quai"
)

func newLetterbox(t *testing.T, engine string) *letterbox {
	t.Helper()
	o := &letterbox{TB: t}
	db := sqldbtest.Open(t, engine, nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	o.must(err)
	o.base = "http://" + listener.Addr().String()
	address, err := url.Parse(o.base)
	o.must(err)
	o.files, err = file.Open(t.TempDir(), file.Settings{Bytes: 4 << 20, PerOwner: 3})
	o.must(err)
	key, limits, log := secret.New(), login.DefaultLimits(), slog.New(slog.DiscardHandler)
	desk := login.NewDesk(db, key, limits, login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 2})
	site, err := web.New(web.Options{DB: db, Secret: key, BaseURL: address, Files: o.files, Log: log, Desk: desk, Limits: limits, Store: login.NewStore(db, limits, log)})
	o.must(err)
	public.Mount(site, public.Options{Desk: desk, Secret: key})
	site.Mount(
		web.Route{Pattern: "GET /{workspace}/office", Needs: actor.SeeContacts, Handle: o.show},
		web.Route{Pattern: "GET /{workspace}/office/letters/new", Needs: actor.Comment, Handle: func(r *web.Request) error { return r.Render(http.StatusOK, o.form(r, r.NewForm(""))) }},
		web.Route{Pattern: "POST /{workspace}/office/letters", Needs: actor.Comment, Files: true, Handle: o.take},
		web.Route{Pattern: "GET /{workspace}/office/letters/{file}", Needs: actor.SeeContacts, Handle: o.give},
	)
	hash, err := desk.Hash(t.Context(), clerkPassword)
	o.must(err)
	o.must(db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, _, err := workspace.SetUp(t.Context(), tx, workspace.Setup{
			New:        workspace.New{Slug: "brenval", Name: "École Brenval", Kind: "school"},
			AdminEmail: clerk, AdminName: "Anne Martin", Password: clerkPassword,
		}, hash)
		return err
	}))
	server := &http.Server{Handler: site}
	go server.Serve(listener) //nolint:errcheck // until it is closed
	t.Cleanup(func() { server.Close(); o.files.Close() })
	return o
}

func (o *letterbox) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// page draws parts in the back office's frame.
func (o *letterbox) page(r *web.Request, form *ui.Form, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return web.Office(r, web.Page{Title: "Courrier", Form: form}).Render(templ.WithChildren(ctx, templ.Join(parts...)), w)
	})
}

func (o *letterbox) form(r *web.Request, form *ui.Form) templ.Component {
	form.Labels = map[string]string{"message": "Message", file.Field: "Pièces jointes"}
	return o.page(r, form,
		templ.Raw(`<form class="stack" method="post" action="/brenval/office/letters" enctype="multipart/form-data">`),
		form.Start(), form.Summary(),
		form.FilesField(ui.Files{Label: "Pièces jointes", Most: o.files.PerOwner(), Largest: o.files.Largest(), Optional: true}),
		form.Textarea(ui.Textarea{Name: "message", Label: "Message", Width: ui.Full, Optional: true}),
		ui.Press(ui.Button{Text: "Envoyer", Kind: "primary"}),
		templ.Raw(`</form>`))
}

func (o *letterbox) take(r *web.Request) error {
	if r.Header.Get("Sec-Fetch-Dest") == "document" {
		o.byPage.Add(1)
	}
	form, files, err := r.Uploads("")
	if err != nil {
		return err
	}
	owner := file.Owner{Kind: "letter", ID: id.NewLetter().UUID}
	err = r.Update(func(tx *sqldb.Tx) error {
		if form.Value("message") == "" {
			return fault.OnField(fault.Invalid, "message", fault.M("fault.required"))
		}
		for _, f := range files {
			if _, err := file.Attach(r.Context(), tx, r.By, owner, f); err != nil {
				return err
			}
		}
		return nil
	})
	if form.Fail(err) {
		return r.Render(http.StatusUnprocessableEntity, o.form(r, form))
	}
	if err != nil {
		return err
	}
	o.owner = owner
	return r.SeeOther(r.Office(""))
}

func (o *letterbox) show(r *web.Request) error {
	var files []file.File
	err := r.View(func(tx *sqldb.Tx) (err error) { files, err = file.Of(r.Context(), tx, r.By, o.owner); return err })
	if err != nil {
		return err
	}
	list := ui.Attachments(files, func(f file.File) string { return r.Office("/letters/" + f.ID.String()) })
	return r.Render(http.StatusOK, o.page(r, nil, ui.AttachmentList(r.P, list)))
}

func (o *letterbox) give(r *web.Request) error {
	which, err := r.File("file")
	if err != nil {
		return err
	}
	var f file.File
	err = r.View(func(tx *sqldb.Tx) (err error) { f, err = file.Get(r.Context(), tx, r.By, which); return err })
	if err != nil {
		return err
	}
	return r.ServeFile(f)
}

// write puts a file where a browser can choose it.
func (o *letterbox) write(name, content string) string {
	o.Helper()
	path := filepath.Join(o.TempDir(), name)
	o.must(os.WriteFile(path, []byte(content), 0o600))
	return path
}

// TestUploads: a file survives a bad field elsewhere in its form, and is shown as what it is; with a script, which tells
// how far it is, and without.
func TestUploads(t *testing.T) {
	for _, engine := range engines() {
		t.Run(engine, func(t *testing.T) { uploads(t, engine) })
	}
}

func uploads(t *testing.T, engine string) {
	picture, err := os.ReadFile("../../docs/screenshot.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, how := range []struct {
		name   string
		option browser.Option
		byPage int64
	}{
		{"with a script", browser.Wide(1280), 1},
		{"without", browser.WithoutJavaScript, 2},
	} {
		t.Run(how.name, func(t *testing.T) {
			t.Parallel()
			o := newLetterbox(t, engine)
			page := browser.Window(t, how.option)
			page.Open(o.base + "/sign-in")
			page.Fill("Adresse e-mail", clerk)
			page.Fill("Mot de passe", clerkPassword)
			page.Click("button", "Se connecter")
			page.Open(o.base + "/brenval/office/letters/new")
			page.Attach("Pièces jointes", o.write("Relevé d’août.png", string(picture)), o.write("notes.txt", strings.Repeat("x", 3<<20)))
			page.Click("button", "Envoyer")
			page.See("Relevé d’août.png")
			page.See("Ce champ est obligatoire")
			for _, width := range []int{360, 1280} {
				page.Width(width)
				page.Axe()
				page.NoSidewaysScroll()
				page.Screenshot("files-kept " + how.name + " " + map[bool]string{true: "narrow"}[width == 360])
			}
			page.Fill("Message", "Bonjour")
			page.Click("button", "Envoyer")
			page.ByRole("link", "notes.txt").Appears()
			page.ByRole("link", "Relevé d’août.png (nouvel onglet)").Appears()
			if got := page.Address(); got != o.base+"/brenval/office" {
				t.Error(got)
			}
			if got := o.byPage.Load(); got != how.byPage {
				t.Errorf("%d forms were sent by the browser itself", got)
			}
			page.Axe()
			page.Scheme("dark")
			page.Screenshot("files-attached " + how.name)
			page.Width(360)
			page.NoSidewaysScroll()
			page.Scheme("light")
			page.Screenshot("files-attached narrow " + how.name)
		})
	}
	t.Run("a file that is too large is not sent", func(t *testing.T) {
		o := newLetterbox(t, engine)
		page := browser.Window(t, browser.Wide(1280))
		page.Open(o.base + "/sign-in?next=/brenval/office/letters/new")
		page.Fill("Adresse e-mail", clerk)
		page.Fill("Mot de passe", clerkPassword)
		page.Click("button", "Se connecter")
		page.Fill("Message", "Bonjour")
		page.Attach("Pièces jointes", o.write("large.bin", strings.Repeat("x", 5<<20)))
		page.Click("button", "Envoyer")
		if got := page.Address(); got != o.base+"/brenval/office/letters/new" || !o.owner.ID.IsZero() {
			t.Error(got)
		}
	})
}
