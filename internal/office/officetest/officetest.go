// Package officetest gives the tests of the back office's faces a house: an installation without the network, two
// hosts with their teams, and browsers that sign in and read pages. It mounts all faces, as the program does, and is
// imported by tests alone.
package officetest

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/api"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/dispatch"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/office"
	"github.com/entregent/entregent/internal/office/contacts"
	"github.com/entregent/entregent/internal/office/documents"
	"github.com/entregent/entregent/internal/office/history"
	"github.com/entregent/entregent/internal/office/invoices"
	"github.com/entregent/entregent/internal/office/offers"
	"github.com/entregent/entregent/internal/office/requests"
	"github.com/entregent/entregent/internal/office/sending"
	"github.com/entregent/entregent/internal/office/settings"
	"github.com/entregent/entregent/internal/office/transfers"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/public"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/told"
	"github.com/entregent/entregent/internal/webhook"
	"github.com/entregent/entregent/internal/workspace"
)

// Where the house is reached, and how its people come in.
const (
	Base     = "https://entregent.example"
	Password = "lanterne violette du quai" // of everybody
)

// Webhooks are the settings of those that the house's people make.
var Webhooks = webhook.Settings{Kinds: told.Kinds(), HTTP: true, Overlap: 24 * time.Hour, GiveUp: 24 * time.Hour, Timeout: time.Minute, Retention: 24 * time.Hour, Backlog: 100, Parallel: 4, Poll: time.Second}

// Past is long enough for any count of refusals to end.
const Past = 2 * time.Hour

// Main runs the tests and fails if they met a hole in the catalogue.
func Main(m *testing.M) {
	locale.OnDefect(func(d locale.Defect) { fmt.Fprintf(os.Stderr, "the catalogue lacks %+v\n", d) })
	code := m.Run()
	if locale.Defects() > 0 {
		code = 1
	}
	os.Exit(code)
}

// House is a whole installation without the network: two hosts, a school and a vendor, each with an admin and an
// officer.
type House struct {
	testing.TB
	DB       *sqldb.DB
	Clock    *sqldbtest.Clock
	Files    *file.Store
	Site     *web.Site
	Letters  *mail.Post
	Inviter  *access.Inviter
	Door     *invitation.Door
	Jobs     *job.Runner
	Webhooks *webhook.Desk

	School Host
	Vendor Host
}

// Host is a workspace with its people.
type Host struct {
	workspace.Workspace
	Admin, Officer Member
}

// Member is somebody of a team, as an actor of the rooms and by address at the door.
type Member struct {
	actor.Actor
	Address string
}

// Each runs the test on both engines, each with a house of its own.
func Each(t *testing.T, test func(t *testing.T, h *House)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, New(t, db, clock)) })
}

// New is a house over that database.
func New(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *House {
	t.Helper()
	return NewOver(t, db, clock, mail.Outbox{})
}

// NewOver is New with another way for letters to leave; nil = they wait.
func NewOver(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock, transport mail.Transport) *House {
	t.Helper()
	h := &House{TB: t, DB: db, Clock: clock}
	key, limits := secret.New(), login.DefaultLimits()
	desk := login.NewDesk(db, key, limits, login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 4})
	desk.OnSignIn(access.SignedIn)
	desk.OnMove(access.Moved)
	address, err := url.Parse(Base)
	if err != nil {
		t.Fatal(err)
	}
	if h.Files, err = file.Open(t.TempDir(), file.Settings{Clock: clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Files.Close() })
	log := slog.New(slog.NewTextHandler(failingLog{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	h.Site, err = web.New(web.Options{
		DB: db, Secret: key, BaseURL: address, Files: h.Files, Log: log, Desk: desk, Limits: limits, Store: login.NewStore(db, limits, log),
	})
	if err != nil {
		t.Fatal(err)
	}
	public.Mount(h.Site, public.Options{Desk: desk, Secret: key})
	h.Letters = mail.NewPost(mail.Options{BaseURL: address, Transport: transport, Colleague: workspace.ToColleague})
	maker := invitation.NewMaker(key, invitation.LimitsOf(config.Default().Invitations))
	h.Inviter = access.NewInviter(maker, login.Links(key, limits))
	colleagues := team.NewInviter(maker)
	h.Door = invitation.NewDoor(db, desk, maker, h.Inviter, colleagues)
	h.Letters.Add(wording)
	h.Letters.Add(h.Inviter.Kinds()...)
	h.Letters.Add(colleagues.Kinds()...)
	h.Jobs = job.New(db, job.Options{Log: log})
	h.Letters.Register(h.Jobs)
	dispatch.Register(h.Jobs, h.Inviter)
	office.Mount(h.Site)
	contacts.Mount(h.Site, contacts.Options{Inviter: h.Inviter, Handovers: handover.NewDesk(config.Default().Handover), Post: h.Letters})
	sending.Mount(h.Site, sending.Options{Post: h.Letters})
	offers.Mount(h.Site)
	invoices.Mount(h.Site)
	documents.Mount(h.Site)
	requests.Mount(h.Site)
	transfers.Mount(h.Site, transfers.Options{Transfers: transfer.Settings{Bytes: 1 << 20}})
	history.Mount(h.Site)
	h.Webhooks = webhook.NewDesk(key, Webhooks)
	settings.Mount(h.Site, settings.Options{Post: h.Letters, Team: colleagues, Webhooks: h.Webhooks})
	api.Mount(h.Site, api.Options{DB: db, Files: h.Files, Desk: desk, Inviter: h.Inviter, Handovers: handover.NewDesk(config.Default().Handover)})
	if err := h.Site.Check(); err != nil {
		t.Fatal(err)
	}
	hash, err := desk.Hash(t.Context(), Password)
	if err != nil {
		t.Fatal(err)
	}
	h.School = h.newHost("brenval", "École Brenval", "school", hash)
	h.Vendor = h.newHost("orvane", "Orvane Santé", "vendor", hash)
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

// Deliver has all jobs done that are due.
func (h *House) Deliver() {
	h.Helper()
	if _, err := h.Jobs.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// failingLog fails the test that causes an error: no request may end in one.
type failingLog struct{ testing.TB }

func (l failingLog) Write(b []byte) (int, error) {
	l.Errorf("logged: %s", b)
	return len(b), nil
}

func (h *House) newHost(slug, name, kind string, hash login.Hash) (x Host) {
	h.Helper()
	h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if x.Workspace, err = workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: name, Kind: kind}); err != nil {
			return err
		}
		program := actor.OfProgram(x.ID)
		join := func(address, name, role string) (m Member, err error) {
			l, err := login.Create(ctx, tx, program, login.New{Email: address, Name: name}, hash)
			if err != nil {
				return m, err
			}
			m = Member{actor.Actor{Kind: actor.Staff, Workspace: x.ID, Login: l.ID, Role: actor.RoleOfStaff(role)}, address}
			return m, workspace.AddStaff(ctx, tx, program, l.ID, role)
		}
		if x.Admin, err = join("nadia.kessler@"+slug+".example", "Nadia Kessler", "admin"); err != nil {
			return err
		}
		x.Officer, err = join("rachel.moreau@"+slug+".example", "Rachel Moreau", "officer")
		return err
	})
	return x
}

// Update runs fn in a transaction.
func (h *House) Update(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.DB.Update(h.Context(), func(tx *sqldb.Tx) error { return fn(h.Context(), tx) }); err != nil {
		h.Fatal(err)
	}
}

// View runs fn in a transaction that only reads.
func (h *House) View(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.DB.View(h.Context(), func(tx *sqldb.Tx) error { return fn(h.Context(), tx) }); err != nil {
		h.Fatal(err)
	}
}

// Organization adds one to the host; siret may be "".
func (h *House) Organization(x Host, name, siret string) (o organization.Organization) {
	h.Helper()
	h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o, err = organization.Create(ctx, tx, x.Admin.Actor, organization.Input{Name: name, SIRET: siret, City: "Quimper"})
		return err
	})
	return o
}

// Contact adds somebody to the organisation, with a whole set of details.
func (h *House) Contact(x Host, of id.Organization, family, given string) (c contact.Contact) {
	h.Helper()
	h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Create(ctx, tx, x.Admin.Actor, of, contact.Input{
			Civility: "ms", FamilyName: family, GivenName: given, JobTitle: "Tutrice", Mobile: "06 39 98 12 34", Phone: "02 61 91 40 10",
			Email: "contact@corvenne.example", Source: contact.Form,
		})
		return err
	})
	return c
}
