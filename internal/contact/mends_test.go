package contact_test

import (
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestProposal(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := newHost(t, db, "brenval", "school")
		org := newOrganization(t, db, by, "81245739800020")
		create(t, db, by, org, person("Le Gall", "Maëlle")) // contact@corvenne.example
		proposal := func(address string) string {
			in := person("Diallo", "Ibrahima")
			in.Email = address
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error { _, err := contact.Create(t.Context(), tx, by, org, in); return err })
			f := fault.As(err)
			if f == nil || len(f.Fields) != 1 {
				t.Fatalf("got %v", err)
			}
			return f.Fields[0].Proposal
		}
		t.Run("an e-mail is proposed only while it is nobody else's", func(t *testing.T) {
			if got := proposal("Ibrahima@Corvenne.example"); got != "ibrahima@corvenne.example" {
				t.Errorf("proposed %q", got)
			}
			if got := proposal("Contact@Corvenne.example"); got != "" {
				t.Errorf("proposed somebody else's %q", got)
			}
		})
	})
}

// TestVersionNeverRepeats lets one edit and authorise at once: two states of a contact never bear one number.
func TestVersionNeverRepeats(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dbs := twoHandles(t, engine)
			by := newHost(t, dbs[0], "brenval", "school")
			org := newOrganization(t, dbs[0], by, "81245739800020")
			for n := range 20 {
				c := create(t, dbs[0], by, org, person("Nom"+string(rune('a'+n)), "Anne"))
				var all sync.WaitGroup
				edited := false
				all.Go(func() {
					in := contact.Input{Civility: "ms", Phone: c.Phone.String(), Email: c.Email.String(), JobTitle: "Tutrice", Version: 1}
					err := dbs[0].Update(t.Context(), func(tx *sqldb.Tx) error { _, err := contact.Edit(t.Context(), tx, by, c.ID, in); return err })
					if edited = err == nil; err != nil && !fault.Is(err, fault.Conflict) {
						t.Error(err)
					}
				})
				all.Go(func() {
					if err := dbs[1].Update(t.Context(), func(tx *sqldb.Tx) error { _, err := access.Authorize(t.Context(), tx, by, c.ID); return err }); err != nil {
						t.Error(err)
					}
				})
				all.Wait()
				want := int64(2)
				if edited {
					want = 3
				}
				if got := get(t, dbs[0], by, c.ID).Version; got != want {
					t.Fatalf("version %d after %d changes", got, want-1)
				}
			}
		})
	}
}

func TestSuccessor(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := newHost(t, db, "brenval", "school")
		org, other := newOrganization(t, db, by, "81245739800020"), newOrganization(t, db, by, "")
		first := create(t, db, by, org, person("Le Gall", "Maëlle"))
		elsewhere := create(t, db, by, other, person("Diallo", "Ibrahima"))
		landed := person("Kervella", "Yann")
		landed.Source = contact.Landing
		stranger := create(t, db, by, org, landed)
		t.Run("nobody from elsewhere follows, nor whom nobody authorised", func(t *testing.T) {
			create(t, db, by, org, person("Tanguy", "Loïc"))
			for _, c := range []contact.Contact{elsewhere, stranger} {
				refused(t, db, fault.Conflict, "successor", "contact.successor_needed", func(tx *sqldb.Tx) error {
					return contact.Delete(t.Context(), tx, by, first.ID, c.ID)
				})
			}
		})
	})
}
