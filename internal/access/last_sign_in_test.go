package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// A sign-in dates the contacts of its login without holding them: whoever writes one of them has read its row before.
func TestLastSignInIsNotLost(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o, clock := sqldbtest.Options(t, engine), sqldbtest.NewClock()
			var at string           // the statement before which
			var between = func() {} // this is done
			o.Clock, o.Trace = clock.Now, func(query string, _ []any) {
				if at != "" && strings.Contains(query, at) {
					at = ""
					between()
				}
			}
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			h := newHouse(t, db, clock)
			maelle := h.person("maelle@corvenne.example")
			past := joined(maelle, contact.User)
			past.LoginEnabled, past.LoginDisabledBy = false, "staff"
			c := h.contact(h.school, "Ateliers Corvenne", past)
			// run does it, and a sign-in after it has read the contact and before it writes it. SQLite has one writer: there
			// the sign-in comes before.
			run := func(t *testing.T, write string, do func(tx *sqldb.Tx) error) (before sqldb.Time, after contact.Contact) {
				t.Helper()
				h.T = t
				clock.Pass(time.Hour)
				before = sqldb.At(clock.Now())
				between = func() {
					h.update(func(tx *sqldb.Tx) error { return access.SignedIn(t.Context(), tx, maelle.ID) })
				}
				if engine == "sqlite" {
					between()
				} else {
					at = write
				}
				h.update(do)
				if at != "" {
					t.Fatal("no statement has", write)
				}
				return before, h.get(h.school, c.ID)
			}
			rename := func(to contact.NewName) func(tx *sqldb.Tx) error {
				return func(tx *sqldb.Tx) error {
					now, err := contact.Get(t.Context(), tx, h.school, c.ID)
					if err != nil {
						return err
					}
					to.Version = now.Version
					_, err = contact.Rename(t.Context(), tx, h.school, c.ID, to)
					return err
				}
			}
			t.Run("by a contact that is switched on meanwhile", func(t *testing.T) {
				before, after := run(t, "UPDATE contact SET login_email", func(tx *sqldb.Tx) error {
					_, err := newInviter().SendCredentials(t.Context(), tx, h.school, c.ID, access.Sending{SwitchOn: true})
					return err
				})
				if after.LastSignInAt < before || !after.LoginEnabled {
					t.Errorf("last signed in at %v, enabled %t", after.LastSignInAt.Time(), after.LoginEnabled)
				}
			})
			t.Run("by a contact that gets another name meanwhile", func(t *testing.T) {
				before, after := run(t, "UPDATE contact SET family_name", rename(contact.NewName{FamilyName: "Le Goff", GivenName: "Maëlle"}))
				if after.LastSignInAt < before || after.FamilyName.String() != "Le Goff" {
					t.Errorf("%s last signed in at %v", after.FamilyName, after.LastSignInAt.Time())
				}
			})
			t.Run("but another person under the contact has signed in never", func(t *testing.T) {
				_, after := run(t, "UPDATE contact SET family_name", rename(contact.NewName{FamilyName: "Armen", GivenName: "Yann", Another: true}))
				if !after.LastSignInAt.IsZero() || !after.Login.IsZero() {
					t.Errorf("%v %v", after.LastSignInAt, after.Login)
				}
			})
		})
	}
}
