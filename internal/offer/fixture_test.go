package offer_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// scene is a school with two companies, somebody of its staff, and people of the first company who have joined.
type scene struct {
	testing.TB
	db         *sqldb.DB
	clock      *sqldbtest.Clock
	store      *file.Store
	staff      actor.Actor
	org, other id.Organization
	user, mate actor.Actor // of the first company
	guest      actor.Actor // of it, not authorised
	stranger   actor.Actor // of the other
	hash       login.Hash
	people     int
}

func newScene(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *scene {
	t.Helper()
	store, err := file.Open(t.TempDir(), file.Settings{Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s := &scene{TB: t, db: db, clock: clock, store: store}
	desk := login.NewDesk(db, secret.New(), login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 8})
	if s.hash, err = desk.Hash(t.Context(), "lanterne violette du quai"); err != nil {
		t.Fatal(err)
	}
	s.staff = s.host("brenval", "school")
	s.org, s.other = s.organization(s.staff, "Ateliers Corvenne"), s.organization(s.staff, "Ébénisterie Garnier")
	s.user, s.mate, s.stranger = s.joined(s.org, contact.Form, true), s.joined(s.org, contact.Form, true), s.joined(s.other, contact.Form, true)
	s.guest = s.joined(s.org, contact.Landing, false)
	return s
}

// host makes a workspace and gives one of its staff.
func (s *scene) host(slug, kind string) (by actor.Actor) {
	s.Helper()
	s.update(func(tx *sqldb.Tx) error {
		w, err := workspace.Add(s.Context(), tx, workspace.New{Slug: slug, Name: "Brenval", Kind: kind})
		by = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Role: actor.StaffAdmin}
		return err
	})
	return by
}

func (s *scene) organization(by actor.Actor, name string) (of id.Organization) {
	s.Helper()
	s.update(func(tx *sqldb.Tx) error {
		o, err := organization.Create(s.Context(), tx, by, organization.Input{Name: name})
		of = o.ID
		return err
	})
	return of
}

// person adds a contact without a login.
func (s *scene) person(of id.Organization, source contact.Source) (c contact.Contact) {
	s.Helper()
	s.people++
	s.update(func(tx *sqldb.Tx) (err error) {
		c, err = contact.Create(s.Context(), tx, s.staff, of, contact.Input{
			Civility: "ms", FamilyName: "Vasseur" + letters(s.people), GivenName: "Nora", Phone: "01 39 98 12 34", Email: fmt.Sprintf("nora%d@example.org", s.people), Source: source,
		})
		return err
	})
	return c
}

// letters is a number as letters, since names hold no digits.
func letters(n int) string { return string(rune('a'+n/26%26)) + string(rune('a'+n%26)) }

// joined is somebody of an organisation who comes into the portal.
func (s *scene) joined(of id.Organization, source contact.Source, authorized bool) actor.Actor {
	s.Helper()
	c := s.person(of, source)
	past := contact.Past{Role: contact.User, LoginEmail: c.Email, LoginEnabled: true, JoinedAt: sqldb.At(s.clock.Now())}
	if authorized {
		past.AuthorizedAt = past.JoinedAt
	}
	s.update(func(tx *sqldb.Tx) error {
		l, err := login.Create(s.Context(), tx, actor.OfProgram(0), login.New{Email: c.Email.String(), Name: "Nora Vasseur"}, s.hash)
		if err != nil {
			return err
		}
		past.Login = l.ID
		return contact.Imagine(s.Context(), tx, actor.OfProgram(s.staff.Workspace), c.ID, past)
	})
	return actor.Actor{Kind: actor.Contact, Workspace: s.staff.Workspace, Login: past.Login, Contact: c.ID, Organization: of, Role: actor.RoleOfContact("user", authorized)}
}

func (s *scene) update(fn func(*sqldb.Tx) error) {
	s.Helper()
	if err := s.db.Update(s.Context(), fn); err != nil {
		s.Fatal(err)
	}
}

func (s *scene) view(fn func(*sqldb.Tx) error) {
	s.Helper()
	if err := s.db.View(s.Context(), fn); err != nil {
		s.Fatal(err)
	}
}

// received is a file that somebody sends along.
func (s *scene) received(name, content string) file.Received {
	s.Helper()
	r, err := s.store.Receive(s.Context(), bytes.NewReader([]byte(content)), name)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// whole is an input without faults.
func whole(title string) offer.Input {
	return offer.Input{Text: offer.Text{Title: title, Contract: "apprenticeship", StartsOn: "01/09/2027", EndsOn: "31/08/2028", Duration: "12 mois", Rhythm: "3 jours en entreprise", Posts: "2", Place: "Nantes", Description: "Tenir la comptabilité.", Profile: "Bac + 2"}}
}

func (s *scene) create(by actor.Actor, of id.Organization, in offer.Input) (o offer.Offer, err error) {
	err = s.db.Update(s.Context(), func(tx *sqldb.Tx) (err error) {
		o, err = offer.Create(s.Context(), tx, by, of, in)
		return err
	})
	return o, err
}

// must adds an offer to the first company.
func (s *scene) must(by actor.Actor, in offer.Input) offer.Offer {
	s.Helper()
	o, err := s.create(by, s.org, in)
	if err != nil {
		s.Fatal(err)
	}
	return o
}

// does runs a verb on an offer.
func (s *scene) does(verb func(context.Context, *sqldb.Tx, actor.Actor, id.Offer) (offer.Offer, error), by actor.Actor, of offer.Offer) (o offer.Offer, err error) {
	err = s.db.Update(s.Context(), func(tx *sqldb.Tx) (err error) {
		o, err = verb(s.Context(), tx, by, of.ID)
		return err
	})
	return o, err
}

// reject is offer.Reject for does.
func reject(reason string) func(context.Context, *sqldb.Tx, actor.Actor, id.Offer) (offer.Offer, error) {
	return func(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Offer) (offer.Offer, error) {
		return offer.Reject(ctx, tx, by, of, reason)
	}
}

func (s *scene) edit(by actor.Actor, of offer.Offer, in offer.Input) (o offer.Offer, err error) {
	err = s.db.Update(s.Context(), func(tx *sqldb.Tx) (err error) {
		o, err = offer.Edit(s.Context(), tx, by, of.ID, in)
		return err
	})
	return o, err
}

func (s *scene) get(by actor.Actor, of offer.Offer) (o offer.Offer, err error) {
	err = s.db.View(s.Context(), func(tx *sqldb.Tx) (err error) {
		o, err = offer.Get(s.Context(), tx, by, of.ID)
		return err
	})
	return o, err
}

// find gives the titles of a list.
func (s *scene) find(by actor.Actor, f offer.Filter) (titles []string, part paging.Part[offer.Listed]) {
	s.Helper()
	s.view(func(tx *sqldb.Tx) (err error) {
		part, err = offer.Find(s.Context(), tx, by, f)
		return err
	})
	for _, l := range part.Items {
		titles = append(titles, l.Title)
	}
	return titles, part
}

func (s *scene) attach(by actor.Actor, of offer.Offer, in offer.Attachment) (l offer.Load, err error) {
	err = s.db.Update(s.Context(), func(tx *sqldb.Tx) (err error) {
		l, err = offer.Attach(s.Context(), tx, by, of.ID, in)
		return err
	})
	return l, err
}

func (s *scene) contacts(by actor.Actor, of offer.Offer) (list []offer.Attached) {
	s.Helper()
	s.view(func(tx *sqldb.Tx) error {
		all, err := offer.Contacts(s.Context(), tx, by, of.ID)
		list = all[of.ID]
		return err
	})
	return list
}

// faults are the messages of a refusal by field, "" the refusal's own.
func faults(err error) map[string]string {
	f := fault.As(err)
	if f == nil {
		return map[string]string{"": fmt.Sprint(err)}
	}
	m := map[string]string{"": f.Message.Key}
	for _, x := range f.Fields {
		m[x.Name] = x.Key
	}
	return m
}
