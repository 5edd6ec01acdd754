package deposit_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// TestMain fails the tests that met a hole in the catalogue.
func TestMain(m *testing.M) {
	holes := 0
	locale.OnDefect(func(locale.Defect) { holes++ })
	code := m.Run()
	if holes > 0 {
		code = 1
	}
	os.Exit(code)
}

const (
	siretA = "123 456 782 00010"
	siretB = "73282932000074"
)

// town is an installation with a school whose public form is open.
type town struct {
	testing.TB
	db     *sqldb.DB
	clock  *sqldbtest.Clock
	secret *secret.Secret
	desk   *deposit.Desk
	post   *mail.Post
	hash   login.Hash
	staff  actor.Actor // an officer
	admin  actor.Actor
	made   int
}

func each(t *testing.T, test func(t *testing.T, h *town)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, newTown(t, db, clock)) })
}

func newTown(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *town {
	t.Helper()
	h := &town{TB: t, db: db, clock: clock, secret: secret.New()}
	desk := login.NewDesk(db, h.secret, login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 8})
	var err error
	if h.hash, err = desk.Hash(t.Context(), "lanterne violette du quai"); err != nil {
		t.Fatal(err)
	}
	h.desk = deposit.NewDesk(db, h.secret, deposit.LimitsOf(config.Default().Deposits))
	base, _ := url.Parse("https://entregent.example")
	from, _ := email.Parse("bonjour@entregent.example")
	h.post = mail.NewPost(mail.Options{BaseURL: base, From: from})
	h.post.Add(h.desk.Kinds()...)
	h.admin = h.host("brenval")
	h.staff = h.member(h.admin.Workspace, "officer")
	h.open(deposit.FormInput{Enabled: true, Confirmed: true, Months: "24"})
	return h
}

// host makes a school and gives one of its staff admins.
func (h *town) host(slug string) (by actor.Actor) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: "École " + slug, Kind: "school"})
		by.Workspace = w.ID
		return err
	})
	return h.member(by.Workspace, "admin")
}

// member is somebody of a workspace's team.
func (h *town) member(of id.Workspace, role string) actor.Actor {
	h.Helper()
	h.made++
	by := actor.Actor{Kind: actor.Staff, Workspace: of, Role: actor.RoleOfStaff(role)}
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		l, err := login.Create(ctx, tx, actor.OfProgram(0), login.New{Email: fmt.Sprintf("staff%d@brenval.example", h.made), Name: "Camille Staff"}, h.hash)
		if err != nil {
			return err
		}
		by.Login = l.ID
		return workspace.AddStaff(ctx, tx, actor.OfProgram(of), l.ID, role)
	})
	return by
}

// open says how the form works.
func (h *town) open(in deposit.FormInput) (f deposit.Form) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if f, err = deposit.FormOf(ctx, tx, h.admin); err != nil {
			return err
		}
		in.Version = f.Version
		f, err = deposit.EditForm(ctx, tx, h.admin, in)
		return err
	})
	return f
}

// typed is a form that is filled in well.
func (h *town) typed() deposit.Submission {
	form := id.NewJob().UUID
	stamp := h.desk.Stamp(h.staff.Workspace, form, sqldb.At(h.clock.Now()))
	h.clock.Pass(10 * time.Second)
	return deposit.Submission{
		Input: deposit.Input{
			Name: "Ateliers Corvenne", SIRET: siretA, Address: "3 rue du Port", Postcode: "29200", City: "Brest",
			Civility: "ms", FamilyName: "Le Goff", GivenName: "Anaïs", Phone: "02 61 91 40 10", Email: "anais@corvenne.example",
			Title: "Alternance, technicienne de maintenance", Contract: "apprenticeship", Description: "Entretien des machines.",
		},
		Consent: true, Stamp: stamp, Form: form, Client: "192.0.2.7", Language: locale.French,
	}
}

func (h *town) submit(s deposit.Submission) {
	h.Helper()
	if err := h.desk.Submit(h.Context(), h.staff.Workspace, s); err != nil {
		h.Fatal(err)
	}
}

// letters are those of that kind, the latest first.
func (h *town) letters(kind string) []mail.Letter {
	h.Helper()
	var list []mail.Letter
	err := h.db.View(h.Context(), func(tx *sqldb.Tx) error {
		part, err := mail.Find(h.Context(), tx, h.admin, mail.Filter{Ask: paging.Ask{Size: 48}})
		for _, l := range part.Items {
			if l.Kind == kind {
				list = append(list, l)
			}
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return list
}

// written is what a letter says, as it would go out now.
func (h *town) written(l mail.Letter) (m mail.Message, err error) {
	h.Helper()
	err = h.db.View(h.Context(), func(tx *sqldb.Tx) (err error) {
		m, err = h.post.Compose(h.Context(), tx, l)
		return err
	})
	return m, err
}

// token is the secret part of a letter's link.
func (h *town) token(l mail.Letter) string {
	h.Helper()
	m, err := h.written(l)
	if err != nil {
		h.Fatal(err)
	}
	_, rest, found := strings.Cut(m.Text, "/brenval/offers/confirmation/")
	if !found {
		h.Fatalf("no link in %s", m.Text)
	}
	token, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(token)
}

// confirmed submits the form and confirms it by its letter.
func (h *town) confirmed(s deposit.Submission) deposit.Matched {
	h.Helper()
	h.submit(s)
	before := len(h.pending())
	if err := h.desk.Confirm(h.Context(), h.staff.Workspace, h.token(h.letters(deposit.LetterConfirmation)[0]), nil); err != nil {
		h.Fatal(err)
	}
	list := h.pending()
	if len(list) != before+1 {
		h.Fatalf("%d wait", len(list))
	}
	return list[len(list)-1]
}

// pending are the deposits that wait for staff.
func (h *town) pending() []deposit.Matched {
	h.Helper()
	var part paging.Part[deposit.Matched]
	err := h.db.View(h.Context(), func(tx *sqldb.Tx) (err error) {
		part, err = deposit.Find(h.Context(), tx, h.staff, paging.Ask{Size: 48})
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return part.Items
}

// count is what a query counts.
func (h *town) count(query string, args ...any) (n int64) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(ctx, tx, sqldb.Value[int64], query, args...)
		return err
	})
	return n
}

func (h *town) organization(in organization.Input) (o organization.Organization) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o, err = organization.Create(ctx, tx, h.staff, in)
		return err
	})
	return o
}

func (h *town) contact(at organization.Organization, family, given, address string) (c contact.Contact) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Create(ctx, tx, h.staff, at.ID, contact.Input{
			Civility: "ms", FamilyName: family, GivenName: given, Phone: "02 61 91 40 99", Email: address, Source: contact.Form,
		})
		return err
	})
	return c
}

func (h *town) stored(of id.Contact) (c contact.Contact, err error) {
	err = h.db.View(h.Context(), func(tx *sqldb.Tx) (err error) {
		c, err = contact.Get(h.Context(), tx, h.staff, of)
		return err
	})
	return c, err
}

func (h *town) must(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.try(fn); err != nil {
		h.Fatal(err)
	}
}

// try is a transaction that may be refused.
func (h *town) try(fn func(ctx context.Context, tx *sqldb.Tx) error) error {
	return h.db.Update(h.Context(), func(tx *sqldb.Tx) error { return fn(h.Context(), tx) })
}

// refused fails unless the error is that refusal; field "" is the whole.
func refused(t testing.TB, err error, kind fault.Kind, field, key string) {
	t.Helper()
	f := fault.As(err)
	switch {
	case f == nil || f.Kind != kind:
		t.Errorf("%v, want %s %s", err, kind, key)
	case field == "" && f.Message.Key != key:
		t.Errorf("%v, want %s", err, key)
	case field != "":
		for _, x := range f.Fields {
			if x.Name == field && x.Key == key {
				return
			}
		}
		t.Errorf("%v, want %s=%s", err, field, key)
	}
}
