package request_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
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

// town is an installation with a host, whose organisations and people the tests make.
type town struct {
	testing.TB
	db    *sqldb.DB
	clock *sqldbtest.Clock
	hash  login.Hash
	staff actor.Actor // an admin of the team
	made  int
}

func each(t *testing.T, test func(t *testing.T, h *town)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, newTown(t, db, clock, "vendor")) })
}

func newTown(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock, kind string) *town {
	t.Helper()
	h := &town{TB: t, db: db, clock: clock}
	desk := login.NewDesk(db, secret.New(), login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 8})
	var err error
	if h.hash, err = desk.Hash(t.Context(), "lanterne violette du quai"); err != nil {
		t.Fatal(err)
	}
	h.staff = h.host("brenval", kind)
	return h
}

// host makes a workspace and gives one of its staff admins.
func (h *town) host(slug, kind string) (by actor.Actor) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: "Brenval " + slug, Kind: kind})
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
		l, err := login.Create(ctx, tx, actor.OfProgram(0), login.New{Email: fmt.Sprintf("staff%d@brenval.example", h.made), Name: fmt.Sprintf("Camille Staff%d", h.made)}, h.hash)
		if err != nil {
			return err
		}
		by.Login = l.ID
		return workspace.AddStaff(ctx, tx, actor.OfProgram(of), l.ID, role)
	})
	return by
}

func (h *town) organization() organization.Organization { return h.organizationOf(h.staff) }

func (h *town) organizationOf(staff actor.Actor) (o organization.Organization) {
	h.Helper()
	h.made++
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o, err = organization.Create(ctx, tx, staff, organization.Input{Name: fmt.Sprintf("Ateliers Corvenne %d", h.made), CustomerNumber: fmt.Sprint(h.made)})
		return err
	})
	return o
}

// person adds somebody with that role who has joined, is switched on and authorised.
func (h *town) person(at organization.Organization, given string, role contact.Role) contact.Contact {
	return h.personOf(h.staff, at, given, role)
}

func (h *town) personOf(staff actor.Actor, at organization.Organization, given string, role contact.Role) (c contact.Contact) {
	h.Helper()
	c = h.stranger(staff, at, given)
	address, _ := email.Parse(fmt.Sprintf("%d@corvenne.example", h.made))
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		l, err := login.Create(ctx, tx, actor.OfProgram(0), login.New{Email: address.String(), Name: given + " Corvenne"}, h.hash)
		if err != nil {
			return err
		}
		if err := contact.Imagine(ctx, tx, actor.OfProgram(staff.Workspace), c.ID, contact.Past{
			Role: role, LoginEmail: address, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: l.ID, AuthorizedAt: tx.Now(),
		}); err != nil {
			return err
		}
		c, err = contact.Get(ctx, tx, staff, c.ID)
		return err
	})
	return c
}

// stranger adds somebody who has no login.
func (h *town) stranger(staff actor.Actor, at organization.Organization, given string) (c contact.Contact) {
	h.Helper()
	h.made++
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Create(ctx, tx, staff, at.ID, contact.Input{
			Civility: "ms", FamilyName: "Corvenne " + letters(h.made), GivenName: given, Phone: "02 61 91 40 10",
			Email: fmt.Sprintf("p%d@corvenne.example", h.made), Source: contact.Form,
		})
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
func as(h *town, c contact.Contact) actor.Actor {
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

func (h *town) create(by actor.Actor, in request.Input) (r request.Request, err error) {
	err = h.try(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		r, err = request.Create(ctx, tx, by, in)
		return err
	})
	return r, err
}

// asked is a technical request of the contact for themselves.
func (h *town) asked(c contact.Contact, subject string) request.Request {
	h.Helper()
	r, err := h.create(as(h, c), request.Input{Kind: "technical", Subject: subject, Text: "Bonjour,\n\nrien ne va plus."})
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func (h *town) say(by actor.Actor, r request.Request, in request.Remark) (e request.Entry, err error) {
	err = h.try(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		e, err = request.Say(ctx, tx, by, r.ID, in)
		return err
	})
	return e, err
}

func (h *town) said(by actor.Actor, r request.Request, text string) {
	h.Helper()
	if _, err := h.say(by, r, request.Remark{Text: text}); err != nil {
		h.Fatal(err)
	}
}

func (h *town) get(by actor.Actor, of id.Request) (r request.Request, err error) {
	err = h.db.View(h.Context(), func(tx *sqldb.Tx) (err error) {
		r, err = request.Get(h.Context(), tx, by, of)
		return err
	})
	return r, err
}

// now is the request as staff see it.
func (h *town) now(r request.Request) request.Request {
	h.Helper()
	r, err := h.get(h.staff, r.ID)
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func (h *town) thread(by actor.Actor, r request.Request) (list []request.Entry) {
	h.Helper()
	err := h.db.View(h.Context(), func(tx *sqldb.Tx) (err error) {
		list, _, err = request.Thread(h.Context(), tx, by, r.ID, 0)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return list
}

func (h *town) find(by actor.Actor, f docket.Filter) paging.Part[request.Listed] {
	h.Helper()
	var part paging.Part[request.Listed]
	err := h.db.View(h.Context(), func(tx *sqldb.Tx) (err error) {
		part, err = docket.Find(h.Context(), tx, by, f)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return part
}

// numbers are those of the filter's requests, in their order.
func (h *town) numbers(by actor.Actor, f docket.Filter) (list []int64) {
	h.Helper()
	for _, l := range h.find(by, f).Items {
		list = append(list, l.Number)
	}
	return list
}

func (h *town) move(by actor.Actor, r request.Request, to request.State) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return request.Move(ctx, tx, by, r.ID, to) })
}

func (h *town) moved(r request.Request, to ...request.State) {
	h.Helper()
	for _, s := range to {
		if err := h.move(h.staff, r, s); err != nil {
			h.Fatal(err)
		}
	}
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
