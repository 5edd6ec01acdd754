package app_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/canned"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

func TestDemo(t *testing.T) {
	each(t, func(t *testing.T, c config.Config) {
		var first, second bytes.Buffer
		a := start(t, c, app.Options{Demo: true, Out: &first})
		list := filepath.Join(c.Store.Data, "demo-sign-ins.txt")
		kept, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		t.Run("the sign-ins are printed and kept", func(t *testing.T) {
			if !strings.Contains(first.String(), string(kept)) || !strings.Contains(first.String(), list) {
				t.Error(first.String())
			}
			for _, want := range []string{"/brenval/office", "/orvane/office", "camille.esteve@entregent.example", "officer"} {
				if !strings.Contains(string(kept), want) {
					t.Errorf("no %s in %s", want, kept)
				}
			}
		})
		t.Run("each portal sign-in shows what it says", func(t *testing.T) { visit(t, a.BaseURL(), string(kept)) })
		stop(t, a)
		stop(t, start(t, c, app.Options{Demo: true, Out: &second}))
		t.Run("a second run keeps the data and says where the sign-ins are", func(t *testing.T) {
			if !strings.Contains(second.String(), list) || strings.Contains(second.String(), "Making") {
				t.Error(second.String())
			}
		})
		db, err := sqldb.Open(t.Context(), sqldb.Options{Path: c.Store.SQLite(), DSN: c.Store.Database})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, slug := range []string{"brenval", "orvane"} {
			t.Run(slug+" has people of every kind and a history that rises and was not made in a day", func(t *testing.T) {
				err := db.View(t.Context(), func(tx *sqldb.Tx) error { return lived(t, tx, slug) })
				if err != nil {
					t.Fatal(err)
				}
			})
			t.Run(slug+" has invoices that are paid, to pay and overdue, and a credit note, each with its PDF", func(t *testing.T) {
				if err := db.View(t.Context(), func(tx *sqldb.Tx) error { return billed(t, tx, slug) }); err != nil {
					t.Fatal(err)
				}
			})
			t.Run(slug+" has an open public form if it works with offers, and deposits to moderate, one with another address than is known", func(t *testing.T) {
				if err := db.View(t.Context(), func(tx *sqldb.Tx) error { return deposited(t, tx, slug) }); err != nil {
					t.Fatal(err)
				}
			})
			t.Run(slug+" has documents for its team, for admins and for all, one with an earlier version", func(t *testing.T) {
				if err := db.View(t.Context(), func(tx *sqldb.Tx) error { return documented(t, tx, slug) }); err != nil {
					t.Fatal(err)
				}
			})
		}
	})
}

// visit signs in as everybody of the portals' lists, and looks where they get to.
func visit(t *testing.T, address, list string) {
	shows := map[string]string{
		"super_admin": "Super-Admin", "admin": "l’un des administrateurs", "user": "Utilisateur", "guest": "Votre accès attend une autorisation", "off": "Cet accès est fermé",
	}
	seen := map[string]int{}
	portal := false
	for line := range strings.Lines(list) {
		words := strings.Fields(line)
		portal = portal || strings.Contains(line, ": the portal,")
		portal = portal && !strings.Contains(line, ": the back office,")
		if !portal || len(words) < 3 || !strings.Contains(words[1], "@") {
			continue
		}
		seen[words[0]]++
		if words[0] == "invited" {
			if words[2] != "–" {
				t.Error(line)
			}
			continue
		}
		jar, _ := cookiejar.New(nil)
		r, err := (&http.Client{Jar: jar}).PostForm(address+"/sign-in", url.Values{"email": {words[1]}, "password": {words[2]}})
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if text := html.UnescapeString(string(page)); !strings.Contains(text, shows[words[0]]) && !strings.Contains(text, "Où vous êtes contact") {
			t.Errorf("%s gets to %s: %s", line, r.Request.URL, text)
		}
	}
	for word := range shows {
		if seen[word] == 0 {
			t.Errorf("nobody is %q", word)
		}
	}
	if seen["invited"] == 0 {
		t.Error("nobody is invited")
	}
}

// stopper ends the start in whose midst something is said.
type stopper struct {
	bytes.Buffer
	after string
	stop  context.CancelFunc
}

func (s *stopper) Write(b []byte) (int, error) {
	if strings.Contains(string(b), s.after) {
		s.stop()
	}
	return s.Buffer.Write(b)
}

func TestInterruptedDemo(t *testing.T) {
	each(t, func(t *testing.T, c config.Config) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		log := slog.New(slog.DiscardHandler)
		// The first workspace is there when the demo breaks off.
		b, err := app.Open(ctx, c, log)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		if _, err := app.Start(ctx, c, app.Options{Demo: true, Out: &stopper{after: "Making", stop: cancel}, Log: log}); err == nil {
			t.Fatal("it went on")
		}
		if err := b.AddWorkspace(t.Context(), app.NewWorkspace{Slug: "brenval", Name: "École Brenval", Kind: "school",
			AdminEmail: "anne@brenval.example", AdminName: "Anne Martin", Password: "kleiner grauer Regenschirm"}); err != nil {
			t.Fatal(err)
		}
		t.Run("a demo whose making was interrupted is not called whole", func(t *testing.T) {
			for range 2 {
				var out bytes.Buffer
				stop(t, start(t, c, app.Options{Demo: true, Out: &out}))
				if !strings.Contains(out.String(), "not whole") || !strings.Contains(out.String(), "demo-unfinished.txt") || strings.Contains(out.String(), "already") {
					t.Error(out.String())
				}
			}
		})
	})
}

func deposited(t *testing.T, tx *sqldb.Tx, slug string) error {
	host, form, err := deposit.Open(t.Context(), tx, slug)
	if slug == "orvane" {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%v", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	part, err := deposit.Find(t.Context(), tx, actor.OfProgram(host.ID), paging.Ask{})
	others := 0
	for _, d := range part.Items {
		if d.NewPlace || d.NewContact || d.Place.ID.IsZero() || d.Person.ID.IsZero() {
			t.Errorf("%+v", d.Deposit)
		}
		if d.OtherAddress {
			others++
		}
	}
	if !form.Confirmed || len(part.Items) != 2 || others != 1 {
		t.Errorf("%+v, %d deposits, %d with another address", form, len(part.Items), others)
	}
	return err
}

func lived(t *testing.T, tx *sqldb.Tx, slug string) error {
	w, err := workspace.GetBySlug(t.Context(), tx, slug)
	if err != nil {
		return err
	}
	by := actor.OfProgram(w.ID)
	count, err := sqldb.Total(t.Context(), tx, w.ID, "contacts")
	if err != nil || count < 200 {
		t.Errorf("%d contacts", count)
	}
	for name, f := range map[string]directory.Filter{
		"landing": {Source: contact.Landing}, "imported": {Source: contact.Import}, "super_admin": {Role: contact.SuperAdmin},
	} {
		if slug == "orvane" && name == "landing" {
			continue
		}
		if n, _, err := directory.Count(t.Context(), tx, by, f); err != nil || n == 0 {
			t.Errorf("none is %s: %v", name, err)
		}
	}
	joined, err := sqldb.One(t.Context(), tx, sqldb.Value[int64], `SELECT count(*) FROM contact WHERE workspace_id = $1 AND joined_at IS NOT NULL AND login_id IS NULL`, w.ID)
	if err != nil || joined > 0 {
		t.Errorf("%d have joined without a login: %v", joined, err)
	}
	for name, f := range map[string]docket.Filter{
		"new": {State: request.New}, "waiting": {State: request.WaitingCustomer}, "closed": {State: request.Closed}, "in the queue": {Sort: docket.Queue},
	} {
		if n, _, err := docket.Count(t.Context(), tx, by, f); err != nil || n == 0 {
			t.Errorf("no request is %s: %v", name, err)
		}
	}
	if answers, err := canned.List(t.Context(), tx, by); err != nil || len(answers) != 2 {
		t.Errorf("%d canned answers: %v", len(answers), err)
	}
	mondays := make([]time.Time, 12)
	for i := range mondays {
		mondays[i] = login.WeekOf(time.Now().In(w.Zone())).AddDate(0, 0, -7*i)
	}
	signIns, err := login.SignIns(t.Context(), tx, by, mondays)
	if err != nil {
		return err
	}
	for i, n := range signIns {
		if n == 0 && i > 0 {
			t.Errorf("nobody signed in %d weeks ago", i)
		}
	}
	page, err := journal.Find(t.Context(), tx, by, journal.Filter{Size: 500})
	if err != nil {
		return err
	}
	kinds := map[string]bool{}
	staff := 0
	for i, l := range page.Lines {
		kinds[l.Kind] = true
		if l.ActorKind == actor.Staff {
			staff++
		}
		if i > 0 && l.At > page.Lines[i-1].At {
			t.Fatalf("line %d is younger than the one above it", i)
		}
	}
	if span := page.Lines[0].At.Sub(page.Lines[len(page.Lines)-1].At); span.Hours() < 24*30 || staff < 100 {
		t.Errorf("%v, %d lines by staff", span, staff)
	}
	for _, kind := range []string{"contact.created", "contact.authorized", "contact.edited", "contact.commented", "organization.created"} {
		if !kinds[kind] {
			t.Errorf("no %s", kind)
		}
	}
	return nil
}

func billed(t *testing.T, tx *sqldb.Tx, slug string) error {
	w, err := workspace.GetBySlug(t.Context(), tx, slug)
	if err != nil {
		return err
	}
	by := actor.Actor{Kind: actor.Staff, Workspace: w.ID, Role: actor.StaffOfficer}
	for name, f := range map[string]invoice.Filter{
		"paid": {State: invoice.Paid}, "to pay": {State: invoice.Unpaid}, "overdue": {State: invoice.Overdue}, "a credit note": {Kind: invoice.CreditNote},
	} {
		f.Zone, f.Ask = w.Zone(), paging.Ask{Page: 1, Size: 48}
		part, err := invoice.Find(t.Context(), tx, by, f)
		if err != nil || len(part.Items) == 0 {
			t.Errorf("none is %s: %v", name, err)
		}
		for _, i := range part.Items {
			if paper, _, err := invoice.File(t.Context(), tx, by, i.ID); err != nil || paper.Kind != file.PDF || paper.CreatedAt != i.CreatedAt {
				t.Errorf("%s: %+v, %v", i.Number, paper, err)
			}
		}
	}
	return nil
}

func documented(t *testing.T, tx *sqldb.Tx, slug string) error {
	w, err := workspace.GetBySlug(t.Context(), tx, slug)
	if err != nil {
		return err
	}
	by := actor.Actor{Kind: actor.Staff, Workspace: w.ID, Role: actor.StaffOfficer}
	name := map[string]string{"brenval": "Ateliers Corvenne", "orvane": "Cabinet médical des Tilleuls"}[slug]
	found, err := organization.Find(t.Context(), tx, by, organization.Filter{Query: name})
	if err != nil || len(found.Items) == 0 {
		t.Fatal(name, err)
	}
	for _, v := range document.Visibilities() {
		part, err := document.Find(t.Context(), tx, by, document.Filter{Organization: found.Items[0].ID, Visibility: v})
		if err != nil || len(part.Items) == 0 {
			t.Errorf("none is for %s: %v", v, err)
		}
		for _, d := range part.Items {
			if d.File.Kind != file.PDF {
				t.Errorf("%s: %+v", d.Title, d.File)
			}
		}
	}
	return nil
}
