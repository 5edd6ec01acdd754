package contact_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// TestNumbersAreNobodyElses lets two processes add, import, delete and take back at once: no number is ever borne by two contacts, nor
// by one after another, and whoever comes when the processes have begun anew gets a higher one than anybody had.
func TestNumbersAreNobodyElses(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := sqldbtest.Options(t, engine)
			open := func() *sqldb.DB {
				db, err := sqldb.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { db.Close() })
				if err := db.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				return db
			}
			first := open()
			by := newHost(t, first, "brenval", "school")
			of := newOrganization(t, first, by, "81245739800020")
			create(t, first, by, of, person("Première", "Anne"))
			borne := map[int64]string{}
			var highest int64
			for life := range 3 {
				dbs := [2]*sqldb.DB{open(), open()}
				for n, who := range addedBy(t, dbs, by, of, life) {
					if borne[n] != "" {
						t.Errorf("%s is given to %s after %s", contact.Label(n), who, borne[n])
					}
					borne[n] = who
					highest = max(highest, n)
				}
				dbs[0].Close() // its range is lost
				if c := create(t, open(), by, of, person(fmt.Sprintf("Suivante%c", 'a'+life), "Anne")); c.Number <= highest {
					t.Errorf("%s after %s", c.Label(), contact.Label(highest))
				} else {
					borne[c.Number], highest = "the next", c.Number
				}
			}
			lines := countOf(t, first, `SELECT COUNT(*) FROM journal_line WHERE kind = 'contact.created'`)
			if distinct := countOf(t, first, `SELECT COUNT(DISTINCT subject_number) FROM journal_line WHERE kind = 'contact.created'`); distinct != lines || lines != int64(len(borne))+1 {
				t.Errorf("%d lines, %d numbers, %d were given", lines, distinct, len(borne)+1)
			}
		})
	}
}

// addedBy are the numbers of those whom sixteen at once added and kept for a moment at least.
func addedBy(t *testing.T, dbs [2]*sqldb.DB, by actor.Actor, of id.Organization, life int) map[int64]string {
	var mu sync.Mutex
	given := map[int64]string{}
	note := func(c contact.Contact) {
		mu.Lock()
		defer mu.Unlock()
		if given[c.Number] != "" {
			t.Errorf("%s is given to %s and %s", c.Label(), given[c.Number], c.FamilyName)
		}
		given[c.Number] = c.FamilyName.String()
	}
	errBack := errors.New("taken back")
	var all sync.WaitGroup
	for i := range 16 {
		in, db := person(fmt.Sprintf("Course%c%c", 'a'+life, 'a'+i), "Anne"), dbs[i%2]
		all.Go(func() {
			var added []contact.Contact
			err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
				if i%4 == 1 {
					added, err = imported(t, tx, by, of, in)
					return err
				}
				c, err := contact.Create(t.Context(), tx, by, of, in)
				added = []contact.Contact{c}
				if i%4 == 2 && err == nil {
					return errBack
				}
				return err
			})
			if errors.Is(err, errBack) {
				return
			}
			if err != nil {
				t.Error(err)
			}
			for _, c := range added {
				note(c)
			}
			if i%4 == 3 {
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return contact.Delete(t.Context(), tx, by, added[0].ID, id.Contact{}) })
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	return given
}

// imported adds three of that name at once, as an import does.
func imported(t *testing.T, tx *sqldb.Tx, by actor.Actor, of id.Organization, in contact.Input) ([]contact.Contact, error) {
	host, err := workspace.Get(t.Context(), tx, by.Workspace)
	if err != nil {
		return nil, err
	}
	org, err := organization.Get(t.Context(), tx, by, of)
	if err != nil {
		return nil, err
	}
	var list []contact.Addition
	for _, given := range []string{"Anne", "Zoé", "Ève"} {
		in.GivenName = given
		c, err := in.Parse(host)
		if err != nil {
			return nil, err
		}
		list = append(list, contact.Addition{Contact: c, At: org})
	}
	err = contact.AddAll(t.Context(), tx, by, contact.Import, list)
	added := make([]contact.Contact, len(list))
	for i, a := range list {
		added[i] = a.Contact
	}
	return added, err
}
