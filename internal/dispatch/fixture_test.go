package dispatch

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/sheet"
	"github.com/entregent/entregent/internal/workspace"
)

// password is a good one, which everybody here chooses.
const password = "lanterne violette du quai"

// breaker is a clock that ends a context when it has been asked the time so often.
type breaker struct {
	sync.Mutex
	*sqldbtest.Clock
	after int
	end   context.CancelFunc
}

func (b *breaker) Now() time.Time {
	b.Lock()
	defer b.Unlock()
	if b.after--; b.after == 0 {
		b.end()
	}
	return b.Clock.Now()
}

// town is an installation with a mail server and two hosts.
type town struct {
	testing.TB
	db             *sqldb.DB
	clock          *breaker
	desk           *login.Desk
	inviter        *access.Inviter
	door           *invitation.Door
	server         *mailtest.Server
	runner         *job.Runner
	school, vendor host
	names          int
}

// host is a workspace with an officer, an admin and an organisation.
type host struct {
	officer, admin actor.Actor
	organization   id.Organization
}

func each(t *testing.T, o mailtest.Options, test func(t *testing.T, h *town)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock := &breaker{Clock: sqldbtest.NewClock()}
			test(t, newTown(t, sqldbtest.Open(t, engine, clock.Now), clock, o))
		})
	}
}

func newTown(t testing.TB, db *sqldb.DB, clock *breaker, o mailtest.Options) *town {
	t.Helper()
	h := &town{TB: t, db: db, clock: clock, server: mailtest.Start(t, o)}
	key, limits := secret.New(), login.DefaultLimits()
	h.desk = login.NewDesk(db, key, limits, login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 8})
	h.desk.OnSignIn(access.SignedIn)
	maker := invitation.NewMaker(key, invitation.LimitsOf(config.Default().Invitations))
	h.inviter = access.NewInviter(maker, login.Links(key, limits))
	h.door = invitation.NewDoor(db, h.desk, maker, h.inviter)
	address, _ := url.Parse("https://entregent.example")
	from, _ := email.Parse("entregent@entregent.example")
	silent := slog.New(slog.NewTextHandler(io.Discard, nil))
	post := mail.NewPost(mail.Options{
		BaseURL: address, From: from, Attempts: 2, Log: silent,
		Transport: mail.NewSMTP(mail.Server{Host: h.server.Host, Port: h.server.Port, Encryption: mail.NoTLS, Answer: 10 * time.Second}),
	})
	t.Cleanup(post.Close)
	post.Add(h.inviter.Kinds()...)
	h.runner = job.New(db, job.Options{Log: silent})
	post.Register(h.runner)
	Register(h.runner, h.inviter)
	h.school = h.newHost("brenval")
	h.vendor = h.newHost("orvane")
	return h
}

func (h *town) newHost(slug string) (x host) {
	h.Helper()
	hash, err := h.desk.Hash(h.Context(), password)
	if err != nil {
		h.Fatal(err)
	}
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: "École " + slug, Kind: "school"})
		if err != nil {
			return err
		}
		program := actor.OfProgram(w.ID)
		join := func(name, role string) (actor.Actor, error) {
			l, err := login.Create(ctx, tx, program, login.New{Email: name + "@" + slug + ".example", Name: name}, hash)
			if err != nil {
				return actor.Actor{}, err
			}
			return actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: l.ID, Role: actor.RoleOfStaff(role)}, workspace.AddStaff(ctx, tx, program, l.ID, role)
		}
		if x.officer, err = join("rachel", "officer"); err != nil {
			return err
		}
		if x.admin, err = join("nadia", "admin"); err != nil {
			return err
		}
		x.organization, err = newOrganization(ctx, tx, x, "Ateliers Corvenne")
		return err
	})
	return x
}

func newOrganization(ctx context.Context, tx *sqldb.Tx, x host, name string) (id.Organization, error) {
	o, err := organization.Create(ctx, tx, x.admin, organization.Input{Name: name, CustomerNumber: name})
	return o.ID, err
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

// letters writes a number as a name.
func letters(n int) string {
	return strings.Map(func(r rune) rune { return 'a' + r - '0' }, fmt.Sprint(n))
}

// contact adds somebody new to the organisation, with that e-mail, or with one of their own for "own".
func (h *town) contact(x host, of id.Organization, address string) (c contact.Contact) {
	h.Helper()
	h.names++
	if address == "own" {
		address = fmt.Sprintf("contact.%d@corvenne.example", h.names)
	}
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Create(ctx, tx, x.officer, of, contact.Input{
			Civility: "ms", FamilyName: "Du" + letters(h.names), GivenName: "Zoé", Phone: "02 61 91 40 10", Email: address, Source: contact.Import,
		})
		return err
	})
	return c
}

// contacts adds n to the host's organisation, by a file.
func (h *town) contacts(x host, n int) []id.Contact {
	h.Helper()
	var number string
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		o, err := organization.Get(ctx, tx, x.admin, x.organization)
		number = o.CustomerNumber
		return err
	})
	text := "Numéro client;Civilité;Nom;Prénom;Téléphone;Email\n"
	for range n {
		h.names++
		text += fmt.Sprintf("%s;Mme;Du%s;Zoé;02 61 91 40 10;contact.%d@corvenne.example\n", number, letters(h.names), h.names)
	}
	file := sheet.File{ReaderAt: strings.NewReader(text), Size: int64(len(text))}
	refused := func(r transfer.Refusal) error { return fmt.Errorf("%+v", r) }
	if _, err := transfer.Import(h.Context(), h.db, x.admin, transfer.Settings{}, transfer.Contacts, transfer.Options{}, false, file, refused); err != nil {
		h.Fatal(err)
	}
	var ids []id.Contact
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		ids, err = sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2`, x.admin.Workspace, n)
		return err
	})
	if len(ids) != n {
		h.Fatalf("%d contacts, want %d", len(ids), n)
	}
	return ids
}

// starting tries to start a dispatch.
func (h *town) starting(by actor.Actor, in New) (d Dispatch, err error) {
	err = h.try(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		d, err = Start(ctx, tx, by, in)
		return err
	})
	return d, err
}

func (h *town) start(by actor.Actor, contacts ...id.Contact) Dispatch {
	h.Helper()
	d, err := h.starting(by, New{Contacts: contacts})
	if err != nil {
		h.Fatal(err)
	}
	return d
}

// run is the job, without the queue.
func (h *town) run(ctx context.Context, d Dispatch) error {
	return work{d.workspace, d.ID}.run(ctx, h.db, h.inviter)
}

// now is the dispatch as it is kept.
func (h *town) now(x host, d Dispatch) (now Dispatch) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		now, err = Get(ctx, tx, x.officer, d.ID)
		return err
	})
	return now
}

func (h *town) rows(x host, d Dispatch, some Some) (rows []Row) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		rows, err = Rows(ctx, tx, x.officer, d, some, 0, 1_000_000)
		return err
	})
	return rows
}

// invitations counts those that the host's contacts ever had, and how many of them are open.
func (h *town) invitations(x host) (all, open int) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if all, err = sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM invitation WHERE workspace_id = $1`, x.admin.Workspace); err != nil {
			return err
		}
		open, err = sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM invitation WHERE workspace_id = $1 AND ended_at IS NULL`, x.admin.Workspace)
		return err
	})
	return all, open
}

// deliver has everything done that is due.
func (h *town) deliver() {
	h.Helper()
	if _, err := h.runner.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// join invites somebody and has them accept.
func (h *town) join(x host, c contact.Contact) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := h.inviter.SendCredentials(ctx, tx, x.officer, c.ID, access.Sending{})
		return err
	})
	h.deliver()
	for _, l := range h.server.Letters() {
		if l.To[0] != c.Email.String() {
			continue
		}
		_, token, _ := strings.Cut(l.Read(h).Link("https://entregent.example/activate/"), "/activate/")
		if _, err := h.door.Activate(h.Context(), invitation.Activation{Token: token, Password: password}); err != nil {
			h.Fatal(err)
		}
	}
}
