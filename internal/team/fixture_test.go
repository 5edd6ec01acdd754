package team_test

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
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/letter"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/team"
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
	base     = "https://entregent.example"
	password = "lanterne violette du quai" // a good one, which everybody here chooses
)

// node is what a process has of the installation, over its own handle of the database.
type node struct {
	db      *sqldb.DB
	desk    *login.Desk
	inviter *team.Inviter
	door    *invitation.Door
}

// hosts is an installation with a mail server and two hosts that have an admin each.
type hosts struct {
	testing.TB
	node
	clock          *sqldbtest.Clock
	key            *secret.Secret
	server         *mailtest.Server
	runner         *job.Runner
	contacts       *access.Inviter
	school, vendor host
}

type host struct {
	admin actor.Actor
	email string // the admin's
}

func each(t *testing.T, test func(t *testing.T, h *hosts)) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, newHosts(t, db, clock)) })
}

func newHosts(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *hosts {
	t.Helper()
	h := &hosts{TB: t, clock: clock, key: secret.New(), server: mailtest.Start(t, mailtest.Options{})}
	h.node = h.on(db)
	address, _ := url.Parse(base)
	from, _ := email.Parse("entregent@entregent.example")
	silent := slog.New(slog.NewTextHandler(io.Discard, nil))
	post := mail.NewPost(mail.Options{
		BaseURL: address, From: from, Attempts: 2, Log: silent, Colleague: workspace.ToColleague,
		Transport: mail.NewSMTP(mail.Server{Host: h.server.Host, Port: h.server.Port, Encryption: mail.NoTLS, Answer: 10 * time.Second}),
	})
	t.Cleanup(post.Close)
	own := login.Links(h.key, login.DefaultLimits())
	h.contacts = access.NewInviter(h.maker(), own)
	post.Add(h.inviter.Kinds()...)
	post.Add(h.contacts.Kinds()...)
	post.Add(letter.Kinds(own)...)
	h.runner = job.New(db, job.Options{Log: silent})
	post.Register(h.runner)
	h.school = h.host("brenval", "École Brenval", "school", "rachel@brenval.example")
	h.vendor = h.host("orvane", "Orvane Santé", "vendor", "paul@orvane.example")
	return h
}

func (h *hosts) maker() invitation.Maker {
	return invitation.NewMaker(h.key, invitation.LimitsOf(config.Default().Invitations))
}

func (h *hosts) on(db *sqldb.DB) node {
	limits := login.DefaultLimits()
	desk := login.NewDesk(db, h.key, limits, login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 8})
	desk.OnSignIn(access.SignedIn)
	inviter := team.NewInviter(h.maker())
	contacts := access.NewInviter(h.maker(), login.Links(h.key, limits))
	return node{db, desk, inviter, invitation.NewDoor(db, desk, h.maker(), inviter, contacts)}
}

func (h *hosts) host(slug, name, kind, admin string) (x host) {
	h.Helper()
	x.email = admin
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: name, Kind: kind})
		x.admin = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Role: actor.StaffAdmin}
		return err
	})
	x.admin.Login = h.member(x, admin, "admin").Login
	return x
}

// member puts somebody into the team by the command line's way.
func (h *hosts) member(x host, address, role string) actor.Actor {
	h.Helper()
	hash, err := h.desk.Hash(h.Context(), password)
	if err != nil {
		h.Fatal(err)
	}
	by := actor.OfProgram(x.admin.Workspace)
	var l login.Login
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		parsed, _ := email.Parse(address)
		if l, err = login.FindByEmail(ctx, tx, parsed); fault.Is(err, fault.NotFound) {
			l, err = login.Create(ctx, tx, by, login.New{Email: address, Name: "Camille Roux"}, hash)
		}
		if err != nil {
			return err
		}
		return workspace.AddStaff(ctx, tx, by, l.ID, role)
	})
	return actor.Actor{Kind: actor.Staff, Workspace: x.admin.Workspace, Login: l.ID, Role: actor.RoleOfStaff(role)}
}

func (h *hosts) update(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.try(fn); err != nil {
		h.Fatal(err)
	}
}

// try is a transaction that may be refused.
func (h *hosts) try(fn func(ctx context.Context, tx *sqldb.Tx) error) error {
	return h.db.Update(h.Context(), func(tx *sqldb.Tx) error { return fn(h.Context(), tx) })
}

func (h *hosts) view(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.View(h.Context(), func(tx *sqldb.Tx) error { return fn(h.Context(), tx) }); err != nil {
		h.Fatal(err)
	}
}

func newcomer(address, role string) team.New {
	return team.New{Name: "Anne Le Goff", Email: address, Role: role, Locale: "fr"}
}

// invite has somebody invite and the letter delivered.
func (h *hosts) invite(by actor.Actor, in team.New) {
	h.Helper()
	if err := h.tryInvite(by, in); err != nil {
		h.Fatal(err)
	}
	h.deliver()
}

func (h *hosts) tryInvite(by actor.Actor, in team.New) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return h.inviter.Invite(ctx, tx, by, in) })
}

func (h *hosts) remove(by actor.Actor, member id.Login) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return team.Remove(ctx, tx, by, member) })
}

func (h *hosts) change(by actor.Actor, member id.Login, role string) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return team.ChangeRole(ctx, tx, by, member, role) })
}

// deliver has everything done that is due.
func (h *hosts) deliver() {
	h.Helper()
	if _, err := h.runner.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// letter is the last that the mail server took for that address.
func (h *hosts) letter(to string) mailtest.Read {
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
func (h *hosts) token(to string) string {
	h.Helper()
	token, ok := strings.CutPrefix(h.letter(to).Link(base+"/activate/"), base+"/activate/")
	if !ok {
		h.Fatalf("no link in %s", h.letter(to).Text)
	}
	return token
}

// code is the one in the last letter to that address.
func (h *hosts) code(to string) string {
	h.Helper()
	_, after, _ := strings.Cut(h.letter(to).Text, "Votre code")
	fields := strings.Fields(after)
	if len(fields) < 2 {
		h.Fatalf("no code in %s", h.letter(to).Text)
	}
	return fields[1]
}

// activate accepts with a password, in a browser where nobody is signed in.
func (h *hosts) activate(token string) (invitation.Activated, error) {
	return h.door.Activate(h.Context(), invitation.Activation{Token: token, Password: password})
}

// list is who was invited and has not joined.
func (h *hosts) list(x host) (list []team.Invited) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		list, err = team.List(ctx, tx, actor.OfProgram(x.admin.Workspace))
		return err
	})
	return list
}

// role is what somebody is in the team; 0 when nothing.
func (h *hosts) role(x host, member id.Login) (role actor.Role) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if role, err = workspace.StaffRole(ctx, tx, x.admin.Workspace, member); fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return role
}

// isOver fails unless the link opens nothing, neither for a look nor for anything else.
func (h *hosts) isOver(t *testing.T, token string) {
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

// lines counts those of a kind in the host's history.
func (h *hosts) lines(x host, kind string) (n int) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		page, err := journal.Find(ctx, tx, actor.OfProgram(x.admin.Workspace), journal.Filter{Kind: kind})
		n = len(page.Lines)
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
