package contact_test

import (
	"os"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// full reports whether the long races run: `make test-full`.
func full() bool { return os.Getenv("ENTREGENT_TEST_FULL") != "" }

func fold(s string) string { return name.Fold(s) }

// person is a whole and right input.
func person(family, given string) contact.Input {
	return contact.Input{Civility: "ms", FamilyName: family, GivenName: given, Phone: "02 61 91 40 10", Email: "contact@corvenne.example", Source: contact.Form}
}

func create(t testing.TB, db *sqldb.DB, by actor.Actor, of id.Organization, in contact.Input) (c contact.Contact) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) (err error) { c, err = contact.Create(t.Context(), tx, by, of, in); return err })
	return c
}

func newOrganization(t testing.TB, db *sqldb.DB, by actor.Actor, siret string) id.Organization {
	t.Helper()
	var o organization.Organization
	update(t, db, func(tx *sqldb.Tx) (err error) {
		o, err = organization.Create(t.Context(), tx, by, organization.Input{Name: "Ateliers Corvenne", SIRET: siret, City: "Quimper"})
		return err
	})
	return o.ID
}

func get(t testing.TB, db *sqldb.DB, by actor.Actor, of id.Contact) (c contact.Contact) {
	t.Helper()
	view(t, db, func(tx *sqldb.Tx) (err error) { c, err = contact.Get(t.Context(), tx, by, of); return err })
	return c
}

func getOrganization(t testing.TB, db *sqldb.DB, by actor.Actor, of id.Organization) (o organization.Organization) {
	t.Helper()
	view(t, db, func(tx *sqldb.Tx) (err error) { o, err = organization.Get(t.Context(), tx, by, of); return err })
	return o
}

func everybody(t testing.TB, db *sqldb.DB, by actor.Actor) (people []contact.Contact) {
	t.Helper()
	var ids []id.Contact
	view(t, db, func(tx *sqldb.Tx) (err error) {
		ids, err = sqldb.List(t.Context(), tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE workspace_id = $1 ORDER BY family_key, given_key, id`, by.Workspace)
		return err
	})
	for _, c := range ids {
		people = append(people, get(t, db, by, c))
	}
	return people
}

func countOf(t testing.TB, db *sqldb.DB, query string) (n int64) {
	t.Helper()
	view(t, db, func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(t.Context(), tx, sqldb.Value[int64], query)
		return err
	})
	return n
}

func update(t testing.TB, db *sqldb.DB, fn func(*sqldb.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, db *sqldb.DB, fn func(*sqldb.Tx) error) {
	t.Helper()
	if err := db.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// refused runs a verb that must fail with the kind and the field's message, and leave the contacts as they were.
func refused(t *testing.T, db *sqldb.DB, kind fault.Kind, field, key string, fn func(*sqldb.Tx) error) {
	t.Helper()
	err := db.Update(t.Context(), fn)
	f := fault.As(err)
	if f == nil || f.Kind != kind {
		t.Fatalf("got %v, want %v", err, kind)
	}
	if field == "" {
		if f.Message.Key != key {
			t.Errorf("got %v, want %s", err, key)
		}
		return
	}
	for _, x := range f.Fields {
		if x.Name == field && x.Key == key {
			return
		}
	}
	t.Errorf("got %v, want %s on %s", err, key, field)
}

func twoHandles(t *testing.T, engine string) (dbs [2]*sqldb.DB) {
	t.Helper()
	o := sqldbtest.Options(t, engine)
	for i := range dbs {
		db, err := sqldb.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		dbs[i] = db
	}
	return dbs
}

func TestCreate(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		school, vendor := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
		org := newOrganization(t, db, school, "81245739800020")
		practice := newOrganization(t, db, vendor, "81245739800020")

		t.Run("a contact starts without login, without authorisation, as user, and is the primary one if the first", func(t *testing.T) {
			c := get(t, db, school, create(t, db, school, org, person("Le Gall", "Maëlle")).ID)
			if c.LoginEnabled || !c.AuthorizedAt.IsZero() || !c.JoinedAt.IsZero() || c.Role != contact.User || c.State() != contact.WithoutLogin {
				t.Errorf("%+v", c)
			}
			if getOrganization(t, db, school, org).Primary != c.ID {
				t.Error("the first is not the primary contact")
			}
			if c.Label() != "C-000001" || c.Email.String() != "contact@corvenne.example" || c.Phone.String() != "+33261914010" {
				t.Errorf("%+v", c)
			}
		})

		t.Run("a contact of the public form is never the primary one by itself", func(t *testing.T) {
			lone := newOrganization(t, db, school, "")
			in := person("Kervella", "Yann")
			in.Source = contact.Landing
			create(t, db, school, lone, in)
			if !getOrganization(t, db, school, lone).Primary.IsZero() {
				t.Error("it became primary")
			}
			second := create(t, db, school, lone, person("Diallo", "Ibrahima"))
			if getOrganization(t, db, school, lone).Primary != second.ID {
				t.Error("the first that is not from the public form did not become primary")
			}
		})

		t.Run("all faults come at once, each beside its field", func(t *testing.T) {
			err := db.Update(ctx, func(tx *sqldb.Tx) error {
				_, err := contact.Create(ctx, tx, school, org, contact.Input{FamilyName: "…", Mobile: "12", Email: "Élodie@Corvenne.example", JobTitle: strings.Repeat("x", 256), Role: "king"})
				return err
			})
			f := fault.As(err)
			var fields []string
			if f != nil {
				for _, x := range f.Fields {
					fields = append(fields, x.Name)
				}
			}
			if got := strings.Join(fields, " "); got != "civility family_name given_name mobile phone job_title email role" {
				t.Errorf("faults on %q (%v)", got, err)
			}
		})

		t.Run("the same name, however written, is refused with a link to the one there is", func(t *testing.T) {
			refused(t, db, fault.Conflict, "family_name", "contact.exists", func(tx *sqldb.Tx) error {
				_, err := contact.Create(ctx, tx, school, org, person("LE-GALL", "maelle"))
				if f := fault.As(err); f != nil && len(f.Fields) == 1 && !strings.HasPrefix(f.Fields[0].Link, "/brenval/office/organizations/"+org.String()+"/contacts?open=") {
					t.Errorf("link %q", f.Fields[0].Link)
				}
				return err
			})
		})

		t.Run("the same person in another workspace is accepted without a word", func(t *testing.T) {
			c := create(t, db, vendor, practice, person("Le Gall", "Maëlle"))
			if c.Number != 1 || countOf(t, db, `SELECT count(*) FROM account WHERE key = '81245739800020-le gall-maelle'`) != 1 {
				t.Errorf("%+v", c)
			}
		})

		t.Run("a form sent twice makes one contact and answers the same", func(t *testing.T) {
			in := person("Nguyen", "Linh")
			in.Submission = id.NewJob().UUID
			first, second := create(t, db, school, org, in), create(t, db, school, org, in)
			if first.ID != second.ID {
				t.Error("two contacts")
			}
		})

		t.Run("a school wants a phone and knows no doctor; a vendor wants none and does", func(t *testing.T) {
			in := person("Morel", "Alix")
			in.Civility, in.Phone = "dr", ""
			create(t, db, vendor, practice, in)
			refused(t, db, fault.Invalid, "phone", "fault.required", func(tx *sqldb.Tx) error {
				_, err := contact.Create(ctx, tx, school, org, in)
				if f := fault.As(err); f == nil || len(f.Fields) != 2 {
					t.Errorf("%v", err)
				}
				return err
			})
		})

		t.Run("an import may leave civility, phone and e-mail empty", func(t *testing.T) {
			create(t, db, school, org, contact.Input{FamilyName: "Petit", GivenName: "Solène", Source: contact.Import})
			if n := countOf(t, db, `SELECT count(*) FROM contact WHERE civility IS NULL AND email IS NULL AND phone IS NULL`); n != 1 {
				t.Errorf("%d incomplete", n)
			}
		})

		t.Run("another workspace's organisation does not exist", func(t *testing.T) {
			refused(t, db, fault.NotFound, "", "fault.not_found", func(tx *sqldb.Tx) error {
				_, err := contact.Create(ctx, tx, school, practice, person("Roux", "Jean"))
				return err
			})
		})
	})
}

func TestEdit(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		admin := newHost(t, db, "brenval", "school")
		officer := admin
		officer.Role = actor.StaffOfficer
		org := newOrganization(t, db, admin, "81245739800020")
		first := create(t, db, admin, org, person("Le Gall", "Maëlle"))
		c := create(t, db, admin, org, person("Roussel-Carré", "Étienne"))
		edit := func(by actor.Actor, of contact.Contact, change func(*contact.Input)) func(*sqldb.Tx) error {
			in := contact.Input{Civility: string(of.Civility), Phone: of.Phone.String(), Email: of.Email.String(), JobTitle: of.JobTitle, Version: of.Version}
			change(&in)
			return func(tx *sqldb.Tx) error { _, err := contact.Edit(ctx, tx, by, of.ID, in); return err }
		}

		t.Run("what is saved is there, with its line in the history", func(t *testing.T) {
			before := countOf(t, db, `SELECT count(*) FROM journal_line WHERE kind = 'contact.edited'`)
			update(t, db, edit(officer, c, func(in *contact.Input) { in.JobTitle, in.Locale, in.Login, in.Role = "Tuteur", "en", "on", "admin" }))
			c = get(t, db, admin, c.ID)
			if c.JobTitle != "Tuteur" || c.Locale != "en" || !c.LoginEnabled || c.Role != contact.Admin || c.Version != 2 || c.State() != contact.Invited {
				t.Errorf("%+v", c)
			}
			if n := countOf(t, db, `SELECT count(*) FROM journal_line WHERE kind = 'contact.edited'`); n != before+1 {
				t.Errorf("%d lines", n-before)
			}
		})

		t.Run("who saves over somebody else's change is told, and nothing is overwritten", func(t *testing.T) {
			old := c
			old.Version = 1
			refused(t, db, fault.Conflict, "", "fault.version", edit(officer, old, func(in *contact.Input) { in.JobTitle = "Autre" }))
			if get(t, db, admin, c.ID).JobTitle != "Tuteur" {
				t.Error("overwritten")
			}
		})

		t.Run("what was there may not be emptied, what was empty may stay so", func(t *testing.T) {
			refused(t, db, fault.Invalid, "email", "fault.required", edit(officer, c, func(in *contact.Input) { in.Email = "" }))
			bare := create(t, db, admin, org, contact.Input{FamilyName: "Petit", GivenName: "Solène", Source: contact.Import})
			update(t, db, edit(officer, bare, func(in *contact.Input) { in.JobTitle = "Stagiaire" }))
		})

		t.Run("only an administrator names a super_admin, and only with the login on", func(t *testing.T) {
			refused(t, db, fault.Invalid, "role", "contact.super_admin_by_admins", edit(officer, c, func(in *contact.Input) { in.Role = "super_admin" }))
			refused(t, db, fault.Invalid, "role", "contact.super_admin_needs_login", edit(admin, first, func(in *contact.Input) { in.Role = "super_admin" }))
			update(t, db, edit(admin, c, func(in *contact.Input) { in.Role = "super_admin" }))
			c = get(t, db, admin, c.ID)
		})

		t.Run("a super_admin keeps role, login and existence", func(t *testing.T) {
			refused(t, db, fault.Invalid, "role", "contact.super_admin_keeps_role", edit(admin, c, func(in *contact.Input) { in.Role = "user" }))
			refused(t, db, fault.Invalid, "login_enabled", "contact.super_admin_keeps_login", edit(admin, c, func(in *contact.Input) { in.Login = "off" }))
			refused(t, db, fault.Conflict, "", "contact.super_admin_stays", func(tx *sqldb.Tx) error { return contact.Delete(ctx, tx, admin, c.ID, first.ID) })
			refused(t, db, fault.Conflict, "", "contact.super_admin_stays", func(tx *sqldb.Tx) error {
				_, err := contact.Rename(ctx, tx, admin, c.ID, contact.NewName{FamilyName: "Autre", GivenName: "Personne", Another: true, Version: c.Version})
				return err
			})
		})

		t.Run("the primary contact is one, and changes when another is named", func(t *testing.T) {
			update(t, db, edit(officer, c, func(in *contact.Input) { in.Primary = true }))
			if getOrganization(t, db, admin, org).Primary != c.ID {
				t.Error("not named")
			}
		})
	})
}

func TestRename(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		school, vendor := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
		org, practice := newOrganization(t, db, school, "81245739800020"), newOrganization(t, db, vendor, "81245739800020")
		c := create(t, db, school, org, person("Legall", "Maelle"))
		rename := func(by actor.Actor, of id.Contact, family, given string, another bool) func(*sqldb.Tx) error {
			return func(tx *sqldb.Tx) error {
				before, err := contact.Get(ctx, tx, by, of)
				if err != nil {
					return err
				}
				_, err = contact.Rename(ctx, tx, by, of, contact.NewName{FamilyName: family, GivenName: given, Another: another, Version: before.Version})
				return err
			}
		}

		t.Run("another spelling of the same key changes the spelling only", func(t *testing.T) {
			account := c.Account
			update(t, db, rename(school, c.ID, "LEGALL", "Maëlle", true))
			if got := get(t, db, school, c.ID); got.FamilyName.String() != "LEGALL" || got.GivenName.String() != "Maëlle" || got.Account != account {
				t.Errorf("%+v", got)
			}
		})

		t.Run("an account that nobody else uses is modified", func(t *testing.T) {
			account := get(t, db, school, c.ID).Account
			update(t, db, rename(school, c.ID, "Le Goff", "Maëlle", false))
			if got := get(t, db, school, c.ID); got.Account != account || countOf(t, db, `SELECT count(*) FROM account`) != 1 {
				t.Errorf("%+v", got)
			}
		})

		t.Run("an account that another workspace uses stays theirs and the contact gets a new one", func(t *testing.T) {
			theirs := create(t, db, vendor, practice, person("Le Goff", "Maëlle"))
			update(t, db, rename(school, c.ID, "Le Bihan", "Maëlle", false))
			if got := get(t, db, school, c.ID); got.Account == theirs.Account || get(t, db, vendor, theirs.ID).FamilyName.String() != "Le Goff" {
				t.Errorf("%+v", got)
			}
		})

		t.Run("a name whose account exists is refused and nothing is changed", func(t *testing.T) {
			refused(t, db, fault.Conflict, "family_name", "contact.account_exists", rename(school, c.ID, "le-goff", "maëlle", false))
			if got := get(t, db, school, c.ID); got.FamilyName.String() != "Le Bihan" {
				t.Errorf("%+v", got)
			}
		})

		join := func() {
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET joined_at = $1, credentials_sent_at = $1, last_sign_in_at = $1, login_enabled = 1, authorized_at = $1, role = 'admin' WHERE id = $2`, tx.Now(), c.ID)
				return err
			})
		}
		t.Run("the same person keeps login, role and authorisation", func(t *testing.T) {
			join()
			update(t, db, rename(school, c.ID, "Le Bras", "Maëlle", false))
			if got := get(t, db, school, c.ID); got.JoinedAt.IsZero() || got.CredentialsSentAt.IsZero() || got.AuthorizedAt.IsZero() || got.Role != contact.Admin || got.State() != contact.Active {
				t.Errorf("%+v", got)
			}
		})
		t.Run("another person comes in by nothing that the former one had", func(t *testing.T) {
			join()
			update(t, db, rename(school, c.ID, "Tanguy", "Loïc", true))
			if got := get(t, db, school, c.ID); !got.JoinedAt.IsZero() || !got.CredentialsSentAt.IsZero() || !got.LastSignInAt.IsZero() || !got.Login.IsZero() {
				t.Errorf("%+v", got)
			}
		})
		t.Run("another workspace's contact does not exist", func(t *testing.T) {
			refused(t, db, fault.NotFound, "", "fault.not_found", rename(vendor, c.ID, "Roux", "Jean", false))
		})
	})
}

func TestDelete(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		by := newHost(t, db, "brenval", "school")
		org := newOrganization(t, db, by, "81245739800020")
		first, second := create(t, db, by, org, person("Le Gall", "Maëlle")), create(t, db, by, org, person("Diallo", "Ibrahima"))
		remove := func(c contact.Contact, successor id.Contact) func(*sqldb.Tx) error {
			return func(tx *sqldb.Tx) error { return contact.Delete(ctx, tx, by, c.ID, successor) }
		}
		t.Run("the primary contact goes only when it is said who follows", func(t *testing.T) {
			refused(t, db, fault.Conflict, "successor", "contact.successor_needed", remove(first, id.Contact{}))
			refused(t, db, fault.Conflict, "successor", "contact.successor_needed", remove(first, first.ID))
			update(t, db, remove(first, second.ID))
			if getOrganization(t, db, by, org).Primary != second.ID {
				t.Error("nobody follows")
			}
		})
		t.Run("of somebody deleted no name, value or account stays", func(t *testing.T) {
			if n := countOf(t, db, `SELECT count(*) FROM account WHERE key LIKE '%maelle%'`) + countOf(t, db, `SELECT count(*) FROM journal_value WHERE content LIKE '%Maëlle%'`); n != 0 {
				t.Errorf("%d traces", n)
			}
			if n := countOf(t, db, `SELECT count(*) FROM journal_line WHERE subject_number = 'C-000001'`); n < 2 {
				t.Errorf("the history lost its lines: %d", n)
			}
		})
		t.Run("the last one leaves an organisation without primary contact", func(t *testing.T) {
			update(t, db, remove(second, id.Contact{}))
			if !getOrganization(t, db, by, org).Primary.IsZero() {
				t.Error("somebody who is gone is primary")
			}
		})
		t.Run("a number is never given again", func(t *testing.T) {
			if c := create(t, db, by, org, person("Le Gall", "Maëlle")); c.Number <= second.Number {
				t.Errorf("number %d again", c.Number)
			}
		})
	})
}
