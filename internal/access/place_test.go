package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

const typed = "crapaud fleuret 41 boussole"

// house is an installation of two hosts with the desk at which people sign in.
type house struct {
	*testing.T
	db             *sqldb.DB
	clock          *sqldbtest.Clock
	desk           *login.Desk
	school, vendor actor.Actor // their admins
}

func newHouse(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) *house {
	h := &house{T: t, db: db, clock: clock}
	h.desk = login.NewDesk(db, secret.New(), login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 8, Threads: 1, Concurrent: 4})
	h.desk.OnSignIn(access.SignedIn)
	h.school, h.vendor = h.host("brenval", "school"), h.host("orvane", "vendor")
	return h
}

func (h *house) host(slug, kind string) (by actor.Actor) {
	h.update(func(tx *sqldb.Tx) error {
		w, err := workspace.Add(h.Context(), tx, workspace.New{Slug: slug, Name: slug, Kind: kind})
		by = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: id.NewLogin(), Role: actor.StaffAdmin}
		return err
	})
	return by
}

func (h *house) update(fn func(tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.Update(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) person(address string) (l login.Login) {
	h.Helper()
	hash, err := h.desk.Hash(h.Context(), typed)
	if err != nil {
		h.Fatal(err)
	}
	h.update(func(tx *sqldb.Tx) (err error) {
		l, err = login.Create(h.Context(), tx, actor.OfProgram(0), login.New{Email: address, Name: "Maëlle Le Gall"}, hash)
		return err
	})
	return l
}

func (h *house) signIn(address string) {
	h.Helper()
	if _, err := h.desk.SignIn(h.Context(), login.Credentials{Email: address, Password: typed}); err != nil {
		h.Fatal(err)
	}
}

// contact makes an organisation of that name with one contact that has the past.
func (h *house) contact(by actor.Actor, name string, past contact.Past) (c contact.Contact) {
	h.Helper()
	h.update(func(tx *sqldb.Tx) error {
		org, err := organization.Create(h.Context(), tx, by, organization.Input{Name: name})
		if err != nil {
			return err
		}
		c, err = contact.Create(h.Context(), tx, by, org.ID, contact.Input{FamilyName: "Le Gall", GivenName: "Maëlle", Source: contact.Import})
		if err != nil {
			return err
		}
		return contact.Imagine(h.Context(), tx, actor.OfProgram(by.Workspace), c.ID, past)
	})
	return c
}

func (h *house) get(by actor.Actor, of id.Contact) (c contact.Contact) {
	h.Helper()
	h.update(func(tx *sqldb.Tx) (err error) {
		c, err = contact.Get(h.Context(), tx, by, of)
		return err
	})
	return c
}

func (h *house) places(of id.Login) (list []access.Place) {
	h.Helper()
	h.update(func(tx *sqldb.Tx) (err error) {
		list, err = access.Places(h.Context(), tx, of)
		return err
	})
	return list
}

// newInviter is one whose letters nobody writes.
func newInviter() *access.Inviter {
	key := secret.New()
	return access.NewInviter(invitation.NewMaker(key, invitation.LimitsOf(config.Default().Invitations)), login.Links(key, login.DefaultLimits()))
}

func joined(l login.Login, role contact.Role) contact.Past {
	return contact.Past{Role: role, Login: l.ID, JoinedAt: 1, LoginEnabled: true, AuthorizedAt: 1}
}

func TestPlaces(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock)
		maelle, other := h.person("maelle@corvenne.example"), h.person("other@corvenne.example")
		c := h.contact(h.school, "Ateliers Corvenne", joined(maelle, contact.Admin))
		d := h.contact(h.vendor, "Cabinet des Tilleuls", contact.Past{Role: contact.User, Login: maelle.ID, JoinedAt: 1, LoginEnabled: true})
		h.contact(h.school, "Brasserie Armen", joined(other, contact.User))
		h.contact(h.vendor, "Cabinet Armen", contact.Past{Role: contact.User, LoginEnabled: true, AuthorizedAt: 1})

		t.Run("a login has a place where its own contact has joined, in whichever workspace, and nowhere else", func(t *testing.T) {
			list := h.places(maelle.ID)
			if len(list) != 2 || list[0].Contact != c.ID || list[1].Contact != d.ID {
				t.Fatalf("%+v", list)
			}
			if p := list[0]; p.Name != "Ateliers Corvenne" || p.Organization != c.Organization || p.Workspace.Slug != "brenval" || p.Workspace.ID != h.school.Workspace || !p.Gates.Open() {
				t.Errorf("%+v", p)
			}
			if len(h.places(id.NewLogin())) != 0 {
				t.Error("a stranger has places")
			}
		})
		t.Run("it comes in as what the contact is: a guest until it is authorised", func(t *testing.T) {
			list := h.places(maelle.ID)
			for i, role := range []actor.Role{actor.PortalAdmin, actor.PortalGuest} {
				by, p := list[i].Actor(maelle.ID), list[i]
				if by.Kind != actor.Contact || by.Role != role || by.Contact != p.Contact || by.Organization != p.Organization || by.Login != maelle.ID || by.Workspace != p.Workspace.ID {
					t.Errorf("%+v", by)
				}
			}
		})
		t.Run("a contact that is switched off, or whose organisation is archived, may do nothing", func(t *testing.T) {
			h.T = t
			h.update(func(tx *sqldb.Tx) error {
				if _, err := contact.Archive(t.Context(), tx, h.vendor, d.Organization); err != nil {
					return err
				}
				_, err := contact.Edit(t.Context(), tx, h.school, c.ID, contact.Input{Login: "off", Role: "admin", Version: h.version(tx, c.ID)})
				return err
			})
			for _, p := range h.places(maelle.ID) {
				if by := p.Actor(maelle.ID); p.Gates.Admit() || by != (actor.Actor{}) {
					t.Errorf("%+v comes in as %+v", p, by)
				}
			}
			if p := h.places(maelle.ID)[0]; p.DisabledBy != "staff" {
				t.Errorf("%+v", p)
			}
		})
	})
}

func (h *house) version(tx *sqldb.Tx, of id.Contact) int64 {
	c, err := contact.Get(h.Context(), tx, h.school, of)
	if err != nil {
		h.Fatal(err)
	}
	return c.Version
}

func TestOwn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock)
		maelle := h.person("maelle@corvenne.example")
		c := h.contact(h.school, "Ateliers Corvenne", joined(maelle, contact.User))
		stranger := h.contact(h.school, "Brasserie Armen", contact.Past{Role: contact.User})
		foreign := h.contact(h.vendor, "Cabinet Armen", contact.Past{Role: contact.User})
		by := h.places(maelle.ID)[0].Actor(maelle.ID)
		own := func(by actor.Actor) (is id.Contact, at id.Organization, of, org error) {
			h.update(func(tx *sqldb.Tx) error {
				self, err := contact.Own(t.Context(), tx, by)
				is, of = self.ID, err
				o, err := organization.Own(t.Context(), tx, by)
				at, org = o.ID, err
				return nil
			})
			return is, at, of, org
		}
		t.Run("a person sees their own contact and organisation", func(t *testing.T) {
			if is, at, err, other := own(by); is != c.ID || at != c.Organization || err != nil || other != nil {
				t.Errorf("%v %v %v %v", is, at, err, other)
			}
		})
		t.Run("a guest sees themselves alone", func(t *testing.T) {
			guest := by
			guest.Role = actor.PortalGuest
			if is, _, err, other := own(guest); is != c.ID || err != nil || !fault.Is(other, fault.Forbidden) {
				t.Errorf("%v %v %v", is, err, other)
			}
		})
		t.Run("of another organisation or workspace they see nothing, whatever their actor claims", func(t *testing.T) {
			for _, claim := range []func(by *actor.Actor){
				func(by *actor.Actor) { by.Contact = stranger.ID },
				func(by *actor.Actor) { by.Contact = foreign.ID },
				func(by *actor.Actor) { by.Workspace = h.vendor.Workspace },
				func(by *actor.Actor) { by.Organization = foreign.Organization },
			} {
				by := by
				claim(&by)
				if is, _, err, _ := own(by); !fault.Is(err, fault.NotFound) {
					t.Errorf("%+v: %v, %v", by, is, err)
				}
			}
		})
		t.Run("staff, the program and nobody have no own contact", func(t *testing.T) {
			for _, by := range []actor.Actor{h.school, actor.OfProgram(h.school.Workspace), {}} {
				if _, _, err, other := own(by); !fault.Is(err, fault.Forbidden) || !fault.Is(other, fault.Forbidden) {
					t.Errorf("%+v: %v, %v", by, err, other)
				}
			}
		})
	})
}

func TestSignedIn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock)
		maelle, other := h.person("maelle@corvenne.example"), h.person("other@corvenne.example")
		c := h.contact(h.school, "Ateliers Corvenne", joined(maelle, contact.User))
		h.contact(h.school, "Brasserie Armen", joined(maelle, contact.User))
		off := h.contact(h.vendor, "Cabinet des Tilleuls", contact.Past{Role: contact.User, Login: maelle.ID, JoinedAt: 1})
		stranger := h.contact(h.vendor, "Cabinet Armen", joined(other, contact.User))
		counts := func(by actor.Actor) []int {
			t.Helper()
			var n []int
			paris, _ := time.LoadLocation("Europe/Paris")
			this := login.WeekOf(h.db.Now().In(paris))
			h.update(func(tx *sqldb.Tx) (err error) {
				n, err = login.SignIns(t.Context(), tx, by, []time.Time{this.AddDate(0, 0, -7), this})
				return err
			})
			return n
		}
		t.Run("the date of the last sign-in is empty before, then that of the login that the contact has joined with", func(t *testing.T) {
			if c := h.get(h.school, c.ID); !c.LastSignInAt.IsZero() {
				t.Error(c.LastSignInAt)
			}
			begun := sqldb.At(h.db.Now())
			h.signIn("maelle@corvenne.example")
			for by, of := range map[actor.Actor]contact.Contact{h.school: c, h.vendor: off} {
				if got := h.get(by, of.ID); got.LastSignInAt < begun || got.Version != of.Version {
					t.Errorf("%v, version %d", got.LastSignInAt, got.Version)
				}
			}
			if c := h.get(h.vendor, stranger.ID); !c.LastSignInAt.IsZero() {
				t.Error("somebody else's is", c.LastSignInAt)
			}
		})
		t.Run("a wrong password leaves it as it was", func(t *testing.T) {
			before := h.get(h.school, c.ID).LastSignInAt
			clock.Pass(time.Hour)
			if _, err := h.desk.SignIn(t.Context(), login.Credentials{Email: "maelle@corvenne.example", Password: "wrong"}); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			if after := h.get(h.school, c.ID).LastSignInAt; after != before {
				t.Errorf("%v, was %v", after, before)
			}
		})
		t.Run("the history of each organisation that admits the person says so, in the contact's name; of none else", func(t *testing.T) {
			signed := func(by actor.Actor) (list []journal.Line) {
				h.update(func(tx *sqldb.Tx) error {
					page, err := journal.Find(t.Context(), tx, by, journal.Filter{Kind: journal.SignedIn})
					list = page.Lines
					return err
				})
				return list
			}
			lines := signed(h.school)
			if len(lines) != 2 || len(signed(h.vendor)) != 0 {
				t.Fatalf("%+v, %+v", lines, signed(h.vendor))
			}
			for _, l := range lines {
				who := h.get(h.school, id.Contact{UUID: l.Subject.ID})
				if l.ActorKind != actor.Contact || l.Actor != who.ID.UUID || l.Organization != who.Organization || l.Subject != who.Subject() || l.Comment != "" || l.Fields != nil {
					t.Errorf("%+v", l)
				}
			}
		})
		t.Run("it counts once in each workspace whose gates admit the person, and not where they are closed", func(t *testing.T) {
			if n := counts(h.school); n[0] != 0 || n[1] != 1 {
				t.Error(n)
			}
			if n := counts(h.vendor); n[1] != 0 {
				t.Error(n)
			}
		})
		t.Run("whoever works for a workspace counts there too, in the week of its time zone", func(t *testing.T) {
			h.T = t
			h.update(func(tx *sqldb.Tx) error {
				return workspace.AddStaff(t.Context(), tx, h.vendor, maelle.ID, "officer")
			})
			clock.Pass(60*time.Hour + 30*time.Minute) // from Friday, 11:00, to Sunday, 23:30 in Paris
			h.signIn("maelle@corvenne.example")
			clock.Pass(time.Hour)
			h.signIn("maelle@corvenne.example")
			if n := counts(h.school); n[0] != 2 || n[1] != 1 {
				t.Error(n)
			}
			if n := counts(h.vendor); n[0] != 1 || n[1] != 1 {
				t.Error(n)
			}
		})
	})
}

func TestEntrances(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock)
		t.Run("a login works for hosts, by name, and has joined organisations, at once", func(t *testing.T) {
			eve := h.person("eve@brenval.example")
			h.contact(h.school, "Ateliers Kerbrat", joined(eve, contact.Admin))
			for by, role := range map[actor.Actor]string{h.vendor: "admin", h.school: "officer"} {
				h.update(func(tx *sqldb.Tx) error { return workspace.AddStaff(t.Context(), tx, by, eve.ID, role) })
			}
			entrances := func(of id.Login) (memberships []workspace.Membership, places []access.Place) {
				h.update(func(tx *sqldb.Tx) (err error) {
					memberships, places, err = access.Entrances(t.Context(), tx, of)
					return err
				})
				return memberships, places
			}
			memberships, places := entrances(eve.ID)
			if len(memberships) != 2 || len(places) != 1 || places[0].Name != "Ateliers Kerbrat" || places[0].Workspace != memberships[0].Workspace {
				t.Fatalf("%+v %+v", memberships, places)
			}
			for i, want := range []workspace.Membership{{Workspace: memberships[0].Workspace, Role: actor.StaffOfficer}, {Workspace: memberships[1].Workspace, Role: actor.StaffAdmin}} {
				if memberships[i] != want || want.Workspace.Slug != []string{"brenval", "orvane"}[i] {
					t.Errorf("%+v", memberships[i])
				}
			}
			if memberships, places := entrances(id.NewLogin()); len(memberships) != 0 || len(places) != 0 {
				t.Errorf("a stranger: %+v %+v", memberships, places)
			}
		})
	})
}

// Every request asks for a login's places.
func TestPlacesAreReadByTheirIndex(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var asked string
			o := sqldbtest.Options(t, engine)
			o.Trace = func(query string, _ []any) {
				if strings.Contains(query, "FROM contact c") {
					asked = query
				}
			}
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			login := id.NewLogin()
			err = db.View(t.Context(), func(tx *sqldb.Tx) error { _, err := access.Places(t.Context(), tx, login); return err })
			if err != nil {
				t.Fatal(err)
			}
			plan := sqldbtest.Plan(t, o, engine, asked, []any{login})
			if !strings.Contains(plan, "contact_login") || !strings.Contains(plan, "staff_login") || strings.Contains(plan, "SCAN ") || strings.Contains(plan, "Seq Scan") {
				t.Errorf("%s\n%s", asked, plan)
			}
		})
	}
}
