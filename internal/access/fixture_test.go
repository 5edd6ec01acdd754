package access_test

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
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

const base = "https://entregent.example"

// password is a good one, which most people here choose.
const password = "lanterne violette du quai"

// town is an installation with a mail server: two hosts that work with one and the same company.
type town struct {
	testing.TB
	db             *sqldb.DB
	clock          *sqldbtest.Clock
	key            *secret.Secret
	desk           *login.Desk
	inviter        *access.Inviter
	door           *invitation.Door
	server         *mailtest.Server
	runner         *job.Runner
	school, vendor host
}

// host is a workspace with an officer, an admin and the organisation.
type host struct {
	officer, admin actor.Actor
	slug           string
	organization   id.Organization
}

func each(t *testing.T, test func(t *testing.T, h *town)) {
	t.Helper()
	eachWith(t, mailtest.Options{}, test)
}

// eachWith is each with a mail server that behaves so.
func eachWith(t *testing.T, o mailtest.Options, test func(t *testing.T, h *town)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, newTown(t, db, clock, o)) })
}

func newTown(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock, o mailtest.Options) *town {
	t.Helper()
	h := &town{TB: t, db: db, clock: clock, key: secret.New(), server: mailtest.Start(t, o)}
	silent := slog.New(slog.NewTextHandler(io.Discard, nil))
	h.desk, h.inviter, h.door = h.node(db)
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	from, err := email.Parse("entregent@entregent.example")
	if err != nil {
		t.Fatal(err)
	}
	post := mail.NewPost(mail.Options{
		BaseURL: address, From: from, Attempts: 2, Log: silent,
		Transport: mail.NewSMTP(mail.Server{Host: h.server.Host, Port: h.server.Port, Encryption: mail.NoTLS, Answer: 10 * time.Second}),
	})
	t.Cleanup(post.Close)
	post.Add(h.inviter.Kinds()...)
	h.runner = job.New(db, job.Options{Log: silent})
	post.Register(h.runner)
	h.school = h.newHost("brenval", "École Brenval", "school")
	h.vendor = h.newHost("orvane", "Orvane Santé", "vendor")
	return h
}

// node is what a process has of the installation, over its own handle of the database.
func (h *town) node(db *sqldb.DB) (*login.Desk, *access.Inviter, *invitation.Door) {
	limits := login.DefaultLimits()
	desk := login.NewDesk(db, h.key, limits, login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 8})
	desk.OnSignIn(access.SignedIn)
	desk.OnMove(access.Moved)
	maker := invitation.NewMaker(h.key, invitation.LimitsOf(config.Default().Invitations))
	inviter := access.NewInviter(maker, login.Links(h.key, limits))
	return desk, inviter, invitation.NewDoor(db, desk, maker, inviter)
}

// shared is the SIRET of the company that both hosts work with.
const shared = "81245739800020"

func (h *town) newHost(slug, name, kind string) (x host) {
	h.Helper()
	x.slug = slug
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: name, Kind: kind})
		if err != nil {
			return err
		}
		x.officer = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: id.NewLogin(), Role: actor.StaffOfficer}
		x.admin = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: id.NewLogin(), Role: actor.StaffAdmin}
		o, err := organization.Create(ctx, tx, x.officer, organization.Input{Name: "Ateliers Corvenne", SIRET: shared, City: "Quimper"})
		x.organization = o.ID
		return err
	})
	return x
}

func (h *town) update(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.try(fn); err != nil {
		h.Fatal(err)
	}
}

// try is a transaction that may be refused.
func (h *town) try(fn func(ctx context.Context, tx *sqldb.Tx) error) error {
	return h.db.Update(h.Context(), func(tx *sqldb.Tx) error { return fn(h.Context(), tx) })
}

func (h *town) view(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.View(h.Context(), func(tx *sqldb.Tx) error { return fn(h.Context(), tx) }); err != nil {
		h.Fatal(err)
	}
}

// contact adds somebody with that professional e-mail to the host's organisation.
func (h *town) contact(x host, family, given, address string) contact.Contact {
	h.Helper()
	return h.contactFrom(x, family, given, address, contact.Form)
}

func (h *town) contactFrom(x host, family, given, address string, source contact.Source) (c contact.Contact) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Create(ctx, tx, x.officer, x.organization, contact.Input{
			Civility: "ms", FamilyName: family, GivenName: given, Phone: "02 61 91 40 10", Email: address, Source: source,
		})
		return err
	})
	return c
}

// now is the contact as it is kept.
func (h *town) now(x host, of id.Contact) (c contact.Contact) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Get(ctx, tx, x.officer, of)
		return err
	})
	return c
}

// send sends credentials and has the letters delivered.
func (h *town) send(x host, of id.Contact) contact.Contact {
	h.Helper()
	var c contact.Contact
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = h.inviter.SendCredentials(ctx, tx, x.officer, of, access.Sending{SwitchOn: true})
		return err
	})
	h.deliver()
	return c
}

// deliver has everything done that is due.
func (h *town) deliver() {
	h.Helper()
	if _, err := h.runner.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// letter is the last that the mail server took for that address.
func (h *town) letter(to string) mailtest.Read {
	h.Helper()
	list := h.server.Letters()
	for n := len(list) - 1; n >= 0; n-- {
		if list[n].To[0] == to {
			return list[n].Read(h)
		}
	}
	h.Fatalf("no letter to %s among %d", to, len(list))
	return mailtest.Read{}
}

// token is the secret of the link in the last letter to that address.
func (h *town) token(to string) string {
	h.Helper()
	token, ok := strings.CutPrefix(h.letter(to).Link(base+"/activate/"), base+"/activate/")
	if !ok {
		h.Fatalf("no link in %s", h.letter(to).Text)
	}
	return token
}

// code is the one in the last letter to that address.
func (h *town) code(to string) string {
	h.Helper()
	_, after, ok := strings.Cut(h.letter(to).Text, "Votre code")
	fields := strings.Fields(after)
	if !ok || len(fields) < 2 {
		h.Fatalf("no code in %s", h.letter(to).Text)
	}
	return fields[1]
}

// activate accepts with a password, in a browser where nobody is signed in.
func (h *town) activate(token string) (invitation.Activated, error) {
	return h.door.Activate(h.Context(), invitation.Activation{Token: token, Password: password})
}

// join invites somebody and has them accept.
func (h *town) join(x host, c contact.Contact) login.Login {
	h.Helper()
	sent := h.send(x, c.ID)
	done, err := h.activate(h.token(sent.LoginEmail.String()))
	if err != nil {
		h.Fatal(err)
	}
	return done.Entry.Login
}

// isOver fails unless the link opens nothing, neither for a look nor for anything else.
func (h *town) isOver(t *testing.T, token string) {
	t.Helper()
	err := h.db.View(t.Context(), func(tx *sqldb.Tx) error {
		_, err := h.door.Look(t.Context(), tx, token)
		return err
	})
	if !invitation.IsOver(err) {
		t.Errorf("its page: %v", err)
	}
	if _, err := h.activate(token); !invitation.IsOver(err) {
		t.Errorf("accepting: %v", err)
	}
}

// lines counts those of a kind about the contact in the host's history.
func (h *town) lines(x host, of id.Contact, kind string) (n int) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		page, err := journal.Find(ctx, tx, x.admin, journal.Filter{Kind: kind})
		for _, l := range page.Lines {
			if l.Subject.ID == of.UUID {
				n++
			}
		}
		return err
	})
	return n
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

// program is this program outside of any workspace.
func (h *town) program() actor.Actor { return actor.Actor{Kind: actor.Program} }
