package contact_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/delegation"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// comeIn adds somebody to the organisation who comes in with that role.
func comeIn(t testing.TB, db *sqldb.DB, host actor.Actor, of id.Organization, family string, role contact.Role) actor.Actor {
	t.Helper()
	c := create(t, db, host, of, person(family, "Odile"))
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE contact SET role = $1, joined_at = 1, authorized_at = 1, login_enabled = 1 WHERE workspace_id = $2 AND id = $3`, string(role), host.Workspace, c.ID)
		return err
	})
	return actor.Actor{Kind: actor.Contact, Workspace: host.Workspace, Contact: c.ID, Organization: of, Role: actor.RoleOfContact(string(role), true)}
}

// bind sets the organisation's envelope, whatever it was.
func bind(t testing.TB, db *sqldb.DB, host actor.Actor, of id.Organization, in delegation.Input) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		e, err := delegation.Get(t.Context(), tx, host, of)
		if err != nil {
			return err
		}
		in.Version = e.Version
		_, err = delegation.Set(t.Context(), tx, host, of, in)
		return err
	})
}

// errBack takes back what a trial did.
var errBack = errors.New("only a trial")

// outcome tells what became of a trial: "" done, else what was refused, field and sentence.
func outcome(t *testing.T, db *sqldb.DB, fn func(*sqldb.Tx) error) string {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errBack
	})
	if errors.Is(err, errBack) {
		return ""
	}
	f := fault.As(err)
	if f == nil {
		t.Fatal(err)
	}
	if len(f.Fields) == 0 {
		return f.Message.Key
	}
	var list []string
	for _, x := range f.Fields {
		list = append(list, x.Name+" "+x.Key)
	}
	return strings.Join(list, ", ")
}

// fields are what the sheet of a contact holds, as its form sends them.
func fields(c contact.Contact) contact.Input {
	address := c.LoginEmail.String()
	return contact.Input{
		Civility: string(c.Civility), JobTitle: c.JobTitle, Mobile: c.Mobile.String(), Phone: c.Phone.String(), Email: c.Email.String(),
		Locale: c.Locale, TimeZone: c.TimeZone, LoginEmail: &address, Version: c.Version,
	}
}

// TestEnvelopeBinds is every switch of the envelope against every act that gives something.
func TestEnvelopeBinds(t *testing.T) {
	all := delegation.Input{AddContacts: true, GiveLogins: true, GiveAdmin: true}
	with := func(change func(*delegation.Input)) delegation.Input {
		in := all
		change(&in)
		return in
	}
	envelopes := []struct {
		name string
		in   delegation.Input
	}{
		{"everything", all},
		{"no contacts", with(func(in *delegation.Input) { in.AddContacts = false })},
		{"no logins", with(func(in *delegation.Input) { in.GiveLogins = false })},
		{"no admins", with(func(in *delegation.Input) { in.GiveAdmin = false })},
		{"three logins", with(func(in *delegation.Input) { in.MaxLogins = "3" })}, // as many as are on
		{"four logins", with(func(in *delegation.Input) { in.MaxLogins = "4" })},
		{"a domain", with(func(in *delegation.Input) { in.LoginDomains = "corvenne.example" })},
		{"approval", with(func(in *delegation.Input) { in.Approval = true })},
	}
	const (
		logins, admin, contacts = "delegation.logins_by_host", "delegation.admin_by_host", "delegation.contacts_by_host"
		most, domain, replaced  = "delegation.max_logins", "delegation.domain", "delegation.replaced_by_host"
	)
	// By act, what each envelope refuses; what is not named is done.
	want := map[string]map[string]string{
		"add a user":                                       {"no contacts": contacts},
		"add an admin":                                     {"no contacts": contacts, "no admins": "role " + admin},
		"make a user an admin":                             {"no admins": "role " + admin},
		"switch on, at home":                               {"no logins": "login_enabled " + logins + ", login_email " + logins, "three logins": "login_enabled " + most},
		"switch on, by the e-mail elsewhere":               {"no logins": "login_enabled " + logins + ", login_email " + logins, "three logins": "login_enabled " + most, "a domain": "login_email " + domain},
		"switch off":                                       {},
		"another login e-mail, at home":                    {"no logins": "login_email " + logins},
		"another login e-mail, elsewhere":                  {"no logins": "login_email " + logins, "a domain": "login_email " + domain},
		"another login e-mail, in a part":                  {"no logins": "login_email " + logins, "a domain": "login_email " + domain},
		"another login e-mail, of a longer":                {"no logins": "login_email " + logins, "a domain": "login_email " + domain},
		"take the login e-mail away":                       {},
		"another professional e-mail":                      {},
		"details of an admin whose login is on, elsewhere": {},
		"put another person in an admin's place":           {"no contacts": contacts, "no logins": logins, "no admins": admin, "approval": replaced},
		"put another person in a user's place":             {"no contacts": contacts},
		"spell a name otherwise":                           {},
		"delete":                                           {},
	}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		host := newHost(t, db, "orvane", "vendor")
		of := newOrganization(t, db, host, "81245739800020")
		callers := map[string]actor.Actor{
			"admin": comeIn(t, db, host, of, "Prigent", contact.Admin), "super_admin": comeIn(t, db, host, of, "Salaün", contact.SuperAdmin), "staff": host,
		}
		user := create(t, db, host, of, person("Le Gall", "Maëlle"))
		away := person("Diallo", "Ibrahima")
		away.Email = "i.diallo@ailleurs.example"
		elsewhere := create(t, db, host, of, away)
		veteran := comeIn(t, db, host, of, "Kervella", contact.Admin).Contact
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE contact SET login_email = 'yann@ailleurs.example' WHERE workspace_id = $1 AND id = $2`, host.Workspace, veteran)
			return err
		})
		edit := func(c id.Contact, change func(*contact.Input)) func(*sqldb.Tx, actor.Actor) error {
			return func(tx *sqldb.Tx, by actor.Actor) error {
				now, err := contact.Get(ctx, tx, host, c)
				if err != nil {
					return err
				}
				in := fields(now)
				change(&in)
				_, err = contact.Edit(ctx, tx, by, c, in)
				return err
			}
		}
		address := func(s string) func(*contact.Input) { return func(in *contact.Input) { in.LoginEmail = &s } }
		add := func(role string) func(*sqldb.Tx, actor.Actor) error {
			return func(tx *sqldb.Tx, by actor.Actor) error {
				in := person("Nouvelle", "Anne")
				in.Role = role
				_, err := contact.Create(ctx, tx, by, of, in)
				return err
			}
		}
		rename := func(c id.Contact, to contact.NewName) func(*sqldb.Tx, actor.Actor) error {
			return func(tx *sqldb.Tx, by actor.Actor) error {
				now, err := contact.Get(ctx, tx, host, c)
				if err != nil {
					return err
				}
				to.Version = now.Version
				_, err = contact.Rename(ctx, tx, by, c, to)
				return err
			}
		}
		acts := map[string]func(*sqldb.Tx, actor.Actor) error{
			"add a user":                         add("user"),
			"add an admin":                       add("admin"),
			"make a user an admin":               edit(user.ID, func(in *contact.Input) { in.Role = "admin" }),
			"switch on, at home":                 edit(user.ID, func(in *contact.Input) { in.Login = "on" }),
			"switch on, by the e-mail elsewhere": edit(elsewhere.ID, func(in *contact.Input) { in.Login = "on" }),
			"switch off":                         edit(veteran, func(in *contact.Input) { in.Login = "off" }),
			"another login e-mail, at home":      edit(user.ID, address("m.legall@corvenne.example")),
			"another login e-mail, elsewhere":    edit(user.ID, address("m.legall@ailleurs.example")),
			"another login e-mail, in a part":    edit(user.ID, address("m.legall@sous.corvenne.example")),
			"another login e-mail, of a longer":  edit(user.ID, address("m.legall@corvenne.example.org")),
			"take the login e-mail away": edit(user.ID, func(in *contact.Input) {
				none := ""
				in.LoginEmail = &none
			}),
			"another professional e-mail":                      edit(user.ID, func(in *contact.Input) { in.Email = "m.legall@ailleurs.example" }),
			"details of an admin whose login is on, elsewhere": edit(veteran, func(in *contact.Input) { in.JobTitle, in.Role, in.Login = "Gérante", "admin", "on" }),
			"put another person in an admin's place":           rename(veteran, contact.NewName{FamilyName: "Autre", GivenName: "Zoé", Another: true}),
			"put another person in a user's place":             rename(user.ID, contact.NewName{FamilyName: "Autre", GivenName: "Zoé", Another: true}),
			"spell a name otherwise":                           rename(user.ID, contact.NewName{FamilyName: "LE GALL", GivenName: "Maelle"}),
			"delete": func(tx *sqldb.Tx, by actor.Actor) error {
				return contact.Delete(ctx, tx, by, user.ID, id.Contact{})
			},
		}
		if len(acts) != len(want) {
			t.Fatalf("%d acts, %d expectations", len(acts), len(want))
		}
		for _, e := range envelopes {
			bind(t, db, host, of, e.in)
			for name, act := range acts {
				for who, by := range callers {
					expected := want[name][e.name]
					if who == "staff" {
						expected = ""
					}
					if got := outcome(t, db, func(tx *sqldb.Tx) error { return act(tx, by) }); got != expected {
						t.Errorf("under %q %s wants to %s: %q, want %q", e.name, who, name, got, expected)
					}
				}
			}
		}
	})
}

func TestOffered(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		host := newHost(t, db, "orvane", "vendor")
		of, other := newOrganization(t, db, host, "81245739800020"), newOrganization(t, db, host, "")
		by := comeIn(t, db, host, of, "Prigent", contact.Admin)
		offered := func(by actor.Actor, of id.Organization) (o contact.Offer, err error) {
			err = db.View(ctx, func(tx *sqldb.Tx) (err error) { o, err = contact.Offered(ctx, tx, by, of); return err })
			return o, err
		}
		t.Run("everything, without an envelope and for staff under any", func(t *testing.T) {
			for _, by := range []actor.Actor{by, host} {
				o, err := offered(by, of)
				if err != nil || o.Add != nil || o.Admin != nil || o.Login != nil || o.Addresses != nil || o.Domains != nil || o.Left != -1 || o.Approval {
					t.Errorf("%+v, %v", o, err)
				}
			}
		})
		t.Run("what the host keeps for itself comes with a sentence in each language that names it", func(t *testing.T) {
			bind(t, db, host, of, delegation.Input{Approval: true, LoginDomains: "corvenne.example"})
			o, err := offered(by, of)
			if err != nil || !o.Approval || len(o.Domains) != 1 {
				t.Fatalf("%+v, %v", o, err)
			}
			refusals := []error{o.Add, o.Admin, o.Login, o.Addresses}
			bind(t, db, host, of, delegation.Input{AddContacts: true, GiveLogins: true, MaxLogins: "1"})
			if o, err = offered(by, of); err != nil || o.Left != 0 || o.Addresses != nil || o.Add != nil {
				t.Errorf("%+v, %v", o, err)
			}
			for _, err := range append(refusals, o.Login) {
				f := fault.As(err)
				if f == nil || f.Kind != fault.Forbidden {
					t.Fatalf("%v", err)
				}
				for _, language := range locale.Languages() {
					if said := locale.For(language, locale.Practice, locale.Vendor, nil).Message(f.Message); !strings.Contains(said, "École Brenval") || strings.Contains(said, "⟦") {
						t.Errorf("%s: %s", language, said)
					}
				}
			}
			bind(t, db, host, of, delegation.Input{AddContacts: true, GiveLogins: true, MaxLogins: "12"})
			if o, err = offered(by, of); err != nil || o.Left != 11 || o.Login != nil {
				t.Errorf("%+v, %v", o, err)
			}
		})
		t.Run("to nobody of another organisation, and not to users", func(t *testing.T) {
			if _, err := offered(by, other); !fault.Is(err, fault.NotFound) {
				t.Errorf("another's: %v", err)
			}
			if _, err := offered(comeIn(t, db, host, of, "Le Gall", contact.User), of); !fault.Is(err, fault.Forbidden) {
				t.Errorf("a user: %v", err)
			}
		})
	})
}

// TestRaceForTheLastLogins lets many switch logins on at once, over two handles as two processes have: never are more on than the
// envelope says, and as many are in the end.
func TestRaceForTheLastLogins(t *testing.T) {
	rounds, runners := 5, 16
	if full() {
		rounds, runners = 50, 64
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dbs := twoHandles(t, engine)
			host := newHost(t, dbs[0], "orvane", "vendor")
			for round := range rounds {
				of := newOrganization(t, dbs[0], host, "")
				by := comeIn(t, dbs[0], host, of, fmt.Sprintf("Prigent%c%c", 'a'+round/26, 'a'+round%26), contact.Admin)
				people := make([]contact.Contact, runners)
				for i := range people {
					in := person(fmt.Sprintf("Course%c%c%c", 'a'+round/26, 'a'+round%26, 'a'+i%26), "Anne"+strings.Repeat("e", i/26))
					in.Email = fmt.Sprintf("p%d@corvenne.example", i)
					people[i] = create(t, dbs[0], host, of, in)
				}
				bind(t, dbs[0], host, of, delegation.Input{AddContacts: true, GiveLogins: true, MaxLogins: "5"})
				var done atomic.Int64
				var all sync.WaitGroup
				for i, c := range people {
					all.Go(func() {
						in := fields(c)
						in.Login = "on"
						err := dbs[i%2].Update(t.Context(), func(tx *sqldb.Tx) error {
							_, err := contact.Edit(t.Context(), tx, by, c.ID, in)
							return err
						})
						if f := fault.As(err); err == nil {
							done.Add(1)
						} else if f == nil || len(f.Fields) != 1 || f.Fields[0].Key != "delegation.max_logins" {
							t.Errorf("%v", err)
						}
					})
				}
				all.Wait()
				on := 1 + countOf(t, dbs[1], fmt.Sprintf(`SELECT COUNT(*) FROM contact WHERE login_enabled = 1 AND family_key LIKE 'course%c%c%%'`, 'a'+round/26, 'a'+round%26))
				if on != 5 || done.Load() != 4 {
					t.Fatalf("%d logins are on, %d were switched on", on, done.Load())
				}
			}
		})
	}
}
