package handover_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/organization"
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

// town is an installation with a mail server and a host, whose organisations and people the tests make.
type town struct {
	testing.TB
	db      *sqldb.DB
	clock   *sqldbtest.Clock
	desk    *handover.Desk
	inviter *access.Inviter
	server  *mailtest.Server
	runner  *job.Runner
	hash    login.Hash // of everybody's password
	staff   actor.Actor
	made    int
}

func each(t *testing.T, test func(t *testing.T, h *town)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, newTown(t, db, clock)) })
}

func newTown(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *town {
	t.Helper()
	h := &town{TB: t, db: db, clock: clock, server: mailtest.Start(t, mailtest.Options{}), desk: handover.NewDesk(config.Default().Handover)}
	key, limits := secret.New(), login.DefaultLimits()
	h.inviter = access.NewInviter(invitation.NewMaker(key, invitation.LimitsOf(config.Default().Invitations)), login.Links(key, limits))
	signIn := login.NewDesk(db, key, limits, login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 8})
	var err error
	if h.hash, err = signIn.Hash(t.Context(), "lanterne violette du quai"); err != nil {
		t.Fatal(err)
	}
	address, _ := url.Parse("https://entregent.example")
	from, _ := email.Parse("entregent@entregent.example")
	silent := slog.New(slog.NewTextHandler(io.Discard, nil))
	post := mail.NewPost(mail.Options{
		BaseURL: address, From: from, Attempts: 2, Log: silent,
		Transport: mail.NewSMTP(mail.Server{Host: h.server.Host, Port: h.server.Port, Encryption: mail.NoTLS, Answer: 10 * time.Second}),
	})
	t.Cleanup(post.Close)
	post.Add(h.inviter.Kinds()...)
	post.Add(h.desk.Kinds()...)
	h.runner = job.New(db, job.Options{Log: silent})
	post.Register(h.runner)
	h.staff = h.host("brenval")
	return h
}

// host makes a workspace and gives one of its staff admins.
func (h *town) host(slug string) (by actor.Actor) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: "École Brenval", Kind: "school"})
		by = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: id.NewLogin(), Role: actor.StaffAdmin}
		return err
	})
	return by
}

func (h *town) organization() (o organization.Organization) {
	h.Helper()
	h.made++
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o, err = organization.Create(ctx, tx, h.staff, organization.Input{Name: fmt.Sprintf("Ateliers Corvenne %d", h.made), CustomerNumber: fmt.Sprint(h.made)})
		return err
	})
	return o
}

// person adds somebody with that role who has joined, is switched on and authorised.
func (h *town) person(at organization.Organization, given string, role contact.Role) (c contact.Contact) {
	h.Helper()
	h.made++
	address, _ := email.Parse(fmt.Sprintf("%d@corvenne.example", h.made))
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		l, err := login.Create(ctx, tx, actor.OfProgram(0), login.New{Email: address.String(), Name: given + " Corvenne"}, h.hash)
		if err != nil {
			return err
		}
		made, err := contact.Create(ctx, tx, h.staff, at.ID, contact.Input{
			Civility: "ms", FamilyName: "Corvenne " + letters(h.made), GivenName: given, Phone: "02 61 91 40 10", Email: address.String(), Source: contact.Form,
		})
		if err != nil {
			return err
		}
		if err := contact.Imagine(ctx, tx, actor.OfProgram(h.staff.Workspace), made.ID, contact.Past{
			Role: role, LoginEmail: address, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: l.ID, AuthorizedAt: tx.Now(),
		}); err != nil {
			return err
		}
		c, err = contact.Get(ctx, tx, h.staff, made.ID)
		return err
	})
	return c
}

// letters writes a number so that it can be part of a name.
func letters(n int) string {
	text := ""
	for ; n > 0; n /= 26 {
		text = string(rune('a'+n%26)) + text
	}
	return "a" + text
}

// as is the contact as it comes in, with the role that it has in the given state.
func (h *town) as(c contact.Contact) actor.Actor {
	return actor.Actor{
		Kind: actor.Contact, Workspace: h.staff.Workspace, Login: c.Login, Contact: c.ID, Organization: c.Organization,
		Role: actor.RoleOfContact(string(c.Role), !c.AuthorizedAt.IsZero()),
	}
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

// now is the contact as it is kept.
func (h *town) now(of id.Contact) (c contact.Contact) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Get(ctx, tx, h.staff, of)
		return err
	})
	return c
}

func (h *town) offer(from, to contact.Contact) (o handover.Offer, err error) {
	err = h.try(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o, err = h.desk.Offer(ctx, tx, h.as(from), to.ID)
		return err
	})
	return o, err
}

// offered is an offer that must succeed.
func (h *town) offered(from, to contact.Contact) handover.Offer {
	h.Helper()
	o, err := h.offer(from, to)
	if err != nil {
		h.Fatal(err)
	}
	return o
}

func (h *town) accept(by actor.Actor, o handover.Offer) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := h.desk.Accept(ctx, tx, by, o.ID)
		return err
	})
}

func (h *town) refuse(by actor.Actor, o handover.Offer) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := h.desk.Refuse(ctx, tx, by, o.ID)
		return err
	})
}

func (h *town) withdraw(by actor.Actor, o handover.Offer) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := h.desk.Withdraw(ctx, tx, by, o.ID)
		return err
	})
}

func (h *town) transfer(by actor.Actor, from contact.Contact, in handover.Transfer) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return h.desk.Transfer(ctx, tx, by, from.ID, in) })
}

// edit saves role and login of a contact as staff do.
func (h *town) edit(of id.Contact, role contact.Role, on string) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		c, err := contact.Get(ctx, tx, h.staff, of)
		if err != nil {
			return err
		}
		_, err = contact.Edit(ctx, tx, h.staff, of, sheet(c, role, on))
		return err
	})
}

// sheet is the form of a contact, filled in with what is kept, with that role and login.
func sheet(c contact.Contact, role contact.Role, on string) contact.Input {
	return contact.Input{
		Civility: string(c.Civility), JobTitle: c.JobTitle, Phone: c.Phone.String(), Email: c.Email.String(), Role: string(role), Login: on, Version: c.Version,
	}
}

func (h *town) mine(by actor.Actor) (list []handover.Offer) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		list, err = handover.Mine(ctx, tx, by)
		return err
	})
	return list
}

func (h *town) sweep() (n int64) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = handover.Sweep(ctx, tx, 100)
		return err
	})
	return n
}

// told has every letter delivered and gives the subjects of those that the person got since the last time.
func (h *town) told(c contact.Contact) (subjects []string) {
	h.Helper()
	if _, err := h.runner.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
	for _, l := range h.server.Letters() {
		if l.To[0] == c.Email.String() {
			subjects = append(subjects, l.Read(h).Header.Get("Subject"))
		}
	}
	return subjects
}

// text is that of the last letter to the person.
func (h *town) text(c contact.Contact) string {
	h.Helper()
	h.told(c)
	list := h.server.Letters()
	for n := len(list) - 1; n >= 0; n-- {
		if list[n].To[0] == c.Email.String() {
			return list[n].Read(h).Text
		}
	}
	h.Fatalf("no letter to %s", c.Email)
	return ""
}

// lines counts those of a kind about the contact in the host's history.
func (h *town) lines(of contact.Contact, kind string) (list []journal.Line) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		page, err := journal.Find(ctx, tx, h.staff, journal.Filter{Kind: kind, Subject: of.ID.UUID})
		list = page.Lines
		return err
	})
	return list
}

// isRefused fails unless err is a refusal of that kind with the message, on the field if one is named.
func isRefused(t testing.TB, err error, kind fault.Kind, field, key string) {
	t.Helper()
	f := fault.As(err)
	switch {
	case f == nil || f.Kind != kind:
	case field == "" && f.Message.Key == key:
		return
	case len(f.Fields) > 0 && f.Fields[0].Name == field && f.Fields[0].Key == key:
		return
	}
	t.Errorf("got %v, want %v %s %s", err, kind, field, key)
}
