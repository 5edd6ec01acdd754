package delegation_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/delegation"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

func update(t testing.TB, db *sqldb.DB, fn func(*sqldb.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// newHost makes a workspace with an organisation, and gives one of its officers.
func newHost(t testing.TB, db *sqldb.DB, slug string) (by actor.Actor, of id.Organization) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		w, err := workspace.Add(t.Context(), tx, workspace.New{Slug: slug, Name: "Orvane Santé", Kind: "vendor"})
		if err != nil {
			return err
		}
		by = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: id.NewLogin(), Role: actor.StaffOfficer}
		o, err := organization.Create(t.Context(), tx, by, organization.Input{Name: "Cabinet Corvenne", SIRET: "81245739800020"})
		of = o.ID
		return err
	})
	return by, of
}

func set(t testing.TB, db *sqldb.DB, by actor.Actor, of id.Organization, in delegation.Input) (e delegation.Envelope, err error) {
	t.Helper()
	err = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
		e, err = delegation.Set(t.Context(), tx, by, of, in)
		return err
	})
	return e, err
}

func get(t testing.TB, db *sqldb.DB, by actor.Actor, of id.Organization) (e delegation.Envelope, err error) {
	t.Helper()
	err = db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		e, err = delegation.Get(t.Context(), tx, by, of)
		return err
	})
	return e, err
}

func lines(t testing.TB, db *sqldb.DB, by actor.Actor) (told []string) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		page, err := journal.Find(t.Context(), tx, by, journal.Filter{Kind: "organization.delegated"})
		for _, l := range page.Lines {
			var parts []string
			for _, c := range l.Changes {
				parts = append(parts, c.Field+" "+c.Before+">"+c.After)
			}
			told = append(told, strings.Join(parts, ", "))
		}
		return err
	})
	return told
}

func TestEnvelope(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		officer, of := newHost(t, db, "orvane")
		stranger, _ := newHost(t, db, "brenval")

		t.Run("where none was set, everything is allowed", func(t *testing.T) {
			e, err := get(t, db, officer, of)
			if err != nil || !e.AddContacts || !e.GiveLogins || !e.GiveAdmin || e.MaxLogins != 0 || len(e.LoginDomains) != 0 || e.Approval || e.Version != 0 {
				t.Errorf("%+v, %v", e, err)
			}
		})

		narrow := delegation.Input{AddContacts: true, MaxLogins: " 3 ", LoginDomains: "Corvenne.example, @b.example;a.b.example\n corvenne.example", Approval: true}
		t.Run("it is kept as it was set, domains small, once and in order, with a line of what was and is", func(t *testing.T) {
			e, err := set(t, db, officer, of, narrow)
			if err != nil || e.Version != 1 {
				t.Fatalf("%+v, %v", e, err)
			}
			e, err = get(t, db, officer, of)
			if err != nil || !e.AddContacts || e.GiveLogins || e.GiveAdmin || e.MaxLogins != 3 || !e.Approval || e.UpdatedBy != officer.Login {
				t.Errorf("%+v, %v", e, err)
			}
			if got := strings.Join(e.LoginDomains, " "); got != "a.b.example b.example corvenne.example" {
				t.Errorf("domains %q", got)
			}
			want := "give_logins yes>no, give_admin yes>no, max_logins >3, login_domains >a.b.example b.example corvenne.example, approval no>yes"
			if told := lines(t, db, officer); len(told) != 1 || told[0] != want {
				t.Errorf("history %q", told)
			}
		})

		t.Run("the same form again is confirmed without a second line", func(t *testing.T) {
			for _, version := range []int64{0, 1} {
				again := narrow
				again.Version = version
				if e, err := set(t, db, officer, of, again); err != nil || e.Version != 1 {
					t.Errorf("%+v, %v", e, err)
				}
			}
			if n := len(lines(t, db, officer)); n != 1 {
				t.Errorf("%d lines", n)
			}
		})

		t.Run("whoever saw another version overwrites nothing and gets what is there", func(t *testing.T) {
			e, err := set(t, db, officer, of, delegation.Input{AddContacts: true, GiveLogins: true, GiveAdmin: true})
			if f := fault.As(err); f == nil || f.Kind != fault.Conflict || f.Message.Key != "fault.version" {
				t.Errorf("got %v", err)
			}
			if e.Version != 1 || e.MaxLogins != 3 {
				t.Errorf("came back: %+v", e)
			}
		})

		t.Run("what cannot be is refused beside its field", func(t *testing.T) {
			for _, c := range []struct {
				in         delegation.Input
				field, key string
			}{
				{delegation.Input{MaxLogins: "0"}, "max_logins", "delegation.max_logins_invalid"},
				{delegation.Input{MaxLogins: "-1"}, "max_logins", "delegation.max_logins_invalid"},
				{delegation.Input{MaxLogins: "100001"}, "max_logins", "delegation.max_logins_invalid"},
				{delegation.Input{MaxLogins: "beaucoup"}, "max_logins", "delegation.max_logins_invalid"},
				{delegation.Input{MaxLogins: "99999999999999999999"}, "max_logins", "delegation.max_logins_invalid"},
				{delegation.Input{LoginDomains: "corvenne"}, "login_domains", "delegation.domain_invalid"},
				{delegation.Input{LoginDomains: "*.corvenne.example"}, "login_domains", "delegation.domain_invalid"},
				{delegation.Input{LoginDomains: "claire@corvenne.example"}, "login_domains", "delegation.domain_invalid"},
				{delegation.Input{LoginDomains: "sant\u00e9.example"}, "login_domains", "delegation.domain_invalid"},
				{delegation.Input{LoginDomains: strings.Repeat("a", 300) + ".example"}, "login_domains", "delegation.domain_invalid"},
				{delegation.Input{LoginDomains: "a.example\x00"}, "login_domains", "delegation.domain_invalid"},
				{delegation.Input{LoginDomains: "\xff\xfe.example"}, "login_domains", "delegation.domain_invalid"},
				{delegation.Input{LoginDomains: many(51)}, "login_domains", "delegation.domains_many"},
			} {
				c.in.Version = 1
				_, err := set(t, db, officer, of, c.in)
				if f := fault.As(err); f == nil || f.Kind != fault.Invalid || f.Fields[0].Name != c.field || f.Fields[0].Key != c.key {
					t.Errorf("%.60q %q: %v", c.in.LoginDomains, c.in.MaxLogins, err)
				}
			}
			if e, err := set(t, db, officer, of, delegation.Input{LoginDomains: many(50), Version: 1}); err != nil || len(e.LoginDomains) != 50 {
				t.Errorf("fifty: %d, %v", len(e.LoginDomains), err)
			}
		})

		t.Run("another workspace has no such organisation, and one's own people set nothing and read their own", func(t *testing.T) {
			if _, err := set(t, db, stranger, of, delegation.Input{}); !fault.Is(err, fault.NotFound) {
				t.Errorf("set from elsewhere: %v", err)
			}
			if e, err := get(t, db, stranger, of); err != nil || e.Version != 0 {
				t.Errorf("read from elsewhere: %+v, %v", e, err)
			}
			for role, reads := range map[actor.Role]bool{actor.PortalGuest: false, actor.PortalUser: false, actor.PortalAdmin: true, actor.PortalSuperAdmin: true} {
				by := actor.Actor{Kind: actor.Contact, Workspace: officer.Workspace, Contact: id.NewContact(), Organization: of, Role: role}
				if _, err := set(t, db, by, of, delegation.Input{Version: 2}); !fault.Is(err, fault.Forbidden) {
					t.Errorf("%v sets: %v", role, err)
				}
				if _, err := get(t, db, by, of); (err == nil) != reads {
					t.Errorf("%v reads: %v", role, err)
				}
				if _, err := get(t, db, by, id.NewOrganization()); !fault.Is(err, fault.NotFound) {
					t.Errorf("%v reads another's: %v", role, err)
				}
			}
		})

		t.Run("it goes with its organisation", func(t *testing.T) {
			update(t, db, func(tx *sqldb.Tx) error {
				o, err := organization.Lock(t.Context(), tx, officer, of)
				if err != nil {
					return err
				}
				return organization.Remove(t.Context(), tx, officer, o)
			})
			if e, err := get(t, db, officer, of); err != nil || e.Version != 0 {
				t.Errorf("%+v, %v", e, err)
			}
		})
	})
}

// many are n domains.
func many(n int) string {
	var list []string
	for i := range n {
		list = append(list, "d"+strings.Repeat("x", i)+".example")
	}
	return strings.Join(list, ",")
}
