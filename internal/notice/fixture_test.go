package notice_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access/audience"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/notice"
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

// town is an installation with a mail server and a host, whose organisations and people the tests make.
type town struct {
	testing.TB
	db     *sqldb.DB
	clock  *sqldbtest.Clock
	desk   *notice.Desk
	unseen map[id.UUID]bool // subjects that their room shows nobody
	server *mailtest.Server
	post   *mail.Post
	runner *job.Runner
	teller *job.Runner // which sends no letters
	hash   login.Hash  // of everybody's password
	staff  actor.Actor
	made   int
}

func each(t *testing.T, test func(t *testing.T, h *town)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, newTown(t, db, clock)) })
}

func newTown(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *town {
	t.Helper()
	h := &town{TB: t, db: db, clock: clock, server: mailtest.Start(t, mailtest.Options{}), unseen: map[id.UUID]bool{}}
	h.desk = notice.NewDesk(notice.Options{People: audience.People, Leaders: audience.Leaders, Retention: 90 * 24 * time.Hour, ReplyTo: replyTo})
	h.desk.Add(audience.Sources()...)
	h.desk.Add(notice.Source{Kind: "request", See: h.see})
	key, limits := secret.New(), login.DefaultLimits()
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
	post.Add(h.desk.Kinds()...)
	h.post = post
	h.teller = job.New(db, job.Options{Log: silent})
	h.desk.Register(h.teller, notice.Clockwork{Digest: time.Minute, Sweep: time.Hour})
	h.runner = job.New(db, job.Options{Log: silent})
	post.Register(h.runner)
	h.desk.Register(h.runner, notice.Clockwork{Digest: time.Minute, Sweep: time.Hour})
	h.staff = h.host("brenval")
	return h
}

// replyTo is an address that says what it is for.
func replyTo(to notice.Person, subject int64) email.Address {
	a, _ := email.Parse(fmt.Sprintf("reply+%d.%d.%d@reply.example", to.By.Workspace, to.Number, subject))
	return a
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

// see is the room of requests: everybody sees all but the unseen.
func (h *town) see(_ context.Context, _ *sqldb.Tx, _ actor.Actor, of []id.UUID) (map[id.UUID]notice.Sight, error) {
	seen := make(map[id.UUID]notice.Sight)
	for _, u := range of {
		if !h.unseen[u] {
			seen[u] = notice.Sight{Label: "D-000001", Path: "/requests/" + u.String(), Answers: 1}
		}
	}
	return seen, nil
}

// tell queues an event about a request and returns that.
func (h *town) tell(by actor.Actor, kind notice.Kind, at organization.Organization, to ...contact.Contact) id.UUID {
	h.Helper()
	subject := id.NewContact().UUID
	e := notice.Event{Kind: kind, Subject: journal.Subject{Kind: "request", ID: subject}, Organization: at.ID}
	for _, c := range to {
		e.To = append(e.To, c.ID)
	}
	h.must(func(ctx context.Context, tx *sqldb.Tx) error { return notice.Tell(ctx, tx, by, e) })
	return subject
}

// run does all that is due.
func (h *town) run() {
	h.Helper()
	if _, err := h.runner.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// bell is what somebody's has, the latest first.
func (h *town) bell(c contact.Contact) []notice.Notice {
	h.Helper()
	var part paging.Part[notice.Notice]
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		part, err = h.desk.Find(ctx, tx, h.as(c), paging.Ask{})
		return err
	})
	return part.Items
}

// unread is the figure on somebody's bell.
func (h *town) unread(c contact.Contact) (n int) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, _, err = h.desk.Unread(ctx, tx, h.as(c))
		return err
	})
	return n
}

// letters are the subjects of those that somebody has got.
func (h *town) letters(c contact.Contact) (subjects []string) {
	h.Helper()
	for _, l := range h.server.Letters() {
		if slices.Contains(l.To, c.LoginEmail.String()) {
			subjects = append(subjects, l.Read(h.TB).Subject(h.TB))
		}
	}
	return subjects
}

// prefer chooses for a contact, having seen what is chosen now.
func (h *town) prefer(by actor.Actor, of contact.Contact, p notice.Preference) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		now, _, err := h.desk.PreferenceOf(ctx, tx, by, of.ID)
		if err != nil {
			return err
		}
		p.Version = now.Version
		return h.desk.Prefer(ctx, tx, by, of.ID, p)
	})
}

// set changes what a contact is, behind everybody's back.
func (h *town) set(of contact.Contact, column string, value any) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE contact SET `+column+` = $1 WHERE workspace_id = $2 AND id = $3`, value, h.staff.Workspace, of.ID)
		return err
	})
}

// count is a figure that the database says.
func (h *town) count(query string, args ...any) (n int) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(ctx, tx, sqldb.Value[int], query, args...)
		return err
	})
	return n
}
